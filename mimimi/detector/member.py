"""One network of a detector at work: from segments to logits."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

from mimimi.config import FrontEnd
from mimimi.features.spectrum import as_real, complex_spectrum, normalised, windows
from mimimi.networks.build import Network


class Heard(NamedTuple):
    """What a network makes of segments.

    `logits` is `(segment, window, classes)`; `attention` is `(segment, window, 2 classes)`, None
    where the network has none.
    """

    logits: Tensor
    attention: Tensor | None


def listen(network: Network, front_end: FrontEnd, samples: Tensor) -> Heard:
    """Let a network judge the windows of segments.

    Args:
        network: in evaluation mode.
        front_end: from samples to windows.
        samples: `(segment, time)`, on the network's device.

    Example:
        >>> from mimimi.config import NetworkConfig
        >>> import torch
        >>> from mimimi.networks.build import build
        >>> network = build(4, NetworkConfig(width=0.1)).eval()
        >>> listen(network, FrontEnd(), torch.randn(2, 160_000)).logits.shape
        torch.Size([2, 5, 4])
    """
    spectrum = as_real(normalised(complex_spectrum(samples, front_end)))
    cut = windows(spectrum, front_end.window_frames)
    output = network(cut.flatten(0, 1))
    shape = (*cut.shape[:2], -1)
    attention = None if output.attention is None else output.attention.reshape(shape)
    return Heard(output.total.reshape(shape), attention)
