"""How far a delay of less than a window, or a turned polarity, moves the score of a recording.

python -m benchmarks.claims.invariance DETECTOR FILE...

The network reads phase, and PReLU acts on real and imaginary part, so neither leaves the score as
it is. Printed: the change of score over the deviation of scores of normal recordings.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from mimimi.audio import Samples, read
from mimimi.detector.detector import Detector

DELAYS = (1, 16, 256, 512, 4_096, 16_384)  # samples at 16 kHz; a window is 32 768


Change = Callable[[Samples], Samples]


def delayed(samples: Samples, by: int) -> Samples:
    return np.roll(samples, by)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("detector")
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    detector = Detector.from_pretrained(options.detector)
    waveforms = [read(file) for file in options.files]

    def scores(change: Change) -> Samples:
        measured = [detector.measure(replace(w, samples=change(w.samples))) for w in waveforms]
        return np.array([m.ids.min().item() for m in measured])

    plain = scores(np.asarray)
    normal = np.concatenate(list(detector.calibration.scores["inferred"].values()))
    deviation = normal.std()
    print(f"{len(plain)} recordings, scores {plain.min():.3f} to {plain.max():.3f}, id guessed")
    print(f"deviation of {len(normal)} normal recordings' scores: {deviation:.3f}")
    print(f"{'change':<24}{'median |change|':>16}{'largest':>10}{'median / deviation':>20}")
    rows: list[tuple[str, Change]] = [("polarity turned", np.negative)]
    rows += [(f"delay of {n} samples", partial(delayed, by=n)) for n in DELAYS]
    for name, change in rows:
        moved = np.abs(scores(change) - plain)
        median = np.median(moved)
        print(f"{name:<24}{median:>16.4f}{moved.max():>10.4f}{median / deviation:>20.2f}")


if __name__ == "__main__":
    main()
