"""Score, magnitude and phase over one time axis: arrays in, a Plotly figure out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import plotly.graph_objects as go

from charts.spectrogram import Array, Picture
from charts.style import THRESHOLD, finished
from mimimi.detector.verdict import Window
from mimimi.evaluation.pictures.palette import BLUE, GREY, VERMILION
from mimimi.explain.outline import WORTH_IT, outline

if TYPE_CHECKING:
    from mimimi.explain.evidence import Explanation

Phase = Literal["change", "raw"]
_PLACES = {"score": (0.79, 1.0), "level": (0.41, 0.725), "phase": (0.0, 0.345)}
_PLACES_WITHOUT_PHASE = {"score": (0.72, 1.0), "level": (0.0, 0.62)}
_PLACE_ALONE = {"level": (0.0, 1.0)}


def time_pictures(
    windows: Sequence[Window],
    threshold: float,
    picture: Picture,
    phase: Phase | None,
    where: Explanation | None = None,
    *,
    touch: bool = False,
) -> go.Figure:
    """Score, magnitude and phase over ONE time axis, so that a zoom in one is a zoom in all.

    Args:
        windows: the windows of the recording; a single one has the score of all and is not drawn,
            unless the phase is.
        threshold: of the recording's score.
        picture: the spectrum.
        phase: its change in time, or the raw phase; None: not shown.
        where: what raised the score, to be outlined.
        touch: dragging scrolls the page and the buttons zoom, as a finger expects.
    """
    figure = go.Figure()
    several = _PLACES_WITHOUT_PHASE if len(windows) > 1 else _PLACE_ALONE
    places = _PLACES if phase else several
    if "score" in places:
        _add_scores(figure, windows, threshold)
    _add_heatmap(
        figure,
        picture,
        picture.level,
        axis="y2",
        place=places["level"],
        colorscale="Viridis",
        zmin=max(float(np.percentile(picture.level, 1)), float(picture.level.max()) - 90),
        zmax=float(np.percentile(picture.level, 99.95)),
        hover="%{z:.0f} dB",
    )
    if phase:
        _add_phase(figure, picture, phase, places["phase"])
    for axis, cells, share in _outlined(where, phase):
        if where and share >= WORTH_IT:
            _add_outline(figure, where, cells, axis)
    end = max([window.start + window.seconds for window in windows] + [float(picture.times[-1])])
    titles = {
        "score": "Score per window, dashed: threshold",
        "level": "Magnitude, dB" if phase else "How loud each frequency is, dB",
        "phase": "Phase, rad" if phase == "raw" else "Phase: its change in time, Hz",
    }
    frequency_axis = {
        "title": {"text": "kHz", "standoff": 2},
        "range": [0, float(picture.frequencies[-1])],
        "anchor": "x",
    }
    axes: dict[str, Any] = {"yaxis2": frequency_axis | {"domain": places["level"]}}
    if "score" in places:
        axes["yaxis"] = {
            "title": {"text": "score", "standoff": 2},
            "domain": places["score"],
            "rangemode": "tozero",
            "fixedrange": True,
        }
    if phase:
        axes["yaxis3"] = frequency_axis | {"domain": places["phase"], "matches": "y2"}
    for name, (_, top) in places.items():
        figure.add_annotation(
            text=f"<b>{titles[name]}</b>",
            x=0,
            y=top + 0.01 if top < 1 else 1,
            xref="paper",
            yref="paper",
            xanchor="left",
            yanchor="bottom",
            showarrow=False,
        )
    return finished(
        figure,
        660 if phase else 460 if "score" in places else 360,
        top=44,
        showlegend=False,
        dragmode=False if touch else "zoom",
        xaxis={
            "title": "time, s",
            "range": [0, end],
            "minallowed": 0,
            "maxallowed": end,
            "anchor": "y3" if phase else "y2",
            "zeroline": False,
            "showspikes": True,
            "spikemode": "across",
            "spikethickness": 1,
            "spikecolor": GREY,
            "spikedash": "dot",
        },
        **axes,
    )


def _outlined(where: Explanation | None, phase: Phase | None) -> list[tuple[str, Array, float]]:
    """Axis, map and share of what may be outlined."""
    if not where:
        return []
    both = [("y2", where.magnitude, where.magnitude_share), ("y3", where.phase, where.phase_share)]
    return both if phase else both[:1]


def _add_phase(
    figure: go.Figure, picture: Picture, phase: Phase, place: tuple[float, float]
) -> None:
    if phase == "raw":
        _add_heatmap(
            figure,
            picture,
            picture.phase,
            axis="y3",
            place=place,
            colorscale="Twilight",
            zmin=-np.pi,
            zmax=np.pi,
            hover="%{z:.2f} rad",
            ticks={"tickvals": [-np.pi, 0, np.pi], "ticktext": ["−π", "0", "π"]},
        )
        return
    largest = float(np.nanmax(np.abs(picture.deviation), initial=1.0))
    _add_heatmap(
        figure,
        picture,
        picture.deviation,
        axis="y3",
        place=place,
        colorscale="Twilight",
        zmin=-largest,
        zmax=largest,
        hover="%{z:+.1f} Hz from its bin",
    )


def _add_scores(figure: go.Figure, windows: Sequence[Window], threshold: float) -> None:
    starts, seconds, scores = _side_by_side(windows)
    figure.add_bar(
        x=starts,
        y=scores,
        width=seconds,
        offset=0,
        customdata=starts + seconds,
        marker={"color": np.where(scores > threshold, VERMILION, BLUE), "line": {"width": 0}},
        hovertemplate="%{x:.2f} to %{customdata:.2f} s: score %{y:.3g}<extra></extra>",
    )
    figure.add_hline(threshold, line=THRESHOLD, yref="y")


def _side_by_side(windows: Sequence[Window]) -> tuple[Array, Array, Array]:
    """Start, length and score of stretches that do not overlap; where windows do, their mean."""
    starts = np.array([window.start for window in windows])
    ends = starts + np.array([window.seconds for window in windows])
    scores = np.array([window.score for window in windows])
    edges, place = np.unique(np.round([*starts, *ends], 3), return_inverse=True)
    begin, end = np.split(place, 2)
    heard, total = np.zeros(len(edges)), np.zeros(len(edges))  # of the windows over each stretch
    for change, where in ((1, begin), (-1, end)):
        np.add.at(heard, where, change)
        np.add.at(total, where, change * scores)
    heard, total = heard.cumsum(), total.cumsum()
    covered = heard > 0  # never after the last edge
    seconds = np.diff(edges, append=edges[-1])
    return edges[covered], seconds[covered], total[covered] / heard[covered]


def _add_outline(figure: go.Figure, where: Explanation, cells: Array, axis: str) -> None:
    """A line around the cells that hold two thirds of a map."""
    times, frequencies, inside = outline(where, cells)
    for colour, width in (("black", 5), ("white", 2)):  # seen on every shade
        figure.add_contour(
            x=times,
            y=frequencies,
            z=inside,
            yaxis=axis,
            contours={"start": 0.5, "end": 0.5, "size": 1, "coloring": "lines"},
            colorscale=[[0, colour], [1, colour]],
            line={"width": width, "smoothing": 0},
            showscale=False,
            hoverinfo="skip",
        )


def _add_heatmap(
    figure: go.Figure,
    picture: Picture,
    values: Any,
    *,
    axis: str,
    place: tuple[float, float],
    colorscale: str,
    zmin: float,
    zmax: float,
    hover: str,
    ticks: dict[str, Any] | None = None,
) -> None:
    figure.add_heatmap(
        x=picture.times,
        y=picture.frequencies,
        z=values.astype(np.float32),
        yaxis=axis,
        zmin=zmin,
        zmax=zmax,
        colorscale=colorscale,
        colorbar={
            "y": sum(place) / 2,
            "len": place[1] - place[0] + 0.03,
            "thickness": 10,
            "x": 1.005,
            "xpad": 2,
        }
        | (ticks or {"nticks": 6}),
        hovertemplate=f"%{{x:.2f}} s, %{{y:.3f}} kHz<br>{hover}<extra></extra>",
    )
