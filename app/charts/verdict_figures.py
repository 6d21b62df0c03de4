"""What a verdict rests on: the score beside the threshold, shares, attention, probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from charts.style import LEGEND, THRESHOLD, finished
from mimimi.evaluation.pictures.palette import BLUE, GREEN, GREY, VERMILION


def score_scale(score: float, threshold: float, calibration: Sequence[float]) -> go.Figure:
    """This recording's score on one axis with the threshold and the calibration recordings."""
    every = [0.0, score, threshold, *calibration]
    room = 0.08 * (max(every) - min(every))
    low = min(every) - room
    high = max(max(every) + room, low + (threshold - low) / 0.72)  # room for the word on the right
    unusual = score > threshold
    figure = go.Figure()
    for start, end, colour in ((low, threshold, GREEN), (threshold, high, VERMILION)):
        figure.add_vrect(start, end, fillcolor=colour, opacity=0.15, line_width=0, layer="below")
    figure.add_vline(threshold, line=THRESHOLD)
    sides = [("unusual →", "left")]
    if threshold - low > 0.28 * (high - low):
        sides.append(("← normal", "right"))
    for text, side in sides:
        figure.add_annotation(
            text=text,
            x=threshold,
            y=1,
            yref="paper",
            xanchor=side,
            xshift=6 if side == "left" else -6,
            yanchor="bottom",
            showarrow=False,
        )
    figure.add_scatter(
        x=list(calibration),
        y=[0.5] * len(calibration),
        mode="markers",
        marker={"symbol": "circle-open", "size": 10, "color": GREY, "line": {"width": 2}},
        hovertemplate="a normal recording: %{x:.3g}<extra></extra>",
    )
    figure.add_scatter(
        x=[score],
        y=[0.5],
        mode="markers",
        marker={
            "symbol": "triangle-up" if unusual else "diamond",
            "size": 18,
            "color": VERMILION if unusual else GREEN,
            "line": {"width": 2, "color": "white"},
        },
        hovertemplate="this recording: %{x:.3g}<extra></extra>",
    )
    shape = "▲" if unusual else "◆"
    figure.update_xaxes(
        title=f"anomaly score: {shape} this recording, ○ normal ones",
        range=[low, high],
        fixedrange=True,
        zeroline=False,
        showgrid=False,
    )
    figure.update_yaxes(visible=False, range=[0, 1], fixedrange=True)
    return finished(figure, 150, top=26, showlegend=False)


def share_bar(magnitude: float) -> go.Figure:
    """What raised the score, in one bar: the share of magnitude, and of phase.

    Args:
        magnitude: its share, 0 to 1; the rest is that of phase.
    """
    figure = go.Figure()
    for name, share, colour, shape in (
        ("magnitude", magnitude, BLUE, ""),
        ("phase", 1 - magnitude, VERMILION, "/"),
    ):
        figure.add_bar(
            y=[""],
            x=[100 * share],
            name=f"{name} {share:.0%}",
            orientation="h",
            marker={"color": colour, "pattern": {"shape": shape, "solidity": 0.55}},
            hovertemplate=f"{name}: %{{x:.0f}} % of what raised the score<extra></extra>",
        )
    return finished(
        figure,
        72,
        top=36,
        barmode="stack",
        bargap=0,
        legend=LEGEND | {"traceorder": "normal"},
        xaxis={"visible": False, "range": [0, 100], "fixedrange": True},
        yaxis={"visible": False, "fixedrange": True},
    )


def attention_bars(magnitude: dict[str, float], complex_: dict[str, float]) -> go.Figure:
    """The attention weight of each channel, magnitude against complex."""
    figure = go.Figure()
    for name, weights, colour, shape in (
        ("magnitude", magnitude, BLUE, ""),
        ("complex", complex_, VERMILION, "/"),
    ):
        figure.add_bar(
            y=list(weights),
            x=list(weights.values()),
            name=f"{name}, sum {sum(weights.values()):.2f}",
            orientation="h",
            marker={"color": colour, "pattern": {"shape": shape, "solidity": 0.55}},
            hovertemplate="%{y}, " + name + ": %{x:.3f}<extra></extra>",
        )
    return _lying(figure, list(magnitude), "attention weight A of F<sub>out</sub> = (1 + A) · F")


def probability_bars(probabilities: dict[str, float], judged: str | None) -> go.Figure:
    """How sure the detector is of each id; the one that was judged is solid."""
    figure = go.Figure()
    figure.add_bar(
        y=list(probabilities),
        x=[100 * value for value in probabilities.values()],
        orientation="h",
        text=[f"{value:.0%}" for value in probabilities.values()],
        textposition="outside",
        cliponaxis=False,
        marker={"color": [BLUE if name == judged else GREY for name in probabilities]},
        hovertemplate="%{y}: %{x:.1f} %<extra></extra>",
        showlegend=False,
    )
    figure.update_xaxes(range=[0, 115], tickvals=[0, 25, 50, 75, 100])
    if judged in probabilities:
        labels = [f"<b>▸ {name}</b>" if name == judged else name for name in probabilities]
        figure.update_yaxes(tickvals=list(probabilities), ticktext=labels)
    return _lying(figure, list(probabilities), "share among the machines it knows, %")


def _lying(figure: go.Figure, names: list[str], title: str) -> go.Figure:
    figure.update_xaxes(title=title, fixedrange=True, rangemode="tozero")
    figure.update_yaxes(autorange="reversed", fixedrange=True, type="category")
    return finished(
        figure,
        120 + 30 * len(names),
        top=30,
        barmode="group",
        bargap=0.25,
        legend=LEGEND | {"itemclick": False},
    )
