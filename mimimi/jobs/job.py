"""How a job stands, as its folder tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mimimi.jobs.request import Kind
from mimimi.runs import Run, State, metrics


@dataclass(frozen=True)
class Job:
    """A job at one moment.

    A training's epoch is the one it is in or the last one there was, of the network that it is at;
    share is what is done of it all, from 0 to 1.
    """

    name: str
    folder: Path
    kind: Kind
    state: State
    since: str  # ISO 8601, when it came into this state
    arguments: tuple[str, ...]  # of `python -m mimimi`
    asked: Mapping[str, Any]  # of a training: data, machine_type, recipe
    ray_job: str | None  # what a Ray cluster calls it, if it runs or has run on one
    owner: str | None  # the mark of whoever asked for it, on a shared installation
    error: str | None  # why it failed, or cannot begin yet; one sentence
    network: int | None  # of a training of several, counted from 1
    networks: int | None
    epoch: int | None
    epochs: int | None
    share: float | None
    seconds_left: float | None  # while it runs

    @property
    def data(self) -> Path:
        """Where a download or a simulation puts its recordings."""
        return self.folder / "data"

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens unless it is resumed."""
        return self.state not in ("queued", "running")


def read(name: str, folder: Path) -> Job | None:
    """The job in a folder, as it was last written down; None if there is none."""
    record = Run(folder).read()
    if "state" not in record:
        return None
    state: State = record["state"]
    arguments = tuple(record.get("arguments", ("train",)))
    lines = metrics.latest(folder)
    left = [line["seconds_left"] for line in lines if "seconds_left" in line]
    last: Mapping[str, Any] = lines[-1] if lines else {}
    return Job(
        name=name,
        folder=folder,
        kind=arguments[0],
        state=state,
        since=record.get("since", ""),
        arguments=arguments,
        asked=record.get("asked", {}),
        ray_job=record.get("ray_job"),
        owner=record.get("owner"),
        error=record.get("error"),
        network=last.get("network"),
        networks=last.get("networks"),
        epoch=last.get("epoch"),
        epochs=last.get("epochs"),
        share=1.0 if state == "finished" else _share(last),
        seconds_left=left[-1] if left and state == "running" else None,
    )


def _share(last: Mapping[str, Any]) -> float | None:
    """What is done, by the last line of the metrics."""
    if last.get("share") is not None:
        return float(last["share"])
    if last.get("total"):
        return float(last["done"] / last["total"])
    if last.get("epochs"):  # of an earlier version: as if all networks took as long
        done = last["epoch"] - ("loss_total" not in last)
        networks_done = last.get("network", 1) - 1 + done / last["epochs"]
        return float(networks_done / last.get("networks", 1))
    return None
