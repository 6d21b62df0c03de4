"""The scores of a machine's recordings in the order of time: entries in, a Plotly figure out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import plotly.graph_objects as go

from charts.style import LEGEND, THRESHOLD, finished
from mimimi.detector.verdict import Verdict
from mimimi.evaluation.pictures.palette import BLUE, GREEN, VERMILION


def trend(points: Sequence[tuple[datetime, Verdict]]) -> go.Figure:
    """Each score as a share of its threshold, which changes when the machine is taught more.

    Args:
        points: when each verdict was given, in the order of time; with score and threshold.
    """
    times = [when for when, _ in points]
    shares = [_share(verdict) for _, verdict in points]
    figure = go.Figure()
    figure.add_scatter(
        x=times,
        y=shares,
        mode="lines",
        line={"color": BLUE, "width": 1},
        hoverinfo="skip",
        showlegend=False,
    )
    for label, unusual, colour, symbol in (
        ("normal", False, GREEN, "diamond"),
        ("unusual", True, VERMILION, "triangle-up"),
    ):
        of = [n for n, (_, verdict) in enumerate(points) if bool(verdict.is_anomalous) == unusual]
        figure.add_scatter(
            x=[times[n] for n in of],
            y=[shares[n] for n in of],
            mode="markers",
            name=label,
            marker={"color": colour, "symbol": symbol, "size": 12},
            text=[points[n][1].file for n in of],
            hovertemplate="%{text}<br>%{x|%-d %b %Y, %H:%M}: %{y:.2f} of the threshold"
            "<extra></extra>",
        )
    figure.add_hline(1, line=THRESHOLD)
    figure.update_yaxes(title="score / threshold", zeroline=False, fixedrange=True)
    figure.update_xaxes(fixedrange=True, nticks=4, tickangle=0)
    return finished(figure, 280, top=36, showlegend=True, legend=LEGEND | {"itemclick": False})


def _share(verdict: Verdict) -> float:
    """About 1 at the threshold, whatever the score's scale."""
    score, threshold = verdict.score or 0.0, verdict.threshold or 0.0
    return score / threshold if threshold > 0 else 1.0 + score - threshold
