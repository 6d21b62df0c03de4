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
    "stopped": "It was stopped, and can resume from the last finished epoch.",
    "interrupted": "Its process ended without a word: it was killed, or the computer was switched "
    "off. It can resume from the last finished epoch.",
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
        return "It can resume from where it was."
    if job.state == "queued" and job.ray_job:
        return "It starts when the cluster has room for it."
    return _MEANINGS.get(job.state)


def progress(job: Job) -> str:
    """How far it is: "network 2 of 5, epoch 3 of 30, about 5 min left for it"."""
    if job.state == "finished":
        return ""
    parts, several = [], bool(job.networks and job.networks > 1)
    if job.epoch is not None and job.kind == "train":
        if several:
            parts.append(f"network {job.network} of {job.networks}")
        parts.append(f"epoch {job.epoch}" + (f" of {job.epochs}" if job.epochs else ""))
    elif job.share is not None:
        parts.append(f"{job.share:.0%}".replace("%", " %"))
    if job.seconds_left is not None:
        parts.append(f"about {duration(job.seconds_left)} left{' for it' if several else ''}")
    return ", ".join(parts)
