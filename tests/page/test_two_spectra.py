"""Two spectra in one picture: what is beyond the usual is what is filled."""

import numpy as np
import pytest

from charts.two_spectra import two_spectra
from mimimi.detector.references import BANDS, Reference, edges
from mimimi.explain.nearest import Neighbour


@pytest.fixture
def neighbour() -> Neighbour:
    its = np.linspace(20, -20, BANDS)
    spectrum = its.copy()
    spectrum[30:33] += 10
    return Neighbour(
        reference=Reference("id_00", "00000003.flac", "0" * 64),
        distance=0.5,
        apart=2.2,
        usually_apart=(1.0, 1.5),
        frequencies=edges(),
        spectrum=spectrum,
        its_spectrum=its,
        usual=np.full(BANDS, 3.0),
        differences=(),
    )


def test_only_what_lies_beyond_the_usual_range_is_filled(neighbour):
    figure = two_spectra(neighbour)
    this = next(n for n, trace in enumerate(figure.data) if trace.name == "this recording")
    assert figure.data[this].fill == "tonexty"
    filled = np.array(figure.data[this].y) - np.array(figure.data[this - 1].y)
    assert filled == pytest.approx(np.where(np.isin(np.arange(BANDS), (30, 31, 32)), 7, 0))


def test_lines_are_told_apart_without_colour_and_axes_have_units(neighbour):
    figure = two_spectra(neighbour)
    dashes = {trace.name: trace.line.dash for trace in figure.data}
    assert dashes["this recording"] != dashes["normal one"]
    assert figure.layout.xaxis.title.text == "frequency, kHz"
    assert figure.layout.yaxis.title.text == "level, dB"


def test_a_tick_stands_at_its_frequency(neighbour):
    axis = two_spectra(neighbour).layout.xaxis
    places = dict(zip(axis.ticktext, axis.tickvals, strict=True))
    band = round(places["1"])
    assert neighbour.frequencies[band] <= 1 <= neighbour.frequencies[band + 1]
