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
from mimimi.networks.architecture import CONVOLUTIONS, blocks, padding
from mimimi.networks.graph_builder import Graph

Weights = Mapping[str, NDArray[Any]]

INPUT = "spectrum"
LOGITS, ATTENTION = "logits", "attention"
_EPSILON = 1e-5  # of batch norms, added to the variance
_ALIGNED = 16  # channels


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

    Frequency is the last axis in here: ONNX Runtime multiplies along it, several places at a time,
    and a row of 257 frequencies leaves less over at its ends than one of 32 frames.

    Source: Kim et al. 2021, as `detector_network.DetectorNetwork`.
    """
    x = graph.add("Transpose", x, perm=[0, 1, 3, 2])
    for n, (size, stride, _) in enumerate(blocks(config)):
        x = _complex_block(graph, x, weights, f"blocks.{n}", stride, padding(size), config.norm)
    squares = graph.add("Mul", x, x)
    of_magnitude, bias = _affine(weights, "magnitude_head")
    kernel = _aligned(np.concatenate((of_magnitude, of_magnitude), axis=1), 1)
    by_magnitude = _convolution(graph, squares, kernel, bias, (2, 1), (2, 0))
    of_complex, bias = _affine(weights, "complex_head")
    by_complex = _convolution(graph, x, _aligned(of_complex, 1), bias, (2, 1), (2, 0))
    features = graph.add("Concat", by_complex, by_magnitude, axis=1)

    of_attention = _affine(weights, "attention.convolution")
    convolved = _convolution(graph, features, *of_attention, (2, 1), (1, 0))
    hidden = graph.add("Relu", _linear(graph, graph.mean(convolved), weights, "attention.first"))
    of_channels = _linear(graph, hidden, weights, "attention.second")
    if config.attention == "softmax":
        attention = graph.add("Softmax", of_channels, axis=1)
    else:
        attention = graph.add("Sigmoid", of_channels)
    factor = graph.add("Unsqueeze", attention, np.array([2, 3]))
    attended = graph.add("Add", features, graph.add("Mul", features, factor))
    return graph.mean(_convolution(graph, attended, *_affine(weights, "total_head"))), attention


def line_spectrum(graph: Graph, x: str, weights: Weights, config: LineSpectrumConfig) -> str:
    """The line-spectrum network, as `line_spectrum_network.LineSpectrumNetwork`: to logits."""
    for n, (_, stride) in enumerate(CONVOLUTIONS):
        at: dict[str, Any] = {"strides": [stride], "pads": [0, 0]}
        x = graph.add("Conv", x, *_affine(weights, f"lines.{3 * n}"), **at)
        x = graph.add("Relu", _batch_norm(graph, x, weights, f"lines.{3 * n + 1}"))
    x = _linear(graph, graph.add("Flatten", x, axis=1), weights, "embedding.1")
    x = graph.add("Relu", _batch_norm(graph, x, weights, "embedding.2"))
    embedded = graph.add("LpNormalization", _linear(graph, x, weights, "embedding.4"), axis=1, p=2)
    centres = weights["centres"]
    length = np.sqrt(np.square(centres).sum(axis=1, keepdims=True))
    unit = config.scale * centres / np.maximum(length, 1e-12)
    return graph.add("MatMul", embedded, unit.T.astype(np.float32))


def _complex_block(
    graph: Graph,
    x: str,
    weights: Weights,
    name: str,
    stride: Sequence[int],
    pads: Sequence[int],
    norm: str,
) -> str:
    """Complex convolution, batch norm and PReLU, as `detector_network.ComplexBlock`.

    One convolution with the stacked matrix, the norm in it: in training three after Gauss are
    faster, here what would go on between them takes longer than it saves.
    """
    real, imag = weights[f"{name}.0.real"], weights[f"{name}.0.imag"]
    stacked = np.concatenate(
        (np.concatenate((real, -imag), axis=1), np.concatenate((imag, real), axis=1))
    )
    gain, offset = _complex_norm(weights, f"{name}.1", norm)
    kernel = _aligned(stacked * gain[:, None, None, None], 0, 1)
    x = _convolution(graph, x, kernel, _aligned(offset, 0), stride, pads)
    # A PReLU; that of ONNX Runtime takes eight times as long.
    slope = _aligned(weights[f"{name}.2.weight"], 0)[:, None, None]
    above_zero = graph.add("Mul", graph.add("Relu", x), 1 - slope)
    return graph.add("Add", graph.add("Mul", x, slope), above_zero)


def _complex_norm(
    weights: Weights, name: str, norm: str
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Factor and summand of each channel, of a norm in evaluation mode."""
    split = ("weight", "bias", "running_mean", "running_var")
    modulus = ("scale", "shift", "running_mean", "running_var")
    names = split if norm == "split" else modulus
    scale, shift, mean, variance = (weights[f"{name}.{part}"] for part in names)
    parts = len(mean) // len(variance)  # that share a variance
    gain: NDArray[np.float32] = np.tile(scale / np.sqrt(variance + _EPSILON), parts)
    offset: NDArray[np.float32] = shift - mean * gain
    return gain, offset


def _batch_norm(graph: Graph, x: str, weights: Weights, name: str) -> str:
    """A batch norm in evaluation mode."""
    parts = ("weight", "bias", "running_mean", "running_var")
    of = (weights[f"{name}.{part}"] for part in parts)
    return graph.add("BatchNormalization", x, *of, epsilon=_EPSILON)


def _convolution(
    graph: Graph,
    x: str,
    kernel: NDArray[np.float32],
    bias: NDArray[np.float32],
    stride: Sequence[int] = (1, 1),
    pads: Sequence[int] = (0, 0),
) -> str:
    """A real convolution of `(window, channel, time, frequency)`.

    Args:
        graph: added to.
        x: what is convolved.
        kernel: `(channels out, channels in, frequency, time)`.
        bias: of each channel out.
        stride: along frequency and time.
        pads: on each side, along frequency and time.
    """
    at: dict[str, Any] = {"strides": [*stride[::-1]], "pads": [*pads[::-1], *pads[::-1]]}
    return graph.add("Conv", x, kernel.swapaxes(2, 3), bias, **at)


def _aligned(values: NDArray[np.float32], *axes: int) -> NDArray[np.float32]:
    """With channels of zeros, so that they are as many as ONNX Runtime convolves at a time.

    Of other numbers it goes a slower way. The two parts of a spectrum stay two.
    """
    lacking = [(0, -n % _ALIGNED if k in axes and n > 2 else 0) for k, n in enumerate(values.shape)]
    return np.pad(values, lacking)


def _linear(graph: Graph, x: str, weights: Weights, name: str) -> str:
    return graph.add("Gemm", x, *_affine(weights, name), transB=1)


def _affine(weights: Weights, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]
