"""The attention block: how much each magnitude and each complex channel counts."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mimimi.config import Attention


class ChannelAttention(nn.Module):
    """One weight per channel from the features themselves.

    F_t -> convolution (3,1), stride (2,1) -> average pooling -> linear -> ReLU -> linear ->
    softmax over the channels (the brief) or sigmoid of each (another reading of the paper).

    Args:
        channels: channels of F_t, twice the number of ids.
        activation: `softmax` or `sigmoid`.

    Shape:
        `(batch, channels, frequency, time)` to `(batch, channels)`.

    Source: Kim et al. 2021, table 1 and section "attention"; widths of the linear layers are
    stated nowhere: as many as there are channels.

    Example:
        >>> ChannelAttention(8)(torch.randn(4, 8, 9, 3)).shape
        torch.Size([4, 8])
    """

    def __init__(self, channels: int, activation: Attention = "softmax") -> None:
        super().__init__()
        self.convolution = nn.Conv2d(channels, channels, (3, 1), (2, 1), (1, 0))
        self.first = nn.Linear(channels, channels)
        self.second = nn.Linear(channels, channels)
        self.activation = activation

    def forward(self, features: Tensor) -> Tensor:
        """Weigh; shapes as the class says."""
        pooled = self.convolution(features).mean(dim=(2, 3))
        logits: Tensor = self.second(torch.relu(self.first(pooled)))
        return logits.softmax(dim=1) if self.activation == "softmax" else logits.sigmoid()
