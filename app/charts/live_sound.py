"""The sound of the last minute: how loud it is, and its spectrum; small, since it is drawn anew."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import plotly.graph_objects as go

from charts.rolling_spectrum import RollingSpectrum
from charts.style import plain
from mimimi.evaluation.pictures.palette import BLUE


def live_sound(heard: RollingSpectrum, begins: datetime) -> go.Figure:
    """Level and spectrum over one time axis.

    Args:
        heard: with at least one column.
        begins: when the first of them was heard.
    """
    centres = (np.arange(len(heard.level)) + 0.5) * heard.seconds
    times = [begins + timedelta(seconds=at) for at in centres]
    loudest = float(heard.spectrum.max())
    level = {
        "type": "scatter",
        "x": times,
        "y": np.round(heard.level, 1),
        "line": {"color": BLUE, "width": 2},
        "hovertemplate": "%{x|%H:%M:%S}: %{y:.0f} dB<extra></extra>",
        "yaxis": "y2",
    }
    spectrum = {
        "type": "heatmap",
        "x": times,
        "y": np.round(heard.kHz, 3),
        "z": np.round(heard.spectrum).astype(np.int8),
        "colorscale": "Viridis",
        "zmin": max(float(np.percentile(heard.spectrum, 1)), loudest - 90),
        "showscale": False,
        "hovertemplate": "%{x|%H:%M:%S}, %{y:.2f} kHz: %{z} dB<extra></extra>",
    }
    axes = {
        "xaxis": {
            "title": {"text": "time of day"},
            "fixedrange": True,
            "anchor": "y",
            "nticks": 4,
            "tickangle": 0,
        },
        "yaxis": {"title": {"text": "kHz"}, "fixedrange": True, "domain": [0, 0.66]},
        "yaxis2": {"title": {"text": "level, dB"}, "fixedrange": True, "domain": [0.74, 1]},
    }
    return plain([level, spectrum], 320, axes, showlegend=False)
