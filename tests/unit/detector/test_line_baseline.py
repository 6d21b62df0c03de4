"""The tones of a machine: known to the hertz, kept with the detector."""

import json
from dataclasses import replace

import numpy as np
import pytest
from variants import with_config

from mimimi.detector import line_baseline
from mimimi.detector.detector import Detector
from mimimi.detector.spectral_baseline import SpectralBaseline
from mimimi.errors import DetectorError
from mimimi.features.segment_spectra import ArraySpectra


def recordings(hum, hertz: float) -> list[np.ndarray]:
    sounds = (hum(hertz=hertz, seed=seed)[None] for seed in range(4))
    return [line_baseline.lines(ArraySpectra(sound)) for sound in sounds]


def test_a_tone_that_is_not_usual_stands_out(hum):
    usual = line_baseline.fit({"id_00": recordings(hum, 440.0)})
    time = np.arange(160_000) / 16_000
    whistle = hum(seed=9) + 0.02 * np.sin(2 * np.pi * 3_217 * time).astype(np.float32)
    excess = usual.excess(whistle, 0)
    assert abs(int(excess.argmax()) - 3_217) <= 1
    assert abs(float(excess[440])) < 0.5


def test_a_tone_that_is_missing_does_too(hum):
    usual = line_baseline.fit({"id_00": recordings(hum, 440.0)})
    noise = 0.03 * np.random.default_rng(1).standard_normal(160_000).astype(np.float32)
    assert int(usual.excess(noise, 0).argmin()) in (439, 440, 441)


def test_they_are_saved_with_the_detector(small_detector, hum, tmp_path):
    usual = line_baseline.fit({i: recordings(hum, 440.0) for i in small_detector.ids})
    baseline = SpectralBaseline(np.zeros((2, 32), np.float32), np.eye(32, dtype=np.float32), usual)
    knowing = replace(with_config(small_detector, novelty_limit=1.0), baseline=baseline)
    knowing.save_pretrained(tmp_path)
    loaded = Detector.from_pretrained(tmp_path).baseline
    assert np.array_equal(loaded.lines.middle, usual.middle)
    assert np.array_equal(loaded.lines.spread, usual.spread)

    config = tmp_path / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"novelty_limit": None}))
    with pytest.raises(DetectorError, match="does not hold the arrays"):
        Detector.from_pretrained(tmp_path)
