"""The sound of the last minute: how loud it is, and its spectrum; small, since it is drawn anew."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import plotly.graph_objects as go

from charts.spectrogram import Array, draw
from charts.style import finished
from mimimi.config import SAMPLE_RATE, FrontEnd
from mimimi.evaluation.pictures.palette import BLUE

_COLUMNS, _ROWS = 150, 128
_FLOOR = 1e-5  # of full scale: -100 dB


def live_sound(samples: Array, begins: datetime) -> go.Figure:
    """Level and spectrum over one time axis.

    Args:
        samples: `(time,)` at 16 kHz, within -1 to 1, at least one frame.
        begins: when the first of them was heard.
    """
    front_end = FrontEnd()
    picture = draw(samples, front_end)
    level = _loudest(picture.level, _ROWS, _COLUMNS)
    rows = np.linspace(0, float(picture.frequencies[-1]), len(level))
    every = len(samples) / SAMPLE_RATE / level.shape[1]
    times = [begins + timedelta(seconds=(k + 0.5) * every) for k in range(level.shape[1])]
    figure = go.Figure()
    figure.add_scatter(
        x=times,
        y=level_over_time(samples, level.shape[1]),
        line={"color": BLUE, "width": 2},
        hovertemplate="%{x|%H:%M:%S}: %{y:.0f} dB<extra></extra>",
        yaxis="y2",
    )
    figure.add_heatmap(
        x=times,
        y=np.round(rows, 3),
        z=np.round(level).astype(int),
        colorscale="Viridis",
        zmin=max(float(np.percentile(level, 1)), float(level.max()) - 90),
        showscale=False,
        hovertemplate="%{x|%H:%M:%S}, %{y:.2f} kHz: %{z} dB<extra></extra>",
    )
    figure.update_layout(
        yaxis={"domain": [0, 0.66], "title": "kHz", "fixedrange": True},
        yaxis2={"domain": [0.74, 1], "title": "level, dB", "fixedrange": True},
    )
    figure.update_xaxes(title="time of day", fixedrange=True, anchor="y", nticks=4, tickangle=0)
    return finished(figure, 320, showlegend=False)


def level_over_time(samples: Array, columns: int) -> Array:
    """Root mean square of equal stretches, in dB below full scale, `(columns,)`."""
    parts = np.array_split(np.asarray(samples, np.float64), columns)
    power = np.array([np.mean(np.square(part)) if len(part) else 0.0 for part in parts])
    return np.round(10 * np.log10(power + _FLOOR**2), 1)


def _loudest(level: Array, rows: int, columns: int) -> Array:
    """The loudest of the cells that share a pixel."""
    rows, columns = min(rows, level.shape[0]), min(columns, level.shape[1])
    by_row = np.stack([part.max(axis=0) for part in np.array_split(level, rows)])
    return np.stack([part.max(axis=1) for part in np.array_split(by_row, columns, axis=1)], axis=1)
