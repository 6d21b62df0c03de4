"""What phase is worth within one microphone, machine by machine: AUC, and paired differences.

    python -m benchmarks.accuracy.phase DATA

Of the paper's network the scores that `benchmarks.accuracy.compare` keeps: one branch or the other
alone, both, and the last two with phase removed from the input. Beside them, without any network,
what a nearest neighbour makes of three views of a clip's spectrum X(f, t), frames of 64 ms side by
side:

    magnitude   mean over t of log |X(f, t)|
    coherence   |sum_t X(f, t + 1) X*(f, t)| / sum_t |X(f, t + 1) X(f, t)|
    persistence the same correlation of |X| less its mean, which knows no phase

Coherence is 1 for a steady tone and next to 0 for noise. Nothing was chosen for them. 95 %
intervals over recordings; differences draw the same recordings for both.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.clips import Clips, Kept, Row, Scores
from benchmarks.accuracy.compare import RESULTS
from benchmarks.accuracy.nested_choice import difference
from benchmarks.accuracy.systems import rows
from benchmarks.accuracy.table import Measured
from mimimi.audio import read
from mimimi.data.index import Recording
from mimimi.errors import UserError

FRAME = 1_024  # samples
BRANCHES = {
    "magnitude-only": "magnitude branch",
    "complex-only": "complex branch",
    "complex-no-phase": "complex branch, no phase",
    "both": "both (the paper)",
    "no-phase": "both, no phase",
}
PAIRS = (
    ("complex branch", "magnitude branch"),
    ("complex branch", "complex branch, no phase"),
    ("both (the paper)", "magnitude branch"),
    ("both (the paper)", "both, no phase"),
    ("coherence", "magnitude"),
    ("coherence", "persistence"),
)

Spectrum = NDArray[np.complexfloating]  # (frequency, time)
Vector = NDArray[np.floating]  # (frequency,)


def magnitude(spectrum: Spectrum) -> Vector:
    """Mean logarithm of the magnitude."""
    return np.asarray(np.log(np.abs(spectrum) + 1e-9).mean(axis=1))


def coherence(spectrum: Spectrum) -> Vector:
    """How steadily the phase advances from frame to frame, 0 to 1.

    Example:
        >>> steady = np.exp(2j * np.pi * 0.3 * np.arange(50))[None]
        >>> float(coherence(steady).round(6)[0])
        1.0
    """
    product = spectrum[:, 1:] * spectrum[:, :-1].conj()
    return np.asarray(np.abs(product.sum(axis=1)) / (np.abs(product).sum(axis=1) + 1e-12))


def persistence(spectrum: Spectrum) -> Vector:
    """Correlation of a magnitude with that of the frame before."""
    size = np.abs(spectrum)
    size -= size.mean(axis=1, keepdims=True)
    power = np.square(size).sum(axis=1)
    return np.asarray((size[:, 1:] * size[:, :-1]).sum(axis=1) / (power + 1e-12))


VIEWS: dict[str, Callable[[Spectrum], Vector]] = {
    "magnitude": magnitude,
    "coherence": coherence,
    "persistence": persistence,
}


def nearest(view: Callable[[Spectrum], Vector], clips: Clips, seed: int) -> Scores:
    """Distance to the nearest training clip of the same machine, channel 0; no seed matters."""

    def seen(recording: Recording) -> Vector:
        samples = read(recording.path).samples
        frames = samples[: samples.size // FRAME * FRAME].reshape(-1, FRAME) * np.hanning(FRAME)
        return view(np.fft.rfft(frames, axis=1).T)

    scores: Scores = {}
    for name in clips.machines:
        known = np.stack([seen(r) for r in clips.learn if r.machine == name])
        for recording in (r for r in clips.report if r.machine == name):
            apart = np.linalg.norm(known - seen(recording), axis=1)
            scores[clips.name(recording)] = float(apart.min())
    return scores


def measured(clips: Clips, kept: Kept) -> dict[str, Measured]:
    """By name of the column.

    Raises:
        UserError: scores of a branch are not kept.
    """
    found = {}
    every = rows()
    for name, title in BRANCHES.items():
        by_seed = {seed: of for seed in range(3) if (of := kept.scores(every[name], seed, clips))}
        if not by_seed:
            raise UserError(f"No scores of {name}: python -m benchmarks.accuracy.compare DATA")
        found[title] = Measured.of(every[name], by_seed, clips)
    for title, view in VIEWS.items():
        row = Row(title, "views", title, "", partial(nearest, view))
        found[title] = Measured.of(row, {0: row.score(clips, 0)}, clips)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    clips = Clips.under(parser.parse_args(arguments).data)
    columns = measured(clips, Kept(RESULTS))
    print(f"| | {' | '.join(columns)} |")
    print("|---" * (len(columns) + 1) + "|")
    for place in next(iter(columns.values())).by_place:
        aucs = [of.by_place[place][0] for of in columns.values()]
        cells = [f"{auc.value:.2f} [{auc.low:.2f}, {auc.high:.2f}]" for auc in aucs]
        print(f"| {place} | {' | '.join(cells)} |")
    print("\n| difference of the means | AUC |\n|---|---|")
    for one, other in PAIRS:
        gain = difference(columns[one], columns[other], clips)
        print(f"| {one} less {other} | {gain.value:+.2f} [{gain.low:+.2f}, {gain.high:+.2f}] |")


if __name__ == "__main__":
    main()
