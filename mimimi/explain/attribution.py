"""Which cells of a segment's spectrum raised its score: integrated gradients from usual levels.

The score is followed from the segment to the same segment as it would sound were each mel band,
moment by moment, and each line, a hertz wide, as loud as it usually is on this machine. On the way
each cell gets its share of the fall (integrated gradients: the shares add up to the fall). Every
member takes part, since it is the *sound* that is changed: scaled, turned back into samples, and
heard by all networks through front ends of their own. Lines know no time: they count where their
frequency is loud.

What is left of the score at usual levels lies in what levels do not say: phase, and with it timing.
There the map shows how much a turn of each cell's phase would change the score.

Own code, not captum's IntegratedGradients: the path is in levels and not in samples, and with it
gone there are ten lines. On faults of known place the distance of the levels from the usual ones,
which asks no network, holds half as much of its mass in the true place
(`benchmarks/claims/where.py`); the gradient alone held less still, and substitution block by block
less for forty times the work. Phase has no usual value to start from, so its map says less: a
sensitivity, not a share.

Source: Sundararajan, Taly and Yan 2017, Axiomatic attribution for deep networks. For z = r exp(ip)
and a real score S: dS/d(ln r) and dS/dp are the real and imaginary part of conj(z) dS/dz.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn.functional import avg_pool1d, interpolate

from mimimi.config import LINE_SPECTRUM, FrontEnd
from mimimi.detector.spectral_baseline import BANDS, SpectralBaseline
from mimimi.explain.usual import usual_sound
from mimimi.features.mel import mel_filters
from mimimi.features.tensors import TensorSpectra
from mimimi.networks.architecture import reads_lines
from mimimi.networks.build import judged

if TYPE_CHECKING:
    from mimimi.detector.detector import Detector

FRAMES = FrontEnd()
_SMOOTH = 7  # frames: the level of a moment is that of 0.2 s
_STEPS = 6  # of the path; with three the shares are up to two fifths off the fall, with six a tenth
_FLOOR = 1e-6  # of the mean power


@dataclass(frozen=True)
class Attribution:
    """What each cell of a spectrum did to the score; maps are `(513, frame)`.

    `magnitude` is signed, in units of the score, and adds up to the fall from `score` to `at_usual`
    levels; `louder` is the part of it that lies in what is louder than usual. It is the sum of what
    bands did, `by_band`, and of what lines did, `by_line` `(8001,)`, where they are loud. `phase`
    is how much the score moves with the phase of each cell, per rad, never negative. `bands` and
    `lines` are the levels against the usual ones, in nats of magnitude, 0 within their range.
    """

    magnitude: Tensor
    louder: Tensor
    phase: Tensor
    by_band: Tensor
    by_line: Tensor
    bands: Tensor
    lines: Tensor
    score: float
    at_usual: float


def attribute(detector: Detector, samples: Tensor, machine_id: str) -> Attribution:
    """Find what raised the score of a segment.

    Args:
        detector: with a baseline.
        samples: `(time,)`, one segment at 16 kHz.
        machine_id: one it knows.

    Raises:
        DetectorError: the detector was saved without what its machines usually sound like.

    Example:
        >>> from mimimi.simulate import simulate_clip
        >>> from mimimi.detector.detector import Detector
        >>> pump = torch.from_numpy(simulate_clip("pump", "id_51", clip=900))
        >>> beep = 0.1 * torch.sin(torch.arange(160_000) / 2) * (torch.arange(160_000) < 32_000)
        >>> found = attribute(Detector.from_pretrained("pump"), pump + beep, "id_51")
        >>> found.score > found.at_usual
        True
        >>> bool(found.magnitude[:, :63].sum() > found.magnitude[:, 63:].sum())
        True
    """
    baseline = usual_sound(detector)
    which = detector.ids.index(machine_id)
    spectrum = _spectrum(samples)
    bands = _excess(spectrum, baseline, which)
    still = torch.zeros_like(bands)
    none = torch.zeros(LINE_SPECTRUM.n_frequencies)
    still_lines = baseline.lines.excess(changed(samples, -bands, none).numpy(), which)
    lines = torch.from_numpy(still_lines) / 2
    by_band, by_line, to_phase = torch.zeros_like(bands), torch.zeros_like(lines), still
    scores = []
    for step in range(_STEPS + 1):
        share = step / _STEPS  # 0: as usual; 1: the segment as it is
        inputs = (bands * (share - 1), lines * (share - 1), still.clone())
        sound = changed(samples, *(i.requires_grad_() for i in inputs))
        score = score_of(detector, sound, machine_id)
        to_gain, to_lines, to_turn = torch.autograd.grad(score, inputs)
        weight = (0.5 if step in (0, _STEPS) else 1.0) / _STEPS  # trapezoids
        by_band += to_gain * bands * weight
        by_line += to_lines * lines * weight
        scores.append(float(score.detach()))
        if step == 0:
            to_phase = to_turn.abs()
    power = spectrum.abs().square()
    when = power / power.sum(dim=1, keepdim=True).clamp_min(1e-30)
    louder = by_band * (bands > 0) + _by_bin(by_line * (lines > 0)) * when
    return Attribution(
        magnitude=by_band + _by_bin(by_line) * when,
        louder=louder,
        phase=to_phase,
        by_band=by_band,
        by_line=by_line,
        bands=bands,
        lines=lines,
        score=scores[-1],
        at_usual=scores[0],
    )


def changed(samples: Tensor, gain: Tensor, of_lines: Tensor, turn: Tensor | None = None) -> Tensor:
    """A sound at other levels.

    Args:
        samples: `(time,)`.
        gain: of each cell, `(513, frame)` in nats of magnitude.
        of_lines: of each hertz, `(8001,)` in nats of magnitude, the same throughout.
        turn: of the phase of each cell, rad.
    """
    spectrum = _spectrum(samples)
    turn = torch.zeros_like(gain) if turn is None else turn
    window = torch.hann_window(FRAMES.n_fft)
    heard = spectrum * torch.exp(torch.complex(gain, turn))
    sound = torch.istft(heard, FRAMES.n_fft, FRAMES.hop_length, window=window, length=len(samples))
    whole = torch.fft.rfft(sound)
    filter_ = interpolate(of_lines[None, None], len(whole), mode="linear", align_corners=True)
    filtered: Tensor = torch.fft.irfft(whole * filter_[0, 0].exp(), len(samples))
    return filtered


def _spectrum(samples: Tensor) -> Tensor:
    window = torch.hann_window(FRAMES.n_fft)
    return torch.stft(samples, FRAMES.n_fft, FRAMES.hop_length, window=window, return_complex=True)


def _by_bin(of_lines: Tensor) -> Tensor:
    """Sums over the hertz that lie in each bin of `FRAMES`, `(513, 1)`."""
    hertz = (
        torch.arange(LINE_SPECTRUM.n_frequencies) * LINE_SPECTRUM.sample_rate / LINE_SPECTRUM.n_fft
    )
    bins = (hertz * FRAMES.n_fft / FRAMES.sample_rate).round().long()
    return torch.zeros(FRAMES.n_frequencies).index_add(0, bins, of_lines)[:, None]


def score_of(detector: Detector, samples: Tensor, machine_id: str) -> Tensor:
    """The score of a segment by the networks, as they find it without memories beside them.

    As `Detector.measure` finds it, but one that can be differentiated.

    Args:
        detector: the detector.
        samples: `(time,)`, one segment.
        machine_id: one it knows.
    """
    which, scores = detector.ids.index(machine_id), []
    networks = detector.ensemble.networks
    heard = TensorSpectra(samples[None].to(networks[0].device))  # all are on one
    for member in networks:
        config = member.config
        if reads_lines(config.network):
            read = heard.lines(config.front_end)[0][:, None]
        else:
            read = heard.windows(config.front_end)[0]
        logits = judged(member.network, read).total
        score = -logits.log_softmax(dim=-1)[:, member.own[which]].mean()
        scores.append((score.cpu() - config.mean) / config.deviation)
    return torch.stack(scores).mean()


def _excess(spectrum: Tensor, baseline: SpectralBaseline, which: int) -> Tensor:
    """How much louder than usual each cell is, `(513, frame)` in nats of magnitude."""
    usual, range_ = map(torch.from_numpy, baseline.usual(which))
    filters = torch.from_numpy(mel_filters(FRAMES, BANDS, "slaney"))
    power = spectrum.abs().square().T[None] @ filters
    smooth = avg_pool1d(power.mT, _SMOOTH, 1, _SMOOTH // 2, count_include_pad=False)[0].T
    difference = (smooth / power.mean().clamp_min(1e-30) + _FLOOR).log() - usual
    # A microphone's gain is its own, and one loud band makes no other quiet: the middle is usual.
    difference = difference - difference.median()
    beyond = difference.sign() * (difference.abs() - range_).clamp_min(0)
    return filters / filters.sum(dim=1, keepdim=True).clamp_min(1e-9) @ beyond.T / 2
