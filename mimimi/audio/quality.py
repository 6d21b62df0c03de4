"""Whether a recording is fit to be judged: what is wrong is named, and taken out where it can be.

All of it is measured on the sound, at 16 kHz, not read from a header.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mimimi.audio.waveform import Cut, Kind, Problem, Samples, Waveform
from mimimi.config import SAMPLE_RATE

Stretch = tuple[float, float]  # s, from and to

_OFFSET, _OFFSET_NAMED = 0.01, 0.1  # of the rms; MIMII's clips stay below a thousandth
_FRAME = SAMPLE_RATE // 20  # 50 ms in which a starting recorder is looked for
_START, _SETTLED, _FADING = 1.0, 1.0, 0.25  # s; deviations in rms; of the quietest frame after it
_FADE = SAMPLE_RATE // 100  # 10 ms in which one stretch passes into the next where some is cut
_FFT, _BAND = 1024, 8  # samples; bins of 15.6 Hz that are looked at together
_EDGE = 18.0  # dB of fall within three bands; real recordings have up to 9, without an edge
_LOWEST_EDGE, _HIGHEST_EDGE = 8, 56  # bands, 1 to 7 kHz: resampling makes an edge of its own
_NOT_WORTH_A_WORD = 0.1  # s in all
_NOT_CUT = 0.1  # s; shorter gaps are bridged: each cut shifts the phase of every tone
_DISCHARGE, _TIME_CONSTANTS = 2.0, (0.02, 1.0)  # s, in which it is looked for; from and to
_NAMED = 3  # stretches by their times
_AT = 0.05  # s; what is shorter has one time


def weighed(
    waveform: Waveform,
    silences: Sequence[Stretch],
    lost: Sequence[Stretch] = (),
    bad: Sequence[Stretch] = (),
    begin: float = 0.0,
) -> Waveform:
    """Leave out what is no sound of the machine, and name it.

    Args:
        waveform: as decoded; what was lost is zeros in it.
        silences: digital silence, in s.
        lost: what could not be decoded, in s.
        bad: what was no number, in s; bridged in it.
        begin: in s, where it begins in a longer recording, from which problems count their times.

    Example:
        >>> samples = np.ones(32_000, np.float32)
        >>> mended = weighed(Waveform(samples, "hum", 16_000, 1), [(0.5, 1.0)])
        >>> mended.seconds, mended.problems[0].text
        (1.5, 'digital silence from 0.5 to 1.0 s: left out')
    """
    problems = list(waveform.problems)
    no_numbers = "samples that are no numbers"
    problems += _of_stretches("bad_samples", no_numbers, bad, begin, ": skipped")
    problems += _of_stretches("damaged", "cannot be read", lost, begin)
    if sum(b - a for a, b in silences) >= _NOT_WORTH_A_WORD:
        problems += _of_stretches("digital_silence", "digital silence", silences, begin)
    stretches = sorted([*silences, *lost])
    samples = _bridged(waveform.samples, [(a, b) for a, b in stretches if b - a < _NOT_CUT])
    left_out = [(a, b) for a, b in sorted([*stretches, *bad]) if b - a >= _NOT_CUT]
    samples, cuts = _without(samples, left_out)
    settled = 0.0 if begin else _settled(samples)
    if settled:
        end = replace(waveform, cuts=cuts).position(settled)
        text = f"the first {end:.2f} s are those of a starting recorder: left out"
        problems.append(Problem("recorder_start", text, 0.0, end))
        samples, more = _without(samples, [(0.0, settled)])
        samples = _discharged(samples)
        cuts = more + tuple(replace(cut, at=cut.at - settled) for cut in cuts)
    samples, problem = _centred(samples)
    problems += [problem] if problem else []
    if waveform.source_rate >= SAMPLE_RATE and (problem := _missing_band(samples)):
        problems.append(problem)
    return replace(waveform, samples=samples, problems=tuple(problems), cuts=cuts)


def _of_stretches(
    kind: Kind, what: str, stretches: Sequence[Stretch], begin: float, short: str = ""
) -> list[Problem]:
    """One problem with all the times in its text where there are few, or with their number."""
    if not stretches:
        return []
    stretches = [(begin + a, begin + b) for a, b in stretches]
    total = sum(b - a for a, b in stretches)
    first, last = stretches[0][0], stretches[-1][1]
    times = " and ".join(when(stretch) for stretch in stretches[:_NAMED])
    if len(stretches) > _NAMED:
        times = f"at {len(stretches)} places from {first:.1f} to {last:.1f} s, {total:.1f} s in all"
    cut = ": left out" if all(b - a >= _NOT_CUT for a, b in stretches) else short
    return [Problem(kind, f"{what} {times}{cut}", first, last)]


def when(stretch: Stretch) -> str:
    """A stretch in words.

    Example:
        >>> when((3.0, 3.001)), when((3.0, 4.0))
        ('at 3.0 s', 'from 3.0 to 4.0 s')
    """
    start, end = stretch
    return f"from {start:.1f} to {end:.1f} s" if end - start > _AT else f"at {start:.1f} s"


def _bridged(samples: Samples, gaps: Sequence[Stretch]) -> Samples:
    """With the sound beside them, played backwards, in short gaps; both sides pass into each other.

    So the length and the phase of every tone stay; silence would be heard as all of the spectrum
    falling and rising at once.

    Example:
        >>> _bridged(np.array([0, 0, 3, 4, 5], np.float32), [(0.0, 2 / SAMPLE_RATE)])
        array([4., 3., 3., 4., 5.], dtype=float32)
    """
    found = samples.copy() if gaps else samples
    for start, stop in gaps:
        first, end = round(start * SAMPLE_RATE), min(round(stop * SAMPLE_RATE), len(found))
        length = end - first
        before, after = found[max(first - length, 0) : first][::-1], found[end : end + length][::-1]
        into = np.linspace(0.0, 1.0, length, dtype=np.float32)
        if len(before) == len(after) == length:
            found[first:end] = (1 - into) * before + into * after
        elif length in (len(before), len(after)):
            found[first:end] = before if len(before) == length else after
        else:
            found[first:end] = samples.mean()
    return found


def _without(samples: Samples, stretches: Sequence[Stretch]) -> tuple[Samples, tuple[Cut, ...]]:
    """What is left without them; ends pass into each other, for a step would be a click."""
    if not stretches:
        return samples, ()
    kept: list[Samples] = []
    cuts: list[Cut] = []
    position, length = 0, 0
    for start, end in [*stretches, (len(samples) / SAMPLE_RATE, np.inf)]:
        first = min(round(start * SAMPLE_RATE), len(samples))
        if first > position:
            kept.append(samples[position:first])
            length += first - position
        if end != np.inf:
            after = min(max(round(end * SAMPLE_RATE), position), len(samples))
            if after > max(first, position):
                cuts.append(Cut(length / SAMPLE_RATE, (after - max(first, position)) / SAMPLE_RATE))
            position = after
    return _joined(kept), tuple(cuts)


def _joined(parts: Sequence[Samples]) -> Samples:
    """One after the other; the last 10 ms of each lead to the beginning of the next."""
    if not parts:
        return np.zeros(0, np.float32)
    parts = [part.copy() for part in parts]
    for before, after in pairwise(parts):
        n = min(_FADE, len(before), len(after))
        fade = np.linspace(0, 1, n, endpoint=False, dtype=np.float32)
        # Mirrored, what comes next leads to its own beginning without a step.
        before[-n:] = before[-n:] * np.sqrt(1 - fade) + after[:n][::-1] * np.sqrt(fade)
    return np.concatenate(parts)


def _settled(samples: Samples) -> float:
    """Seconds until a recorder has started: until its offset has settled and its mute is off."""
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    first = round(_START * SAMPLE_RATE) // _FRAME
    if len(frames) < 3 * first:
        return 0.0
    means, deviations = frames.mean(axis=1), frames.std(axis=1)
    rms = float(np.sqrt(np.mean(np.square(deviations[first:]))))
    odd = np.abs(means - means[first:].mean()) > _SETTLED * rms
    odd |= deviations < _FADING * np.percentile(deviations[first:], 5)
    odd = odd[: first + 1]
    if not odd[0] or odd.all():
        return 0.0
    return float(np.flatnonzero(odd).max() + 1) * _FRAME / SAMPLE_RATE


def _discharged(samples: Samples) -> Samples:
    """Without the end of an offset that settles, fitted as what it is: a capacitor's discharge."""
    time = np.arange(len(samples), dtype=np.float32) / SAMPLE_RATE
    start = samples[: round(_DISCHARGE * SAMPLE_RATE)]
    centred = start - start.mean()
    best, explained = samples, 0.0
    for constant in np.geomspace(*_TIME_CONSTANTS, 25, dtype=np.float32):
        decay = np.exp(-time / constant)
        shape = decay[: len(start)] - decay[: len(start)].mean()
        size = float(shape @ centred) / float(shape @ shape)
        if size * float(shape @ centred) > explained:
            best, explained = samples - np.float32(size) * decay, size * float(shape @ centred)
    return best


def _centred(samples: Samples) -> tuple[Samples, Problem | None]:
    """Without a constant offset that can be told from rounding."""
    if not len(samples):
        return samples, None
    mean = float(samples.mean(dtype=np.float64))
    rms = float(samples.std(dtype=np.float64))
    if not rms or abs(mean) <= _OFFSET * rms:
        return samples, None
    centred = samples - np.float32(mean)
    if abs(mean) <= _OFFSET_NAMED * rms:
        return centred, None
    text = f"constant offset of {abs(mean) / rms:.1f} times the sound (rms): taken out"
    return centred, Problem("offset", text)


def _missing_band(samples: Samples) -> Problem | None:
    """A band above which there is nothing, where the sound below ends as cut off."""
    levels = _spectrum(samples)
    if levels is None:
        return None
    edges = np.arange(_LOWEST_EDGE, _HIGHEST_EDGE)
    below = np.median(np.lib.stride_tricks.sliding_window_view(levels, 3), axis=1)
    # Beyond an edge the loudest counts: something up there, and nothing is missing.
    beyond = np.maximum.accumulate(levels[:-1][::-1])[::-1]
    falls = below[edges - 3] - beyond[edges + 1]
    if falls.max() < _EDGE:
        return None
    edge = int(edges[falls.argmax()])
    half = (below[edge - 3] + beyond[edge + 1]) / 2
    edge -= 3 - int(np.flatnonzero(levels[edge - 3 :] < half)[0])
    kilohertz = edge * _BAND * SAMPLE_RATE / _FFT / 1000
    return Problem("missing_band", f"there is nothing above {kilohertz:.1f} kHz in it")


def _spectrum(samples: Samples) -> NDArray[np.float64] | None:
    """Mean level in dB of each band, over up to a minute's frames, spread over the recording."""
    frames = samples[: len(samples) // _FFT * _FFT].reshape(-1, _FFT)
    if len(frames) < 8:
        return None
    frames = frames[:: max(len(frames) // 940, 1)]
    power = np.square(np.abs(np.fft.rfft(frames * np.hanning(_FFT)))).mean(axis=0)
    return np.asarray(10 * np.log10(power[: _FFT // 2] + 1e-30).reshape(-1, _BAND).mean(axis=1))
