"""From the weights of a network to its ONNX graph, by our own code and without torch.

A graph is never read from a stranger: it is made here from weights that were checked. Built with
`onnx.helper` and not exported by torch, so that whoever only judges needs no torch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mimimi.config import AnyNetworkConfig, FrontEnd, LineSpectrumConfig, NetworkConfig
from mimimi.networks.architecture import BLOCKS, CONVOLUTIONS, padding
from mimimi.networks.graph_builder import Graph

Weights = Mapping[str, NDArray[Any]]

INPUT = "spectrum"
LOGITS, ATTENTION = "logits", "attention"
_EPSILON = 1e-5  # of batch norms, added to the variance


def graph_of(weights: Weights, config: AnyNetworkConfig, front_end: FrontEnd) -> bytes:
    """The graph of a network in evaluation mode.

    Args:
        weights: as `architecture.forms` names and shapes them.
        config: its kind decides which network it is.
        front_end: that it reads through.

    Returns:
        A serialised ONNX model. It reads `spectrum`, windows `(window, 2, frequency, time)` or line
        spectra `(window, 1, frequency)`, and gives `logits` `(window, classes)` and, of the paper's
        network, `attention` `(window, 2 classes)`.
    """
    graph = Graph()
    if isinstance(config, LineSpectrumConfig):
        outputs = {LOGITS: line_spectrum(graph, INPUT, weights, config)}
        shape: list[int | str] = ["window", 1, front_end.n_frequencies]
    else:
        logits, attention = detector(graph, INPUT, weights, config)
        outputs = {LOGITS: logits, ATTENTION: attention}
        shape = ["window", 2, front_end.n_frequencies, front_end.window_frames]
    for name, of in outputs.items():
        graph.add("Identity", of, to=name)
    return graph.model({INPUT: shape}, {name: ["window", None] for name in outputs})


def detector(graph: Graph, x: str, weights: Weights, config: NetworkConfig) -> tuple[str, str]:
    """The paper's network: from windows to logits and attention.

    Source: Kim et al. 2021, as `detector_network.DetectorNetwork`.
    """
    for n, (kernel, stride, _) in enumerate(BLOCKS):
        block = f"blocks.{n}"
        x = _complex_convolution(graph, x, weights, f"{block}.0", stride, padding(kernel))
        x = _complex_norm(graph, x, weights, f"{block}.1", config.norm)
        x = graph.add("PRelu", x, weights[f"{block}.2.weight"][:, None, None])
    real, imag = graph.halves(x)
    squared = graph.add("Add", graph.add("Mul", real, real), graph.add("Mul", imag, imag))
    by_magnitude = _convolution(graph, squared, weights, "magnitude_head", (2, 1), (2, 0))
    by_complex = _convolution(graph, x, weights, "complex_head", (2, 1), (2, 0))
    features = graph.add("Concat", by_complex, by_magnitude, axis=1)

    convolved = _convolution(graph, features, weights, "attention.convolution", (2, 1), (1, 0))
    hidden = graph.add("Relu", _linear(graph, graph.mean(convolved), weights, "attention.first"))
    of_channels = _linear(graph, hidden, weights, "attention.second")
    if config.attention == "softmax":
        attention = graph.add("Softmax", of_channels, axis=1)
    else:
        attention = graph.add("Sigmoid", of_channels)
    factor = graph.add("Unsqueeze", attention, np.array([2, 3]))
    attended = graph.add("Add", features, graph.add("Mul", features, factor))
    return graph.mean(_convolution(graph, attended, weights, "total_head")), attention


def line_spectrum(graph: Graph, x: str, weights: Weights, config: LineSpectrumConfig) -> str:
    """The line-spectrum network, as `line_spectrum_network.LineSpectrumNetwork`: to logits."""
    for n, (_, stride) in enumerate(CONVOLUTIONS):
        x = _convolution(graph, x, weights, f"lines.{3 * n}", (stride,), (0,))
        x = graph.add("Relu", _batch_norm(graph, x, weights, f"lines.{3 * n + 1}"))
    x = _linear(graph, graph.add("Flatten", x, axis=1), weights, "embedding.1")
    x = graph.add("Relu", _batch_norm(graph, x, weights, "embedding.2"))
    embedded = graph.add("LpNormalization", _linear(graph, x, weights, "embedding.4"), axis=1, p=2)
    centres = weights["centres"]
    length = np.sqrt(np.square(centres).sum(axis=1, keepdims=True))
    unit = config.scale * centres / np.maximum(length, 1e-12)
    return graph.add("MatMul", embedded, unit.T.astype(np.float32))


def _complex_convolution(
    graph: Graph, x: str, weights: Weights, name: str, stride: Sequence[int], pads: Sequence[int]
) -> str:
    """Three real convolutions instead of four, as `complex_layers.ComplexConv2d`."""
    real, imag = weights[f"{name}.real"], weights[f"{name}.imag"]
    at: dict[str, Any] = {"strides": [*stride], "pads": [*pads, *pads]}
    x_real, x_imag = graph.halves(x)
    both = graph.add("Conv", graph.add("Add", x_real, x_imag), real, **at)
    cross_real = graph.add("Conv", x_real, imag - real, **at)
    cross_imag = graph.add("Conv", x_imag, imag + real, **at)
    parts = graph.add("Sub", both, cross_imag), graph.add("Add", both, cross_real)
    return graph.add("Concat", *parts, axis=1)


def _complex_norm(graph: Graph, x: str, weights: Weights, name: str, norm: str) -> str:
    if norm == "split":
        return _batch_norm(graph, x, weights, name)
    names = ("scale", "shift", "running_mean", "running_var")
    scale, shift, mean, variance = (weights[f"{name}.{part}"] for part in names)
    return _normalised(graph, x, np.tile(scale, 2), shift, mean, np.tile(variance, 2))


def _batch_norm(graph: Graph, x: str, weights: Weights, name: str) -> str:
    """A batch norm in evaluation mode."""
    parts = ("weight", "bias", "running_mean", "running_var")
    return _normalised(graph, x, *(weights[f"{name}.{part}"] for part in parts))


def _normalised(graph: Graph, x: str, *of: NDArray[Any]) -> str:
    """By scale, shift, mean and variance of each channel."""
    return graph.add("BatchNormalization", x, *of, epsilon=_EPSILON)


def _convolution(
    graph: Graph,
    x: str,
    weights: Weights,
    name: str,
    stride: Sequence[int] = (1, 1),
    pads: Sequence[int] = (0, 0),
) -> str:
    """A real convolution with a bias."""
    at: dict[str, Any] = {"strides": [*stride], "pads": [*pads, *pads]}
    return graph.add("Conv", x, *_affine(weights, name), **at)


def _linear(graph: Graph, x: str, weights: Weights, name: str) -> str:
    return graph.add("Gemm", x, *_affine(weights, name), transB=1)


def _affine(weights: Weights, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]
