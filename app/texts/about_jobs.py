"""Jobs in plain words: how one stands, how long it takes."""

from __future__ import annotations

from mimimi.jobs import Job
from mimimi.terminal import duration
from texts.headline import Headline

_STATES = {
    "queued": Headline("hourglass_top", "grey", "waiting"),
    "running": Headline("play_circle", "blue", "running"),
    "stopped": Headline("pause_circle", "grey", "stopped"),
    "interrupted": Headline("bolt", "orange", "interrupted"),
    "failed": Headline("error", "red", "failed"),
    "finished": Headline("check_circle", "green", "finished"),
}
_KINDS = {
    "train": "training",
    "download": "download",
    "simulate": "simulated recordings",
    "listen": "listening",
}
_MEANINGS = {
    "queued": "It starts when the jobs before it are done.",
    "stopped": "It was stopped; it can be resumed from the last finished epoch.",
    "interrupted": "It ended unexpectedly: its process was killed, or the computer was switched "
    "off. It can be resumed from the last finished epoch.",
}


def state(job: Job) -> str:
    """Icon, word and colour, as Markdown."""
    return _STATES[job.state].markdown


def kind(job: Job) -> str:
    return _KINDS[job.kind]


def meaning(job: Job) -> str | None:
    """What its state means, where the word alone does not say it."""
    if job.state in ("stopped", "interrupted") and job.kind == "listen":
        return "Nothing is listened to meanwhile."
    if job.state in ("stopped", "interrupted") and job.kind != "train":
        return "It can be resumed where it stopped."
    if job.state == "queued" and job.ray_job:
        return "It starts when the cluster has room for it."
    return _MEANINGS.get(job.state)


def progress(job: Job) -> str:
    """How far it is: "12 %, about 35 min left (network 2 of 5, epoch 3 of 30)"."""
    if job.state == "finished":
        return ""
    parts = []
    if job.share is not None:
        parts.append(f"{job.share:.0%}".replace("%", " %"))
    if job.seconds_left is not None:
        parts.append(f"about {duration(job.seconds_left)} left")
    if job.epoch is not None and job.kind == "train":
        epoch = f"epoch {job.epoch}" + (f" of {job.epochs}" if job.epochs else "")
        if job.networks and job.networks > 1:
            epoch = f"network {job.network} of {job.networks}, {epoch}"
        parts[-1:] = [f"{parts[-1]} ({epoch})"] if parts else [epoch]
    return ", ".join(parts)
