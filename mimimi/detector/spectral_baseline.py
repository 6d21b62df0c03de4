"""The usual spectra of the known machines: what sounds like none of them is an unknown sound.

A network that tells machines apart must name one of them, whatever it hears. So the spectrum of a
segment is compared with those of the normal recordings: far from all machines means an unknown
sound, for which a verdict would be a false certainty. Where memories judge beside the networks they
can tell better, see `mimimi.detector.novelty`.

Source: Lee et al. 2018, A simple unified framework for detecting out-of-distribution samples
(class means, one shared covariance, distance to the nearest), on log-mel statistics; covariance
shrunk after Ledoit and Wolf 2004.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mimimi.config import FrontEnd
from mimimi.detector.checkpoint import Layout
from mimimi.detector.line_baseline import LineBaseline
from mimimi.detector.threshold import conformal
from mimimi.features.mel import mel_filters

BANDS = 16
STATISTICS = 2 * BANDS
REFUSED = 0.05
"""Share of normal recordings of known machines that may be called unknown."""

_FLOOR = 1e-6  # of the mean power of the bands


def band_power(spectrum: Tensor) -> Tensor:
    """Complex spectra `(segment, 513, time)` to the power in mel bands, `(segment, time, 16)`."""
    filters = torch.from_numpy(mel_filters(FrontEnd(), BANDS, "slaney"))
    return spectrum.abs().square().transpose(1, 2) @ filters


def band_statistics(spectrum: Tensor) -> Tensor:
    """Spectrum and unrest of segments: median and spread over time of the log-mel bands.

    The spread is that of the middle 80 % of the frames: a recorder's first silent milliseconds, or
    a gap, are not the sound.

    Args:
        spectrum: complex, of `FrontEnd()`, `(segment, 513, time)`; its gain does not matter.

    Returns:
        `(segment, 32)`, in nats.

    Example:
        >>> sound = torch.randn(1, 513, 313, dtype=torch.complex64)
        >>> loud = band_statistics(7 * sound)
        >>> bool(torch.allclose(band_statistics(sound), loud, atol=1e-4))
        True
    """
    power = band_power(spectrum)
    level = (power / power.mean(dim=(1, 2), keepdim=True).clamp_min(1e-30) + _FLOOR).log()
    low, middle, high = torch.quantile(level, torch.tensor([0.1, 0.5, 0.9]), dim=1)
    return torch.cat((middle, high - low), dim=1)


@dataclass(frozen=True)
class SpectralBaseline:
    """Where the normal recordings of the known machines lie.

    Args:
        means: of the statistics of each machine, `(ids, 32)`.
        whitening: a square root of the inverse of the covariance within machines, `(32, 32)`.
        lines: the machines' usual line spectra.
    """

    means: Tensor
    whitening: Tensor
    lines: LineBaseline

    @staticmethod
    def layout(n_ids: int) -> Layout:
        """The arrays it is saved as."""
        return {
            "spectral_baseline.means": ((n_ids, STATISTICS), np.dtype(np.float32)),
            "spectral_baseline.whitening": ((STATISTICS, STATISTICS), np.dtype(np.float32)),
            **LineBaseline.layout(n_ids),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> SpectralBaseline:
        """Back from `as_arrays`."""
        return cls(
            torch.from_numpy(arrays["spectral_baseline.means"]),
            torch.from_numpy(arrays["spectral_baseline.whitening"]),
            LineBaseline.from_arrays(arrays),
        )

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """As a detector's weights hold it."""
        return {
            "spectral_baseline.means": self.means.numpy(),
            "spectral_baseline.whitening": self.whitening.numpy(),
            **self.lines.as_arrays(),
        }

    def usual(self, which: int) -> tuple[Tensor, Tensor]:
        """How loud the bands of a machine are when it runs well.

        Args:
            which: of the known machines, in the detector's order.

        Returns:
            Their level over time and how far off it may be, both `(16,)` in nats of power: half the
            range of a recording's middle 80 %, and a deviation of the medians of recordings.
        """
        middle, spread = self.means[which].chunk(2)
        within = torch.linalg.inv(self.whitening.double() @ self.whitening.double().T)
        return middle, spread / 2 + within.diagonal()[:BANDS].clamp_min(0).sqrt().float()

    def distance(self, statistics: Tensor | NDArray[np.float32]) -> float:
        """Distance of a recording from the nearest machine, mean over its segments.

        Args:
            statistics: `band_statistics` of the segments, `(segment, 32)`.
        """
        white = torch.as_tensor(statistics) @ self.whitening
        return float(torch.cdist(white, self.means @ self.whitening).min(dim=1).values.mean())


def fit(
    trained_on: Mapping[str, Tensor],
    lines: LineBaseline,
    calibration: Sequence[Tensor | NDArray[np.float32]],
) -> tuple[SpectralBaseline, float]:
    """From normal recordings to a baseline, and the distance beyond which a sound is unknown.

    Args:
        trained_on: of each machine the statistics of its segments, `(segment, 32)`.
        lines: of the same machines.
        calibration: statistics of other normal recordings, one by one. At most 5 % of their like
            lie beyond the limit, or as few as so many recordings can promise.

    Example:
        >>> sounds = torch.randn(40, 513, 30, dtype=torch.complex64)
        >>> noise = band_statistics(sounds)
        >>> lines = LineBaseline(torch.zeros(1, 8001), torch.zeros(1, 8001))
        >>> known, limit = fit({"id_00": noise[:20]}, lines, noise[20:].split(1))
        >>> hum = band_statistics(sounds[:1] * (torch.arange(513) == 20)[:, None])
        >>> known.distance(hum) > limit > known.distance(noise[:1])
        True
    """
    from sklearn.covariance import LedoitWolf

    by_machine = [statistics.double() for statistics in trained_on.values()]
    means = torch.stack([found.mean(dim=0) for found in by_machine])
    within = torch.cat([found - mean for found, mean in zip(by_machine, means, strict=True)])
    covariance = LedoitWolf(assume_centered=True).fit(within.numpy()).covariance_
    values, vectors = np.linalg.eigh(covariance)
    whitening = torch.from_numpy(vectors / np.sqrt(np.maximum(values, 1e-6)))
    known = SpectralBaseline(means.float(), whitening.float(), lines)
    return known, conformal([known.distance(found) for found in calibration], REFUSED).value
