"""From a configuration, and weights if there are any, to a network in torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mimimi.config import AnyNetworkConfig, LineSpectrumConfig
from mimimi.networks.detector_network import DetectorNetwork
from mimimi.networks.line_spectrum_network import LineSpectrumNetwork
from mimimi.networks.output import NetworkOutput

Network = DetectorNetwork | LineSpectrumNetwork


def build(n_classes: int, config: AnyNetworkConfig) -> Network:
    """A network with weights drawn anew.

    Args:
        n_classes: machines it tells apart.
        config: its kind decides which network it is.

    Example:
        >>> from mimimi.config import NetworkConfig
        >>> type(build(4, NetworkConfig(width=0.1))).__name__
        'DetectorNetwork'
    """
    if isinstance(config, LineSpectrumConfig):
        return LineSpectrumNetwork(n_classes, config)
    return DetectorNetwork(n_classes, config)


def restored(
    weights: Mapping[str, NDArray[Any]], n_classes: int, config: AnyNetworkConfig, device: str
) -> Network:
    """A network with weights that were saved, in evaluation mode.

    Args:
        weights: as `architecture.forms` names and shapes them.
        n_classes: machines it tells apart.
        config: its kind decides which network it is.
        device: as torch names it.
    """
    with torch.device("meta"):  # laid out without memory of its own
        network = build(n_classes, config)
    state = {name: torch.from_numpy(np.array(array)) for name, array in weights.items()}
    network.load_state_dict(state, assign=True)
    return network.to(device).eval()


def judged(network: Network, heard: Tensor) -> NetworkOutput:
    """What a network makes of what it reads: windows, or the line spectra `(window, 1, bin)`."""
    if isinstance(network, LineSpectrumNetwork):
        return network.classify(heard)
    output: NetworkOutput = network(heard)
    return output


@torch.inference_mode()
def outputs_of(network: Network, heard: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """As `session.Session.run`, on the device of the network, and as exact."""
    device = next(network.parameters()).device
    # A GPU would round what it convolves to ten bits.
    with torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False):
        output = judged(network, torch.from_numpy(heard).to(device))
    return [of.cpu().numpy() for of in (output.total, output.attention) if of is not None]
