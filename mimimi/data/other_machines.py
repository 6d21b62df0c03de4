"""Machines to tell a single one apart from: noise with the spectra of real ones, a hertz apart.

Of each of MIMII's sixteen machines the mean power spectra of six clips of normal sound come along,
8 kB each; no recording can be made of them again, but all that a line-spectrum network hears. They
are derived from MIMII (Hitachi, Ltd., Purohit et al. 2019) and CC BY-SA 4.0, as it is; what is
trained beside them says so on its card.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mimimi.config import LINE_SPECTRUM, SAMPLE_RATE
from mimimi.data.recording import Recording
from mimimi.errors import UserError
from mimimi.files import replace_file

SPECTRA = Path(__file__).with_name("mimii_spectra.safetensors")
"""Of each machine, by name such as "fan id_00", `(clip, 8001)` bytes: `as_bytes`."""

CORPUS = "MIMII spectra"  # by which a model card knows where they come from

_ROUNDS = 3  # after which the spectrum of a made sound is within 0.3 dB of what it should be
_STEPS = 2  # in a dB
_MIDDLE = 128  # stands for the mean level
_LOUDNESS = 0.05  # root mean square

Array = NDArray[np.floating]


def others(folder: Path, machine_type: str, without: Collection[str] = ()) -> list[Recording]:
    """Sounds with the spectra of real machines, which are there only to be told apart from.

    Args:
        folder: where they are written, as FLAC; those that are there already stay.
        machine_type: as which they count.
        without: names of machines that are left out, such as "fan id_00": those that a detector is
            trained for must not be their own others.

    Returns:
        Recordings whose `helper` is true.

    Raises:
        UserError: the spectra that come with MIMIMI are damaged.
    """
    import soundfile

    made = []
    for name, clips in spectra().items():
        if name in without:
            continue
        machine_id = f"MIMII {name}"  # nobody's own is called so
        for number, power in enumerate(clips):
            path = folder / f"{machine_id} {number}.flac"
            if not path.exists():
                content = io.BytesIO()
                rng = np.random.default_rng([number, *name.encode()])
                soundfile.write(content, sound(power, rng), SAMPLE_RATE, format="FLAC")
                folder.mkdir(parents=True, exist_ok=True)
                replace_file(path, content.getvalue())  # there whole or not at all
            made.append(
                Recording(path, machine_type, machine_id, "normal", "train", CORPUS, helper=True)
            )
    return made


@cache
def spectra() -> Mapping[str, Array]:
    """Mean power of each hertz, by name of the machine: `(clip, 8001)`.

    Raises:
        UserError: the file that comes with MIMIMI is damaged.

    Example:
        >>> len(spectra()), spectra()["fan id_00"].shape
        (16, (6, 8001))
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        kept = load(SPECTRA.read_bytes())
    except (OSError, SafetensorError) as error:
        raise UserError(f"{SPECTRA} is missing or damaged; install MIMIMI again.") from error
    for clips in kept.values():
        if clips.dtype != np.uint8 or clips.shape[1:] != (LINE_SPECTRUM.n_frequencies,):
            raise UserError(f"{SPECTRA} holds no spectra of bytes; install MIMIMI again.")
    return {
        machine: 10 ** ((clips.astype(np.float32) - _MIDDLE) / _STEPS / 10)
        for machine, clips in sorted(kept.items())
    }


def as_bytes(power: Array) -> NDArray[np.uint8]:
    """Power spectra `(..., frequency)` in steps of half a dB around their mean level.

    Example:
        >>> as_bytes(np.array([1.0, 10.0, 100.0]))
        array([108, 128, 148], dtype=uint8)
    """
    level = 10 * np.log10(np.maximum(power, 1e-12 * power.max(axis=-1, keepdims=True)))
    level -= level.mean(axis=-1, keepdims=True)
    steps: NDArray[np.uint8] = np.clip(np.rint(_STEPS * level) + _MIDDLE, 0, 255).astype(np.uint8)
    return steps


def mean_power(samples: Array) -> Array:
    """Mean power of each hertz of a sound `(time,)`, as a line-spectrum network sees it.

    Returns:
        Shape `(8001,)`.

    Example:
        >>> hum = np.sin(2 * np.pi * 50 * np.arange(32_000) / 16_000)
        >>> int(mean_power(hum).argmax())
        50
    """
    window = np.hanning(LINE_SPECTRUM.n_fft + 1)[:-1]
    frames = np.lib.stride_tricks.sliding_window_view(samples, LINE_SPECTRUM.n_fft)
    power: Array = np.square(
        np.abs(np.fft.rfft(frames[:: LINE_SPECTRUM.hop_length] * window, axis=1))
    ).mean(axis=0)
    return power


def sound(power: Array, rng: np.random.Generator) -> NDArray[np.float32]:
    """10 s of noise that has a mean power spectrum.

    Args:
        power: of each hertz, `(8001,)`.
        rng: draws the phases.

    Returns:
        Shape `(160000,)`, at 16 kHz.

    Example:
        >>> hum = np.where(np.arange(8_001) == 120, 1_000.0, 1.0)
        >>> int(mean_power(sound(hum, np.random.default_rng(0))).argmax())
        120
    """
    count, hertz = LINE_SPECTRUM.segment_samples, np.arange(LINE_SPECTRUM.n_frequencies)
    bins = np.linspace(0, hertz[-1], count // 2 + 1)
    noise = np.fft.rfft(rng.standard_normal(count))
    spectrum = noise / np.abs(noise) * np.interp(bins, hertz, np.sqrt(power))
    for _ in range(_ROUNDS):
        heard = mean_power(np.fft.irfft(spectrum, count))
        spectrum *= np.interp(bins, hertz, np.sqrt(power / np.maximum(heard, 1e-20)))
    samples = np.fft.irfft(spectrum, count)
    scaled: NDArray[np.float32] = samples * (_LOUDNESS / np.sqrt(np.mean(np.square(samples))))
    return scaled.astype(np.float32)
