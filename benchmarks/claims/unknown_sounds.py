"""How often sounds that are no such machine are found out, and machines wrongly called strange.

    python -m benchmarks.claims.unknown_sounds [DATA]

DATA holds recordings as `mimimi train` takes them; what a detector has learnt from is left out.
Silence is refused earlier, as no sound at all. Speech here is a buzz through moving formants in
syllables, music plucked chords: both simulated.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.signal import lfilter

from mimimi.audio import read
from mimimi.config import MACHINE_TYPES, SAMPLE_RATE
from mimimi.data.index import Recording, index
from mimimi.detector.detector import Detector
from mimimi.evaluation.judging import is_known
from mimimi.features.fingerprint import fingerprint
from mimimi.simulate import FAULTS, simulate_clip

Sound = NDArray[np.float64]
SECONDS, TAKES, FIRST_TAKE = 10, 8, 7_000_000
LENGTH = SECONDS * SAMPLE_RATE


def white(rng: np.random.Generator) -> Sound:
    return rng.standard_normal(LENGTH)


def pink(rng: np.random.Generator) -> Sound:
    spectrum = np.fft.rfft(rng.standard_normal(LENGTH))
    return np.fft.irfft(spectrum / np.sqrt(np.maximum(1, np.arange(len(spectrum)))))


def music(rng: np.random.Generator) -> Sound:
    sound, time = np.zeros(LENGTH), np.arange(SAMPLE_RATE) / SAMPLE_RATE
    for start in range(0, LENGTH - SAMPLE_RATE, SAMPLE_RATE // 2):
        for note in rng.integers(0, 24, 3):
            waves = 2 * np.pi * 220 * 2 ** (note / 12) * np.outer(np.arange(1, 6), time)
            plucked = (np.sin(waves) / np.arange(1, 6)[:, None]).sum(axis=0) * np.exp(-4 * time)
            sound[start : start + SAMPLE_RATE] += plucked
    return sound


def speech(rng: np.random.Generator) -> Sound:
    sound, syllable = np.zeros(LENGTH), SAMPLE_RATE // 5
    for start in range(0, LENGTH, syllable):
        pitch = rng.uniform(90, 220)
        pulses = (np.arange(syllable) % round(SAMPLE_RATE / pitch) == 0).astype(float)
        for formant in rng.uniform([300, 900, 2200], [800, 2000, 3000]):
            radius, angle = np.exp(-np.pi * 90 / SAMPLE_RATE), 2 * np.pi * formant / SAMPLE_RATE
            pulses = lfilter([1.0], [1, -2 * radius * np.cos(angle), radius**2], pulses)
        pulses *= np.hanning(syllable) * (rng.random() < 0.8) / np.abs(pulses).max()
        sound[start : start + syllable] = pulses
    return sound + 0.003 * rng.standard_normal(LENGTH)


MADE: dict[str, Callable[[np.random.Generator], Sound]] = {
    "white noise": white,
    "pink noise": pink,
    "music": music,
    "speech": speech,
}


def simulated(machine_type: str, faulty: bool) -> Iterator[Sound]:
    for take in range(TAKES):
        faults = FAULTS[machine_type]
        yield simulate_clip(
            machine_type,
            f"id_{50 + take % 4}",
            clip=FIRST_TAKE + take,
            fault=list(faults)[take % len(faults)] if faulty else None,
        ).astype(np.float64)


def refused(detector: Detector, sounds: Iterator[Sound]) -> str:
    """Share of sounds that match no known machine, and how many there were."""
    unknown = []
    for sound in sounds:
        cut = 0.3 * sound[: len(sound) // LENGTH * LENGTH] / np.abs(sound).max()
        unknown.append(not detector.analyse((cut, SAMPLE_RATE)).recognised)
    return f"{100 * np.mean(unknown):4.0f} % of {len(unknown)}" if unknown else "n/a"


def real(
    detector: Detector, recordings: Sequence[Recording], types: set[str], labels: set[str]
) -> Iterator[Sound]:
    for recording in recordings:
        if recording.machine_type in types and recording.label in labels:
            samples = read(recording.path).samples
            if not is_known(detector.config.trained_on, fingerprint(samples), recording.path):
                yield samples.astype(np.float64)


def rows(detector: Detector, recordings: Sequence[Recording]) -> dict[str, Iterator[Sound]]:
    """What is played to a detector."""
    own, both = {detector.machine_type}, {"normal", "anomaly"}
    others = set(MACHINE_TYPES) - own
    found = {
        "own type, simulated, normal": simulated(detector.machine_type, False),
        "own type, simulated, faulty": simulated(detector.machine_type, True),
        "own type, real, normal": real(detector, recordings, own, {"normal"}),
        "own type, real, anomalous": real(detector, recordings, own, {"anomaly"}),
        "other types, simulated": (s for other in others for s in simulated(other, False)),
        "other types, real": real(detector, recordings, others, both),
        "idling cars, real": real(detector, recordings, {"car"}, both),
    }
    for kind, make in MADE.items():
        found[kind] = map(make, map(np.random.default_rng, range(TAKES)))
    return found


def main() -> None:
    """Print a table: the detectors across, the sounds down."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path, nargs="?")
    options = parser.parse_args()
    torch.set_num_threads(1)
    recordings = index([options.data], log=lambda line: None) if options.data else []
    print(f"{'called foreign by':34}" + "".join(f"{name:>16}" for name in MACHINE_TYPES))
    table: dict[str, list[str]] = {}
    for machine_type in MACHINE_TYPES:
        detector = Detector.from_pretrained(machine_type)
        for row, sounds in rows(detector, recordings).items():
            table.setdefault(row, []).append(refused(detector, sounds))
    for row, cells in table.items():
        print(f"{row:34}" + "".join(f"{cell:>16}" for cell in cells))


if __name__ == "__main__":
    main()
