"""The line-spectrum network: what its scores must and must not depend on."""

import numpy as np
import pytest
import torch

from mimimi.config import LINE_SPECTRUM, LineSpectrumConfig
from mimimi.features.tensors import TensorSpectra, mean_power
from mimimi.networks.line_spectrum_network import LineSpectrumNetwork


@pytest.fixture
def network() -> LineSpectrumNetwork:
    torch.manual_seed(0)
    return LineSpectrumNetwork(4, LineSpectrumConfig(width=8)).eval()


def logits(network: LineSpectrumNetwork, samples: np.ndarray) -> torch.Tensor:
    with torch.inference_mode():
        spectra = TensorSpectra(torch.as_tensor(samples, dtype=torch.float32)[None])
        windows = spectra.windows(LINE_SPECTRUM)
        return network(mean_power(windows.flatten(0, 1))).total.reshape(*windows.shape[:2], -1)


def test_a_segment_is_one_window(network: LineSpectrumNetwork, hum) -> None:
    assert logits(network, hum()).shape == (1, 1, 4)


@pytest.mark.parametrize("gain", [1e-3, -1.0, 40.0])
def test_neither_gain_nor_polarity_matters(network: LineSpectrumNetwork, hum, gain) -> None:
    samples = hum()
    torch.testing.assert_close(
        logits(network, gain * samples), logits(network, samples), rtol=1e-3, atol=1e-3
    )


def test_the_moment_at_which_a_steady_tone_begins_hardly_matters_and_its_pitch_does(
    network: LineSpectrumNetwork,
) -> None:
    time = np.arange(160_000) / 16_000
    noise = np.random.default_rng(0).standard_normal(len(time))

    def tone(hertz: float, phase: float) -> torch.Tensor:
        return logits(network, np.sin(2 * np.pi * hertz * time + phase) + 0.1 * noise)

    moved = (tone(500.0, 0.0) - tone(500.0, 1.0)).abs().max()
    retuned = (tone(500.0, 0.0) - tone(508.0, 0.0)).abs().max()
    assert 10 * moved < retuned


def test_logits_are_cosines_times_the_scale(network: LineSpectrumNetwork) -> None:
    total = network(torch.rand(6, 1, 8001)).total
    assert total.abs().max() <= network.scale


def test_the_margin_makes_the_right_class_harder_and_no_other(
    network: LineSpectrumNetwork,
) -> None:
    output = network(torch.rand(6, 1, 8001))
    labels = torch.nn.functional.one_hot(torch.arange(6) % 4, 4).float()
    plain = torch.nn.functional.cross_entropy(output.total, labels)
    assert network.losses(output, labels)["total"] > plain
    network.margin = 0.0
    torch.testing.assert_close(network.losses(output, labels)["total"], plain)
