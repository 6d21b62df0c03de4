from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import loads
import numpy as np
import pytest
import torch
from hall import beside_and_away
from threadpoolctl import threadpool_info, threadpool_limits
from torch.nn.functional import cross_entropy

from mimimi.audio import Pair, Waveform, from_array
from mimimi.config import NetworkConfig
from mimimi.detector import ensemble
from mimimi.detector.calibration import ENOUGH
from mimimi.detector.detector import Detector
from mimimi.detector.member import window_scores
from mimimi.features.tensors import windows
from mimimi.networks.detector_network import DetectorNetwork
from mimimi.simulate import simulate_clip


def test_the_score_under_an_id_is_its_cross_entropy():
    logits = torch.randn(5, 3, dtype=torch.float64)
    for k in range(3):
        expected = cross_entropy(logits, torch.full((5,), k), reduction="none")
        np.testing.assert_allclose(window_scores(logits.numpy())[:, k], expected.numpy())


def test_scores_are_not_below_zero_and_survive_huge_logits():
    scores = window_scores(np.array([[1e4, -1e4, 0.0]], np.float32))
    assert np.isfinite(scores).all()
    assert (scores >= 0).all()


def test_shifting_a_spectrum_by_a_window_shifts_the_window_scores_by_one():
    torch.manual_seed(0)
    network = DetectorNetwork(3, NetworkConfig(width=0.1)).eval()
    spectrum = torch.randn(1, 2, 513, 5 * 64)

    def scores(x):
        with torch.inference_mode():
            return window_scores(network(windows(x, 64).flatten(0, 1)).total.numpy())

    np.testing.assert_allclose(scores(spectrum[..., 64:]), scores(spectrum)[1:], atol=1e-5)


# --- one score, whoever asks for it and however


@pytest.fixture(scope="module")
def fan() -> Detector:
    return Detector.from_pretrained("fan")


@pytest.fixture(scope="module")
def clips() -> list[Waveform]:
    """Of 10 s and of 25 s, which are several segments."""
    made = [simulate_clip("fan", "id_50", clip=900 + k, seconds=s) for k, s in enumerate((10, 25))]
    return [from_array(samples, 16_000) for samples in made]


def measured(detector: Detector, clips: Iterable[Waveform]) -> list[np.ndarray]:
    return [detector.measure(clip).windows for clip in clips]


@pytest.fixture(scope="module")
def alone(fan: Detector, clips: list[Waveform]) -> list[np.ndarray]:
    return measured(fan, clips)


def close(found: list[np.ndarray], expected: list[np.ndarray]) -> None:
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4, rtol=0)


def test_scores_do_not_depend_on_who_else_is_judging(fan, clips, alone) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda n: measured(fan, clips[:: (-1) ** n]), range(4))
        for n, one in enumerate(found):
            close(one, alone[:: (-1) ** n])


@pytest.mark.parametrize("threads", [2, 5])
def test_scores_do_not_depend_on_the_number_of_threads(fan, clips, alone, threads) -> None:
    """That numpy multiplies with; ONNX Runtime has the one that asks."""
    with threadpool_limits(threads, "blas"):
        assert {of["num_threads"] for of in threadpool_info() if of["user_api"] == "blas"} >= {
            threads
        }
        close(measured(fan, clips), alone)


@pytest.mark.parametrize("at_once", [1, 3])
def test_scores_do_not_depend_on_how_many_segments_are_judged_together(
    fan, clips, alone, at_once, monkeypatch
) -> None:
    monkeypatch.setattr(ensemble, "_SEGMENTS_AT_ONCE", at_once)
    close(measured(fan, clips), alone)


@pytest.mark.parametrize("kind", ["fan", "pump", "slider", "valve"])
def test_scores_do_not_depend_on_the_engine(kind: str) -> None:
    """Nor does what tells machines apart, and which of two knows the sound."""
    detector = Detector.from_pretrained(kind)
    clip = from_array(simulate_clip(kind, "id_50", clip=900), 16_000)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # its threads spin, and other tests run beside
    try:  # any other name than "cpu" is torch's
        by_torch = detector.on("cpu:0").measure(clip)
    finally:
        torch.set_num_threads(threads)
    found = detector.measure(clip)
    assert not np.array_equal(found.likeness, by_torch.likeness)  # it was another engine
    close(
        [found.windows, found.ids, found.likeness],
        [by_torch.windows, by_torch.ids, by_torch.likeness],
    )
    assert np.abs(found.ids).max() < 10  # on the detector's scale, of which 1e-4 is said


# --- of a memory


@pytest.fixture(scope="module")
def hall_mill() -> Detector:
    """Learnt with a second microphone that hears the hall."""
    heard = [(beside_and_away(simulate_clip("fan", "id_50", clip=n), n), 16_000) for n in range(4)]
    return Detector.learn("mill", heard, channel=Pair(0, 1))


@pytest.fixture(scope="module")
def mill_of_two_states() -> Detector:
    return loads.learnt(ENOUGH, ENOUGH + 1)


@pytest.mark.parametrize("kind", ["hall_mill", "mill_of_two_states"])
def test_scores_of_a_memory_depend_on_nobody_else(kind: str, request) -> None:
    detector = request.getfixturevalue(kind)
    if kind == "hall_mill":
        clips = [beside_and_away(simulate_clip("fan", "id_50", clip=n), n) for n in range(90, 93)]
    else:
        clips = [
            loads.sound(load, 90, seconds) for load in ("idle", "full") for seconds in (10, 25)
        ]

    def judged(clip: np.ndarray) -> list[float]:
        verdict = detector.analyse((clip, 16_000))
        return [verdict.score, verdict.threshold, verdict.p_value]

    expected = [judged(clip) for clip in clips]
    with ThreadPoolExecutor(4) as pool:
        np.testing.assert_allclose(list(pool.map(judged, clips * 2)), expected * 2, atol=1e-4)
    with threadpool_limits(3, "blas"):
        np.testing.assert_allclose([judged(clip) for clip in clips], expected, atol=1e-4)
