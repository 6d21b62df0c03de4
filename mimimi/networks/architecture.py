"""The shapes of both networks and of what is saved of them, read without torch."""

from __future__ import annotations

from typing import Any, TypeGuard

import numpy as np

from mimimi.config import AnyNetworkConfig, FrontEnd, LineSpectrumConfig, NetworkConfig

Block = tuple[tuple[int, int], tuple[int, int], int]
"""Kernel (F, T), stride (F, T), complex channels out."""

# Table 1 of the paper.
BLOCKS: tuple[Block, ...] = (
    ((7, 5), (2, 2), 45),
    ((7, 5), (2, 2), 90),
    ((5, 3), (2, 2), 90),
    ((5, 3), (2, 2), 90),
    ((5, 2), (2, 1), 45),
)

# Of the line-spectrum network, kernel and stride along frequency: 8,001 bins become 6 places.
CONVOLUTIONS = ((64, 16), (32, 16), (8, 4))
PLACES = 6

Forms = dict[str, tuple[tuple[int, ...], np.dtype[Any]]]


def reads_lines(config: AnyNetworkConfig) -> TypeGuard[LineSpectrumConfig]:
    """Whether a network reads line spectra `(window, 1, bin)`, and not windows."""
    return isinstance(config, LineSpectrumConfig)


def blocks(config: NetworkConfig) -> list[Block]:
    """The blocks of the paper's network, or of one like it.

    Example:
        >>> [channels for _, _, channels in blocks(NetworkConfig(width=0.1))]
        [4, 9, 9, 9, 4]
        >>> [stride for _, stride, _ in blocks(NetworkConfig(first_stride=4))]
        [(4, 4), (2, 2), (2, 2), (2, 2), (2, 1)]
    """
    first = (config.first_stride, config.first_stride)
    strides = [first, *(stride for _, stride, _ in BLOCKS[1:])]
    return [
        (kernel, stride, max(1, round(width * config.width)))
        for (kernel, _, width), stride in zip(BLOCKS, strides, strict=True)
    ]


def padding(kernel: tuple[int, int]) -> tuple[int, int]:
    """On each side, along frequency and time."""
    return (kernel[0] - 1) // 2, (kernel[1] - 1) // 2


def sizes(config: NetworkConfig, front_end: FrontEnd) -> list[tuple[int, int]]:
    """Frequencies and frames that each block leaves of a window; none, or fewer, of a short one.

    Example:
        >>> sizes(NetworkConfig(), FrontEnd())
        [(257, 32), (129, 16), (65, 8), (33, 4), (17, 3)]
    """
    found, left = [], (front_end.n_frequencies, front_end.window_frames)
    for kernel, stride, _ in blocks(config):
        sides = zip(left, kernel, stride, padding(kernel), strict=True)
        frequencies, frames = ((n + 2 * pad - k) // step + 1 for n, k, step, pad in sides)
        found.append(left := (frequencies, frames))
    return found


def forms(n_classes: int, config: AnyNetworkConfig) -> Forms:
    """Shape and type of a network's weights, by the names under which they are saved.

    Args:
        n_classes: machines it tells apart.
        config: its kind decides which network it is.

    Example:
        >>> forms(4, NetworkConfig())["blocks.0.0.real"]
        ((45, 1, 7, 5), dtype('float32'))
    """
    if isinstance(config, LineSpectrumConfig):
        return _line_spectrum(n_classes, config)
    return _detector(n_classes, config)


def _detector(n_classes: int, config: NetworkConfig) -> Forms:
    found: Forms = {}
    channels = 1
    for n, (kernel, _, width) in enumerate(blocks(config)):
        for part in ("real", "imag"):
            found |= _floats(f"blocks.{n}.0.{part}", (width, channels, *kernel))
        if config.norm == "split":
            found |= _batch_norm(f"blocks.{n}.1", 2 * width)
        else:
            for name, size in _MODULUS.items():
                found |= _floats(f"blocks.{n}.1.{name}", (size * width,))
        found |= _floats(f"blocks.{n}.2.weight", (2 * width,))
        channels = width
    for branch, times in (("magnitude", 1), ("complex", 2)):
        found |= _affine(f"{branch}_head", (n_classes, times * channels, 5, 1))
    both = 2 * n_classes
    found |= _affine("attention.convolution", (both, both, 3, 1))
    found |= _affine("attention.first", (both, both))
    found |= _affine("attention.second", (both, both))
    return found | _affine("total_head", (n_classes, both, 1, 1))


_MODULUS = {"scale": 1, "shift": 2, "running_mean": 2, "running_var": 1}


def _line_spectrum(n_classes: int, config: LineSpectrumConfig) -> Forms:
    found = _floats("centres", (n_classes, config.embedding))
    channels = 1
    for n, (kernel, _) in enumerate(CONVOLUTIONS):
        found |= _affine(f"lines.{3 * n}", (config.width, channels, kernel))
        found |= _batch_norm(f"lines.{3 * n + 1}", config.width)
        channels = config.width
    found |= _affine("embedding.1", (config.embedding, PLACES * channels))
    found |= _batch_norm("embedding.2", config.embedding)
    return found | _affine("embedding.4", (config.embedding, config.embedding))


def _floats(name: str, shape: tuple[int, ...]) -> Forms:
    return {name: (shape, np.dtype(np.float32))}


def _affine(name: str, shape: tuple[int, ...]) -> Forms:
    return _floats(f"{name}.weight", shape) | _floats(f"{name}.bias", shape[:1])


def _batch_norm(name: str, channels: int) -> Forms:
    found: Forms = {f"{name}.num_batches_tracked": ((), np.dtype(np.int64))}
    for part in ("weight", "bias", "running_mean", "running_var"):
        found |= _floats(f"{name}.{part}", (channels,))
    return found
