from __future__ import annotations

import io
import json
import os
from dataclasses import replace

import numpy as np
import pytest
import soundfile
import torch
from torch.nn.functional import cross_entropy
from variants import member, weights

from mimimi.audio import from_array
from mimimi.config import SAMPLE_RATE
from mimimi.detector.detector import Detector
from mimimi.errors import AudioError, DetectorError, UnknownMachineError
from mimimi.features.segments import split
from mimimi.features.tensors import as_real, complex_spectrum, normalised, windows

KEYS = [
    *("file", "machine_type", "machine_id", "machine_id_given", "score", "threshold"),
    *("is_anomalous", "false_alarm_rate", "p_value", "calibration_clips", "seconds", "windows"),
    *("attention", "problems", "warning", "error"),
]


def logits(detector: Detector, samples: np.ndarray) -> torch.Tensor:
    """Of the windows of one segment, step by step."""
    spectrum = as_real(normalised(complex_spectrum(samples, detector.front_end)))
    with torch.inference_mode():
        return member(detector).network(windows(spectrum, 64)[0]).total


@pytest.mark.parametrize(("machine_id", "k"), [("id_00", 0), ("id_02", 1)])
def test_the_score_is_the_mean_cross_entropy_of_its_windows(small_detector, hum, machine_id, k):
    verdict = small_detector.analyse((hum(), 16_000), machine_id)
    expected = cross_entropy(logits(small_detector, hum()), torch.full((5,), k), reduction="none")
    assert verdict.score == pytest.approx(expected.mean().item(), abs=1e-6)
    assert [w.score for w in verdict.windows] == pytest.approx(expected.tolist(), abs=1e-6)
    assert (verdict.machine_id, verdict.machine_id_given) == (machine_id, True)


@pytest.mark.parametrize("hertz", [100.0, 700.0, 3_000.0])
def test_without_an_id_the_one_of_least_score_is_taken(small_detector, hum, hertz):
    clip = (hum(hertz=hertz), 16_000)
    given = {i: small_detector.analyse(clip, i).score for i in small_detector.ids}
    inferred = small_detector.analyse(clip)
    assert inferred.machine_id == min(given, key=given.get)
    assert inferred.score == min(given.values())
    assert not inferred.machine_id_given
    assert "machine inferred: less reliable" in inferred.warning
    calibration = small_detector.calibration
    assert inferred.threshold == calibration.threshold("inferred", inferred.machine_id).value
    assert inferred.threshold != calibration.threshold("given", inferred.machine_id).value


def test_the_verdict_follows_from_score_and_threshold(small_detector, hum):
    for hertz in (100.0, 700.0, 3_000.0):
        for machine_id in (*small_detector.ids, None):
            verdict = small_detector.analyse((hum(hertz=hertz), 16_000), machine_id)
            assert verdict.is_anomalous == (verdict.score > verdict.threshold)
            assert verdict.is_anomalous == (verdict.p_value <= verdict.false_alarm_rate)
            assert verdict.calibration_clips == len(verdict.calibration_scores)
            assert sum(verdict.probabilities.values()) == pytest.approx(1)


def test_another_false_alarm_rate_moves_the_threshold_alone(small_detector, hum):
    usual = small_detector.analyse((hum(), 16_000), "id_00")
    lax = small_detector.analyse((hum(), 16_000), "id_00", false_alarm_rate=0.5)
    assert lax.threshold == usual.calibration_scores[9]  # of 19: 10 of 20 are allowed above
    assert (lax.score, lax.p_value) == (usual.score, usual.p_value)
    assert lax.is_anomalous == (lax.score > lax.threshold)
    assert usual.at(0.001).threshold == usual.threshold
    assert "0.1% needs 999" in usual.at(0.001).warning


@pytest.mark.parametrize("rounding", [-2e-6, 0.0, 2e-6])
def test_rounding_makes_no_recording_unusual_that_a_threshold_rests_on(
    small_detector, hum, rounding
):
    measured = small_detector.measure(from_array(hum(), 16_000))
    limit = small_detector.analyse((hum(), 16_000), "id_00").threshold
    verdict = small_detector.judge(
        replace(measured, ids=measured.ids * 0 + limit + rounding), "id_00"
    )
    assert not verdict.is_anomalous
    assert verdict.score == limit
    above = small_detector.judge(replace(measured, ids=measured.ids * 0 + limit + 1e-3), "id_00")
    assert above.is_anomalous


def test_an_unknown_id_is_refused_with_those_that_are_known(small_detector, hum):
    for machine_id in ("id_99", ""):
        with pytest.raises(UnknownMachineError, match=r"knows no fan .*; it knows id_00, id_02\."):
            small_detector.analyse((hum(), 16_000), machine_id)


def test_the_verdict_is_json_with_the_keys_of_the_command_line(small_detector, hum):
    said = json.loads(
        json.dumps(small_detector.analyse((hum(), 16_000)).as_dict(), allow_nan=False)
    )
    assert set(KEYS) <= set(said)
    assert {"start", "score"} <= set(said["windows"][0])
    assert set(said["attention"]) == {"magnitude", "complex"}
    assert said["error"] is None


def test_the_attention_is_the_networks_own_complex_channels_first(small_detector, hum):
    spectrum = as_real(normalised(complex_spectrum(hum(), small_detector.front_end)))
    with torch.inference_mode():
        expected = member(small_detector).network(windows(spectrum, 64)[0]).attention.mean(dim=0)
    found = small_detector.analyse((hum(), 16_000)).attention
    assert list(found.complex) == list(found.magnitude) == list(small_detector.ids)
    both = [*found.complex.values(), *found.magnitude.values()]
    assert both == pytest.approx(expected.tolist(), abs=1e-6)


def test_a_clip_scored_twice_has_the_same_score(small_detector, hum):
    clip = (hum(), 16_000)
    assert small_detector.analyse(clip) == small_detector.analyse(clip)


@pytest.mark.parametrize("gain", [1e-3, 0.5, 30.0])
def test_a_gain_changes_nothing(small_detector, hum, gain):
    plain = small_detector.analyse((hum(), 16_000), "id_00")
    louder = small_detector.analyse((gain * hum(), 16_000), "id_00")
    assert louder.score == pytest.approx(plain.score, rel=1e-4)
    assert louder.is_anomalous == plain.is_anomalous


def test_path_bytes_open_file_and_array_agree(small_detector, hum, tmp_path):
    samples = np.round(hum(3.0) * 32768).astype(np.int16)
    soundfile.write(tmp_path / "clip.wav", samples, 16_000)
    content = (tmp_path / "clip.wav").read_bytes()
    sources = [tmp_path / "clip.wav", str(tmp_path / "clip.wav"), content, io.BytesIO(content)]
    verdicts = [small_detector.analyse(s, "id_00") for s in [*sources, (samples, 16_000)]]
    assert len({verdict.score for verdict in verdicts}) == 1
    assert [v.file for v in verdicts] == [str(tmp_path / "clip.wav")] * 2 + ["recording"] * 2 + [
        "array"
    ]
    assert small_detector.analyse(content, name="upload.wav").file == "upload.wav"


def test_each_channel_is_judged_by_itself(small_detector, hum):
    pair = np.stack([hum(hertz=200.0), hum(hertz=2_000.0, seed=1)], axis=1)
    for channel in (0, 1):
        alone = small_detector.analyse((pair[:, channel], 16_000), "id_00")
        chosen = small_detector.analyse((pair, 16_000), "id_00", channel=channel)
        assert chosen.score == alone.score


@pytest.mark.parametrize("seconds", [23.0, 61.5])
def test_a_long_recording_has_the_mean_of_its_segments(small_detector, hum, seconds):
    long = hum(seconds)
    verdict = small_detector.analyse((long, 16_000), "id_00")
    segments = split(from_array(long, 16_000), small_detector.front_end)
    alone = [small_detector.analyse((s.samples, 16_000), "id_00").score for s in segments]
    assert verdict.score == pytest.approx(np.mean(alone), abs=1e-5)
    assert verdict.seconds == seconds
    starts = [window.start for window in verdict.windows]
    assert starts == sorted(starts)
    assert len(starts) == 5 * len(segments)
    assert starts[-1] + verdict.windows[-1].seconds == pytest.approx(seconds, abs=0.05)


@pytest.mark.parametrize(("seconds", "n_windows"), [(2.048, 1), (3.0, 1), (4.2, 2), (9.8, 4)])
def test_a_short_recording_is_repeated_and_said_and_shows_only_its_own_windows(
    small_detector, hum, seconds, n_windows
):
    short = hum(seconds)
    verdict = small_detector.analyse((short, 16_000), "id_00")
    assert f"{seconds:.1f} s is short" in verdict.warning
    assert [w.start for w in verdict.windows] == pytest.approx(
        [2.048 * k for k in range(n_windows)]
    )
    repeated = np.resize(short, 160_000)
    assert verdict.score == small_detector.analyse((repeated, 16_000), "id_00").score


def test_what_was_mended_and_what_was_inferred_are_both_said(small_detector, hum):
    verdict = small_detector.analyse((hum(3.0, rate=8_000), 8_000))
    warning = verdict.warning
    assert [problem.kind for problem in verdict.problems] == ["missing_band"]
    assert "nothing above 4 kHz" in warning
    assert "repeated" in warning
    assert "inferred" in warning
    assert small_detector.analyse((hum(), 16_000), "id_00").warning is None


def test_what_cannot_be_judged_is_refused(small_detector, hum):
    for source in ((hum(2.0), 16_000), b"no sound", (np.zeros(160_000), 16_000)):
        with pytest.raises(AudioError):
            small_detector.analyse(source)


def test_a_network_whose_scores_are_no_numbers_calls_nothing_normal(small_detector, hum):
    member(small_detector).weights["blocks.0.1.running_var"].fill(-1.0)
    with pytest.raises(DetectorError, match="no numbers"):
        small_detector.analyse((hum(), 16_000), "id_00")


def test_judging_changes_nothing_in_the_network(small_detector, hum):
    before = {k: v.copy() for k, v in weights(small_detector).items()}
    small_detector.analyse((hum(), 16_000))
    after = weights(small_detector)
    assert all(np.array_equal(before[key], after[key]) for key in before)


def test_a_real_recording_is_judged(small_detector, shared):
    clip = shared / "real/mimii/-6_dB_fan/fan/id_00/normal/00000000.flac"
    verdict = small_detector.analyse(clip, "id_00")
    assert verdict.seconds == 10.0
    assert len(verdict.windows) == 5
    assert os.path.basename(verdict.file) == "00000000.flac"


def test_the_attention_on_machines_of_other_types_is_not_left_out() -> None:
    from mimimi.simulate import simulate_clip

    clip = simulate_clip("slider", "id_50", clip=900), SAMPLE_RATE
    attention = Detector.from_pretrained("slider").analyse(clip, "id_50").attention
    assert attention is not None
    assert list(attention.magnitude) == list(attention.complex)
    assert list(attention.magnitude)[-1] == "other types"
    weights = [*attention.magnitude.values(), *attention.complex.values()]
    assert sum(weights) == pytest.approx(1, abs=1e-5)
