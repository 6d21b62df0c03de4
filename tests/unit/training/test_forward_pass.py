"""A batch is classified in training as its network classifies it."""

import pytest
import torch

from mimimi.config import LineSpectrumConfig, NetworkConfig
from mimimi.networks.build import build
from mimimi.training.forward_pass import ForwardPass


@pytest.mark.parametrize(
    ("config", "shape"),
    [(NetworkConfig(width=0.1), (4, 2, 513, 64)), (LineSpectrumConfig(width=4), (4, 1, 8001))],
    ids=["complex", "lines"],
)
def test_every_output_is_the_networks_own_and_teaches_all_its_weights(config, shape):
    network, batch = build(3, config), torch.rand(shape)
    given = ForwardPass(network, "float32")(batch)
    for found, expected in zip(given, network(batch), strict=True):
        assert (found is None) == (expected is None)
        if found is not None:
            torch.testing.assert_close(found, expected)
    sum(of.sum() for of in given if of is not None).backward()
    assert all(weights.grad is not None for weights in network.parameters())


def test_mixed_precision_rounds_what_is_computed_and_not_the_weights():
    network, batch = build(3, NetworkConfig(width=0.1)), torch.rand(4, 2, 513, 64)
    mixed, exact = (
        ForwardPass(network, of)(batch).total.detach() for of in ("bfloat16", "float32")
    )
    assert mixed.dtype == torch.bfloat16
    assert 0 < float((mixed.float() - exact).abs().max()) < 0.1
    assert {weights.dtype for weights in network.parameters()} == {torch.float32}
