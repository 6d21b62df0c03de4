"""The pictures of a report: two spectra, and how loud each frequency is at each moment."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mimimi.evaluation.pictures import plots
from mimimi.evaluation.pictures.palette import BLUE, GREEN, GREY
from mimimi.explain.nearest import Neighbour
from mimimi.explain.outline import outline

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mimimi.explain.evidence import Explanation

Array = NDArray[np.floating[Any]]
_TICKS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)  # kHz
_RANGE = 70.0  # dB that are told apart


def two_spectra(beside: Neighbour) -> bytes:
    """A recording and the normal one most like it, as a PNG."""
    from matplotlib.figure import Figure

    with plots.style():
        figure = Figure(figsize=(7.0, 2.3), layout="constrained")
        axes = figure.add_subplot()
        places = np.arange(len(beside.spectrum))
        its = beside.its_spectrum
        axes.fill_between(
            places, its - beside.usual, its + beside.usual, color=GREY, alpha=0.25, lw=0
        )
        axes.plot(places, its, color=GREEN, ls=":", lw=2, label="nearest normal recording")
        axes.plot(places, beside.spectrum, color=BLUE, lw=2, label="this recording")
        axes.set_xticks(
            np.interp(_TICKS, beside.frequencies, np.arange(len(places) + 1) - 0.5),
            [f"{tick:g}" for tick in _TICKS],
        )
        axes.set(xlabel="frequency, kHz", ylabel="level, dB", xlim=(-0.5, len(places) - 0.5))
        axes.legend(loc="best", fontsize=8)
        return _png(figure)


def over_time(samples: Array, rate: int, where: Explanation | None) -> bytes:
    """A spectrogram as a PNG.

    Args:
        samples: `(time,)`.
        rate: of them, in Hz.
        where: what raised the score, to be outlined; None: nothing did.
    """
    from matplotlib.figure import Figure
    from scipy.signal import spectrogram

    overlap = max(0, 1024 - max(256, len(samples) // 1200))
    frequencies, times, power = spectrogram(samples, rate, nperseg=1024, noverlap=overlap)
    level = 10 * np.log10(power + 1e-14)
    with plots.style():
        figure = Figure(figsize=(7.0, 2.5), layout="constrained")
        axes = figure.add_subplot()
        top = float(np.percentile(level, 99.9))
        axes.pcolormesh(
            *(times, frequencies / 1000, level), cmap="viridis", vmin=top - _RANGE, vmax=top
        )
        if where:
            for colour, width in (("black", 3.0), ("white", 1.2)):  # seen on every shade
                axes.contour(
                    *outline(where, where.magnitude), levels=[0.5], colors=colour, linewidths=width
                )
        ends = (times[0], times[-1]), (0, rate / 2000)
        axes.set(xlabel="time, s", ylabel="frequency, kHz", xlim=ends[0], ylim=ends[1])
        return _png(figure)


def _png(figure: Figure) -> bytes:
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=150)
    return picture.getvalue()
