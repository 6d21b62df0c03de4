"""Confusion matrices as pictures: counts as numbers, their share of the row as a shade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mimimi.evaluation.decisions import Confusion
from mimimi.evaluation.pictures.palette import DARK_GREY
from mimimi.evaluation.pictures.plots import WIDTH

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def decision_matrices(panels: Mapping[str, Confusion], title: str) -> Figure:
    """Normal and anomalous clips by what they were called, a panel for each threshold."""
    from matplotlib.figure import Figure

    rows = (len(panels) + 1) // 2
    figure = Figure(figsize=(WIDTH, 0.7 + 3.1 * rows), layout="constrained")
    figure.suptitle(f"{title} (shade: share of the row)")
    for place, (name, counts) in enumerate(panels.items(), start=1):
        axes = figure.add_subplot(rows, 2, place)
        labels = [
            f"{kind}\n{_clips(number)}"
            for kind, number in (("normal", counts.normal), ("anomalous", counts.anomalous))
        ]
        matrix = np.array(
            [[counts.normal_passed, counts.false_alarms], [counts.missed, counts.detected]]
        )
        _draw(axes, matrix, labels, ["normal", "anomalous"])
        axes.set_title(name)
        axes.set_xlabel("was called")
        axes.set_ylabel("clip is")
    return figure


def id_matrix(inferred: Mapping[str, Mapping[str, int]], title: str) -> Figure:
    """Normal clips of each machine by the id that was inferred for them.

    Args:
        inferred: by the true id, how often each id was inferred.
        title: of the figure.
    """
    from matplotlib.figure import Figure

    columns = sorted({*inferred, *(name for row in inferred.values() for name in row)})
    matrix = np.array([[row.get(name, 0) for name in columns] for row in inferred.values()])
    height = 1.6 + min(0.6, 7.0 / len(columns)) * len(inferred)
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    figure.suptitle(f"{title} (shade: share of the row)")
    axes = figure.add_subplot()
    rows = [f"{name}  ({_clips(sum(row.values()))})" for name, row in inferred.items()]
    _draw(axes, matrix, rows, columns)
    axes.set_xlabel("inferred machine id")
    axes.set_ylabel("true machine id")
    return figure


def _clips(number: int) -> str:
    return f"{number or 'no'} clip{'' if number == 1 else 's'}"


def _draw(
    axes: Axes, matrix: npt.NDArray[np.int64], rows: Sequence[str], columns: Sequence[str]
) -> None:
    total = matrix.sum(axis=1, keepdims=True)
    share = np.where(total > 0, matrix / np.maximum(total, 1), np.nan)  # no clips, no shade
    axes.pcolormesh(share, cmap="Blues", vmin=0, vmax=1, edgecolor="white", lw=2)
    axes.invert_yaxis()
    size = min(15.0, 150 / len(columns))
    crowded = len(columns) > 8
    axes.set_xticks(np.arange(len(columns)) + 0.5, columns, rotation=90 if crowded else 0)
    axes.set_yticks(np.arange(len(rows)) + 0.5, rows)
    axes.tick_params(length=0, labelsize=min(11.0, 220 / max(len(rows), len(columns))))
    axes.spines[:].set_visible(False)
    for (row, column), count in np.ndenumerate(matrix):
        known = total[row, 0] > 0
        colour = "white" if known and share[row, column] > 0.55 else "black" if count else DARK_GREY
        axes.text(
            column + 0.5,
            row + 0.5,
            str(count) if known else "n/a",
            ha="center",
            va="center",
            fontsize=size,
            color=colour,
        )
