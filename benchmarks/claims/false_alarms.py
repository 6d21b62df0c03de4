"""The false-alarm rate that is achieved against the one that is promised: a table and a figure.

    python -m benchmarks.claims.false_alarms [--machines fan/id_50 valve/id_50] [--clips 100]
        [--real DATA] [--out docs]

Normal clips that the bundled detectors have never met are scored once. Then, 1,000 times, they are
shuffled, a threshold is calibrated on the first n of them and the rest is called: on average the
promise is to be kept, and one calibration in twenty may be as far off as is said
(`threshold.realised_rate`). Machines are taken one by one and averaged. DATA: a folder of real
recordings; there the clips of all machines of a type are one set, as the detectors pool them.

Scores are kept in the user's cache (--cache), so that what was stopped goes on.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from platformdirs import user_cache_path

from benchmarks.claims.kept import Kept, load
from mimimi import audio
from mimimi.config import MACHINE_TYPES, SAMPLE_RATE
from mimimi.data.index import index
from mimimi.detector.detector import Detector
from mimimi.detector.threshold import conformal, realised_rate
from mimimi.evaluation.pictures.palette import BLUE, DARK_GREY, VERMILION
from mimimi.evaluation.pictures.plots import style
from mimimi.simulate import simulate_clip

RESHUFFLES = 1_000
FIRST_TAKE = 3_000_000  # no corpus holds takes from here on
RATES = tuple(k / 100 for k in (1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 40, 50))
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """What came of 1,000 calibrations with n recordings at one rate."""

    n: int
    promised: float
    achieved: float  # mean over calibrations
    high: float  # 95 % of the calibrations stay below it, among the clips at hand
    said: float  # what `realised_rate` says of all clips there could be


def scored(detector: Detector, waveform: audio.Waveform, machine_id: str) -> float:
    score = detector.judge(detector.measure(waveform), machine_id).score
    assert score is not None
    return score


def simulated(machine: str, clips: int, kept: Kept) -> list[float]:
    machine_type, machine_id = machine.split("/")
    detector, weights = load(machine_type)

    def score(clip: int) -> float:
        samples = simulate_clip(machine_type, machine_id, clip=FIRST_TAKE + clip)
        return scored(detector, audio.from_array(samples, SAMPLE_RATE), machine_id)

    return [kept.get(f"{weights} {machine} {clip}", score, clip) for clip in range(clips)]


def real(data: Path, kept: Kept) -> Iterator[tuple[str, list[float]]]:
    for machine_type in MACHINE_TYPES:
        detector, weights = load(machine_type)
        found = []
        for clip in index([data], machine_type, lambda line: None):
            if clip.split != "train" and clip.label == "normal":
                key = f"{weights} {audio.recording_hash(clip.path)}"
                waveform = audio.read(clip.path)
                found.append(kept.get(key, scored, detector, waveform, clip.machine_id))
        if found:
            yield machine_type, found


def reshuffled(sets: Sequence[Sequence[float]], n: int, rate: float) -> Row:
    """Calibrate on n of each set and call the rest, many times."""
    rng = np.random.default_rng(0)
    alarms, promised = [], 0.0
    for scores in sets:
        for _ in range(RESHUFFLES):
            order = rng.permutation(scores)
            threshold = conformal(order[:n].tolist(), rate)
            alarms.append(float(np.mean(order[n:] > threshold.value)))
            promised = threshold.false_alarm_rate
    high = float(np.quantile(alarms, 0.95))
    return Row(n, promised, float(np.mean(alarms)), high, realised_rate(n, promised))


def rows(sets: Sequence[Sequence[float]], n: int) -> list[Row]:
    """One row for each promise that n recordings can make."""
    found = {row.promised: row for row in (reshuffled(sets, n, rate) for rate in RATES)}
    return [found[promised] for promised in sorted(found)]


def table(title: str, found: Sequence[Row]) -> str:
    lines = [
        f"\n### {title}\n",
        "| calibrated with | promised | achieved, mean | 19 of 20 calibrations stay below | said |",
        "|---|---|---|---|---|",
    ]
    for row in found:
        shares = (row.promised, row.achieved, row.high, row.said)
        lines.append(f"| {row.n} | " + " | ".join(f"{100 * s:.1f} %" for s in shares) + " |")
    return "\n".join(lines) + "\n"


def draw(path: Path, parts: Sequence[tuple[str, Sequence[Row]]]) -> None:
    from matplotlib.figure import Figure

    with style():
        figure = Figure(figsize=(3.2 * len(parts), 3.4), layout="constrained")
        for place, (title, found) in enumerate(parts, start=1):
            axes = figure.add_subplot(1, len(parts), place)
            promised = [100 * row.promised for row in found]
            axes.plot([0, 55], [0, 55], color=DARK_GREY, linewidth=1)
            axes.plot(promised, [100 * row.achieved for row in found], "o-", color=BLUE)
            axes.plot(promised, [100 * row.high for row in found], "^--", color=VERMILION)
            axes.plot(promised, [100 * row.said for row in found], ":", color=VERMILION)
            axes.set(title=title, xlabel="promised, %", xlim=(0, 55), ylim=(0, 85))
            if place == 1:
                axes.set_ylabel("achieved, %")
                labels = ["as promised", "mean", "one in twenty above", "as said (Beta)"]
                axes.legend(labels, fontsize=8, loc="upper left")
        figure.savefig(path, dpi=80)


def main() -> None:
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--machines", nargs="+", default=["fan/id_50", "valve/id_50"])
    parser.add_argument("--clips", type=int, default=100, help="normal clips a machine")
    parser.add_argument("--real", type=Path, metavar="DATA", help="a folder of real recordings")
    parser.add_argument("--out", type=Path, default=Path("docs"))
    parser.add_argument("--cache", type=Path, default=user_cache_path("mimimi") / "benchmarks")
    options = parser.parse_args()
    kept = Kept(options.cache / "false_alarms.jsonl")

    sets = [simulated(machine, options.clips, kept) for machine in options.machines]
    named = f"simulated, {' and '.join(options.machines)}, {options.clips} clips each"
    parts = [(f"simulated, n = {n}", rows(sets, n)) for n in (8, 12, 49)]
    text = "".join(table(f"{title} ({named})", found) for title, found in parts)
    if options.real:
        of_types = dict(real(options.real, kept))
        few = min(map(len, of_types.values()))
        found = rows(list(of_types.values()), few // 2)
        parts.append((f"real, n = {few // 2}", found))
        counts = ", ".join(f"{len(s)} of {name}s" for name, s in of_types.items())
        text += table(f"real, n = {few // 2} ({counts}: few)", found)
    options.out.mkdir(parents=True, exist_ok=True)
    draw(options.out / "false_alarms.png", parts)
    command = "`python -m benchmarks.claims.false_alarms --real DATA`"
    head = (
        f"# False alarms, promised and achieved\n\n{RESHUFFLES:,} reshuffles a machine, {command}. "
        "What 19 of 20 calibrations stay below lies a little above what is said, because the clips "
        "that are left to call are few themselves; said is what holds for all there could be.\n\n"
        "![promised and achieved](false_alarms.png)\n"
    )
    (options.out / "false_alarms.md").write_text(head + text)
    print(text)


if __name__ == "__main__":
    main()
