"""A run on disk: a folder that explains itself, and from which it can be gone on with.

`run.json` what was asked and how it stands, `metrics.jsonl` a line an epoch and one every few
seconds, `train.log` what was decided, `last.safetensors` weights and optimiser in ONE file, since
two files cannot be replaced at once.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Literal

from torch import Tensor

from mimimi.errors import UserError
from mimimi.saved import replace_file
from mimimi.training import Progress

State = Literal["running", "stopped", "failed", "finished"]
_BETWEEN_LINES = 5.0  # s


class RunFolder:
    """The folder of one training.

    Args:
        path: where it is kept.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._last_line = 0.0

    def begin(self, asked: Mapping[str, Any], *, resume: bool) -> None:
        """Start, or go on with what was asked before.

        Args:
            asked: everything the result depends on, as JSON types.
            resume: go on where an earlier run of the same was stopped.

        Raises:
            UserError: the folder holds another run, or there is nothing to resume.
        """
        description = self.path / "run.json"
        if resume:
            if not description.is_file():
                raise UserError(f"{self.path} holds no run to resume; start it without --resume.")
            earlier = json.loads(description.read_text())["asked"]
            if changed := [key for key in asked if asked[key] != earlier.get(key)]:
                raise UserError(
                    f"{self.path} was started with another {', '.join(changed)}; "
                    "resume it as it was asked, or start anew elsewhere."
                )
        elif self.path.exists() and any(self.path.iterdir()):
            raise UserError(
                f"{self.path} is not empty; choose another folder, or go on with --resume."
            )
        self.path.mkdir(parents=True, exist_ok=True)
        self.asked = dict(asked)
        self.state("running")

    def state(self, state: State, **more: Any) -> None:
        """Write how the run stands."""
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        content = {"format": 1, "state": state, "since": now, "pid": os.getpid(), **more}
        content["asked"] = self.asked
        replace_file(self.path / "run.json", (json.dumps(content, indent=1) + "\n").encode())

    def log(self, line: str) -> None:
        """Add a line to the log."""
        with (self.path / "train.log").open("a") as file:
            file.write(f"{datetime.now().isoformat(sep=' ', timespec='seconds')}  {line}\n")

    def metric(self, **values: Any) -> None:
        """Add a line to the metrics."""
        with (self.path / "metrics.jsonl").open("a") as file:
            file.write(json.dumps(values) + "\n")

    def metric_now_and_then(self, **values: Any) -> None:
        """Add a line to the metrics unless there was one a few seconds ago."""
        if time.monotonic() - self._last_line > _BETWEEN_LINES:
            self._last_line = time.monotonic()
            self.metric(**values)

    def save(self, progress: Progress) -> None:
        """Write the place from which `load` goes on."""
        from safetensors.torch import save

        tensors = {f"network.{k}": v for k, v in progress.network.state_dict().items()}
        tensors |= {f"best.{k}": v for k, v in progress.best_weights.items()}
        for key, state in progress.optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser.{key}.{name}": value for name, value in state.items()}
        header = {
            "epoch": str(progress.epoch),
            "best_epoch": str(progress.best_epoch),
            "best_loss": repr(progress.best_loss),
        }
        on_cpu = {name: tensor.cpu().contiguous() for name, tensor in tensors.items()}
        replace_file(self.path / "last.safetensors", save(on_cpu, header))

    def load(self, progress: Progress) -> None:
        """Bring a training to where `save` left it; does nothing if no epoch was finished.

        Lines of metrics beyond that epoch are cut off: they will be written again.
        """
        path = self.path / "last.safetensors"
        if not path.is_file():
            return
        from safetensors import safe_open

        parts: dict[str, dict[str, Tensor]] = {"network": {}, "best": {}, "optimiser": {}}
        with safe_open(path, framework="pt") as file:
            header = file.metadata()
            for name in file.keys():  # noqa: SIM118 (no dictionary)
                part, _, key = name.partition(".")
                parts[part][key] = file.get_tensor(name)
        progress.network.load_state_dict(parts["network"])
        progress.best_weights = parts["best"]
        optimiser = progress.optimiser.state_dict()
        for name, value in parts["optimiser"].items():
            key, _, field = name.partition(".")
            optimiser["state"].setdefault(int(key), {})[field] = value
        progress.optimiser.load_state_dict(optimiser)
        progress.epoch = int(header["epoch"])
        progress.best_epoch = int(header["best_epoch"])
        progress.best_loss = float(header["best_loss"])
        self._cut_metrics(progress.epoch)

    def _cut_metrics(self, epoch: int) -> None:
        path = self.path / "metrics.jsonl"
        if path.is_file():
            lines = path.read_bytes().splitlines(keepends=True)
            kept = [line for line in lines if line.endswith(b"\n")]  # a kill may halve the last
            kept = [line for line in kept if json.loads(line)["epoch"] <= epoch]
            replace_file(path, b"".join(kept))
