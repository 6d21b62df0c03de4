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
from numpy.typing import NDArray
from torch import Tensor

from mimimi.config import SAMPLE_RATE
from mimimi.threshold import conformal

BANDS = 16
FEATURES = 2 * BANDS
REFUSED = 0.05
"""Share of normal recordings of known machines that may be called foreign."""

Array = NDArray[np.float32]
_N_FFT, _HOP = 1024, 512
_FLOOR = 1e-6  # of the mean power of the bands


@cache
def _filters() -> Tensor:
    from torchaudio.functional import melscale_fbanks

    filters: Tensor = melscale_fbanks(
        _N_FFT // 2 + 1, 0.0, SAMPLE_RATE / 2, BANDS, SAMPLE_RATE, norm="slaney", mel_scale="slaney"
    )
    return filters


def features(samples: Tensor) -> Tensor:
    """Colour and unrest of segments: mean and deviation over time of the log-mel bands.

    Args:
        samples: `(segment, time)` at 16 kHz; their gain does not matter.

    Returns:
        `(segment, 32)`, in nats.

    Example:
        >>> sound = torch.randn(1, 160_000)
        >>> bool(torch.allclose(features(sound), features(7 * sound), atol=1e-4))
        True
    """
    window = torch.hann_window(_N_FFT, device=samples.device)
    spectrum = torch.stft(samples, _N_FFT, _HOP, window=window, return_complex=True)
    power = spectrum.abs().square().transpose(1, 2) @ _filters().to(samples.device)
    level = (power / power.mean(dim=(1, 2), keepdim=True).clamp_min(1e-30) + _FLOOR).log()
    return torch.cat((level.mean(dim=1), level.std(dim=1)), dim=1)


@dataclass(frozen=True)
class Familiar:
    """Where the normal recordings of the known machines lie.

    `means` is `(ids, 32)`; `whitening` is `(32, 32)`, a square root of the inverse of the
    covariance within machines.
    """

    means: Tensor
    whitening: Tensor

    def distance(self, samples: Tensor) -> float:
        """Distance of a recording from the nearest machine, mean over its segments.

        Args:
            samples: `(segment, time)`.
        """
        white = features(samples) @ self.whitening
        return float(torch.cdist(white, self.means @ self.whitening).min(dim=1).values.mean())


def fit(learnt: Mapping[str, Sequence[Array]], held_out: Sequence[Array]) -> tuple[Familiar, float]:
    """From normal recordings to what is familiar, and the distance beyond which nothing is.

    Args:
        learnt: of each machine the segments `(segment, time)` of its recordings.
        held_out: those of other normal recordings. At most 5 % of their like lie beyond the limit,
            or as few as so many recordings can promise.

    Example:
        >>> noise = np.random.default_rng(0).standard_normal((40, 2, 16_000)).astype(np.float32)
        >>> known, limit = fit({"id_00": noise[:20]}, noise[20:])
        >>> hum = torch.sin(torch.arange(16_000) / 10)[None]
        >>> known.distance(hum) > limit > known.distance(torch.from_numpy(noise[0]))
        True
    """
    from sklearn.covariance import LedoitWolf

    by_machine = [
        torch.cat([features(torch.from_numpy(s)) for s in recordings]).double()
        for recordings in learnt.values()
    ]
    means = torch.stack([found.mean(dim=0) for found in by_machine])
    within = torch.cat([found - mean for found, mean in zip(by_machine, means, strict=True)])
    covariance = LedoitWolf(assume_centered=True).fit(within.numpy()).covariance_
    values, vectors = np.linalg.eigh(covariance)
    whitening = torch.from_numpy(vectors / np.sqrt(np.maximum(values, 1e-6)))
    known = Familiar(means.float(), whitening.float())
    distances = [known.distance(torch.from_numpy(segments)) for segments in held_out]
    return known, conformal(distances, REFUSED).value
