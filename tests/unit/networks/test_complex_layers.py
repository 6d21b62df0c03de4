from __future__ import annotations

import pytest
import torch
from torch.nn.functional import conv2d

from mimimi.networks.architecture import BLOCKS
from mimimi.networks.complex_layers import (
    ComplexConv2d,
    ComplexPReLU,
    ModulusBatchNorm2d,
    SplitBatchNorm2d,
    squared_magnitude,
)

CHANNELS = [1, *(channels for _, _, channels in BLOCKS)]
SIZES = [(513, 64), (257, 32), (129, 16), (65, 8), (33, 4)]
NORMS = [SplitBatchNorm2d, ModulusBatchNorm2d]


def as_complex(x: torch.Tensor) -> torch.Tensor:
    return torch.complex(*x.chunk(2, dim=1))


def lopsided(channels: int) -> torch.Tensor:
    """Parts of unequal means and deviations, correlated: what a norm has to deal with."""
    torch.manual_seed(1)
    real = 3.0 * torch.randn(16, channels, 9, 8, dtype=torch.float64) + 2.0
    imag = 0.2 * real + 0.5 * torch.randn_like(real) - 1.0
    return torch.cat((real, imag), dim=1)


@pytest.mark.parametrize(
    ("real", "native", "tolerance"),
    [(torch.float32, torch.complex64, 2e-5), (torch.float64, torch.complex128, 1e-12)],
)
@pytest.mark.parametrize("block", range(5))
def test_the_fast_convolution_is_the_native_complex_one(block, real, native, tolerance):
    torch.manual_seed(block)
    kernel, stride, _ = BLOCKS[block]
    padding = ((kernel[0] - 1) // 2, (kernel[1] - 1) // 2)
    layer = ComplexConv2d(CHANNELS[block], CHANNELS[block + 1], kernel, stride, padding).to(real)
    x = torch.randn(1, 2 * CHANNELS[block], *SIZES[block], dtype=real)
    with torch.inference_mode():
        weights = torch.complex(layer.real, layer.imag)
        expected = conv2d(as_complex(x), weights, stride=stride, padding=padding)
        found = as_complex(layer(x))
    assert expected.dtype == native
    assert (found - expected).abs().max() < tolerance * expected.abs().max()


def test_gradients_of_the_fast_convolution_are_those_of_the_native_one():
    torch.manual_seed(0)
    layer = ComplexConv2d(3, 4, (5, 3), (2, 2), (2, 1)).double()
    x = torch.randn(2, 6, 17, 8, dtype=torch.float64)
    squared_magnitude(layer(x)).sum().backward()
    weights = torch.complex(layer.real.detach(), layer.imag.detach()).requires_grad_()
    conv2d(as_complex(x), weights, stride=(2, 2), padding=(2, 1)).abs().square().sum().backward()
    torch.testing.assert_close(layer.real.grad, weights.grad.real)
    torch.testing.assert_close(layer.imag.grad, weights.grad.imag)


def test_first_weights_have_hes_variance_shared_by_the_parts():
    layer = ComplexConv2d(45, 90, (7, 5))
    fan_in = 45 * 7 * 5
    for part in (layer.real, layer.imag):
        assert part.var().item() == pytest.approx(1 / fan_in, rel=0.02)


@pytest.mark.parametrize("angle", [0.3, 1.5, 3.14, -2.0])
def test_a_convolution_without_bias_turns_with_its_input(rotated, angle):
    layer = ComplexConv2d(3, 5, (5, 3), (2, 2), (2, 1)).double()
    x = lopsided(3)
    torch.testing.assert_close(layer(rotated(x, angle)), rotated(layer(x), angle))


@pytest.mark.parametrize("angle", [0.3, 1.5, 3.14, -2.0])
def test_the_modulus_norm_turns_with_its_input(rotated, angle):
    layer = ModulusBatchNorm2d(3).double()
    torch.nn.init.uniform_(layer.scale, -2.0, 2.0)
    x = lopsided(3)
    torch.testing.assert_close(layer(rotated(x, angle)), rotated(layer(x), angle))


def test_the_split_norm_shears_the_complex_plane(rotated):
    layer, x = SplitBatchNorm2d(3).double(), lopsided(3)
    assert (layer(rotated(x, 0.5)) - rotated(layer(x), 0.5)).abs().max() > 0.1


def test_the_split_norm_gives_each_part_unit_variance():
    variance, mean = torch.var_mean(SplitBatchNorm2d(3).double()(lopsided(3)), dim=(0, 2, 3))
    torch.testing.assert_close(mean, torch.zeros_like(mean))
    torch.testing.assert_close(variance, torch.ones_like(variance), atol=1e-3, rtol=0)


def test_the_modulus_norm_gives_the_complex_number_a_variance_of_two():
    z = as_complex(ModulusBatchNorm2d(3).double()(lopsided(3)))
    torch.testing.assert_close(z.mean(dim=(0, 2, 3)).abs(), torch.zeros(3, dtype=torch.float64))
    power = z.abs().square().mean(dim=(0, 2, 3))
    torch.testing.assert_close(power, torch.full_like(power, 2.0), atol=1e-3, rtol=0)


@pytest.mark.parametrize("norm", NORMS)
def test_running_statistics_make_evaluation_repeat_training(norm):
    layer, x = norm(3).double(), lopsided(3)
    for _ in range(200):
        trained = layer(x)
    torch.testing.assert_close(layer.eval()(x), trained, atol=2e-3, rtol=0)


@pytest.mark.parametrize("norm", NORMS)
def test_evaluation_leaves_running_statistics_alone(norm):
    layer = norm(3).double().eval()
    before = {key: value.clone() for key, value in layer.state_dict().items()}
    layer(lopsided(3))
    assert all(torch.equal(before[key], value) for key, value in layer.state_dict().items())


def test_prelu_acts_on_each_part_with_its_own_slope():
    layer = ComplexPReLU(1)
    layer.weight.data = torch.tensor([0.5, 0.1])
    x = torch.tensor([-2.0, -3.0]).reshape(1, 2, 1, 1)
    assert layer(x).flatten().tolist() == pytest.approx([-1.0, -0.3])


def test_squared_magnitude_is_that_of_the_complex_number():
    x = lopsided(3)
    torch.testing.assert_close(squared_magnitude(x), as_complex(x).abs().square())
