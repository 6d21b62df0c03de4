"""Limits of what `config.json` may say of a network and of what it hears: files are not trusted."""

from __future__ import annotations

import math

from mimimi.config import (
    LINE_SPECTRUM,
    SAMPLE_RATE,
    AnyNetworkConfig,
    FrontEnd,
    LineSpectrumConfig,
)
from mimimi.networks.architecture import BLOCKS, sizes


def checked_front_end(front_end: FrontEnd) -> FrontEnd:
    """The same.

    Raises:
        ValueError: it is beyond them.
    """
    counts = (front_end.n_fft, front_end.hop_length, front_end.window_frames)
    possible = (
        all(type(count) is int for count in counts)
        and front_end.sample_rate == SAMPLE_RATE
        and 64 <= front_end.n_fft <= 1 << 16
        and front_end.n_fft // 8 <= front_end.hop_length <= front_end.n_fft
        and 1 <= front_end.window_frames <= 4096
        and 0.1 <= front_end.segment_hop_seconds <= front_end.segment_seconds <= 60
        and front_end.window_samples <= front_end.segment_samples
        and type(front_end.centred) is bool
    )
    if not possible:
        raise ValueError("front_end")
    return front_end


def checked_network(network: AnyNetworkConfig, front_end: FrontEnd) -> AnyNetworkConfig:
    """The same; arguments and errors likewise."""
    if isinstance(network, LineSpectrumConfig):
        counts = (network.width, network.embedding)
        possible = (
            all(type(count) is int and 1 <= count <= 1024 for count in counts)
            and 0 <= network.margin <= math.pi
            and 0 < network.scale <= 1000
            and front_end.n_fft == LINE_SPECTRUM.n_fft
        )
    else:
        possible = (
            network.norm in ("split", "modulus")
            and network.attention in ("softmax", "sigmoid")
            and 0 < network.width <= 8
            and type(network.first_stride) is int
            # No longer than the kernel, or sound would go unheard; and of a window something stays.
            and 1 <= network.first_stride <= min(BLOCKS[0][0])
            and min(sizes(network, front_end)[-1]) >= 1
        )
    if not possible:
        raise ValueError("arguments")
    return network
