"""A figure that is known to within an interval."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A figure and the ends of its interval.

    Example:
        >>> print(Estimate(0.97, 0.92, 1.0))
        0.97 (0.92 to 1.00)
    """

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"
