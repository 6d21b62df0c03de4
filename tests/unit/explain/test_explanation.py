"""The whole of an explanation: one grid, shares, a sentence; short and long recordings."""

import numpy as np
import pytest

from mimimi import Detector
from mimimi.errors import UnknownMachineError
from mimimi.explain.evidence import BANDS
from mimimi.explain.explanation import explain
from mimimi.simulate import simulate_clip

pytestmark = pytest.mark.slow  # processes, or bundled detectors


@pytest.fixture(scope="module")
def pump() -> Detector:
    return Detector.from_pretrained("pump")


def beeping(seconds: float, begin: float, end: float) -> np.ndarray:
    time = np.arange(round(seconds * 16_000)) / 16_000
    beep = 0.1 * np.sin(2 * np.pi * 3_200 * time) * (time > begin) * (time < end)
    return simulate_clip("pump", "id_51", clip=900, seconds=seconds) + beep


def test_a_loud_tone_is_told_with_band_and_stretch(pump):
    found = explain(pump, (beeping(10, 4, 6), 16_000), "id_51")
    assert found.reason.startswith("louder than usual around 3.")
    assert found.sentence == f"{found.reason}; mostly magnitude"
    assert found.region.band[0] < 3.2 < found.region.band[1]
    assert found.region.stretch == pytest.approx((4, 6), abs=0.7)
    assert found.magnitude_share > 0.8
    assert found.magnitude_share + found.phase_share == pytest.approx(1)


def test_the_map_lies_on_its_grid_and_adds_up(pump):
    found = explain(pump, (beeping(10, 4, 6), 16_000), "id_51")
    assert found.magnitude.shape == found.phase.shape == (BANDS, len(found.times))
    assert len(found.frequencies) == BANDS + 1
    assert found.frequencies[[0, -1]] == pytest.approx([0, 8], abs=0.02)
    assert found.magnitude.min() >= 0
    whole = found.magnitude.sum() + found.phase.sum()
    assert found.magnitude.sum() / whole == pytest.approx(found.magnitude_share, abs=1e-6)


def test_in_a_longer_recording_the_moment_is_found(pump):
    found = explain(pump, (beeping(24, 13, 16), 16_000), "id_51")
    assert found.times[-1] == pytest.approx(24, abs=0.4)
    begin, end = found.region.stretch  # the shortest one that holds most of it
    assert 12.5 < begin < begin + 1 < end < 16.5


def test_a_short_one_ends_where_its_sound_ends(pump):
    found = explain(pump, (beeping(4, 1, 2), 16_000), "id_51")
    assert found.times[-1] <= 4
    assert found.region.stretch[1] <= 4


def test_what_networks_do_not_hear_is_explained_by_the_memory(pump):
    clogged = simulate_clip("pump", "id_52", clip=5_000_003, fault="clogging", severity=3.0)
    assert pump.analyse((clogged, 16_000), "id_52").is_anomalous
    found = explain(pump, (clogged, 16_000), "id_52")
    assert "that was never there" in found.reason
    assert (found.magnitude_share, found.phase_share) == (1.0, 0.0)


def test_a_machine_that_nobody_knows_is_refused(pump):
    with pytest.raises(UnknownMachineError):
        explain(pump, (beeping(10, 4, 6), 16_000), "id_99")
