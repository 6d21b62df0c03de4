from __future__ import annotations

import pytest
import torch

from mimimi.networks.attention import ChannelAttention


@pytest.mark.parametrize("channels", [2, 8, 32])
def test_softmax_weights_sum_to_one(channels):
    weights = ChannelAttention(channels, "softmax")(5 * torch.randn(4, channels, 9, 3))
    assert weights.shape == (4, channels)
    assert (weights > 0).all()
    torch.testing.assert_close(weights.sum(1), torch.ones(4))


def test_sigmoid_weighs_each_channel_by_itself():
    torch.manual_seed(0)
    layer = ChannelAttention(8, "sigmoid")
    features = torch.randn(4, 8, 9, 3)
    weights = layer(features)
    assert ((weights > 0) & (weights < 1)).all()
    before = weights.detach()
    layer.second.bias.data[3] += 1.0
    changed = (layer(features) - before).abs().amax(dim=0) > 1e-6
    assert changed.nonzero().flatten().tolist() == [3]


def test_weights_depend_on_the_features_and_on_each_window_alone():
    torch.manual_seed(0)
    layer = ChannelAttention(8).double()
    features = torch.randn(4, 8, 9, 3, dtype=torch.float64)
    weights = layer(features)
    assert (weights[0] - weights[1]).abs().max() > 1e-4
    torch.testing.assert_close(layer(features[:1]), weights[:1])


def test_the_convolution_is_that_of_table_1():
    convolution = ChannelAttention(8).convolution
    assert (convolution.kernel_size, convolution.stride) == ((3, 1), (2, 1))
    assert convolution.out_channels == 8
