"""Known machines are recognised, whatever their gain; unknown sounds are not."""

from dataclasses import replace

import numpy as np
import pytest
from variants import with_config

from mimimi.config import FrontEnd
from mimimi.detector.detector import Detector
from mimimi.detector.line_baseline import LineBaseline
from mimimi.detector.spectral_baseline import SpectralBaseline, band_statistics, fit
from mimimi.detector.verdict import as_text
from mimimi.errors import DetectorError
from mimimi.features.spectrum import complex_spectrum
from mimimi.simulate import simulate_clip


def sounds(machine_id: str, first: int, count: int, fault: str | None = None) -> np.ndarray:
    """Clips of a fan, `(clip, time)`."""
    return np.stack(
        [
            simulate_clip("fan", machine_id, clip=first + k, fault=fault, seconds=4.0)
            for k in range(count)
        ]
    )


def features(clips: np.ndarray) -> np.ndarray:
    return band_statistics(complex_spectrum(clips, FrontEnd()))


def distances(baseline: SpectralBaseline, clips: np.ndarray) -> np.ndarray:
    return np.array([baseline.distance(heard) for heard in features(clips)[:, None]])


@pytest.fixture(scope="module")
def known() -> tuple[SpectralBaseline, float]:
    ids = ("id_50", "id_51")
    held_out = features(np.concatenate([sounds(machine_id, 100, 10) for machine_id in ids]))
    trained_on = {machine_id: features(sounds(machine_id, 0, 30)) for machine_id in ids}
    lines = LineBaseline(*np.zeros((2, 2, 8001), np.float32))
    return fit(trained_on, lines, held_out[:, None])


def test_a_tone_raises_its_band_and_steadies_it() -> None:
    time = np.arange(64_000) / 16_000
    noise = np.random.default_rng(0).standard_normal((1, 64_000))
    change = features(noise + 5 * np.sin(2 * np.pi * 1_000 * time)) - features(noise)
    band = change[0, :16].argmax()
    assert 4 <= band <= 6  # 16 bands even in mel from 0 to 8 kHz: the fifth is at 1 kHz
    assert change[0, 16:].argmin() in (band - 1, band, band + 1)


def test_machines_that_are_known_are_recognised_even_when_faulty(known) -> None:
    baseline, limit = known
    assert np.mean(distances(baseline, sounds("id_50", 200, 10)) <= limit) >= 0.7
    assert np.mean(distances(baseline, sounds("id_51", 300, 10, "clogging")) <= limit) >= 0.7


def test_the_silence_before_a_recorder_wakes_up_makes_no_unknown_sound(known) -> None:
    baseline, limit = known
    clips = sounds("id_50", 200, 10)
    clips[:, : 16_000 // 20] = 0
    assert np.mean(distances(baseline, clips) <= limit) >= 0.7


def test_what_is_no_machine_is_not(known) -> None:
    baseline, limit = known
    rng = np.random.default_rng(0)
    time = np.arange(64_000) / 16_000
    hum = np.sin(2 * np.pi * 120 * time)
    speech = hum * (np.sin(2 * np.pi * 4 * time) > 0) + 0.01 * rng.standard_normal(64_000)
    unknown = np.stack([hum, speech, rng.standard_normal(64_000)]).astype(np.float32)
    assert (distances(baseline, unknown) > limit).all()


def test_a_saved_detector_knows_what_it_knows(small_detector: Detector, known, tmp_path) -> None:
    baseline, limit = known
    knowing = replace(with_config(small_detector, novelty_limit=limit), baseline=baseline)
    knowing.save_pretrained(tmp_path)
    loaded = Detector.from_pretrained(tmp_path)
    fan = loaded.analyse((sounds("id_50", 0, 1)[0], 16_000), "id_00")
    hum = np.sin(np.arange(64_000) / 20).astype(np.float32)
    unknown = loaded.analyse((hum, 16_000), "id_00")
    assert (fan.recognised, unknown.recognised) == (True, False)
    assert "matches no known fan" in as_text(unknown)
    assert "matches no known" not in as_text(fan)


def test_a_detector_that_cannot_tell_says_nothing(small_detector: Detector) -> None:
    hum = np.sin(np.arange(64_000) / 20).astype(np.float32)
    assert small_detector.analyse((hum, 16_000), "id_00").recognised is None


@pytest.mark.parametrize("limit", [float("nan"), -1.0, "far", True, 1e9])
def test_a_limit_that_is_none_is_refused(small_detector, known, tmp_path, limit) -> None:
    knowing = replace(with_config(small_detector, novelty_limit=1.0), baseline=known[0])
    knowing.save_pretrained(tmp_path)
    config = tmp_path / "config.json"
    written = '"NaN"' if limit != limit else {"far": '"far"', True: "true"}.get(limit, repr(limit))
    text = config.read_text().replace('"novelty_limit": 1.0', f'"novelty_limit": {written}')
    config.write_text(text)
    with pytest.raises(DetectorError, match="novelty_limit"):
        Detector.from_pretrained(tmp_path)
