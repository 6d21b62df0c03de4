"""What everyone who is told has in common."""

from __future__ import annotations

from typing import Protocol

from mimimi.service.notice import Notice


class NotToldError(Exception):
    """It did not arrive, or nobody knows whether it did; it is told again."""


class Sink(Protocol):
    """Someone who is told."""

    name: str

    def tell(self, number: int, notice: Notice) -> None:
        """Tell of something and return once it has arrived.

        Raises:
            NotToldError: it has not, as far as is known.
        """

    def close(self) -> None:
        """Nothing follows."""
