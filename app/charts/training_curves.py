"""How trainings went: lines of metrics in, Plotly figures out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from charts.style import LEGEND, finished
from mimimi.evaluation.pictures.palette import BLUE, GREEN, GREY, PURPLE, VERMILION

Lines = Sequence[Mapping[str, Any]]
# Never colour alone: each branch has a dash of its own too.
_BRANCHES = {
    "loss_magnitude": ("magnitude", BLUE, "dot"),
    "loss_complex": ("complex", VERMILION, "dash"),
    "loss_total": ("total", GREEN, "solid"),
    "validation_loss": ("validation", GREY, "dashdot"),
}
_RUNS = [(BLUE, "circle"), (VERMILION, "square"), (GREEN, "diamond"), (PURPLE, "cross")]


def epochs(lines: Lines) -> list[Mapping[str, Any]]:
    """The lines that report an epoch; between them stand others, of how far it has come."""
    return [line for line in lines if "loss_total" in line]


def of_run(lines: Lines) -> go.Figure:
    """Losses of the three branches and on the validation set; below, the share recognised.

    Networks that are trained one after another stand side by side, with a line between them.
    """
    reports = epochs(lines)
    breaks = _beginnings(reports)
    shares = _broken(_percent(reports), breaks)
    figure = _pictures(any(share is not None for share in shares))
    x = _broken(list(range(1, len(reports) + 1)), breaks)
    hover = _broken([_where(line) for line in reports], breaks)
    for key, (name, colour, dash) in _BRANCHES.items():
        y = _broken([line.get(key) for line in reports], breaks)
        if any(value is not None for value in y):
            figure.add_scatter(
                x=x,
                y=y,
                name=name,
                mode="lines+markers",
                line={"color": colour, "dash": dash, "width": 2},
                marker={"size": 6},
                customdata=hover,
                hovertemplate="%{customdata}<br>" + name + ": %{y:.3f}<extra></extra>",
                row=1,
                col=1,
            )
    if any(share is not None for share in shares):
        figure.add_scatter(
            x=x,
            y=shares,
            mode="lines+markers",
            line={"color": GREY, "width": 2},
            marker={"size": 6},
            customdata=hover,
            hovertemplate="%{customdata}<br>recognised: %{y:.0f} %<extra></extra>",
            showlegend=False,
            row=2,
            col=1,
        )
    for at in breaks:
        figure.add_vline(at + 0.5, line={"color": GREY, "width": 1, "dash": "dot"})
    return _finished(figure, len(reports))


def compared(runs: Mapping[str, Lines]) -> go.Figure:
    """The loss on the validation set, or where there is none the total loss, of several runs."""
    shares = {name: _percent(epochs(lines)) for name, lines in runs.items()}
    two = any(share is not None for of_run in shares.values() for share in of_run)
    figure, longest = _pictures(two), 1
    for number, (name, lines) in enumerate(runs.items()):
        reports = epochs(lines)
        colour, symbol = _RUNS[number % len(_RUNS)]
        x = list(range(1, len(reports) + 1))
        longest = max(longest, len(x))
        loss = [
            line.get("loss_total")
            if line.get("validation_loss") is None
            else line["validation_loss"]
            for line in reports
        ]
        pictures = [(1, loss, "loss: %{y:.3f}"), (2, shares[name], "%{y:.0f} %")]
        for row, y, unit in pictures if two else pictures[:1]:
            figure.add_scatter(
                x=x,
                y=y,
                name=name,
                legendgroup=name,
                showlegend=row == 1,
                mode="lines+markers",
                line={"color": colour, "width": 2},
                marker={"symbol": symbol, "size": 8},
                hovertemplate=f"{name}, epoch %{{x}}<br>{unit}<extra></extra>",
                row=row,
                col=1,
            )
    return _finished(figure, longest)


def _pictures(two: bool) -> go.Figure:
    """Losses; below, where there is a validation set, the share recognised."""
    if two:
        return make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.65, 0.35])
    return make_subplots(rows=1, cols=1)


def _finished(figure: go.Figure, longest: int) -> go.Figure:
    figure.update_xaxes(range=[0.5, max(longest, 2) + 0.5], fixedrange=True)
    figure.update_xaxes(tick0=1, dtick=max(1, math.ceil(longest / 10)))  # no halves of epochs
    figure.update_yaxes(fixedrange=True)
    figure.update_yaxes(title="loss, nats", rangemode="tozero", row=1, col=1)
    if "yaxis2" in figure.layout:
        figure.update_yaxes(title="recognised, %", range=[0, 105], row=2, col=1)
        figure.update_xaxes(title="epoch", row=2, col=1)
    else:
        figure.update_xaxes(title="epoch")
    return finished(
        figure,
        430 if "yaxis2" in figure.layout else 300,
        top=30,
        uirevision="kept",  # what was zoomed stays so when the next epoch comes
        legend=LEGEND,
    )


def _percent(reports: Lines) -> list[float | None]:
    shares = (line.get("validation_accuracy") for line in reports)
    return [None if share is None else 100 * share for share in shares]


def _where(line: Mapping[str, Any]) -> str:
    member = f"{line['member']}, " if line.get("member") else ""
    return f"{member}epoch {line.get('epoch', '–')}"


def _broken(values: Sequence[Any], breaks: Sequence[int]) -> list[Any]:
    """With a gap where the next network begins: no line leads from the loss of one to another's."""
    gapped = list(values)
    for at in reversed(breaks):
        gapped.insert(at, None)
    return gapped


def _beginnings(reports: Lines) -> list[int]:
    """After how many epochs the next network begins."""
    names = [line.get("member") for line in reports]
    return [n for n in range(1, len(names)) if names[n] != names[n - 1]]
