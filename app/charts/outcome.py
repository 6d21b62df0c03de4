"""How many of the faulty recordings were found, and how many of the normal ones called unusual."""

from __future__ import annotations

from typing import NamedTuple

import plotly.graph_objects as go

from charts.style import LEGEND, finished
from mimimi.evaluation.decisions import Confusion
from mimimi.evaluation.pictures.palette import BLUE, GREY

_LOOKS = (("rightly called", BLUE, ""), ("wrongly called", GREY, "/"))


class _Bar(NamedTuple):
    text: str
    mistake: str
    counts: tuple[int, int]  # rightly and wrongly called


def outcome(confusion: Confusion) -> go.Figure:
    """A bar for the faulty and one for the normal recordings, each of the same length.

    Args:
        confusion: of at least one recording.
    """
    passed, false_alarms = confusion.normal_passed, confusion.false_alarms
    detected, missed = confusion.detected, confusion.missed
    bars = [
        _Bar(f"{detected} of {confusion.anomalous} faulty found", "missed", (detected, missed)),
        _Bar(
            f"{passed} of {confusion.normal} normal called normal",
            "called unusual",
            (passed, false_alarms),
        ),
    ]
    bars = [bar for bar in bars if any(bar.counts)]
    figure = go.Figure()
    for which, (name, colour, shape) in enumerate(_LOOKS):
        figure.add_bar(
            y=list(range(len(bars))),
            x=[bar.counts[which] / sum(bar.counts) for bar in bars],
            customdata=[bar.counts[which] for bar in bars],
            name=name,
            orientation="h",
            width=0.42,
            marker={"color": colour, "pattern": {"shape": shape, "solidity": 0.55}},
            hovertemplate="%{customdata} " + name + "<extra></extra>",
        )
    for row, bar in enumerate(bars):
        wrong = bar.counts[1]
        for at, text in ((0, bar.text), (1, f"{wrong} {bar.mistake}" if wrong else "")):
            figure.add_annotation(
                text=text,
                x=at,
                y=row - 0.24,
                xanchor="right" if at else "left",
                yanchor="bottom",
                showarrow=False,
            )
    figure.update_xaxes(visible=False, range=[0, 1], fixedrange=True)
    figure.update_yaxes(visible=False, range=[len(bars) - 0.7, -0.7], fixedrange=True)
    legend = LEGEND | {"traceorder": "normal", "itemclick": False, "itemdoubleclick": False}
    return finished(figure, 60 + 62 * len(bars), top=30, barmode="stack", legend=legend)
