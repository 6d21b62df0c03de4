"""Memories of normal sound beside networks: half the score, saved, explained, never half there."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from variants import with_members

from mimimi.audio import from_array
from mimimi.config import NetworkConfig
from mimimi.detector.detector import Detector
from mimimi.detector.memories_member import MemoriesMember
from mimimi.errors import DetectorError
from mimimi.explain.explanation import explain
from mimimi.memory import MemoryBank

PITCH = {"id_00": 440.0, "id_02": 700.0}
CONFIG, WEIGHTS = "config.json", "model.safetensors"


@pytest.fixture
def detector(small_detector: Detector, hum) -> Detector:
    """The network beside memories of two hums, three and four clips of them."""
    banks = {
        f"fan {i}": MemoryBank.learn([hum(hertz=hertz, seed=seed) for seed in range(3 + k)])
        for k, (i, hertz) in enumerate(PITCH.items())
    }
    (network,) = small_detector.ensemble.members
    scaled = replace(network, config=replace(network.config, mean=0.5, deviation=0.2))
    return with_members(small_detector, scaled, MemoriesMember.of(banks))


def test_networks_and_memories_count_half_each_and_neither_without_bound(detector, hum) -> None:
    measured = detector.measure(from_array(hum(seed=9), 16_000))
    memories = detector.ensemble.configs[1]
    alone = with_members(detector, detector.ensemble.members[0])
    windows = alone.measure(from_array(hum(seed=9), 16_000)).windows
    by_memory = (measured.by_member["memories"] - memories.mean) / memories.deviation
    expected = (np.arcsinh(windows).mean(axis=(0, 1)) + np.arcsinh(by_memory)) / 2
    np.testing.assert_allclose(measured.ids, expected, rtol=1e-5, atol=1e-5)


def test_a_memory_hears_what_the_network_does_not(detector, hum) -> None:
    normal, other = hum(seed=9), hum(hertz=550.0, seed=9)
    of = [detector.measure(from_array(c, 16_000)).by_member["memories"] for c in (normal, other)]
    assert of[1][0] > of[0][0] + 3
    assert of[0][0] < of[0][1]  # nearer to its own machine's than to the other's


def test_which_machine_it_is_likely_to_be_is_said_by_networks_alone(detector, hum) -> None:
    clip = (hum(seed=9), 16_000)
    alone = with_members(detector, detector.ensemble.members[0])
    assert detector.analyse(clip).probabilities == alone.analyse(clip).probabilities


def test_it_judges_alike_after_it_was_saved(detector, hum, tmp_path) -> None:
    detector.save_pretrained(tmp_path)
    loaded = Detector.from_pretrained(tmp_path)
    assert loaded.ensemble.configs == detector.ensemble.configs
    assert loaded.analyse((hum(25.0), 16_000)) == detector.analyse((hum(25.0), 16_000))


def test_its_card_says_what_the_memories_hold(detector) -> None:
    assert "7 segments of 10 s" in " ".join(detector.card().split())


def test_its_card_says_in_what_its_network_differs_from_the_papers(detector) -> None:
    (network, memories) = detector.ensemble.members
    text = " ".join(detector.card().split())
    assert "Here it has 0.1 times the paper's channels." in text
    strided = replace(network.config, network=NetworkConfig(first_stride=4))
    like = with_members(detector, replace(network, config=strided), memories)
    text = " ".join(like.card().split())
    assert "Here its first block strides by 4 in place of 2 along frequency and time." in text
    papers = replace(network.config, network=NetworkConfig())
    assert "Here" not in with_members(detector, replace(network, config=papers), memories).card()


def test_the_memory_explains_where_networks_cannot(detector, hum) -> None:
    tone = 0.2 * np.sin(2 * np.pi * 3_200 * np.arange(160_000) / 16_000)
    found = explain(detector, (hum(seed=9) + tone.astype(np.float32), 16_000), "id_00")
    assert "3,2" in found.sentence
    verdict = detector.analyse((hum(seed=9) + tone.astype(np.float32), 16_000), "id_00")
    above = verdict.score - np.median(verdict.calibration_scores)
    assert found.magnitude.sum() == pytest.approx(above, rel=1e-3)


@pytest.mark.parametrize(
    "damage",
    [
        {"segments": [3]},
        {"segments": [3, -4]},
        {"segments": 7},
        {"machines": ["fan id_02", "fan id_00"]},
        {"machines": ["fan id_00"], "segments": [7]},
        {"deviation": 0.0},
    ],
    ids=str,
)
def test_damaged_memories_are_refused(detector, tmp_path, damage) -> None:
    detector.save_pretrained(tmp_path)
    config = json.loads((tmp_path / CONFIG).read_text())
    config["members"][1] |= damage
    (tmp_path / CONFIG).write_text(json.dumps(config))
    with pytest.raises(DetectorError):
        Detector.from_pretrained(tmp_path)


def test_memories_need_a_network_beside_them(detector, tmp_path) -> None:
    detector.save_pretrained(tmp_path)
    config = json.loads((tmp_path / CONFIG).read_text())
    del config["members"][0]
    (tmp_path / CONFIG).write_text(json.dumps(config))
    with pytest.raises(DetectorError, match="memories"):
        Detector.from_pretrained(tmp_path)


def test_an_older_detector_keeps_its_scores(detector, hum) -> None:
    """Without memories the scale is what it was when its thresholds were found."""
    clip = from_array(hum(seed=9), 16_000)
    alone = with_members(detector, detector.ensemble.members[0]).measure(clip)
    expected = (alone.by_member["paper"] - 0.5) / 0.2
    np.testing.assert_allclose(alone.ids, expected, rtol=1e-5, atol=1e-5)


def test_what_sounds_like_none_of_the_memories_is_unknown(detector, hum) -> None:
    assert detector.analyse((hum(seed=9), 16_000), "id_00").recognised
    hiss = np.random.default_rng(0).standard_normal(160_000).astype(np.float32)
    assert detector.analyse((hiss, 16_000), "id_00").recognised is False
