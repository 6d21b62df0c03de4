"""A run on disk: a folder that explains itself, and from which it can be gone on with.

`run.json` what was asked and how it stands, `metrics.jsonl` a line an epoch and one every few
seconds, `train.log` what was decided, `last.NETWORK.safetensors` weights and optimiser of each
network in ONE file, since two files cannot be replaced at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mimimi.errors import UserError
from mimimi.files import replace_file
from mimimi.runs import process, run_record
from mimimi.runs.run_metrics import Metrics

if TYPE_CHECKING:
    from torch import Tensor

    from mimimi.training.loop import Progress

State = Literal["running", "stopped", "failed", "finished"]


class RunFolder:
    """The folder of one training.

    Args:
        path: where it is kept.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.decoded = path / "decoded"  # sound of the recordings, until the run is finished
        self._metrics = Metrics(path)

    def begin(self, asked: Mapping[str, Any], *, resume: bool) -> None:
        """Start, or go on with what was asked before, with as many threads as before.

        Args:
            asked: everything the result depends on, as JSON types.
            resume: go on where an earlier run of the same was stopped.

        Raises:
            UserError: the folder holds another run, or there is nothing to resume.
        """
        import torch

        record = run_record.read(self.path)
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
            nothing_saved = not any(self.path.glob("*.safetensors"))
            self._metrics.keep(lambda line: not nothing_saved)
        elif not _is_waiting_job(record):
            run_record.require_free(self.path)
        self.path.mkdir(parents=True, exist_ok=True)
        for half_written in self.path.glob(".last.*.safetensors.*"):  # when it was killed
            half_written.unlink()
        run_record.update(self.path, asked=dict(asked), threads=torch.get_num_threads())
        self.state("running")

    def state(self, state: State, **more: Any) -> None:
        """Write how the run stands."""
        run_record.update(
            self.path, state=state, process=process.identity(), **{"error": None, **more}
        )

    def log(self, line: str) -> None:
        """Add a line to the log."""
        with (self.path / "train.log").open("a") as file:
            file.write(f"{datetime.now().isoformat(sep=' ', timespec='seconds')}  {line}\n")

    def metric(self, **values: Any) -> None:
        """Add a line to the metrics."""
        self._metrics.add(**values)

    def metric_now_and_then(self, **values: Any) -> None:
        """Add a line to the metrics unless there was one a few seconds ago."""
        self._metrics.now_and_then(**values)

    def save(self, name: str, progress: Progress) -> None:
        """Write the place from which `load` goes on with the network of that name."""
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
        replace_file(self.path / f"last.{name}.safetensors", save(on_cpu, header))

    def load(self, name: str, progress: Progress) -> None:
        """Bring a network's training to where `save` left it; nothing if no epoch was finished.

        Lines of metrics beyond that epoch are cut off: they will be written again.
        """
        path = self.path / f"last.{name}.safetensors"
        if not path.is_file():
            self._cut_metrics(name, 0)
            return
        from safetensors import safe_open

        parts: dict[str, dict[str, Tensor]] = {"network": {}, "best": {}, "optimiser": {}}
        with safe_open(path, framework="pt") as file:
            header = file.metadata()
            for tensor in file.keys():  # noqa: SIM118 (no dictionary)
                part, _, key = tensor.partition(".")
                parts[part][key] = file.get_tensor(tensor)
        progress.network.load_state_dict(parts["network"])
        progress.best_weights = parts["best"]
        optimiser = progress.optimiser.state_dict()
        for entry, value in parts["optimiser"].items():
            key, _, field = entry.partition(".")
            optimiser["state"].setdefault(int(key), {})[field] = value
        progress.optimiser.load_state_dict(optimiser)
        progress.epoch = int(header["epoch"])
        progress.best_epoch = int(header["best_epoch"])
        progress.best_loss = float(header["best_loss"])
        self._cut_metrics(name, progress.epoch)

    def _cut_metrics(self, name: str, epoch: int) -> None:
        self._metrics.keep(lambda line: line.get("member") != name or line.get("epoch", 0) <= epoch)


def _is_waiting_job(record: Mapping[str, Any]) -> bool:
    """Whether a job has taken the folder for the run that now begins."""
    return "arguments" in record and "asked" not in record
