"""From a configuration to its network."""

from __future__ import annotations

from mimimi.config import AnyNetworkConfig, LineSpectrumConfig
from mimimi.networks.detector_network import DetectorNetwork
from mimimi.networks.line_spectrum_network import LineSpectrumNetwork

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
