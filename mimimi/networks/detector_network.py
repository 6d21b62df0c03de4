"""The network of Kim, Ho and Kang (EUSIPCO 2021): complex blocks, two branches, attention."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from mimimi.config import NetworkConfig
from mimimi.networks.architecture import blocks, padding
from mimimi.networks.attention import ChannelAttention
from mimimi.networks.complex_layers import (
    ComplexConv2d,
    ComplexPReLU,
    ModulusBatchNorm2d,
    SplitBatchNorm2d,
    squared_magnitude,
)
from mimimi.networks.output import NetworkOutput


class ComplexBlock(nn.Sequential):
    """Complex convolution, complex batch norm, complex PReLU.

    Shape:
        `(batch, 2 in_channels, frequency, time)` to `(batch, 2 out_channels, frequency', time')`.

    Example:
        >>> ComplexBlock(45, 90, (7, 5), (2, 2))(torch.randn(8, 90, 257, 32)).shape
        torch.Size([8, 180, 129, 16])
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: tuple[int, int],
        stride: tuple[int, int],
        norm: str = "split",
    ) -> None:
        norms = {"split": SplitBatchNorm2d, "modulus": ModulusBatchNorm2d}
        super().__init__(
            ComplexConv2d(in_channels, out_channels, kernel, stride, padding(kernel)),
            norms[norm](out_channels),
            ComplexPReLU(out_channels),
        )


class DetectorNetwork(nn.Module):
    """Tells machine ids apart by the complex spectrum of a window.

    The average-pooled channels ARE the logits: no linear layer stands behind them.

    Args:
        n_ids: number of machine ids, the classes.
        config: norm, attention, width and the stride of the first block.

    Shape:
        `(batch, 2, frequency, time)`, real part first, to `NetworkOutput`.

    Source: Kim et al. 2021, figure 2 and table 1.

    Example:
        >>> network = DetectorNetwork(4)
        >>> network(torch.randn(8, 2, 513, 64)).total.shape
        torch.Size([8, 4])
    """

    def __init__(self, n_ids: int, config: NetworkConfig | None = None) -> None:
        super().__init__()
        config = config or NetworkConfig()
        self.n_ids = n_ids
        layers, channels = [], 1
        for kernel, stride, width in blocks(config):
            layers.append(ComplexBlock(channels, width, kernel, stride, config.norm))
            channels = width
        self.blocks = nn.Sequential(*layers)
        self.magnitude_head = nn.Conv2d(channels, n_ids, (5, 1), (2, 1), (2, 0))
        self.complex_head = nn.Conv2d(2 * channels, n_ids, (5, 1), (2, 1), (2, 0))
        self.attention = ChannelAttention(2 * n_ids, config.attention)
        self.total_head = nn.Conv2d(2 * n_ids, n_ids, (1, 1))

    def forward(self, spectrum: Tensor) -> NetworkOutput:
        """Classify windows; shapes as the class says."""
        hidden = self.blocks(spectrum.contiguous(memory_format=torch.channels_last))
        by_magnitude = self.magnitude_head(squared_magnitude(hidden))  # F_m
        by_complex = self.complex_head(hidden)  # F_c
        features = torch.cat((by_complex, by_magnitude), dim=1)  # F_t
        weights = self.attention(features)  # A
        attended = (1 + weights[:, :, None, None]) * features  # F_out
        return NetworkOutput(
            magnitude=by_magnitude.mean(dim=(2, 3)),
            complex=by_complex.mean(dim=(2, 3)),
            total=self.total_head(attended).mean(dim=(2, 3)),
            attention=weights,
        )

    def losses(self, output: NetworkOutput, labels: Tensor) -> dict[str, Tensor]:
        """Cross-entropies of the three classifications, by the names of their branches.

        Args:
            output: of `forward`.
            labels: soft labels `(batch, ids)`.

        Source: Kim et al. 2021: three cross-entropies at training. Their weights are stated
        nowhere: one each.
        """
        branches = {name: getattr(output, name) for name in ("magnitude", "complex", "total")}
        return {name: cross_entropy(of.float(), labels) for name, of in branches.items()}
