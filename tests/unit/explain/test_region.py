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
    assert "spread over the whole spectrum, throughout" in describe(place, 0.9, "louder")


def test_a_steady_tone_is_throughout():
    cells = np.zeros((40, 40))
    cells[8] = 1
    assert "around 1.7 kHz throughout" in describe(densest(cells, TIMES, EDGES), 1.0, "louder")


@pytest.mark.parametrize(
    ("share", "said"), [(0.9, "mostly magnitude"), (0.5, "alike"), (0.1, "mostly phase")]
)
def test_the_larger_share_is_named(share, said):
    assert said in describe(Region((1.0, 1.2), None), share, "tones")


def test_nothing_certain_is_said_of_a_score_that_is_as_usual():
    assert describe(None, 0.0, "louder") == "nothing in it sounds unusual"
