"""Two spectra in one picture: arrays in, a Plotly figure out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from charts.spectrogram import Array
from charts.style import LEGEND, finished
from mimimi.evaluation.pictures.palette import BLUE, GREEN, GREY, VERMILION, translucent

if TYPE_CHECKING:
    from mimimi.explain.nearest import Neighbour

_TICKS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)  # kHz


def two_spectra(neighbour: Neighbour) -> go.Figure:
    """A recording and the normal one most like it, over bands even in mel, as the ear hears.

    Grey is where the recording would lie if it differed no more than normal ones do; what lies
    beyond is filled.
    """
    places = np.arange(len(neighbour.spectrum))
    centres = (neighbour.frequencies[1:] + neighbour.frequencies[:-1]) / 2
    spectrum, its = neighbour.spectrum, neighbour.its_spectrum
    figure = go.Figure()
    figure.add_scatter(
        x=np.concatenate((places, places[::-1])),
        y=np.concatenate((its + neighbour.usual, (its - neighbour.usual)[::-1])),
        fill="toself",
        fillcolor=translucent(GREY, 0.25),
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        name="usual range",
    )
    beyond = np.clip(spectrum, its - neighbour.usual, its + neighbour.usual)
    figure.add_scatter(
        x=places, y=beyond, mode="lines", line={"width": 0}, hoverinfo="skip", showlegend=False
    )
    figure.add_scatter(
        x=places,
        y=spectrum,
        fill="tonexty",
        fillcolor=translucent(VERMILION, 0.35),
        line={"color": BLUE, "width": 2.5},
        mode="lines",
        name="this recording",
        customdata=np.stack((centres, spectrum - its), axis=1),
        hovertemplate="%{customdata[0]:.2f} kHz: %{y:.1f} dB, %{customdata[1]:+.1f} dB against "
        "the normal one<extra></extra>",
    )
    figure.add_scatter(
        x=places,
        y=its,
        line={"color": GREEN, "width": 2.5, "dash": "dot"},
        mode="lines",
        name="normal one",
        customdata=centres,
        hovertemplate="%{customdata:.2f} kHz: %{y:.1f} dB<extra></extra>",
    )
    return _with_axes(figure, neighbour.frequencies)


def side_by_side(levels: Mapping[str, Array], frequencies: Array) -> go.Figure:
    """Spectra of two recordings.

    Args:
        levels: by label, `(band,)` in dB.
        frequencies: edges of the bands, in kHz.
    """
    figure = go.Figure()
    centres = (frequencies[1:] + frequencies[:-1]) / 2
    for (label, level), colour, dash in zip(
        levels.items(), (BLUE, VERMILION), ("solid", "dot"), strict=True
    ):
        figure.add_scatter(
            x=np.arange(len(level)),
            y=level,
            line={"color": colour, "width": 2.5, "dash": dash},
            mode="lines",
            name=label,
            customdata=centres,
            hovertemplate="%{customdata:.2f} kHz: %{y:.1f} dB<extra></extra>",
        )
    return _with_axes(figure, frequencies)


def _with_axes(figure: go.Figure, frequencies: Array) -> go.Figure:
    bands = len(frequencies) - 1
    figure.update_xaxes(
        title="frequency, kHz",
        tickvals=np.interp(_TICKS, frequencies, np.arange(bands + 1) - 0.5),
        ticktext=[f"{tick:g}" for tick in _TICKS],
        tickangle=0,
        range=[-0.5, bands - 0.5],
        fixedrange=True,
        zeroline=False,
    )
    figure.update_yaxes(title="level, dB", fixedrange=True, zeroline=False)
    return finished(figure, 320, top=36, legend=LEGEND | {"itemclick": False})
