"""Whether a recording sounds like any machine that is known, faulty or not.

A network that tells machines apart must name one of them, whatever it hears. So the spectrum of a
segment is compared with those of the normal recordings: far from all machines means a foreign
sound, for which a verdict would be a false certainty.

Source: Lee et al. 2018, A simple unified framework for detecting out-of-distribution samples
(class means, one shared covariance, distance to the nearest), on log-mel statistics; covariance
shrunk after Ledoit and Wolf 2004.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor

from mimimi.config import SAMPLE_RATE
from mimimi.detector.line_baseline import LineBaseline
from mimimi.detector.threshold import conformal

BANDS = 16
FEATURES = 2 * BANDS
REFUSED = 0.05
"""Share of normal recordings of known machines that may be called foreign."""

_N_FFT, _HOP = 1024, 512
_FLOOR = 1e-6  # of the mean power of the bands


@cache
def filters() -> Tensor:
    """How much each bin counts in each mel band, `(513, 16)`."""
    from torchaudio.functional import melscale_fbanks

    filters: Tensor = melscale_fbanks(
        _N_FFT // 2 + 1, 0.0, SAMPLE_RATE / 2, BANDS, SAMPLE_RATE, norm="slaney", mel_scale="slaney"
    )
    return filters


def band_power(spectrum: Tensor) -> Tensor:
    """Complex spectra `(segment, 513, frame)` to the power in mel bands, `(segment, frame, 16)`."""
    return spectrum.abs().square().transpose(1, 2) @ filters()


def features(samples: Tensor) -> Tensor:
    """Colour and unrest of segments: median and spread over time of the log-mel bands.

    The spread is that of the middle 80 % of the frames: a recorder's first silent milliseconds, or
    a gap, are not the sound.

    Args:
        samples: `(segment, time)` at 16 kHz, on the CPU; their gain does not matter.

    Returns:
        `(segment, 32)`, in nats.

    Example:
        >>> sound = torch.randn(1, 160_000)
        >>> bool(torch.allclose(features(sound), features(7 * sound), atol=1e-4))
        True
    """
    window = torch.hann_window(_N_FFT)
    power = band_power(torch.stft(samples, _N_FFT, _HOP, window=window, return_complex=True))
    level = (power / power.mean(dim=(1, 2), keepdim=True).clamp_min(1e-30) + _FLOOR).log()
    low, middle, high = torch.quantile(level, torch.tensor([0.1, 0.5, 0.9]), dim=1)
    return torch.cat((middle, high - low), dim=1)


@dataclass(frozen=True)
class SpectralBaseline:
    """Where the normal recordings of the known machines lie.

    `means` is `(ids, 32)`; `whitening` is `(32, 32)`, a square root of the inverse of the
    covariance within machines; `lines` are the machines' tones, None in detectors of old.
    """

    means: Tensor
    whitening: Tensor
    lines: LineBaseline | None = None

    @staticmethod
    def layout(n_ids: int, holds_lines: bool) -> dict[str, Tensor]:
        """The tensors it is saved as, without memory of their own."""
        return {
            "familiar.means": torch.empty(n_ids, FEATURES, device="meta"),
            "familiar.whitening": torch.empty(FEATURES, FEATURES, device="meta"),
            **(LineBaseline.layout(n_ids) if holds_lines else {}),
        }

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Tensor]) -> SpectralBaseline:
        """Back from `as_tensors`."""
        return cls(
            tensors["familiar.means"],
            tensors["familiar.whitening"],
            LineBaseline.from_tensors(tensors),
        )

    def as_tensors(self) -> dict[str, Tensor]:
        """As a detector's weights hold it."""
        return {
            "familiar.means": self.means,
            "familiar.whitening": self.whitening,
            **(self.lines.as_tensors() if self.lines else {}),
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

    def distance(self, heard: Tensor) -> float:
        """Distance of a recording from the nearest machine, mean over its segments.

        Args:
            heard: `features` of the segments, `(segment, 32)`.
        """
        white = heard @ self.whitening
        return float(torch.cdist(white, self.means @ self.whitening).min(dim=1).values.mean())


def fit(learnt: Mapping[str, Tensor], held_out: Sequence[Tensor]) -> tuple[SpectralBaseline, float]:
    """From normal recordings to what is familiar, and the distance beyond which nothing is.

    Args:
        learnt: of each machine the `features` of its segments, `(segment, 32)`.
        held_out: those of other normal recordings, one by one. At most 5 % of their like lie beyond
            the limit, or as few as so many recordings can promise.

    Example:
        >>> sounds = torch.randn(40, 16_000, generator=torch.Generator().manual_seed(0))
        >>> noise = features(sounds)
        >>> known, limit = fit({"id_00": noise[:20]}, noise[20:].split(1))
        >>> hum = features(torch.sin(torch.arange(16_000) / 10)[None])
        >>> known.distance(hum) > limit > known.distance(noise[:1])
        True
    """
    from sklearn.covariance import LedoitWolf

    by_machine = [heard.double() for heard in learnt.values()]
    means = torch.stack([found.mean(dim=0) for found in by_machine])
    within = torch.cat([found - mean for found, mean in zip(by_machine, means, strict=True)])
    covariance = LedoitWolf(assume_centered=True).fit(within.numpy()).covariance_
    values, vectors = np.linalg.eigh(covariance)
    whitening = torch.from_numpy(vectors / np.sqrt(np.maximum(values, 1e-6)))
    known = SpectralBaseline(means.float(), whitening.float())
    return known, conformal([known.distance(heard) for heard in held_out], REFUSED).value
