"""One epoch in figures, as the log says them and `metrics.jsonl` keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class EpochReport:
    """One epoch of one network in figures; losses are mean cross-entropies in nats.

    Example:
        >>> figures = {"epoch": 2, "epochs": 30, "loss_total": 0.5, "best_epoch": 2}
        >>> print(EpochReport.from_metrics(figures | {"windows_per_second": 40.0}))
        epoch 2/30: loss total 0.500; no validation set; best epoch 2; 40 windows/s
    """

    member: str
    epoch: int
    epochs: int
    loss_total: float
    loss_magnitude: float | None  # of a network that has such a branch
    loss_complex: float | None
    validation_loss: float | None
    validation_accuracy: float | None  # share of windows whose machine is recognised
    best_epoch: int
    windows_per_second: float
    seconds: float

    @classmethod
    def from_metrics(cls, line: Mapping[str, Any]) -> EpochReport:
        """Back from a line of `metrics.jsonl`, which may hold more, or less, than an epoch."""
        known: dict[str, Any] = {field.name: line.get(field.name) for field in fields(cls)}
        return cls(**known)

    def __str__(self) -> str:
        branches = {
            "magnitude": self.loss_magnitude,
            "complex": self.loss_complex,
            "total": self.loss_total,
        }
        losses = ", ".join(f"{name} {v:.3f}" for name, v in branches.items() if v is not None)
        validation = (
            f"validation loss {self.validation_loss:.3f}, recognised {self.validation_accuracy:.0%}"
            if self.validation_loss is not None
            else "no validation set"
        )
        return (
            f"epoch {self.epoch}/{self.epochs}: loss {losses}; {validation}; best epoch "
            f"{self.best_epoch}; {self.windows_per_second:.0f} windows/s"
        )
