"""Where the training of a network stands after an epoch; saved whole, so that it can go on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from mimimi.errors import UserError
from mimimi.files import replace_file
from mimimi.networks.build import Network


@dataclass
class Progress:
    """Where a training stands after an epoch: all that is needed to go on with the next.

    No state of a random generator is in it: every draw is made from (seed, epoch).
    """

    network: Network
    optimiser: torch.optim.AdamW
    epoch: int = 0  # epochs done
    best_epoch: int = 0
    best_loss: float = float("inf")  # of the total branch on the validation set
    best_weights: dict[str, Tensor] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write weights and optimiser to ONE file, since two cannot be replaced at once."""
        tensors = {f"network.{k}": v for k, v in self.network.state_dict().items()}
        tensors |= {f"best.{k}": v for k, v in self.best_weights.items()}
        for key, state in self.optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser.{key}.{name}": value for name, value in state.items()}
        header = {
            "epoch": str(self.epoch),
            "best_epoch": str(self.best_epoch),
            "best_loss": repr(self.best_loss),
        }
        on_cpu = {name: tensor.cpu().contiguous() for name, tensor in tensors.items()}
        header["sha256"] = _digest(header, on_cpu)
        replace_file(path, save(on_cpu, header))

    def load(self, path: Path) -> None:
        """Go to where `save` left it.

        Raises:
            UserError: the file is damaged.
        """
        try:
            with safe_open(path, framework="pt") as file:
                header = dict(file.metadata())
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            said = header.pop("sha256", None)  # files of earlier versions have none
            if said not in (None, _digest(header, tensors)):
                raise ValueError("other content than was written")
            self._take(header, tensors)
        except (SafetensorError, LookupError, RuntimeError, TypeError, ValueError):
            raise UserError(
                f"{path} is damaged. Delete it and resume: this network is then trained from its "
                "beginning, and the others stay as they are."
            ) from None

    def _take(self, header: Mapping[str, str], tensors: Mapping[str, Tensor]) -> None:
        parts: dict[str, dict[str, Tensor]] = {"network": {}, "best": {}, "optimiser": {}}
        for name, tensor in tensors.items():
            part, _, key = name.partition(".")
            parts[part][key] = tensor
        self.network.load_state_dict(parts["network"])
        self.best_weights = parts["best"]
        optimiser = self.optimiser.state_dict()
        for entry, value in parts["optimiser"].items():
            key, _, name = entry.partition(".")
            optimiser["state"].setdefault(int(key), {})[name] = value
        self.optimiser.load_state_dict(optimiser)
        self.epoch = int(header["epoch"])
        self.best_epoch = int(header["best_epoch"])
        self.best_loss = float(header["best_loss"])


def _digest(header: Mapping[str, str], tensors: Mapping[str, Tensor]) -> str:
    """Of all that is kept, so that a byte that a disk has changed does not go unnoticed."""
    found = hashlib.sha256(repr(sorted(header.items())).encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        found.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        found.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return found.hexdigest()
