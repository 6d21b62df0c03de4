"""Several detectors side by side, machine by machine."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from charts.style import LEGEND, THRESHOLD, finished
from mimimi.estimate import Estimate
from mimimi.evaluation.pictures.palette import BLUE, GREEN, GREY, VERMILION


def comparison(figures: Mapping[str, Mapping[str, Estimate]]) -> go.Figure:
    """The AUC of several detectors on each machine, with intervals; half is no better than a coin.

    Args:
        figures: by detector, then by machine.
    """
    looks = [(BLUE, "circle"), (VERMILION, "diamond"), (GREEN, "square"), (GREY, "triangle-up")]
    machines = list(dict.fromkeys(name for found in figures.values() for name in found))
    figure = go.Figure()
    for n, (detector, found) in enumerate(figures.items()):
        colour, symbol = looks[n % len(looks)]
        values = list(found.values())
        figure.add_scatter(
            name=detector,
            y=list(found),
            x=[estimate.value for estimate in values],
            error_x={
                "array": [estimate.high - estimate.value for estimate in values],
                "arrayminus": [estimate.value - estimate.low for estimate in values],
                "thickness": 1.5,
            },
            orientation="h",
            mode="markers",
            marker={"size": 11, "color": colour, "symbol": symbol},
            hovertemplate=f"{detector}<br>%{{y}}: %{{x:.2f}}<extra></extra>",
        )
    figure.add_vline(0.5, line=THRESHOLD)
    figure.update_xaxes(title="AUC: 1 finds every fault, 0.5 is chance", range=[-0.03, 1.03])
    figure.update_yaxes(categoryorder="array", categoryarray=machines[::-1])
    return finished(
        figure,
        90 + (18 * len(figures) + 14) * len(machines),
        scattermode="group",
        scattergap=0.4,
        showlegend=True,
        legend=LEGEND | {"y": 1.02},
    )
