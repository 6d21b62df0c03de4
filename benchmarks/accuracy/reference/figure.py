"""The answer as one figure: a curve a hall and judge, and what single factors do to the gain."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.accuracy.reference.conditions import (
    DEFAULT,
    HALLS,
    SINGLE,
    Condition,
    against_ratio,
)
from benchmarks.accuracy.reference.kept import Kept
from benchmarks.accuracy.reference.table import aucs, difference
from benchmarks.accuracy.reference.trial import NO_HALL
from mimimi.evaluation.pictures.palette import BLUE, DARK_GREY, GREEN, PURPLE, VERMILION
from mimimi.evaluation.pictures.plots import WIDTH, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOOKS = {
    "near alone": (VERMILION, "s", "-"),
    "delay and sum": (PURPLE, "D", ":"),
    "magnitude": (GREEN, "^", "--"),
    "complex": (BLUE, "o", "-"),
    NO_HALL: (DARK_GREY, "", ":"),
}
_JUDGES = {"memory": (BLUE, "o"), "ensemble": (PURPLE, "D")}


def draw(kept: Kept, file: Path) -> None:
    """Draw what is kept and save it."""
    with style():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(1.75 * WIDTH, WIDTH), layout="constrained")
        grid = figure.add_gridspec(2, 4)
        axes = [figure.add_subplot(grid[0, column]) for column in range(4)]
        for hall, panel in zip(HALLS, axes, strict=True):
            _curves(panel, kept, against_ratio(hall), "memory")
            panel.set_title(f"memory, {hall.hall}")
        axes[3].set_title("memory, cars, 1 standing")
        panel = figure.add_subplot(grid[1, 0])
        _curves(panel, kept, against_ratio(DEFAULT), "ensemble")
        panel.set_title(f"ensemble, {DEFAULT.hall}")
        _gains(figure.add_subplot(grid[1, 1:]), kept)
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
        figure.savefig(file)


def _curves(axes: Axes, kept: Kept, points: Sequence[Condition], judge: str) -> None:
    """AUC against the ratio."""
    there = [(p.ratio_db, aucs(rooms)) for p in points if (rooms := kept.rooms(p, judge))]
    for shift, (way, (colour, marker, dash)) in enumerate(_LOOKS.items()):
        x = [ratio + 0.4 * (shift - 2) for ratio, _ in there]
        of = [by_way[way] for _, by_way in there]
        axes.plot(x, [e.value for e in of], dash, marker=marker, color=colour, label=way, lw=2)
        axes.vlines(x, [e.low for e in of], [e.high for e in of], color=colour, lw=1, alpha=0.6)
    axes.axhline(0.5, color=DARK_GREY, lw=1, ls=(0, (1, 3)))
    ratios = [p.ratio_db for p in points]
    axes.set(xlabel="machine to hall, dB", ylabel="AUC", ylim=(0.25, 1.02))
    axes.set_xlim(min(ratios) - 2, max(ratios) + 2)
    axes.set_xticks(ratios)


def _gains(axes: Axes, kept: Kept) -> None:
    """AUC of complex less near alone at the default but for one factor."""
    for shift, (judge, (colour, marker)) in zip((-0.1, 0.1), _JUDGES.items(), strict=True):
        axes.plot([], [], marker, color=colour, label=judge)
        for x, point in enumerate(SINGLE.values()):
            if rooms := kept.rooms(point, judge):
                of = difference(rooms, "complex", "near alone")
                axes.vlines(x + shift, of.low, of.high, color=colour, lw=1.5)
                axes.plot(x + shift, of.value, marker, color=colour)
    axes.axhline(0, color=DARK_GREY, lw=1)
    axes.set_xticks(range(len(SINGLE)), SINGLE)
    axes.set_xlim(-0.5, len(SINGLE) - 0.5)
    about = f"{DEFAULT.hall}, {DEFAULT.reverberation} s, {DEFAULT.ratio_db:.0f} dB"
    axes.set(title=f"complex less near alone: {about}, but for one thing", ylabel="AUC won")
    axes.legend(loc="best")
