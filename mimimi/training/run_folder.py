"""What a training keeps in its run's folder, and how it goes on from there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from mimimi.errors import UserError
from mimimi.runs import Run
from mimimi.runs.metrics import Metrics
from mimimi.training.progress import Progress


class RunFolder:
    """The folder of one training: beside a run's files `last.NETWORK.safetensors` of each network.

    Args:
        path: where it is kept.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.decoded = path / "decoded"  # sound of the recordings, until the run is finished
        self.run = Run(path)
        self.metrics = Metrics(path)

    def begin(self, asked: Mapping[str, Any], *, resume: bool) -> None:
        """Start, or go on with what was asked before, with as many threads as before.

        Args:
            asked: everything the result depends on, as JSON types.
            resume: go on where an earlier run of the same was stopped.

        Raises:
            UserError: the folder holds another run, or there is nothing to resume.
        """
        record = self.run.read()
        if resume:
            earlier = record.get("asked")
            if earlier is None:
                raise UserError(f"{self.path} holds no run to resume; start it without --resume.")
            if changed := [key for key in asked if asked[key] != earlier.get(key)]:
                raise UserError(
                    f"{self.path} was started with another {', '.join(changed)}; "
                    "resume it as it was asked, or start anew elsewhere."
                )
            # Sums are taken in another order by another number of threads.
            torch.set_num_threads(record.get("threads", torch.get_num_threads()))
            if not any(self.path.glob("*.safetensors")):
                self.metrics.keep(lambda line: False)
        elif "arguments" not in record or "asked" in record:  # else a job that now begins
            self.run.require_empty()
        self.path.mkdir(parents=True, exist_ok=True)
        for half_written in self.path.glob(".last.*.safetensors.*"):  # when it was killed
            half_written.unlink()
        self.run.update(asked=dict(asked), threads=torch.get_num_threads())

    def save(self, name: str, progress: Progress) -> None:
        """Write the place from which `load` goes on with the network of that name."""
        progress.save(self._last(name))

    def load(self, name: str, progress: Progress) -> None:
        """Bring a network's training to where `save` left it; nothing if no epoch was finished.

        Lines of metrics beyond that epoch are cut off: they will be written again.
        """
        if self._last(name).is_file():
            progress.load(self._last(name))
        epoch = progress.epoch
        self.metrics.keep(lambda line: line.get("member") != name or line.get("epoch", 0) <= epoch)

    def _last(self, name: str) -> Path:
        return self.path / f"last.{name}.safetensors"
