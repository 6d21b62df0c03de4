"""How loud a stretch of sound is, and whether its microphone is well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from mimimi.audio.waveform import Kind, Waveform
from mimimi.service.levels import Levels
from mimimi.service.notice import About

FAULTS: Mapping[About, str] = {
    "silent": "the microphone is silent, or drops out",
    "clipped": "the sound is clipped; turn the gain down",
    "offset": "the microphone has a constant offset",
    "missing_band": "a part of the spectrum is missing",
    "covered": "the high frequencies were lost at once, as if the microphone had been covered or "
    "turned away; put it right, or let the detector learn how it sounds now",
    "moved": "everything became louder or softer at once, as if the microphone had been moved or "
    "its gain turned; put it back, or let the detector learn how it sounds now",
    "reference_silent": "the second microphone is silent, and so the hall is heard with the "
    "machine",
}
"""What is found by listening, and how it is said."""

_NAMED: Mapping[Kind, About] = {
    "clipped": "clipped",
    "offset": "offset",
    "missing_band": "missing_band",
    "digital_silence": "silent",
    "reference_silent": "reference_silent",
}


@dataclass(frozen=True)
class Condition:
    """What a stretch of sound says of its microphone."""

    level: float | None = None  # dBFS, of the rms; None: silent
    faults: frozenset[About] = field(default_factory=frozenset)
    levels: Levels | None = None  # None: silent, or too short


SILENT = Condition(faults=frozenset({"silent"}))


def condition(waveform: Waveform) -> Condition:
    """Level and faults of a stretch.

    Full scale is 0 dBFS: a square wave as loud as it goes; a sine is 3 dB below.

    Example:
        >>> wave = 0.5 * np.sign(np.sin(np.arange(160_000) / 10)).astype(np.float32)
        >>> round(condition(Waveform(wave, "hum", 16_000, 1)).level, 1)
        -6.0
    """
    power = float(np.mean(np.square(waveform.samples, dtype=np.float64)))
    faults = {_NAMED[problem.kind] for problem in waveform.problems if problem.kind in _NAMED}
    level = 10 * float(np.log10(power + 1e-15))
    return Condition(level, frozenset(faults), Levels.of(waveform.samples, waveform.source_rate))
