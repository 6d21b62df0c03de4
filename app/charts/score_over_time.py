"""The score of live sound, or of a long recording, with its alarms: segments in, a figure out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import plotly.graph_objects as go

from charts.style import LEGEND, THRESHOLD, plain
from mimimi.evaluation.pictures.palette import BLUE, GREY, VERMILION
from mimimi.monitor.alarm import Event, ScoredSegment, clock

LONG = 3 * 3600  # s; from here on hours are counted, not minutes


def over_time(
    segments: Sequence[ScoredSegment],
    found: Sequence[Event],
    shown: tuple[float, float],
    *,
    began: datetime | None = None,
    touch: bool = False,
) -> go.Figure:
    """Each segment's score at its end, the threshold, and the alarms behind them.

    Args:
        segments: in the order of time.
        found: the events in them.
        shown: from when to when, in s.
        began: when that was, for an axis with the clock of the day.
        touch: dragging scrolls the page, as a finger expects.
    """
    unit, name = (3600, "h") if shown[1] - shown[0] > LONG else (60, "min")

    def at(seconds: float) -> float | datetime:
        return began + timedelta(seconds=seconds) if began else seconds / unit

    def said(seconds: float) -> str:
        return f"{at(seconds):%H:%M:%S}" if began else clock(seconds)

    marked = [(at(event.start), at(event.end), "alarm", "middle left") for event in found]
    marked += [(at(a), at(b), "not judged", "bottom left") for a, b in _not_judged(segments)]
    ends = [at(segment.end) for segment in segments]
    traces: list[dict[str, Any]] = [
        {
            "x": ends,
            "y": [segment.threshold for segment in segments],
            "mode": "lines",
            "name": "threshold",
            "line": THRESHOLD,
            "connectgaps": True,
            "hoverinfo": "skip",
        },
        {
            "x": ends,
            "y": [segment.score for segment in segments],
            "mode": "lines+markers",
            "name": "score",
            "line": {"color": BLUE, "width": 1.5},
            "marker": {"size": 5},
            "customdata": [(said(segment.start), said(segment.end)) for segment in segments],
            "hovertemplate": "%{customdata[0]} to %{customdata[1]}: score %{y:.3g}<extra></extra>",
        },
    ]
    for label, colour, symbol, those in (
        ("unusual", VERMILION, "triangle-up", [m for m in segments if m.is_anomalous]),
        ("no match", GREY, "x", [m for m in segments if m.recognised is False]),
    ):
        traces.append(
            {
                "x": [at(segment.end) for segment in those],
                "y": [segment.score for segment in those],
                "mode": "markers",
                "name": label,
                "marker": {"symbol": symbol, "size": 11, "color": colour},
                "hoverinfo": "skip",
            }
        )
    title = "time of day" if began else f"time, {name}"
    axes = {
        "xaxis": {"title": {"text": title}, "range": [*map(at, shown)], "zeroline": False},
        "yaxis": {
            "title": {"text": "score", "standoff": 2},
            "fixedrange": True,
            "showticklabels": any(segment.score is not None for segment in segments),
        },
    }
    return plain(
        [{"type": "scatter"} | trace for trace in traces],
        340 if touch else 300,
        axes,
        top=84 if touch else 40,  # two rows of words, and the buttons
        shapes=[_stretch(*stretch) for stretch in marked],
        showlegend=True,
        legend=LEGEND | {"itemclick": False},
        dragmode=False if touch else "zoom",
    )


def _stretch(
    start: float | datetime, end: float | datetime, text: str, position: str
) -> dict[str, Any]:
    """From top to bottom, behind the scores."""
    return {
        "type": "rect",
        **{"x0": start, "x1": end, "xref": "x", "y0": 0, "y1": 1, "yref": "y domain"},
        "fillcolor": VERMILION if text == "alarm" else GREY,
        "opacity": 0.2 if text == "alarm" else 0.25,
        "line": {"width": 0},
        "layer": "below",
        "label": {"text": text, "textposition": position},
    }


def _not_judged(segments: Sequence[ScoredSegment]) -> list[tuple[float, float]]:
    """Start and end of what has no score, neighbours taken together."""
    found: list[tuple[float, float]] = []
    for segment in segments:
        if not segment.error:
            continue
        if found and segment.start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], segment.end)
        else:
            found.append((segment.start, segment.end))
    return found
