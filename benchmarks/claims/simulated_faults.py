"""How far log-mel statistics alone find the simulated faults: a table of AUC, fault by fault.

    python benchmarks/claims/simulated_faults.py [--types fan pump] [--seeds 0 1] [--snr -6]

A fault that they find at once would need no better method, one that they cannot find at all could
not be told from noise: at severity 1 and -6 dB the AUC is to lie between 0.55 and 0.80.

Mean and deviation over time of 128 log-mel bands; per machine id a Gaussian with shrunk covariance
(Ledoit-Wolf) fitted on its normal training clips; the score is the Mahalanobis distance.
"""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray
from sklearn.covariance import LedoitWolf
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from mimimi.simulate import FAULTS, MACHINE_TYPES, VERSION, simulate_clip

RATE, FFT, HOP, BANDS = 16_000, 1024, 512, 128


def mel_filters() -> NDArray[np.float64]:
    """Triangular filters on the mel scale, shape `(mel, frequency)`."""
    top = 2595 * np.log10(1 + RATE / 2 / 700)
    edges = 700 * (10 ** (np.linspace(0, top, BANDS + 2) / 2595) - 1)
    frequency = np.fft.rfftfreq(FFT, 1 / RATE)
    rise = (frequency - edges[:-2, None]) / np.diff(edges)[:-1, None]
    fall = (edges[2:, None] - frequency) / np.diff(edges)[1:, None]
    return np.maximum(0, np.minimum(rise, fall))


def log_mel_statistics(
    clip: NDArray[np.float32], filters: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mean and deviation over time of the log-mel bands, shape `(2 * mel,)`."""
    frames = np.lib.stride_tricks.sliding_window_view(clip, FFT)[::HOP] * np.hanning(FFT)
    power = np.abs(np.fft.rfft(frames)) ** 2
    mel = np.log(power @ filters.T + 1e-12)
    return np.concatenate([mel.mean(axis=0), mel.std(axis=0)])


def fault_table(machine_type: str, seed: int, args: argparse.Namespace) -> NDArray[np.float64]:
    """AUC of one type's faults, shape `(id, fault)`."""
    filters = mel_filters()
    faults = FAULTS[machine_type]
    table = np.zeros((args.ids, len(faults)))
    for row in range(args.ids):

        def statistics(
            first: int, count: int, fault: str | None, row: int = row
        ) -> NDArray[np.float64]:
            clips = (
                simulate_clip(
                    machine_type,
                    f"id_{50 + row}",
                    clip=first + number,
                    fault=fault,
                    severity=args.severity,
                    snr_db=args.snr,
                    seed=seed,
                )
                for number in range(count)
            )
            return np.stack([log_mel_statistics(clip, filters) for clip in clips])

        train = statistics(0, args.train, None)
        scaler = StandardScaler().fit(train)
        model = LedoitWolf().fit(scaler.transform(train))
        normal = model.mahalanobis(scaler.transform(statistics(10_000, args.test, None)))
        for column, fault in enumerate(faults):
            clips = statistics(20_000 + 1000 * column, args.test, fault)
            faulty = model.mahalanobis(scaler.transform(clips))
            truth = np.repeat([0, 1], args.test)
            table[row, column] = roc_auc_score(truth, np.concatenate([normal, faulty]))
    return table


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--types", nargs="+", default=MACHINE_TYPES, choices=MACHINE_TYPES)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1])
    parser.add_argument("--ids", type=int, default=4)
    parser.add_argument("--train", type=int, default=40, help="normal training clips per id")
    parser.add_argument("--test", type=int, default=20, help="test clips per id and fault")
    parser.add_argument("--snr", type=float, default=-6.0)
    parser.add_argument("--severity", type=float, default=1.0)
    args = parser.parse_args()
    print(f"simulator version {VERSION}, {args.snr:g} dB, severity {args.severity:g}")
    print(f"{'type':8}{'fault':24}{'seed':>5}{'AUC':>7}   per id")
    for machine_type in args.types:
        for seed in args.seeds:
            table = fault_table(machine_type, seed, args)
            for fault, column in zip(FAULTS[machine_type], table.T, strict=True):
                ids = " ".join(f"{value:.2f}" for value in column)
                print(f"{machine_type:8}{fault:24}{seed:5}{column.mean():7.3f}   {ids}", flush=True)


if __name__ == "__main__":
    main()
