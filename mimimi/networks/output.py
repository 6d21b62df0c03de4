"""What every network gives back."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class NetworkOutput(NamedTuple):
    """Logits by which windows are judged, and what some networks say beside them.

    `total`, `magnitude` and `complex` are `(batch, classes)`; `attention` is `(batch, 2 classes)`,
    the complex channels first, as F_t = stack(F_c; F_m) in the paper.
    """

    total: Tensor
    magnitude: Tensor | None = None
    complex: Tensor | None = None
    attention: Tensor | None = None
