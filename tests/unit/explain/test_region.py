"""A map of what raised a score, summed up as a place and a sentence."""

import numpy as np
import pytest

from mimimi.explain.region import Region, densest, describe

TIMES = np.arange(40) * 0.25 + 0.125
EDGES = np.linspace(0, 8, 41)


def test_the_place_is_where_the_mass_is():
    cells = np.full((40, 40), 0.001)
    cells[15:18, 16:24] = 1
    place = densest(cells, TIMES, EDGES)
    assert place.band[0] >= EDGES[15] - 1e-9
    assert place.band[1] <= EDGES[18] + 1e-9
    assert place.stretch == pytest.approx((4.0, 6.0), abs=0.3)


def test_a_diffuse_map_has_no_place():
    place = densest(np.ones((40, 40)), TIMES, EDGES)
    assert place == Region(None, None)
    assert describe(place, "louder") is None  # it would say nothing


def test_a_steady_tone_is_throughout():
    cells = np.zeros((40, 40))
    cells[8] = 1
    assert "around 1.7 kHz throughout" in describe(densest(cells, TIMES, EDGES), "louder").text


def test_a_moment_is_worth_a_word_where_a_band_is_not_known():
    found = describe(Region(None, (2.0, 4.0)), "timing")
    assert found.text == "other timing than usual from 2.0 s to 4.0 s"


@pytest.mark.parametrize(("what", "level"), [("louder", 1), ("quieter", -1), ("tones", 0)])
def test_what_the_words_claim_goes_with_them(what, level):
    found = describe(Region((1.0, 1.2), None), what)
    assert (found.level, found.band) == (level, (1.0, 1.2))
