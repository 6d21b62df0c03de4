"""A map of the clips on which those that sound alike to the detector lie close together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mimimi.evaluation.clips import ScoredClip
from mimimi.evaluation.pictures.plots import ANOMALOUS, LINES, NORMAL, WIDTH

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FEWEST = 3  # clips, and two points are always on a line

WHAT_IT_IS = (
    "Each clip is described by its scores under every machine id that the detector knows, not by "
    "the network's inner features; the two directions in which these scores differ most (PCA) are "
    "the axes."
)


@dataclass(frozen=True)
class ClipMap:
    """Clips `(clip,)` and where they lie: `(clip, 2)`, in units of the score.

    `explained` is the share of the variance that each of the two axes shows.
    """

    clips: list[ScoredClip]
    places: npt.NDArray[np.float64]
    explained: tuple[float, float]


def clip_map(clips: Sequence[ScoredClip]) -> ClipMap | None:
    """Lay clips out by their scores under every id (principal component analysis).

    Args:
        clips: of one machine type, judged by one detector.

    Returns:
        None where there is nothing to lay out: fewer than three clips, or a single id.
    """
    described = [clip for clip in clips if clip.counts and len(clip.by_id) > 1]
    if len(described) < FEWEST:
        return None
    scores = np.array([list(clip.by_id.values()) for clip in described])
    if np.ptp(scores, axis=0).max() == 0:  # all alike: no direction in which they differ
        return ClipMap(described, np.zeros((len(described), 2)), (0.0, 0.0))
    apart = scores - scores.mean(axis=0)
    _, lengths, axes = np.linalg.svd(apart, full_matrices=False)
    # Of an axis and its opposite the one along which the score that counts most there grows.
    counts_most = np.abs(axes).argmax(axis=1)
    axes *= np.sign(axes[np.arange(len(axes)), counts_most])[:, None]
    first, second = (float(share) for share in (lengths**2 / np.sum(lengths**2))[:2])
    return ClipMap(described, apart @ axes[:2].T, (first, second))


def draw(found: ClipMap, title: str) -> Figure:
    """The map as a picture: shape for the label, colour for the machine."""
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    figure = Figure(figsize=(WIDTH, 5.0), layout="constrained")
    axes = figure.add_subplot()
    machines = sorted({clip.recording.machine_id for clip in found.clips})
    for number, machine in enumerate(machines):
        for is_normal, (_, marker, _) in ((True, NORMAL), (False, ANOMALOUS)):
            some = [
                clip.is_normal == is_normal and clip.recording.machine_id == machine
                for clip in found.clips
            ]
            axes.plot(
                *found.places[some].T,
                marker,
                color=LINES[number % len(LINES)],
                mfc=LINES[number % len(LINES)] if is_normal else "white",
                ms=6 if len(found.clips) < 200 else 3,
            )
    kinds = [
        Line2D([], [], color=LINES[n % len(LINES)], lw=6, label=machine)
        for n, machine in enumerate(machines)
    ]
    kinds += [
        Line2D([], [], color="black", marker=marker, mfc=face, ls="", label=name)
        for (_, marker, name), face in ((NORMAL, "black"), (ANOMALOUS, "white"))
    ]
    axes.set_title(f"Which clips sound alike: {title}")
    first, second = (f"({share:.0%} of the variance)" for share in found.explained)
    axes.set_xlabel(f"first principal component {first}")
    axes.set_ylabel(f"second principal component {second}")
    figure.legend(handles=kinds, loc="outside right center")
    return figure
