"""Complex convolution, batch norm and PReLU in real arithmetic.

A complex feature map of C channels is a real tensor `(batch, 2 C, frequency, time)`: C channels of
real parts, then C of imaginary parts. The tests hold each layer against native complex64.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d


class ComplexConv2d(nn.Module):
    """Complex 2-D convolution: (W_r x_r - W_i x_i) + i (W_r x_i + W_i x_r).

    One real convolution with the stacked block matrix. Three (Gauss) multiply less, and what they
    need beside takes longer than that saves, once channels lie side by side in memory (`python -m
    benchmarks.speed.training_step`). There is no bias: a batch norm follows, and without one the
    layer turns with its input, f(exp(ia) x) = exp(ia) f(x).

    Args:
        in_channels: complex channels of the input.
        out_channels: complex channels of the output.
        kernel_size: along frequency and time.
        stride: along frequency and time.
        padding: along frequency and time.

    Shape:
        `(batch, 2 in_channels, frequency, time)` to `(batch, 2 out_channels, frequency', time')`.

    Source: Kim et al. 2021, table 1; initialisation after Trabelsi et al. 2018 (Deep Complex
    Networks), section 3.6: magnitude Rayleigh with He's variance, phase uniform.

    Example:
        >>> ComplexConv2d(1, 45, (7, 5), (2, 2), (3, 2))(torch.randn(8, 2, 513, 64)).shape
        torch.Size([8, 90, 257, 32])
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: tuple[int, int],
        stride: tuple[int, int] = (1, 1),
        padding: tuple[int, int] = (0, 0),
    ) -> None:
        super().__init__()
        fan_in = in_channels * kernel_size[0] * kernel_size[1]
        shape = (out_channels, in_channels, *kernel_size)
        # A circular complex normal number has Rayleigh magnitude and uniform phase; He's variance
        # 2 / fan_in of the complex number is shared equally by its parts.
        self.real = nn.Parameter(torch.randn(shape) / math.sqrt(fan_in))
        self.imag = nn.Parameter(torch.randn(shape) / math.sqrt(fan_in))
        self.geometry: dict[str, Any] = {"stride": stride, "padding": padding}

    def forward(self, x: Tensor) -> Tensor:
        """Convolve; shapes as the class says."""
        upper = torch.cat((self.real, -self.imag), dim=1)
        lower = torch.cat((self.imag, self.real), dim=1)
        stacked = torch.cat((upper, lower)).contiguous(memory_format=torch.channels_last)
        return conv2d(x, stacked, **self.geometry)


class SplitBatchNorm2d(nn.BatchNorm2d):
    """Batch norm of real and imaginary part, each by its own mean and deviation (the brief).

    Separate deviations shear the complex plane: phase is kept only where both are equal.

    Args:
        channels: complex channels.

    Shape:
        `(batch, 2 channels, frequency, time)` to the same.

    Example:
        >>> SplitBatchNorm2d(45)(torch.randn(8, 90, 257, 32)).shape
        torch.Size([8, 90, 257, 32])
    """

    def __init__(self, channels: int) -> None:
        super().__init__(2 * channels)


class ModulusBatchNorm2d(nn.Module):
    """Batch norm by one real variance E|z - mean|² per complex channel: phase is kept.

    The scale is real, the shift complex; with a shift of zero and in training
    mode the layer turns with its input.

    Args:
        channels: complex channels.
        momentum: share of the batch in the running statistics.
        eps: added to the variance.

    Shape:
        `(batch, 2 channels, frequency, time)` to the same.

    Example:
        >>> ModulusBatchNorm2d(45)(torch.randn(8, 90, 257, 32)).shape
        torch.Size([8, 90, 257, 32])
    """

    running_mean: Tensor
    running_var: Tensor

    def __init__(self, channels: int, momentum: float = 0.1, eps: float = 1e-5) -> None:
        super().__init__()
        self.momentum, self.eps = momentum, eps
        self.scale = nn.Parameter(torch.full((channels,), math.sqrt(2.0)))  # unit variance a part
        self.shift = nn.Parameter(torch.zeros(2 * channels))
        self.register_buffer("running_mean", torch.zeros(2 * channels))
        self.register_buffer("running_var", torch.full((channels,), 2.0))

    def forward(self, x: Tensor) -> Tensor:
        """Normalise; shapes as the class says."""
        if self.training:
            variance_of_parts, mean = torch.var_mean(x, dim=(0, 2, 3), unbiased=False)
            variance = variance_of_parts.reshape(2, -1).sum(dim=0)
            with torch.no_grad():
                self.running_mean.lerp_(mean, self.momentum)
                self.running_var.lerp_(variance, self.momentum)
        else:
            mean, variance = self.running_mean, self.running_var
        gain = (self.scale / (variance + self.eps).sqrt()).repeat(2)
        offset = self.shift - mean * gain
        return x * gain[:, None, None] + offset[:, None, None]


class ComplexPReLU(nn.PReLU):
    """PReLU on the real and on the imaginary part, a slope for each part of each channel.

    Acting on each part, it does not turn with its input: phase becomes information here.

    Args:
        channels: complex channels.

    Example:
        >>> ComplexPReLU(45)(torch.randn(8, 90, 257, 32)).shape
        torch.Size([8, 90, 257, 32])
    """

    def __init__(self, channels: int) -> None:
        super().__init__(2 * channels)

    def forward(self, x: Tensor) -> Tensor:
        """Bend; in the steps that torch has fast kernels for, unlike its own PReLU on a CPU."""
        return torch.lerp(torch.relu(x), x, self.weight.to(x.dtype)[:, None, None])


def squared_magnitude(x: Tensor) -> Tensor:
    """|z|² of `(batch, 2 C, frequency, time)`, shape `(batch, C, frequency, time)`."""
    real, imag = x.chunk(2, dim=1)
    return real.square() + imag.square()
