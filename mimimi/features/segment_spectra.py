"""Every spectrum of some segments, each computed when it is first asked for, and once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from mimimi.config import FrontEnd
from mimimi.features.line_spectrum import line_spectrum
from mimimi.features.spectrum import as_real, complex_spectrum, normalised, power, windows

Array = TypeVar("Array")


class Transforms(NamedTuple):
    """The functions of `mimimi.features.spectrum`, or their like for another kind of array."""

    complex: Callable[..., Any]
    power: Callable[..., Any]
    normalised: Callable[..., Any]
    as_real: Callable[..., Any]
    windows: Callable[..., Any]
    lines: Callable[..., Any]


class SegmentSpectra(Generic[Array]):
    """Segments and what networks and baselines read of them.

    Several members of an ensemble read the same front end, and so do the baselines and the stored
    spectra; each transform is made for the first of them.

    Args:
        samples: `(segment, time)` at 16 kHz, float32.

    Example:
        >>> spectra = ArraySpectra(np.random.default_rng(0).random((2, 160_000), np.float32))
        >>> spectra.windows(FrontEnd()).shape
        (2, 5, 2, 513, 64)
        >>> spectra.complex(FrontEnd()) is spectra.complex(FrontEnd())
        True
    """

    transforms: ClassVar[Transforms]

    def __init__(self, samples: Array) -> None:
        self.samples = samples
        self._complex: dict[FrontEnd, Any] = {}
        self._power: dict[FrontEnd, Any] = {}
        self._windows: dict[FrontEnd, Any] = {}
        self._lines: dict[FrontEnd, Any] = {}

    def complex(self, front_end: FrontEnd) -> Any:
        """The complex spectrum, `(segment, frequency, time)`."""
        if front_end not in self._complex:
            self._complex[front_end] = self.transforms.complex(self.samples, front_end)
        return self._complex[front_end]

    def power(self, front_end: FrontEnd) -> Any:
        """Its squared magnitude, `(segment, frequency, time)`."""
        if front_end not in self._power:
            self._power[front_end] = self.transforms.power(self.complex(front_end))
        return self._power[front_end]

    def windows(self, front_end: FrontEnd) -> Array:
        """Its windows at one scale a segment, `(segment, window, 2, frequency, time)`."""
        if front_end not in self._windows:
            of = self.transforms
            spectrum = of.as_real(of.normalised(self.complex(front_end)))
            self._windows[front_end] = of.windows(spectrum, front_end.window_frames)
        found: Array = self._windows[front_end]
        return found

    def lines(self, front_end: FrontEnd) -> Array:
        """The line spectrum of each window, `(segment, window, frequency)` in nats of power."""
        if front_end not in self._lines:
            cut: Any = self.transforms.windows(self.power(front_end), front_end.window_frames)
            lines = self.transforms.lines(cut.reshape(-1, *cut.shape[2:]))
            self._lines[front_end] = lines.reshape(*cut.shape[:2], -1)
        found: Array = self._lines[front_end]
        return found


class ArraySpectra(SegmentSpectra[NDArray[np.float32]]):
    """`SegmentSpectra` of numpy arrays, by which recordings are judged."""

    transforms = Transforms(complex_spectrum, power, normalised, as_real, windows, line_spectrum)
