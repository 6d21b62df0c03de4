"""Networks by the name under which a saved detector knows them; read without torch."""

from __future__ import annotations

from typing import Any

from mimimi.config import LineSpectrumConfig, NetworkConfig

CONFIGS: dict[str, type[NetworkConfig] | type[LineSpectrumConfig]] = {
    "DetectorNetwork": NetworkConfig,
    "LineSpectrumNetwork": LineSpectrumConfig,
}


def name_of(config: Any) -> str:
    """The name of the network that a configuration builds.

    Example:
        >>> name_of(LineSpectrumConfig())
        'LineSpectrumNetwork'
    """
    return next(name for name, kind in CONFIGS.items() if type(config) is kind)
