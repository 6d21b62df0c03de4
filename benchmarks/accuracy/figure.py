"""The accuracy table as a picture: a line a system, its mean with the interval, and each type."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.accuracy.table import Measured
from mimimi.evaluation.pictures.palette import BLACK, DARK_GREY
from mimimi.evaluation.pictures.plots import LINES, WIDTH, style

_MARKERS = "o^sD"


def draw(measured: Sequence[Measured], file: Path) -> None:
    """Draw AUC and pAUC side by side and save them."""
    with style():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(1.5 * WIDTH, 1.6 + 0.36 * len(measured)), layout="constrained")
        both = figure.subplots(1, 2, sharey=True)
        places = [p for p in measured[0].by_place if " " not in p and p != "mean"]
        for k, (axes, title) in enumerate(zip(both, ("AUC", "pAUC (p = 0.1)"), strict=True)):
            for y, of in enumerate(measured):
                whole = of.by_place["mean"][k]
                axes.plot([whole.low, whole.high], [y, y], color=BLACK, lw=2, zorder=1)
                axes.plot(whole.value, y, "|", color=BLACK, ms=14, mew=3)
            for place, marker, colour in zip(places, _MARKERS, LINES, strict=False):
                values = [of.by_place[place][k].value for of in measured]
                axes.plot(
                    values, range(len(measured)), marker, color=colour, label=place, ms=6, alpha=0.8
                )
            axes.axvline(0.5, color=DARK_GREY, lw=1, ls=(0, (1, 3)))
            axes.set(title=title, xlim=(None, 1.02), ylim=(len(measured) - 0.5, -0.5))
            axes.grid(axis="x", color="#E5E5E5")
            axes.set_axisbelow(True)
        both[0].set_yticks(range(len(measured)), [of.row.title for of in measured])
        both[0].plot([], [], color=BLACK, lw=2, label="mean, 95 % interval over recordings")
        figure.legend(*both[0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
        figure.savefig(file)
