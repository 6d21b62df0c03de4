"""Idling cars, a machine type of which there is little: AUC by segments of 10 s.

    python -m benchmarks.accuracy.cars DATA

Each car has two normal recordings to learn from, one normal and one faulty recording to report on:
recordings are never on both sides. Segments of one recording resemble each other, so an interval
over them would promise what two recordings cannot hold; none is given.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.covariance import LedoitWolf
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

from benchmarks.accuracy.baselines import statistics
from mimimi import audio
from mimimi.data.index import Recording, index
from mimimi.evaluation.metrics import auc

SEGMENT = 10 * 16_000  # samples, side by side


def segments(recordings: list[Recording]) -> NDArray[np.float64]:
    """Log-mel statistics of every whole segment, `(segment, 2 mel)`."""
    found = []
    for recording in recordings:
        samples = audio.read(recording.path).samples
        count = len(samples) // SEGMENT
        found += [statistics(part) for part in samples[: count * SEGMENT].reshape(count, -1)]
    return np.stack(found)


def main() -> None:
    """Print a line a car."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    options = parser.parse_args()
    cars = [r for r in index([options.data], log=lambda line: None) if r.machine_type == "car"]
    print(
        f"{'AUC by segment':16}{'learnt':>8}{'normal':>8}{'faulty':>8}{'Mahalanobis':>13}", end=""
    )
    print(f"{'nearest':>9}")
    for machine_id in sorted({r.machine_id for r in cars}):
        own = [r for r in cars if r.machine_id == machine_id]
        learn = segments([r for r in own if r.split == "train" and r.label == "normal"])
        normal = segments([r for r in own if r.split != "train" and r.label == "normal"])
        faulty = [r for r in own if r.split != "train" and r.label == "anomaly"]
        if not faulty:
            print(f"car {machine_id:12}{len(learn):8}{len(normal):8}{0:8}{'n/a':>13}{'n/a':>9}")
            continue
        strange, scaler = segments(faulty), StandardScaler().fit(learn)
        known, a, b = map(scaler.transform, (learn, normal, strange))
        spread, near = LedoitWolf().fit(known), NearestNeighbors(n_neighbors=1).fit(known)
        by_spread = auc(spread.mahalanobis(a).tolist(), spread.mahalanobis(b).tolist())
        by_near = auc(near.kneighbors(a)[0][:, 0].tolist(), near.kneighbors(b)[0][:, 0].tolist())
        print(
            f"car {machine_id:12}{len(learn):8}{len(normal):8}{len(strange):8}"
            f"{by_spread:13.2f}{by_near:9.2f}"
        )


if __name__ == "__main__":
    main()
