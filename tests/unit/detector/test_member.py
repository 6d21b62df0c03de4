"""Several networks judge together: on one scale, windows kept, guesses from all."""

import copy
from dataclasses import replace

import pytest
import torch

from mimimi.audio import from_array
from mimimi.config import LINE_SPECTRUM, LineSpectrumConfig
from mimimi.detector.config import MemberConfig
from mimimi.detector.detector import Detector
from mimimi.detector.scoring import fused
from mimimi.networks.line_spectrum_network import LineSpectrumNetwork

MACHINES = ("fan id_00", "fan id_02", "pump id_00")


@pytest.fixture
def ensemble(small_detector: Detector) -> Detector:
    """The paper's network and one of lines, which knows a pump as well."""
    torch.manual_seed(1)
    config = LineSpectrumConfig(width=8)
    detector = copy.deepcopy(small_detector)
    detector.members[0] = replace(detector.members[0], mean=0.5, deviation=2.0)
    detector.members.append(MemberConfig("lines", LINE_SPECTRUM, config, MACHINES, 1.0, 0.5))
    detector.networks["lines"] = LineSpectrumNetwork(len(MACHINES), config).eval()
    return detector


def test_the_score_is_the_mean_of_the_members_standardised_scores(ensemble, hum) -> None:
    measured = ensemble.measure(from_array(hum(), 16_000))
    paper, lines = measured.by_member["paper"], measured.by_member["lines"]
    expected = ((paper - 0.5) / 2.0 + (lines - 1.0) / 0.5) / 2
    torch.testing.assert_close(measured.ids, expected)


def test_the_windows_are_those_of_the_first_member(ensemble, small_detector, hum) -> None:
    together = ensemble.analyse((hum(25.0), 16_000), "id_00")
    alone = small_detector.analyse((hum(25.0), 16_000), "id_00")
    assert [w.start for w in together.windows] == [w.start for w in alone.windows]
    assert together.attention == alone.attention


def test_a_machine_of_another_type_takes_probability_but_is_never_guessed(ensemble, hum) -> None:
    verdict = ensemble.analyse((hum(), 16_000))
    assert verdict.machine_id in ensemble.ids
    assert set(verdict.probabilities) == set(ensemble.ids)


def test_an_ensemble_is_saved_and_loaded_bit_for_bit(ensemble, tmp_path, hum) -> None:
    ensemble.save_pretrained(tmp_path)
    loaded = Detector.from_pretrained(tmp_path)
    assert loaded.members == ensemble.members
    clip = (hum(), 16_000)
    assert loaded.analyse(clip, "id_02") == ensemble.analyse(clip, "id_02")


def test_without_attention_there_is_none_to_show(ensemble, hum) -> None:
    ensemble.members.pop(0)
    assert ensemble.analyse((hum(), 16_000), "id_00").attention is None


def test_a_member_without_the_first_ones_windows_counts_in_all_of_a_segments() -> None:
    five, one, three = torch.rand(2, 5, 4), torch.rand(2, 1, 4), torch.rand(2, 3, 4)
    found = fused([five, one, three])
    assert found.shape == five.shape
    torch.testing.assert_close(
        found.mean(dim=1), (five.mean(dim=1) + one[:, 0] + three.mean(dim=1)) / 3
    )
