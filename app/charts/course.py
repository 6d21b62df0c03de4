"""How a machine was over hours, days and weeks: points of its history in, a figure out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from charts.style import LEGEND, THRESHOLD, finished
from mimimi.evaluation.pictures.palette import BLUE, GREEN, GREY, PURPLE, VERMILION, translucent

if TYPE_CHECKING:
    from mimimi.service.history.alarms import Alarm
    from mimimi.service.history.trend import Point

Clock = Callable[[float], datetime]
"""From s since 1970 to a time of the day that is drawn."""

_COLOURS = {
    "microphone": PURPLE,
    "off": GREY,
    "deeper": BLUE,
    "brighter": GREEN,
    "alarm": VERMILION,
}
_FEWEST_LANES = 3
_GAP = 2.5  # of a point's width; where more is missing, no line is drawn
_ROOM = 5.0  # dB
_FEW = 3  # points, of which a line alone shows next to nothing
Stretch = tuple[float, float]


def course(
    points: Sequence[Point],
    alarms: Sequence[Alarm],
    clips: Sequence[float],
    shown: Stretch,
    clock: Clock,
    *,
    chosen: float | None = None,
    touch: bool = False,
) -> go.Figure:
    """Score, level, and when there was an alarm, the machine was off, the microphone was not well.

    And in which state it ran, of a machine that has several.

    Args:
        points: in the order of time; `customdata` begins with start and end of each, in s.
        alarms: of the stretch.
        clips: moments of which the sound was kept.
        shown: from when to when.
        clock: tells the time of the day.
        chosen: a moment to be marked.
        touch: dragging scrolls the page, as a finger expects.
    """
    figure = go.Figure()
    _add_scores(figure, points, clock)
    _add_clips(figure, points, clips, clock)
    rows = _rows(points)
    figure.add_scatter(
        x=[clock(at) for at, _ in rows],
        y=[point and point.level for _, point in rows],
        yaxis="y2",
        mode="lines",
        line={"color": PURPLE, "width": 1.5},
        showlegend=False,
        hovertemplate="%{y:.1f} dBFS<extra></extra>",
    )
    lanes = _lanes(points, alarms)
    more = len(lanes) - _FEWEST_LANES
    foot = 0.16 + 0.03 * more  # of the height, that lanes take
    for place, (name, stretches) in enumerate(lanes.items()):
        _add_lane(figure, name, place, stretches, shown, clock)
    if chosen is not None:
        figure.add_vline(clock(chosen), line={"color": GREY, "width": 2})
    for height, title in {1.0: "Score", foot + 0.295: "Level, dBFS"}.items():
        figure.add_annotation(
            text=f"<b>{title}</b>",
            **{"x": 0, "xref": "paper", "xanchor": "left"},
            **{"y": height, "yref": "paper", "yanchor": "bottom"},
            showarrow=False,
        )
    return finished(
        figure,
        548 + 20 * more,
        top=92 if touch else 76,  # the tools lie above the legend
        barmode="overlay",
        hovermode="closest",
        clickmode="event+select",
        dragmode=False if touch else "zoom",
        legend=LEGEND | {"x": 1, "xanchor": "right", "itemclick": False},
        xaxis={
            "range": [clock(at) for at in shown],
            "anchor": "y3",
            "zeroline": False,
            "type": "date",
        },
        yaxis={"domain": [foot + 0.37, 1], "rangemode": "tozero", "fixedrange": True},
        yaxis2={
            "domain": [foot + 0.04, foot + 0.29],
            "fixedrange": True,
            "zeroline": False,
            "range": _levels(points),
            "nticks": 5,
        },
        yaxis3={
            "domain": [0, foot],
            "fixedrange": True,
            "range": [-0.5, len(lanes) - 0.5],
            "tickvals": list(range(len(lanes))),
            "ticktext": list(lanes),
            "showgrid": False,
            "zeroline": False,
        },
    )


def in_short(points: Sequence[Point], alarms: Sequence[Alarm], shown: Stretch) -> go.Figure:
    """The score and its threshold, and the alarms, small and without figures; axis in s."""
    figure = go.Figure()
    for start, end in _lasting(points, alarms):
        figure.add_vrect(start, end, fillcolor=VERMILION, opacity=0.3, line_width=0, layer="below")
    rows = _rows(points)
    few = sum(point is not None for _, point in rows) <= _FEW
    for line, values in (
        (THRESHOLD | {"width": 1}, [point and point.threshold for _, point in rows]),
        ({"color": BLUE, "width": 1.5}, [point and point.mean_score for _, point in rows]),
    ):
        figure.add_scatter(
            x=[at for at, _ in rows],
            y=values,
            mode="lines+markers" if few else "lines",
            line=line,
            marker={"size": 4},
            hoverinfo="skip",
        )
    figure.update_xaxes(visible=False, range=list(shown), fixedrange=True)
    figure.update_yaxes(visible=False, rangemode="tozero", fixedrange=True)
    return finished(figure, 72, top=2, showlegend=False)


def _add_scores(figure: go.Figure, points: Sequence[Point], clock: Clock) -> None:
    rows = _rows(points)
    times = [clock(at) for at, _ in rows]
    for name, values, colour in (
        ("highest", [p and p.highest_score for _, p in rows], translucent(BLUE, 0.3)),
        ("mean", [p and p.mean_score for _, p in rows], BLUE),
    ):
        figure.add_scatter(
            x=times,
            y=values,
            mode="lines",
            name=name,
            line={"color": colour, "width": 1.5},
            showlegend=False,
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=times,
        y=[p and p.threshold for _, p in rows],
        mode="lines",
        name="threshold",
        line=THRESHOLD,
        hoverinfo="skip",
    )
    judged = [point for point in points if point.segments]
    for name, symbol, size, colour, some in (
        ("score", "circle", 5, BLUE, [point for point in judged if not _is_unusual(point)]),
        ("unusual", "triangle-up", 9, VERMILION, [p for p in judged if _is_unusual(p)]),
    ):
        figure.add_scatter(
            x=[clock(_middle(point)) for point in some],
            y=[point.mean_score for point in some],
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": size, "color": colour},
            customdata=[
                (p.at, p.at + p.seconds, p.highest_score, p.threshold, p.unusual, p.segments)
                for p in some
            ],
            hovertemplate="%{x}: score %{y:.3g}, at most %{customdata[2]:.3g}, threshold "
            "%{customdata[3]:.3g}; %{customdata[4]} of %{customdata[5]} unusual<extra></extra>",
        )


def _add_clips(
    figure: go.Figure, points: Sequence[Point], clips: Sequence[float], clock: Clock
) -> None:
    """Where the sound can be heard, along the foot of the scores."""
    highest = max((p.highest_score for p in points if p.highest_score is not None), default=1.0)
    figure.add_scatter(
        x=[clock(at) for at in clips],
        y=[0.06 * highest] * len(clips),  # within the axis, where clicks are heard
        mode="markers",
        name="sound kept",
        marker={"symbol": "triangle-right", "size": 11, "color": PURPLE},
        customdata=[(at, at) for at in clips],
        hovertemplate="%{x}: its sound was kept; click to hear it<extra></extra>",
    )


def _lanes(points: Sequence[Point], alarms: Sequence[Alarm]) -> dict[str, list[Stretch]]:
    """When what was so, from below."""
    parts = {
        "microphone": [p for p in points if p.is_faulty],
        "off": [p for p in points if p.heard and p.running < p.heard / 2],
    }
    if any(p.deeper or p.brighter for p in points):
        running = [p for p in points if p.running and p not in parts["off"]]
        parts["deeper"] = [p for p in running if p.deeper > p.running / 2]
        parts["brighter"] = [p for p in running if p.brighter > p.running / 2]
    found = {name: _stretches(some) for name, some in parts.items()}
    return found | {"alarm": _lasting(points, alarms)}


def _add_lane(
    figure: go.Figure,
    name: str,
    place: int,
    stretches: Iterable[Stretch],
    shown: Stretch,
    clock: Clock,
) -> None:
    times: list[datetime | None] = []
    for start, end in stretches:
        times += [clock(max(start, shown[0])), clock(min(end, shown[1])), None]
    figure.add_scatter(
        x=times,
        y=[place] * len(times),
        yaxis="y3",
        mode="lines",
        line={"color": _COLOURS[name], "width": 12},
        name=name,
        showlegend=False,
        hovertemplate=f"%{{x}}: {name}<extra></extra>",
    )


def _lasting(points: Sequence[Point], alarms: Sequence[Alarm]) -> list[Stretch]:
    """When alarms were on; one that still lasts, until something was heard last."""
    last = points[-1].at + points[-1].seconds if points else 0.0
    return [
        (alarm.since, max(last, alarm.at) if alarm.until is None else alarm.until)
        for alarm in alarms
    ]


def _stretches(points: Iterable[Point]) -> list[Stretch]:
    """Start and end of neighbours taken together."""
    found: list[Stretch] = []
    for point in points:
        end = point.at + point.seconds
        if found and point.at - found[-1][1] < point.seconds / 2:
            found[-1] = found[-1][0], end
        else:
            found.append((point.at, end))
    return found


def _rows(points: Sequence[Point]) -> list[tuple[float, Any]]:
    """The middle of each point, and None between two that do not hang together."""
    rows: list[tuple[float, Any]] = []
    for n, point in enumerate(points):
        if n and point.at - points[n - 1].at > _GAP * point.seconds:
            rows.append((points[n - 1].at + point.seconds, None))
        rows.append((_middle(point), point))
    return rows


def _levels(points: Sequence[Point]) -> Stretch:
    """From the lowest to the highest, and far enough that a steady machine looks steady."""
    levels = [point.level for point in points if point.level is not None] or [-30.0]
    return min(levels) - _ROOM, max(levels) + _ROOM


def _middle(point: Point) -> float:
    return point.at + point.seconds / 2


def _is_unusual(point: Point) -> bool:
    """More of it was unusual than not."""
    return 2 * point.unusual > point.segments
