"""What all views of a segment start from, each spectrum computed once: lines, log-mel, envelope."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mimimi.config import LINE_SPECTRUM, SAMPLE_RATE, FrontEnd
from mimimi.errors import AudioError, SilentError
from mimimi.features.segment_spectra import ArraySpectra

Array = NDArray[np.float32]

SEGMENT_SAMPLES = FrontEnd().segment_samples
MEL_BANDS = 128
MEL_FFT, MEL_HOP = 1024, 512  # samples
MEL = FrontEnd(n_fft=MEL_FFT, hop_length=MEL_HOP)
ENVELOPE_FFT, ENVELOPE_HOP = 128, 32  # samples: bins of 125 Hz, 500 values a second
ENVELOPE_EDGES = (1, 3, 5, 8, 12, 18, 28, 42, 65)  # bins of 125 Hz, about a third of an octave up
SMALLEST = 1e-7  # of the loudest sample: what is left of a constant after rounding
_OF_OFFSET = np.array([1, -0.5], np.float32)  # through a Hann window: bins 0 and 1
FLOOR = 1e-8  # of power against white noise as loud as the segment: below it nothing is heard


@dataclass(frozen=True)
class Spectra:
    """The spectra of one segment of 10 s, in nats of power; its own loudness is taken out."""

    lines: Array  # (8001,), mean power over time of each hertz
    mel: Array  # (128, 313), mel band x frame of 32 ms
    envelope: Array  # (8, 4997), band x 2 ms


def spectra(segment: ArrayLike) -> Spectra:
    """The spectra of one segment.

    Args:
        segment: `(time,)`, 10 s at 16 kHz.

    Raises:
        AudioError: it has another shape, or a sample is not a finite number.
        SilentError: all samples are alike.

    Example:
        >>> hum = np.sin(2 * np.pi * 120 * np.arange(160_000) / 16_000)
        >>> int(spectra(hum).lines.argmax())
        120
    """
    (found,) = shared(ArraySpectra(checked(segment)[None]))
    return found


def shared(segments: ArraySpectra) -> list[Spectra]:
    """As `spectra`, of segments whose transforms others read too."""
    found = []
    for number, segment in enumerate(segments.samples):
        samples, offset, rms = _centred(segment)
        lines, mel = (
            _power(segments, number, front_end, offset, rms) for front_end in (LINE_SPECTRUM, MEL)
        )
        found.append(
            Spectra(
                lines=_log(lines.mean(axis=1), LINE_SPECTRUM.n_fft),
                mel=_log(mel.T @ mel_filters(), MEL_FFT).T,
                envelope=_log(_band_power(samples), ENVELOPE_FFT).T,
            )
        )
    return found


def mean_power(segment: ArrayLike, front_end: FrontEnd) -> Array:
    """Power of each bin of centred frames, mean over a segment `(time,)`: `(frequency,)`."""
    mean: Array = ArraySpectra(np.asarray(segment, np.float32)[None]).power(front_end)[0].mean(-1)
    return mean


def checked(segment: ArrayLike) -> Array:
    """A segment without its mean, of RMS 1; raises as `spectra` does."""
    return _centred(segment)[0]


def _centred(segment: ArrayLike) -> tuple[Array, float, float]:
    """A segment without its mean, of RMS 1, and what these were; raises as `spectra` does."""
    try:
        samples = np.asarray(segment, np.float64)
    except (TypeError, ValueError) as error:
        raise AudioError("A segment is an array of numbers.") from error
    if samples.shape != (SEGMENT_SAMPLES,):
        raise AudioError(
            f"A segment has shape ({SEGMENT_SAMPLES},), 10 s at 16 kHz; this has {samples.shape}."
        )
    if not np.isfinite(samples).all():
        raise AudioError("A segment holds samples that are not finite numbers.")
    loudest = float(np.abs(samples).max()) or 1.0
    samples = samples / loudest  # so that no square is lost, however quiet it is
    mean = float(samples.mean())
    samples -= mean
    if np.abs(samples).max() <= SMALLEST:
        raise SilentError("A segment is silent: all its samples are alike.")
    rms = float(np.sqrt(np.mean(samples**2)))
    scaled: Array = (samples / rms).astype(np.float32)
    return scaled, loudest * mean, loudest * rms


def mel_hertz() -> Array:
    """The middle of each mel band in Hz, `(128,)`."""
    return mel_edges()[1:-1]


@lru_cache
def mel_edges() -> Array:
    """Where each mel band begins, and the last two end, in Hz, `(130,)`."""
    top = 2595 * np.log10(1 + SAMPLE_RATE / 2 / 700)
    edges = 700 * (10 ** (np.linspace(0, top, MEL_BANDS + 2) / 2595) - 1)
    return edges.astype(np.float32)


def envelope_hertz() -> Array:
    """The middle of each band of the envelope in Hz, `(8,)`."""
    edges = envelope_edges()
    middle: Array = np.sqrt(edges[:-1] * edges[1:])
    return middle


def envelope_edges() -> Array:
    """Where the bands of the envelope meet in Hz, `(9,)`."""
    return (np.array(ENVELOPE_EDGES) * SAMPLE_RATE / ENVELOPE_FFT).astype(np.float32)


def _power(
    segments: ArraySpectra, number: int, front_end: FrontEnd, offset: float, rms: float
) -> Array:
    """Power of each bin of a segment's frames without an offset, of RMS 1: `(frequency, frame)`.

    Through a Hann window an offset is heard in the two lowest bins alone.
    """
    power: Array = segments.power(front_end)[number].copy("K")
    window = _window(front_end.n_fft)
    energy = np.square(window).sum()  # by whose root transforms are divided
    heard = np.float32(offset) * window.sum() / np.sqrt(energy) * _OF_OFFSET
    lowest = segments.complex(front_end)[number, :2] - heard[:, None]
    power[:2] = np.square(lowest.real) + np.square(lowest.imag)
    power *= energy / np.float32(rms) ** 2
    return power


def _band_power(samples: Array) -> Array:
    """Power of short frames, `(frame, band)`; thousands of short transforms are one product."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, ENVELOPE_FFT)[::ENVELOPE_HOP]
    transform, bands = _short_transform()
    power: Array = np.square(frames @ transform) @ bands
    return power


@lru_cache
def _short_transform() -> tuple[Array, Array]:
    """Windowed cosines and sines of the bins that lie in a band; which of them lie in which."""
    bins = np.arange(ENVELOPE_EDGES[0], ENVELOPE_EDGES[-1])
    turns = np.outer(np.arange(ENVELOPE_FFT), bins) / ENVELOPE_FFT
    waves = np.concatenate((np.cos(2 * np.pi * turns), np.sin(2 * np.pi * turns)), axis=1)
    edges = np.array(ENVELOPE_EDGES)
    within = (bins[:, None] >= edges[:-1]) & (bins[:, None] < edges[1:])
    transform = _window(ENVELOPE_FFT)[:, None] * waves
    return transform.astype(np.float32), np.tile(within, (2, 1)).astype(np.float32)


def _log(power: Array, n_fft: int) -> Array:
    white = float(np.square(_window(n_fft)).sum())
    logarithms: Array = np.log(power + np.float32(FLOOR * white))
    return logarithms


@lru_cache
def _window(n_fft: int) -> Array:
    return np.hanning(n_fft + 1)[:-1].astype(np.float32)


@lru_cache
def mel_filters() -> Array:
    """Triangles of height 1, `(frequency, band)`."""
    edges, frequency = mel_edges(), np.fft.rfftfreq(MEL_FFT, 1 / SAMPLE_RATE)[:, None]
    rise = (frequency - edges[:-2]) / np.diff(edges)[:-1]
    fall = (edges[2:] - frequency) / np.diff(edges)[1:]
    triangles: Array = np.maximum(0, np.minimum(rise, fall)).astype(np.float32)
    return triangles
