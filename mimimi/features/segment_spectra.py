"""Every spectrum of some segments, each computed when it is first asked for, and once."""

from __future__ import annotations

from torch import Tensor

from mimimi.config import FrontEnd
from mimimi.features.line_spectrum import line_spectrum
from mimimi.features.spectrum import as_real, complex_spectrum, normalised, windows


class SegmentSpectra:
    """Segments and what networks and baselines read of them.

    Several members of an ensemble read the same front end, and so do the baselines and the stored
    spectra; each transform is made for the first of them. Gradients pass through.

    Args:
        samples: `(segment, time)` at 16 kHz, float32, on the device of those who read.

    Example:
        >>> import torch
        >>> spectra = SegmentSpectra(torch.randn(2, 160_000))
        >>> spectra.windows(FrontEnd()).shape
        torch.Size([2, 5, 2, 513, 64])
        >>> spectra.complex(FrontEnd()) is spectra.complex(FrontEnd())
        True
    """

    def __init__(self, samples: Tensor) -> None:
        self.samples = samples
        self._complex: dict[FrontEnd, Tensor] = {}
        self._windows: dict[FrontEnd, Tensor] = {}
        self._lines: dict[FrontEnd, Tensor] = {}

    def complex(self, front_end: FrontEnd) -> Tensor:
        """The complex spectrum, `(segment, frequency, time)`."""
        if front_end not in self._complex:
            self._complex[front_end] = complex_spectrum(self.samples, front_end)
        return self._complex[front_end]

    def windows(self, front_end: FrontEnd) -> Tensor:
        """Its windows at one scale a segment, `(segment, window, 2, frequency, time)`."""
        if front_end not in self._windows:
            spectrum = as_real(normalised(self.complex(front_end)))
            self._windows[front_end] = windows(spectrum, front_end.window_frames)
        return self._windows[front_end]

    def lines(self, front_end: FrontEnd) -> Tensor:
        """The line spectrum of each window, `(segment, window, frequency)` in nats of power."""
        if front_end not in self._lines:
            cut = self.windows(front_end)
            lines = line_spectrum(cut.flatten(0, 1))
            self._lines[front_end] = lines.reshape(*cut.shape[:2], -1)
        return self._lines[front_end]
