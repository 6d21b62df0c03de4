"""What raised a score: the shares add up, and a known fault is found where it is."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from mimimi.audio import from_array
from mimimi.config import LINE_SPECTRUM
from mimimi.detector.detector import Detector
from mimimi.detector.ensemble import Ensemble
from mimimi.errors import DetectorError
from mimimi.explain.attribution import FRAMES, Attribution, attribute, changed, score_of
from mimimi.simulate import simulate_clip

pytestmark = pytest.mark.slow  # processes, or bundled detectors

BEEP_HERTZ, BEGIN, END = 3_200.0, 4.0, 6.0


@pytest.fixture(scope="module")
def pump() -> Detector:
    return Detector.from_pretrained("pump")


@pytest.fixture(scope="module")
def beeping() -> torch.Tensor:
    time = np.arange(160_000) / 16_000
    beep = 0.1 * np.sin(2 * np.pi * BEEP_HERTZ * time) * (time > BEGIN) * (time < END)
    return torch.from_numpy((simulate_clip("pump", "id_51", clip=900) + beep).astype(np.float32))


@pytest.fixture(scope="module")
def found(pump: Detector, beeping: torch.Tensor) -> Attribution:
    return attribute(pump, beeping, "id_51")


def test_its_score_is_that_of_the_networks(pump, beeping):
    networks = replace(pump, ensemble=Ensemble(pump.ensemble.networks))
    measured = networks.measure(from_array(beeping.numpy(), 16_000))
    expected = float(measured.ids[pump.ids.index("id_51")])
    assert score_of(pump, beeping, "id_51").item() == pytest.approx(expected, abs=1e-5)


def test_the_shares_add_up_to_the_fall(found):
    fall = found.score - found.at_usual
    assert fall > 1
    assert float(found.magnitude.sum()) == pytest.approx(fall, rel=0.25)
    both = found.by_band.sum() + found.by_line.sum()
    assert float(found.magnitude.sum()) == pytest.approx(float(both), rel=1e-3)


def test_a_tone_is_found_where_it_is(found):
    cells = found.magnitude.clamp_min(0)
    hertz = torch.arange(513)[:, None] * 16_000 / FRAMES.n_fft
    time = torch.arange(cells.shape[1]) * FRAMES.hop_length / 16_000
    place = ((hertz - BEEP_HERTZ).abs() < 500) & (time > BEGIN - 0.1) & (time < END + 0.1)
    chance = float(place.float().mean())
    assert float((cells * place).sum() / cells.sum()) > max(0.6, 10 * chance)


def test_deleting_what_it_marks_undoes_more_than_deleting_at_random(pump, beeping, found):
    none = torch.zeros(LINE_SPECTRUM.n_frequencies)
    off = found.bands.flatten().nonzero()[:, 0]
    marked = found.by_band.flatten().argsort(descending=True)[: len(off) // 10]
    drawn = off[torch.randperm(len(off), generator=torch.Generator().manual_seed(0))]
    scores = []
    for chosen in (marked, drawn[: len(marked)]):
        taken = torch.zeros(found.bands.numel())
        taken[chosen] = -found.bands.flatten()[chosen]
        sound = changed(beeping, taken.reshape(found.bands.shape), none)
        with torch.inference_mode():
            scores.append(float(score_of(pump, sound, "id_51")))
    fall = found.score - found.at_usual
    assert scores[0] < found.score - fall / 3
    assert scores[0] < scores[1] - fall / 4


def test_a_change_of_nothing_changes_nothing(beeping):
    still = torch.zeros(513, 313), torch.zeros(LINE_SPECTRUM.n_frequencies)
    assert torch.allclose(changed(beeping, *still), beeping, atol=1e-5)


def test_the_gain_of_the_microphone_does_not_matter(pump, beeping, found):
    quiet = attribute(pump, beeping / 8, "id_51")
    assert quiet.score == pytest.approx(found.score, abs=1e-3)
    assert torch.allclose(quiet.bands, found.bands, atol=1e-3)


def test_a_detector_that_does_not_know_the_usual_says_so(small_detector, hum):
    with pytest.raises(DetectorError, match="train it again"):
        attribute(small_detector, torch.from_numpy(hum()), "id_00")
