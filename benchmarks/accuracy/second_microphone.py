"""How often the warnings about a second microphone are right.

    python -m benchmarks.accuracy.second_microphone DATA [--rooms 40] [--seed 100]

Real machines (normal training clips of MIMII) in rooms drawn at random, 6 x 5 x 3 to 20 x 14 x 8 m,
0.2 to 0.8 s of reverberation, one to three others of other types as the hall; the far microphone
hears the machine as it does there, or in every second room by 0 to 25 dB less than the near one;
its gain is up to 10 dB more or less. Of the machine alone, which is known here, it is measured how
many decibels go where the hall is taken out by the path that was found in the mixture: so there is
harm or none, and a warning is right or not. The limits were chosen in 36 other such rooms, of seeds
11 and 12.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from mimimi import audio
from mimimi.audio.reference_channel import WINDOW, path, spectrum
from mimimi.config import SAMPLE_RATE
from mimimi.simulate.room import Room
from mimimi.simulate.two_microphones import Hall

RATIOS = (-20.0, -14.0, -8.0, -2.0, 4.0, 10.0, 20.0)
SEGMENT = 10 * SAMPLE_RATE
HARM, NO_HARM = 2.0, 0.7  # dB of the machine that go
_LEAK, _GAIN = 25.0, 10.0  # dB, at most
_ALONE = 200.0  # dB
MACHINE, NOTHING = "reference_hears_machine", "reference_useless"

Sound = NDArray[np.float32]


@dataclass(frozen=True)
class Heard:
    """One recording of two microphones."""

    ratio: float | None  # dB; None: the second one is of another place altogether
    lost: float  # dB of the machine
    kinds: frozenset[str]  # of what is warned of


def clips(root: Path) -> list[tuple[str, Path]]:
    """Machine type and path of the normal training clips of MIMII."""
    rows = csv.DictReader((root / "index.csv").open())
    return [
        (row["machine_type"], root / row["path"])
        for row in rows
        if row["split"] == "train" and row["label"] == "normal" and row["machine_type"] != "car"
    ]


def sound(path: Path) -> Sound:
    """Ten seconds of its channel 0."""
    samples, _ = soundfile.read(path, dtype="float32", always_2d=True)
    return np.resize(samples[:, 0], SEGMENT)


def in_a_room(there: Sequence[tuple[str, Path]], rng: np.random.Generator) -> list[Heard]:
    """One machine in one room, by how much louder or fainter it is than the hall."""
    room = Room(tuple(rng.uniform((6, 5, 3), (20, 14, 8))), float(rng.choice([0.2, 0.4, 0.8])))
    standing = int(rng.integers(1, 4))
    kind, chosen = there[int(rng.integers(len(there)))]
    others = [path for other, path in there if other != kind]
    noises = [sound(others[k]) for k in rng.choice(len(others), standing, replace=False)]
    machine, hall = sound(chosen), Hall.drawn(room, rng, standing=standing)
    leak = float(rng.uniform(0, _LEAK)) if rng.random() < 0.5 else None
    gain = np.array([[1.0], [10 ** (rng.uniform(-_GAIN, _GAIN) / 20)]], dtype=np.float32)
    alone = gain * hall.record(machine, noises, ratio_db=_ALONE, leak_db=leak)
    at_0_db = gain * hall.record(machine, noises, ratio_db=0.0, leak_db=leak) - alone
    found = []
    for ratio in RATIOS:
        both = alone + np.float32(10 ** (-ratio / 20)) * at_0_db
        found.append(Heard(ratio, _lost(alone, both), _warned(both)))
    elsewhere = np.stack((alone[0], noises[0]))
    return [*found, Heard(None, 0.0, _warned(elsewhere))]


def _lost(alone: Sound, both: Sound) -> float:
    """Of the machine alone, by the path of the mixture."""
    heard, hall = (spectrum(samples.astype(np.float64), WINDOW) for samples in both)
    machine, leaked = (spectrum(samples.astype(np.float64), WINDOW) for samples in alone)
    left = machine - path(heard, hall) * leaked
    return float(10 * np.log10(np.sum(np.abs(machine) ** 2) / np.sum(np.abs(left) ** 2)))


def _warned(both: Sound) -> frozenset[str]:
    scaled = 0.5 * both / np.abs(both).max()
    heard = audio.read((scaled.T, SAMPLE_RATE), channel=audio.SIDE_BY_SIDE)
    return frozenset(problem.kind for problem in heard.problems)


def table(heard: Sequence[Heard]) -> str:
    """Markdown."""
    in_rooms = [one for one in heard if one.ratio is not None]
    rows = {
        f"the machine loses {HARM:g} dB or more": [h for h in in_rooms if h.lost >= HARM],
        f"{NO_HARM:g} to {HARM:g} dB": [h for h in in_rooms if NO_HARM <= h.lost < HARM],
        f"less than {NO_HARM:g} dB": [h for h in in_rooms if h.lost < NO_HARM],
    }
    for ratio in RATIOS:
        rows[f"machine to hall {ratio:+g} dB"] = [h for h in in_rooms if h.ratio == ratio]
    rows["the second microphone is elsewhere"] = [h for h in heard if h.ratio is None]
    lines = ["| recordings | | it hears the machine | it hears nothing |", "|---|---|---|---|"]
    for name, of in rows.items():
        shares = (f"{np.mean([kind in h.kinds for h in of]):.0%}" for kind in (MACHINE, NOTHING))
        lines.append(f"| {name} | {len(of)} | {' | '.join(shares)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rooms", type=int, default=40)
    parser.add_argument("--seed", type=int, default=100)
    options = parser.parse_args()
    rng, there = np.random.default_rng(options.seed), clips(options.data)
    heard = [one for _ in range(options.rooms) for one in in_a_room(there, rng)]
    print(table(heard))


if __name__ == "__main__":
    main()
