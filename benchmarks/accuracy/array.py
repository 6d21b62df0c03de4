"""What the channels of MIMII's own array explain of each other: power left, in dB, by octave.

    python -m benchmarks.accuracy.array DATA

Normal training clips: channel 0, less what channel 3 or 6 of the same recording explains of it by
complex least squares; then the same with channel 6 of another clip of that machine, by which chance
is seen. "At its loudest" is what is left of the tenth of windows that are the loudest, by the
filter of all: there the machine is heard above the hall where it sounds now and then. The last
column is the level of the other channel beside channel 0. The array is one small ring of eight
microphones.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from mimimi.audio.reference_channel import WINDOW, Spectrum, path, spectrum
from mimimi.config import SAMPLE_RATE

OCTAVES = (125, 250, 500, 1000, 2000, 4000)  # Hz, their centres

_LOUDEST = 0.1  # of the windows

Power = NDArray[np.float64]  # (octave,)


def left(near: NDArray[np.float64], far: NDArray[np.float64]) -> tuple[Power, Power]:
    """Power of what is not explained against that of all, by octave: of all, of the loudest."""
    heard, other = spectrum(near, WINDOW), spectrum(far, WINDOW)
    rest = heard - path(heard, other) * other
    level = np.sum(np.abs(heard) ** 2, axis=0)
    loud = level >= np.quantile(level, 1 - _LOUDEST)
    return _share(rest, heard), _share(rest[:, loud], heard[:, loud])


def _share(rest: Spectrum, of: Spectrum) -> Power:
    hertz = np.fft.rfftfreq(WINDOW, 1 / SAMPLE_RATE)
    bands = [(hertz >= c / np.sqrt(2)) & (hertz < c * np.sqrt(2)) for c in OCTAVES]
    return np.array([np.sum(np.abs(rest[b]) ** 2) / np.sum(np.abs(of[b]) ** 2) for b in bands])


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row a machine type and pair."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    root = parser.parse_args(arguments).data
    found: dict[tuple[str, str], list[Power]] = defaultdict(list)
    before: dict[str, NDArray[np.float64]] = {}
    for row in csv.DictReader((root / "index.csv").open()):
        if row["split"] != "train" or row["channels"] != "3":
            continue
        clip = soundfile.read(root / row["path"])[0].T
        kind, machine = row["machine_type"], f"{row['machine_type']} {row['machine_id']}"
        pairs = {"channel 3": clip[1], "channel 6": clip[2]}
        if machine in before:
            pairs["another clip"] = before[machine]
        for pair, far in pairs.items():
            level = np.mean(far**2) / np.mean(clip[0] ** 2)
            of_all, loudest = left(clip[0], far)
            found[kind, pair].append(np.append(of_all, level))
            if pair != "another clip":
                found[kind, f"{pair} at its loudest"].append(np.append(loudest, level))
        before[machine] = clip[2]
    print(f"| channel 0 less | {' | '.join(f'{c} Hz' for c in OCTAVES)} | level |")
    print("|---" * (len(OCTAVES) + 2) + "|")
    for (kind, pair), powers in sorted(found.items()):
        decibels = 10 * np.log10(np.mean(powers, axis=0))
        print(f"| {kind}, {pair} | {' | '.join(f'{d:.1f}' for d in decibels)} |")


if __name__ == "__main__":
    main()
