"""Networks by the name under which a saved detector knows them."""

from __future__ import annotations

from typing import Any

from mimimi.config import AnyNetworkConfig, LineSpectrumConfig, NetworkConfig
from mimimi.networks.detector_network import DetectorNetwork
from mimimi.networks.line_spectrum_network import LineSpectrumNetwork

Network = DetectorNetwork | LineSpectrumNetwork

CONFIGS: dict[str, type[NetworkConfig] | type[LineSpectrumConfig]] = {
    "DetectorNetwork": NetworkConfig,
    "LineSpectrumNetwork": LineSpectrumConfig,
}


def build(n_classes: int, config: AnyNetworkConfig) -> Network:
    """A network with weights drawn anew.

    Args:
        n_classes: machines it tells apart.
        config: its kind decides which network it is.

    Example:
        >>> type(build(4, NetworkConfig(width=0.1))).__name__
        'DetectorNetwork'
    """
    if isinstance(config, LineSpectrumConfig):
        return LineSpectrumNetwork(n_classes, config)
    return DetectorNetwork(n_classes, config)


def name_of(config: Any) -> str:
    """The name of the network that a configuration builds.

    Example:
        >>> name_of(LineSpectrumConfig())
        'LineSpectrumNetwork'
    """
    return next(name for name, kind in CONFIGS.items() if type(config) is kind)
