"""The few building blocks that every simulated sound is made of.

All sounds are float32 arrays of shape `(time,)` at 16 kHz.
"""

from __future__ import annotations

import numpy as np
import scipy  # its parts are imported when first asked for
from numpy.typing import NDArray

RATE = 16_000  # Hz

Array = NDArray[np.float32]


def rms(sound: Array) -> float:
    """Root mean square over the whole sound."""
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))


def unit(sound: Array) -> Array:
    """The sound scaled to an RMS of 1; silence stays silence."""
    level = rms(sound)
    return sound / np.float32(level) if level > 0 else sound


def drift(rng: np.random.Generator, samples: int, knots_per_second: float) -> Array:
    """A slowly wandering curve of about unit deviation: random knots joined by lines."""
    spacing = RATE / knots_per_second
    knots = rng.standard_normal(int(samples / spacing) + 3)
    return np.interp(np.arange(samples) / spacing, np.arange(knots.size), knots).astype(np.float32)


def rotation(hertz: Array, start: float) -> NDArray[np.float64]:
    """Angle in radians of something that turns `hertz` times a second, shape `(time,)`."""
    return start + 2 * np.pi / RATE * np.cumsum(hertz, dtype=np.float64)


def harmonics(angle: NDArray[np.float64], amplitudes: Array, phases: Array) -> Array:
    """Sum of `amplitudes[k] * cos((k + 1) * angle + phases[k])`, harmonics above 7.6 kHz left out.

    The phase of the harmonics relative to each other is the machine's own: it makes the shape of
    the pressure pulse of one blade, and does not depend on when the recording starts.
    """
    fundamental = (angle[-1] - angle[0]) / angle.size * RATE / (2 * np.pi)
    audible = max(1, int(7600 / fundamental))
    turn = np.exp(1j * (angle % (2 * np.pi))).astype(np.complex64)
    power = np.ones_like(turn)
    total = np.zeros(angle.size, dtype=np.float32)
    for amplitude, phase in zip(amplitudes[:audible], phases[:audible], strict=True):
        power *= turn
        total += (power * np.complex64(amplitude * np.exp(1j * phase))).real
    return total


def coloured_noise(
    rng: np.random.Generator,
    samples: int,
    octave_levels: dict[float, float],
    peaks: tuple[tuple[float, float, float], ...] = (),
) -> Array:
    """Gaussian noise of unit RMS with the given octave-band levels and resonances.

    Args:
        rng: where the random numbers come from.
        samples: length.
        octave_levels: centre frequency in Hz -> level in dB; straight lines between them on a
            logarithmic frequency axis.
        peaks: resonances as (frequency in Hz, width in Hz, height in dB).
    """
    frequency = scipy.fft.rfftfreq(samples, 1 / RATE).astype(np.float32)
    frequency[0] = frequency[1]
    octave = np.log2(frequency)
    level = np.interp(octave, np.log2(list(octave_levels)), list(octave_levels.values()))
    for centre, width, height in peaks:
        level += height / (1 + np.square((frequency - centre) / (width / 2)))
    gain = (10 ** (level / 20) / np.sqrt(frequency)).astype(np.float32)
    spectrum = rng.standard_normal((frequency.size, 2), dtype=np.float32).view(np.complex64)[:, 0]
    spectrum *= gain * (frequency > 20)
    return unit(scipy.fft.irfft(spectrum, samples))


def ring(modes: NDArray[np.float64], seconds: float) -> Array:
    """The sound of something struck: decaying modes.

    Args:
        modes: shape `(mode, 4)`: frequency in Hz, time constant in s, amplitude, phase in radians.
        seconds: length.
    """
    time = np.arange(int(seconds * RATE)) / RATE
    frequency, decay, amplitude, phase = (column[:, None] for column in modes.T)
    partials = amplitude * np.exp(-time / decay) * np.sin(2 * np.pi * frequency * time + phase)
    return np.asarray(partials.sum(axis=0), dtype=np.float32)


def random_modes(
    rng: np.random.Generator, count: int, hertz: tuple[float, float], decay: tuple[float, float]
) -> NDArray[np.float64]:
    """Modes for `ring`, spread evenly over a logarithmic frequency range and then jittered."""
    low, high = np.log(hertz)
    frequency = np.exp(low + (high - low) * (np.arange(count) + rng.random(count)) / count)
    return np.column_stack(
        [
            frequency,
            np.exp(rng.uniform(np.log(decay[0]), np.log(decay[1]), count)),
            rng.uniform(0.3, 1.0, count),
            rng.uniform(0, 2 * np.pi, count),
        ]
    )


def add_at(sound: Array, second: float, event: Array) -> None:
    """Add a short sound to a long one, in place; what would lie outside is cut off."""
    start = round(second * RATE)
    first, last = max(start, 0), min(start + event.size, sound.size)
    if first < last:
        sound[first:last] += event[first - start : last - start]


def reverberate(sound: Array, rng: np.random.Generator, seconds: float, wet: float) -> Array:
    """A simple room: the direct sound and an exponentially decaying diffuse tail.

    Args:
        sound: shape `(time,)`.
        rng: the room; the same generator state gives the same room.
        seconds: reverberation time, for a fall by 60 dB.
        wet: energy of the tail against the direct sound.
    """
    time = np.arange(int(0.7 * seconds * RATE)) / RATE
    tail = rng.standard_normal(time.size) * np.exp(-6.9 * time / seconds)
    response = np.sqrt(wet) * tail / np.sqrt(np.sum(tail**2))
    response[0] = 1.0
    size = scipy.fft.next_fast_len(sound.size + response.size, real=True)
    spectrum = scipy.fft.rfft(sound, size) * scipy.fft.rfft(response.astype(np.float32), size)
    heard: Array = scipy.fft.irfft(spectrum, size)[: sound.size]
    return heard
