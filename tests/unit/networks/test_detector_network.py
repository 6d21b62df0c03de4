from __future__ import annotations

import pytest
import torch
from torch.nn.functional import conv2d, cross_entropy

from mimimi.config import FrontEnd, NetworkConfig
from mimimi.networks.architecture import sizes
from mimimi.networks.complex_layers import squared_magnitude
from mimimi.networks.detector_network import DetectorNetwork, NetworkOutput

READINGS = [
    (norm, attention) for norm in ("split", "modulus") for attention in ("softmax", "sigmoid")
]


def small(n_ids: int = 4, norm: str = "split", attention: str = "softmax") -> DetectorNetwork:
    torch.manual_seed(0)
    return DetectorNetwork(n_ids, NetworkConfig(norm, attention, width=0.1))


def noise(batch: int = 4) -> torch.Tensor:
    return torch.randn(batch, 2, 513, 64, generator=torch.Generator().manual_seed(1))


def listen(network: DetectorNetwork, x: torch.Tensor) -> tuple[dict[str, tuple], NetworkOutput]:
    """Inputs and outputs of every named layer beside the network's own output."""
    heard = {}
    for name, layer in network.named_modules():
        layer.register_forward_hook(
            lambda _, given, made, name=name: heard.__setitem__(name, (given[0], made))
        )
    with torch.inference_mode():
        output = network(x)
    return heard, output


def test_shapes_and_channels_are_those_of_table_1():
    network = DetectorNetwork(4).eval()
    heard, output = listen(network, noise(1))
    shapes = [tuple(heard[f"blocks.{k}"][1].shape[1:]) for k in range(5)]
    assert shapes == [
        (2 * 45, 257, 32),
        (2 * 90, 129, 16),
        (2 * 90, 65, 8),
        (2 * 90, 33, 4),
        (2 * 45, 17, 3),
    ]
    assert network.magnitude_head.weight.shape == (4, 45, 5, 1)
    assert network.complex_head.weight.shape == (4, 90, 5, 1)
    assert network.attention.convolution.weight.shape == (8, 8, 3, 1)
    assert network.total_head.weight.shape == (4, 8, 1, 1)
    assert heard["total_head"][0].shape == (1, 8, 9, 3)
    assert output.attention.shape == (1, 8)


def test_a_first_block_that_strides_by_four_leaves_a_quarter_to_the_others():
    network = DetectorNetwork(4, NetworkConfig(width=0.5, first_stride=4)).eval()
    heard, output = listen(network, noise(1))
    shapes = [tuple(heard[f"blocks.{k}"][1].shape[1:]) for k in range(5)]
    assert shapes == [(44, 129, 16), (90, 65, 8), (90, 33, 4), (90, 17, 2), (44, 9, 1)]
    assert [shape[1:] for shape in shapes] == sizes(NetworkConfig(first_stride=4), FrontEnd())
    assert heard["total_head"][0].shape == (1, 8, 5, 1)
    assert output.total.shape == (1, 4)
    assert output.attention.shape == (1, 8)
    like_the_papers = DetectorNetwork(4, NetworkConfig(width=0.5)).state_dict()
    assert [of.shape for of in network.state_dict().values()] == [
        of.shape for of in like_the_papers.values()
    ]


@pytest.mark.parametrize("n_ids", [1, 2, 7])
def test_there_is_a_logit_for_every_id(n_ids):
    output = small(n_ids)(noise(2))
    assert output.magnitude.shape == output.complex.shape == output.total.shape == (2, n_ids)
    assert output.attention.shape == (2, 2 * n_ids)


def test_logits_are_the_pooled_channels():
    heard, output = listen(small().eval(), noise())
    for branch in ("magnitude", "complex", "total"):
        pooled = heard[f"{branch}_head"][1].mean(dim=(2, 3))
        torch.testing.assert_close(getattr(output, branch), pooled, msg=branch)


@pytest.mark.parametrize("attention", ["softmax", "sigmoid"])
def test_the_attention_that_is_shown_is_the_one_that_weighs(attention):
    network = small(attention=attention).eval()
    heard, output = listen(network, noise())
    features = torch.cat((heard["complex_head"][1], heard["magnitude_head"][1]), dim=1)  # F_t
    attended = (1 + output.attention[:, :, None, None]) * features
    torch.testing.assert_close(heard["total_head"][0], attended)
    total = conv2d(attended, network.total_head.weight, network.total_head.bias)
    torch.testing.assert_close(output.total, total.mean(dim=(2, 3)))


def test_the_magnitude_head_does_not_hear_phase_and_the_complex_head_does(rotated):
    network = small().double()
    h = torch.randn(2, network.complex_head.in_channels, 17, 3, dtype=torch.float64)
    turned = rotated(h, 1.0)
    torch.testing.assert_close(
        network.magnitude_head(squared_magnitude(turned)),
        network.magnitude_head(squared_magnitude(h)),
    )
    assert (network.complex_head(turned) - network.complex_head(h)).abs().max() > 1e-2


@pytest.mark.parametrize("norm", ["split", "modulus"])
def test_the_whole_network_hears_phase(rotated, norm):
    network = small(norm=norm).eval()
    with torch.inference_mode():
        before, after = network(noise()), network(rotated(noise(), 1.0))
    assert (before.magnitude - after.magnitude).abs().max() > 1e-3


@pytest.mark.parametrize(("norm", "attention"), READINGS)
def test_a_batch_of_one_equals_a_batch_of_many(norm, attention):
    network = small(norm=norm, attention=attention)
    network(noise(8))  # running statistics other than the first ones
    network.eval()
    with torch.inference_mode():
        together = network(noise(8))
        alone = [network(x[None]) for x in noise(8)]
    for part, whole in enumerate(together):
        torch.testing.assert_close(torch.cat([o[part] for o in alone]), whole, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(("norm", "attention"), READINGS)
def test_every_reading_learns_saves_and_loads(norm, attention):
    network = small(2, norm, attention)
    x, ids = noise(8), torch.tensor([0, 1] * 4)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    losses = []
    for _ in range(3):
        output = network(x)
        loss = sum(cross_entropy(logits, ids) for logits in output[:3])
        optimiser.zero_grad()
        loss.backward()
        assert all(p.grad is not None and p.grad.isfinite().all() for p in network.parameters())
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]

    copy = DetectorNetwork(2, NetworkConfig(norm, attention, width=0.1))
    copy.load_state_dict(network.state_dict())
    with torch.inference_mode():
        for mine, its in zip(network.eval()(x), copy.eval()(x), strict=True):
            assert torch.equal(mine, its)
