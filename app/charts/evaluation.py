"""What an evaluation found as Plotly figures; every mark tells its clip when it is pointed at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go

from charts.style import LEGEND, THRESHOLD, finished
from mimimi.evaluation import ScoredClip
from mimimi.evaluation.clips import names
from mimimi.evaluation.decisions import Confusion
from mimimi.evaluation.figures import MAX_FPR
from mimimi.evaluation.pictures.clip_map import ClipMap
from mimimi.evaluation.pictures.palette import BLUE, GREEN, GREY, VERMILION, translucent
from mimimi.evaluation.pictures.plots import FALSE_ALARM_RATES, Curve

NORMAL = ("normal", GREEN, "circle-open")
ANOMALOUS = ("anomalous", VERMILION, "triangle-up")


def roc(curves: Mapping[str, Curve], mean: Curve) -> go.Figure:
    """ROC curves by machine and their mean, over the region that the pAUC looks at.

    Args:
        curves: by machine id, as `mimimi.evaluation.pictures.plots.curves_of_type` gives them.
        mean: of them.
    """
    figure = go.Figure()
    figure.add_vrect(0, MAX_FPR, fillcolor=GREY, opacity=0.2, line_width=0, layer="below")
    inside = FALSE_ALARM_RATES <= MAX_FPR
    figure.add_scatter(
        x=FALSE_ALARM_RATES[inside],
        y=mean.detection_rates[inside],
        mode="none",
        fill="tozeroy",
        fillcolor=translucent(GREY, 0.45),
        name="pAUC region of the mean",
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": GREY, "dash": "dot"}, name="chance  0.50"
    )
    looks = [(GREY, "solid", 6), *(_look(number) for number in range(len(curves)))]
    for (name, curve), (colour, dash, width) in zip(
        [("mean", mean), *curves.items()], looks, strict=True
    ):
        corners = _corners(curve.detection_rates)
        figure.add_scatter(
            x=FALSE_ALARM_RATES[corners],
            y=curve.detection_rates[corners],
            mode="lines",
            line={"color": colour, "dash": dash, "width": width},
            name=escape(curve.label(name)),
            hovertemplate=f"{escape(name)}: %{{y:.0%}} found<br>"
            "at %{x:.1%} false alarms<extra></extra>",
        )
    figure.update_xaxes(
        title="false-alarm rate",
        tickformat=".0%",
        range=[-0.02, 1.02],
        fixedrange=True,
    )
    figure.update_yaxes(
        title="anomalous clips found", tickformat=".0%", range=[-0.02, 1.02], fixedrange=True
    )
    return finished(figure, 420 + 24 * len(curves), legend=LEGEND | {"y": -0.22, "yanchor": "top"})


def _look(number: int) -> tuple[str, str, int]:
    """Colour, dash and width of a line; sixteen differ."""
    colours, dashes = (BLUE, VERMILION, GREEN, GREY), ("solid", "dash", "dot", "dashdot")
    return colours[number % 4], dashes[(number + number // 4) % 4], 2


def _corners(rates: np.ndarray) -> np.ndarray:
    """Where a line of evenly spaced points changes its slope, and its ends."""
    bent = np.abs(np.diff(rates, n=2)) > 1e-12
    return np.concatenate([[True], bent, [True]])


def score_distributions(
    machines: Mapping[str, Sequence[ScoredClip]], threshold: float
) -> go.Figure:
    """Every clip a mark, machine by machine, with one threshold across.

    Args:
        machines: clips that count, by machine id, at least one.
        threshold: where the line is drawn.
    """
    figure = go.Figure()
    rows, clips = list(machines), [clip for own in machines.values() for clip in own]
    called = dict(zip(map(id, clips), names(clips), strict=True))
    for side, (label, colour, symbol) in ((-1, NORMAL), (1, ANOMALOUS)):
        marks = [
            (clip, row + 0.2 * side + 0.25 * (number * 0.618 % 1 - 0.5))  # golden: evenly spread
            for row, name in enumerate(rows)
            for number, clip in enumerate(c for c in machines[name] if c.is_normal == (side < 0))
        ]
        figure.add_scatter(
            x=[clip.judgement(True).score for clip, _ in marks],
            y=[y for _, y in marks],
            customdata=[_told(clip, called[id(clip)]) for clip, _ in marks],
            mode="markers",
            name=label,
            marker={
                "symbol": symbol,
                "size": 9,
                "color": colour,
                "line": {"width": 2, "color": colour},
            },
            hovertemplate="%{customdata}<extra></extra>",
        )
    figure.add_vline(threshold, line=THRESHOLD)
    every = [clip.judgement(True).score for clip in clips]
    wide = 0 < 100 * min(every) < max(every) and threshold > 0
    figure.update_xaxes(
        title="anomaly score, dashed: threshold", type="log" if wide else "linear", fixedrange=True
    )
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[escape(name) for name in rows],
        range=[len(rows) - 0.4, -0.6],
        fixedrange=True,
        zeroline=False,
        showgrid=False,
    )
    return finished(figure, 130 + 62 * len(rows), top=36, legend=LEGEND)


def decisions(confusion: Confusion) -> go.Figure:
    """What clips are against what they were called."""
    counts = [
        [confusion.normal_passed, confusion.false_alarms],
        [confusion.missed, confusion.detected],
    ]
    rows = [f"{confusion.normal} normal", f"{confusion.anomalous} anomalous"]
    return _matrix(counts, rows, ["normal", "unusual"], "was called")


def ids(inferred: Mapping[str, Mapping[str, int]]) -> go.Figure:
    """Normal clips of each machine by the id that the detector found for them."""
    columns = sorted({*inferred, *(name for row in inferred.values() for name in row)})
    counts = [[row.get(name, 0) for name in columns] for row in inferred.values()]
    return _matrix(counts, list(inferred), columns, "taken for")


def _matrix(
    counts: Sequence[Sequence[int]], rows: Sequence[str], columns: Sequence[str], title: str
) -> go.Figure:
    """Counts as numbers, their share of the row as a shade that letters stay readable on."""
    totals = [max(1, sum(row)) for row in counts]
    shares = [[count / total for count in row] for row, total in zip(counts, totals, strict=True)]
    figure = go.Figure()
    figure.add_heatmap(
        z=shares,
        customdata=counts,
        zmin=0,
        zmax=1,
        xgap=3,
        ygap=3,
        colorscale=[[0, translucent(BLUE, 0.05)], [1, translucent(BLUE, 0.55)]],
        showscale=False,
        hovertemplate="%{customdata} clips, %{z:.0%} of the row<extra></extra>",
    )
    for y, row in enumerate(counts):
        for x, count in enumerate(row):
            figure.add_annotation(x=x, y=y, text=str(count), showarrow=False)
    figure.update_xaxes(
        title=title, tickvals=list(range(len(columns))), ticktext=[escape(c) for c in columns]
    )
    figure.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=[escape(r) for r in rows], autorange="reversed"
    )
    for axis in (figure.update_xaxes, figure.update_yaxes):
        axis(fixedrange=True, showgrid=False, zeroline=False)
    return finished(figure, 90 + 50 * len(rows))


def clip_map(found: ClipMap) -> go.Figure:
    """Clips that sound alike lie together; a point's `customdata` is [its place in the map, words].

    Each machine's name stands in the midst of its normal clips.
    """
    figure, called = go.Figure(), names(found.clips)
    for is_normal, (label, colour, symbol) in ((True, NORMAL), (False, ANOMALOUS)):
        some = [n for n, clip in enumerate(found.clips) if clip.is_normal == is_normal]
        figure.add_scatter(
            x=found.places[some, 0],
            y=found.places[some, 1],
            customdata=[[n, _told(found.clips[n], called[n])] for n in some],
            mode="markers",
            name=label,
            marker={
                "symbol": symbol,
                "size": 11,
                "color": colour,
                "line": {"width": 2, "color": colour},
            },
            selected_marker_size=17,
            unselected_marker_opacity=0.7,
            hovertemplate="%{customdata[1]}<extra></extra>",
        )
    for machine in sorted({clip.recording.machine_id for clip in found.clips if clip.is_normal}):
        its_own = [clip.is_normal and clip.recording.machine_id == machine for clip in found.clips]
        x, y = np.median(found.places[its_own], axis=0)
        figure.add_annotation(
            x=x, y=y, text=escape(machine), showarrow=False, yshift=16, opacity=0.85
        )
    first, second = (f"{share:.0%}" for share in found.explained)
    figure.update_xaxes(title=f"first principal component ({first} of the variance)")
    figure.update_yaxes(title=f"second ({second})")
    for axis in (figure.update_xaxes, figure.update_yaxes):
        axis(fixedrange=True, zeroline=False)
    return finished(
        figure, 440, top=36, legend=LEGEND | {"itemclick": False, "itemdoubleclick": False}
    )


def _told(clip: ScoredClip, name: str) -> str:
    recording = clip.recording
    told = f"{escape(name)}<br>{escape(clip.machine)}, {recording.label}"
    if recording.fault:
        told += f" ({escape(recording.fault)})"
    return f"{told}<br>score {clip.judgement(True).score:.3g}"
