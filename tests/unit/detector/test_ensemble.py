"""Several networks judge together: on one scale, windows kept, inferred from all."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from variants import with_members

from mimimi.audio import from_array
from mimimi.config import LINE_SPECTRUM, LineSpectrumConfig
from mimimi.detector.config import MemberConfig
from mimimi.detector.detector import Detector
from mimimi.detector.member import NetworkMember
from mimimi.features.segment_spectra import ArraySpectra
from mimimi.features.spectrum import complex_spectrum
from mimimi.networks.line_spectrum_network import LineSpectrumNetwork

MACHINES = ("fan id_00", "fan id_02", "pump id_00")


@pytest.fixture
def ensemble(small_detector: Detector) -> Detector:
    """The paper's network and a line-spectrum network, which knows a pump as well."""
    torch.manual_seed(1)
    network = LineSpectrumConfig(width=8)
    (paper,) = small_detector.ensemble.members
    lines = MemberConfig("lines", LINE_SPECTRUM, network, MACHINES, 1.0, 0.5)
    return with_members(
        small_detector,
        replace(paper, config=replace(paper.config, mean=0.5, deviation=2.0)),
        NetworkMember.of(
            "fan", small_detector.ids, lines, LineSpectrumNetwork(len(MACHINES), network)
        ),
    )


def test_the_score_is_the_mean_of_the_members_standardised_scores(ensemble, hum) -> None:
    measured = ensemble.measure(from_array(hum(), 16_000))
    paper, lines = measured.by_member["paper"], measured.by_member["lines"]
    expected = ((paper - 0.5) / 2.0 + (lines - 1.0) / 0.5) / 2
    assert measured.ids == pytest.approx(expected)


def test_the_windows_are_those_of_the_first_member(ensemble, small_detector, hum) -> None:
    together = ensemble.analyse((hum(25.0), 16_000), "id_00")
    alone = small_detector.analyse((hum(25.0), 16_000), "id_00")
    assert [w.start for w in together.windows] == [w.start for w in alone.windows]
    assert together.attention == alone.attention


def test_a_machine_of_another_type_takes_probability_but_is_never_inferred(ensemble, hum) -> None:
    verdict = ensemble.analyse((hum(), 16_000))
    assert verdict.machine_id in ensemble.ids
    assert set(verdict.probabilities) == set(ensemble.ids)


def test_an_ensemble_is_saved_and_loaded_bit_for_bit(ensemble, tmp_path, hum) -> None:
    ensemble.save_pretrained(tmp_path)
    loaded = Detector.from_pretrained(tmp_path)
    assert loaded.ensemble.configs == ensemble.ensemble.configs
    clip = (hum(), 16_000)
    assert loaded.analyse(clip, "id_02") == ensemble.analyse(clip, "id_02")


def test_without_attention_there_is_none_to_show(ensemble, hum) -> None:
    alone = with_members(ensemble, ensemble.ensemble.members[1])
    assert alone.analyse((hum(), 16_000), "id_00").attention is None


def test_a_member_without_the_first_ones_windows_counts_in_all_of_a_segments(ensemble) -> None:
    rng = np.random.default_rng(0)
    five, one = rng.random((2, 5, 2), np.float32), rng.random((2, 1, 2), np.float32)
    found = ensemble.ensemble.fused([five, one])
    assert found.shape == five.shape
    expected = ((five.mean(axis=1) - 0.5) / 2 + (one[:, 0] - 1) / 0.5) / 2
    np.testing.assert_allclose(found.mean(axis=1), expected, atol=1e-6)


def test_each_front_end_is_computed_once_a_segment(ensemble, hum, monkeypatch) -> None:
    paper, lines = ensemble.ensemble.members
    several = with_members(
        ensemble,
        paper,
        *(replace(lines, config=replace(lines.config, name=f"lines-{k}")) for k in range(3)),
    )
    computed: list[tuple[int, int]] = []

    def counted(samples, front_end):
        computed.append((len(samples), front_end.n_fft))
        return complex_spectrum(samples, front_end)

    transforms = ArraySpectra.transforms._replace(complex=counted)
    monkeypatch.setattr(ArraySpectra, "transforms", transforms)
    measured = several.measure(from_array(hum(25.0), 16_000))
    segments = len(measured.windows)
    for n_fft in (1_024, 16_000):
        assert sum(count for count, n in computed if n == n_fft) == segments
