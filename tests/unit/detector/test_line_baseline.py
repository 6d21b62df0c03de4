"""The tones of a machine: known to the hertz, kept with the detector."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from mimimi.detector import line_baseline
from mimimi.detector.detector import Detector
from mimimi.detector.spectral_baseline import features, fit
from mimimi.errors import DetectorError


def recordings(hum, hertz: float) -> list[torch.Tensor]:
    return [torch.from_numpy(hum(hertz=hertz, seed=seed))[None] for seed in range(4)]


def test_a_tone_that_is_not_usual_stands_out(hum):
    usual = line_baseline.fit({"id_00": recordings(hum, 440.0)})
    time = np.arange(160_000) / 16_000
    whistle = hum(seed=9) + 0.02 * np.sin(2 * np.pi * 3_217 * time).astype(np.float32)
    excess = usual.excess(torch.from_numpy(whistle), 0)
    assert abs(int(excess.argmax()) - 3_217) <= 1
    assert abs(float(excess[440])) < 0.5


def test_a_tone_that_is_missing_does_too(hum):
    usual = line_baseline.fit({"id_00": recordings(hum, 440.0)})
    noise = 0.03 * np.random.default_rng(1).standard_normal(160_000).astype(np.float32)
    assert int(usual.excess(torch.from_numpy(noise), 0).argmin()) in (439, 440, 441)


def test_they_are_saved_with_the_detector_and_older_ones_load_without(
    small_detector, hum, tmp_path
):
    heard = {i: torch.cat(recordings(hum, 440.0 + k)) for k, i in enumerate(small_detector.ids)}
    colours = {i: features(sounds) for i, sounds in heard.items()}
    small_detector.familiar, small_detector.known_limit = fit(
        colours, [sound[None] for sound in colours["id_00"]]
    )
    small_detector.save_pretrained(tmp_path / "old")
    assert Detector.from_pretrained(tmp_path / "old").familiar.lines is None

    usual = line_baseline.fit({i: [sounds] for i, sounds in heard.items()})
    small_detector.familiar = replace(small_detector.familiar, lines=usual)
    small_detector.holds_lines = True
    small_detector.save_pretrained(tmp_path / "new")
    loaded = Detector.from_pretrained(tmp_path / "new")
    assert loaded.familiar.lines.middle.equal(usual.middle)
    assert loaded.familiar.lines.spread.equal(usual.spread)

    config = tmp_path / "new" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"holds_lines": False}))
    with pytest.raises(DetectorError, match="does not hold the tensors"):
        Detector.from_pretrained(tmp_path / "new")
