from __future__ import annotations

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from mimimi.config import NetworkConfig
from mimimi.detector.member import window_scores
from mimimi.features.tensors import windows
from mimimi.networks.detector_network import DetectorNetwork


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
