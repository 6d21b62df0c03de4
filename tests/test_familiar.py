"""Known machines are familiar, whatever their gain; other sounds are not."""

import numpy as np
import pytest
import torch

from mimimi.corpus.simulate import simulate_clip
from mimimi.detector import Detector
from mimimi.errors import DetectorError
from mimimi.familiar import features, fit
from mimimi.verdict import as_text


def fans(machine_id: str, first: int, count: int, fault: str | None = None) -> list[np.ndarray]:
    return [
        simulate_clip("fan", machine_id, clip=first + k, fault=fault, seconds=4.0)[None]
        for k in range(count)
    ]


@pytest.fixture(scope="module")
def known():
    learnt = {machine_id: fans(machine_id, 0, 12) for machine_id in ("id_50", "id_51")}
    return fit(learnt, [clip for machine_id in learnt for clip in fans(machine_id, 100, 10)])


def test_a_tone_in_a_band_raises_that_band_and_its_steadiness() -> None:
    time = torch.arange(64_000) / 16_000
    noise = torch.randn(1, 64_000, generator=torch.Generator().manual_seed(0))
    change = features(noise + 5 * torch.sin(2 * torch.pi * 440 * time)) - features(noise)
    assert change[0, :16].argmax() == 1  # of 16 mel bands the one around 440 Hz
    assert change[0, 16:].argmin() == 1


def test_machines_that_are_known_are_familiar_even_when_faulty(known) -> None:
    familiar, limit = known
    normal = [familiar.distance(torch.from_numpy(clip)) for clip in fans("id_50", 200, 10)]
    faulty = [
        familiar.distance(torch.from_numpy(clip)) for clip in fans("id_51", 300, 10, "clogging")
    ]
    assert np.mean(np.array(normal) <= limit) >= 0.7
    assert np.mean(np.array(faulty) <= limit) >= 0.7


def test_what_is_no_machine_is_not(known) -> None:
    familiar, limit = known
    rng = np.random.default_rng(0)
    time = np.arange(64_000) / 16_000
    hum = np.sin(2 * np.pi * 120 * time)
    speech = hum * (np.sin(2 * np.pi * 4 * time) > 0) + 0.01 * rng.standard_normal(64_000)
    for sound in (hum, speech, rng.standard_normal(64_000)):
        assert familiar.distance(torch.from_numpy(sound.astype(np.float32))[None]) > limit


def test_a_saved_detector_knows_what_it_knows(small_detector: Detector, known, tmp_path) -> None:
    small_detector.familiar, small_detector.known_limit = known
    small_detector.save_pretrained(tmp_path)
    loaded = Detector.from_pretrained(tmp_path)
    fan = loaded.analyse((fans("id_50", 0, 1)[0][0], 16_000), "id_00")
    hum = np.sin(np.arange(64_000) / 20).astype(np.float32)
    strange = loaded.analyse((hum, 16_000), "id_00")
    assert (fan.recognised, strange.recognised) == (True, False)
    assert "UNLIKE any fan known" in as_text(strange)
    assert "UNLIKE" not in as_text(fan)


def test_a_detector_that_cannot_tell_says_nothing(small_detector: Detector) -> None:
    hum = np.sin(np.arange(64_000) / 20).astype(np.float32)
    assert small_detector.analyse((hum, 16_000), "id_00").recognised is None


@pytest.mark.parametrize("limit", [float("nan"), -1.0, "far", True, 1e9])
def test_a_limit_that_is_none_is_refused(small_detector, known, tmp_path, limit) -> None:
    small_detector.familiar, _ = known
    small_detector.known_limit = 1.0
    small_detector.save_pretrained(tmp_path)
    config = tmp_path / "config.json"
    written = '"NaN"' if limit != limit else {"far": '"far"', True: "true"}.get(limit, repr(limit))
    config.write_text(config.read_text().replace('"known_limit": 1.0', f'"known_limit": {written}'))
    with pytest.raises(DetectorError, match="known_limit"):
        Detector.from_pretrained(tmp_path)
