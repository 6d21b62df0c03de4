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

Weights = Mapping[str, NDArray[Any]]

INPUT = "spectrum"
LOGITS, ATTENTION = "logits", "attention"
_OPSET, _IR = 18, 9  # read by ONNX Runtime since 1.14
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
    if isinstance(config, LineSpectrumConfig):
        return _line_spectrum(weights, config, front_end)
    return _detector(weights, config, front_end)


def _detector(weights: Weights, config: NetworkConfig, front_end: FrontEnd) -> bytes:
    """Source: Kim et al. 2021, as `detector_network.DetectorNetwork`."""
    graph = _Graph(weights)
    x = INPUT
    for n, (kernel, stride, _) in enumerate(BLOCKS):
        x = _complex_convolution(graph, x, f"blocks.{n}.0", stride, padding(kernel))
        x = _complex_norm(graph, x, f"blocks.{n}.1", config.norm)
        slope = graph.array(weights[f"blocks.{n}.2.weight"][:, None, None])
        x = graph.add("PRelu", x, slope)
    real, imag = graph.halves(x)
    squared = graph.add("Add", graph.add("Mul", real, real), graph.add("Mul", imag, imag))
    by_magnitude = graph.convolution(squared, "magnitude_head", (2, 1), (2, 0))
    by_complex = graph.convolution(x, "complex_head", (2, 1), (2, 0))
    features = graph.add("Concat", by_complex, by_magnitude, axis=1)

    convolved = graph.convolution(features, "attention.convolution", (2, 1), (1, 0))
    hidden = graph.add("Relu", graph.linear(graph.mean(convolved), "attention.first"))
    of_channels = graph.linear(hidden, "attention.second")
    if config.attention == "softmax":
        attention = graph.add("Softmax", of_channels, axis=1, to=ATTENTION)
    else:
        attention = graph.add("Sigmoid", of_channels, to=ATTENTION)
    factor = graph.add("Add", attention, graph.array(np.ones(1, np.float32)))
    factor = graph.add("Unsqueeze", factor, graph.array(np.array([2, 3])))
    attended = graph.add("Mul", features, factor)
    graph.mean(graph.convolution(attended, "total_head"), to=LOGITS)
    return graph.model((2, front_end.n_frequencies, front_end.window_frames), (LOGITS, ATTENTION))


def _complex_convolution(
    graph: _Graph, x: str, name: str, stride: Sequence[int], pads: Sequence[int]
) -> str:
    """Three real convolutions instead of four, as `complex_layers.ComplexConv2d`."""
    real, imag = graph.weights[f"{name}.real"], graph.weights[f"{name}.imag"]
    at: dict[str, Any] = {"strides": [*stride], "pads": [*pads, *pads]}
    x_real, x_imag = graph.halves(x)
    both = graph.add("Conv", graph.add("Add", x_real, x_imag), graph.array(real), **at)
    cross_real = graph.add("Conv", x_real, graph.array(imag - real), **at)
    cross_imag = graph.add("Conv", x_imag, graph.array(imag + real), **at)
    parts = graph.add("Sub", both, cross_imag), graph.add("Add", both, cross_real)
    return graph.add("Concat", *parts, axis=1)


def _complex_norm(graph: _Graph, x: str, name: str, norm: str) -> str:
    if norm == "split":
        return graph.batch_norm(x, name)
    of = {part: graph.weights[f"{name}.{part}"] for part in ("scale", "shift", "running_mean")}
    variance = np.tile(graph.weights[f"{name}.running_var"], 2)
    scale = np.tile(of["scale"], 2)
    return graph.normalised(x, scale, of["shift"], of["running_mean"], variance)


def _line_spectrum(weights: Weights, config: LineSpectrumConfig, front_end: FrontEnd) -> bytes:
    """As `line_spectrum_network.LineSpectrumNetwork`."""
    graph = _Graph(weights)
    x = INPUT
    for n, (_, stride) in enumerate(CONVOLUTIONS):
        x = graph.convolution(x, f"lines.{3 * n}", (stride,), (0,))
        x = graph.add("Relu", graph.batch_norm(x, f"lines.{3 * n + 1}"))
    x = graph.linear(graph.add("Flatten", x, axis=1), "embedding.1")
    x = graph.linear(graph.add("Relu", graph.batch_norm(x, "embedding.2")), "embedding.4")
    embedded = graph.add("LpNormalization", x, axis=1, p=2)
    centres = weights["centres"]
    length = np.sqrt(np.square(centres).sum(axis=1, keepdims=True))
    unit = config.scale * centres / np.maximum(length, 1e-12)
    graph.add("MatMul", embedded, graph.array(unit.T.astype(np.float32)), to=LOGITS)
    return graph.model((1, front_end.n_frequencies), (LOGITS,))


class _Graph:
    """Nodes and constants as they are added; every method gives the name of what it makes."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def add(self, kind: str, *inputs: str, to: str | None = None, **attributes: Any) -> str:
        """An operation with one output."""
        from onnx import helper

        name = to or f"{kind.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def array(self, values: NDArray[Any]) -> str:
        """A constant."""
        from onnx import numpy_helper

        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def halves(self, x: str) -> tuple[str, str]:
        """Real and imaginary channels."""
        from onnx import helper

        names = [f"real_{len(self._nodes)}", f"imag_{len(self._nodes)}"]
        self._nodes.append(helper.make_node("Split", [x], names, axis=1, num_outputs=2))
        return names[0], names[1]

    def convolution(
        self, x: str, name: str, stride: Sequence[int] = (1, 1), pads: Sequence[int] = (0, 0)
    ) -> str:
        """A real convolution with a bias."""
        weight, bias = self._affine(name)
        return self.add("Conv", x, weight, bias, strides=[*stride], pads=[*pads, *pads])

    def linear(self, x: str, name: str) -> str:
        """A linear layer."""
        return self.add("Gemm", x, *self._affine(name), transB=1)

    def _affine(self, name: str) -> tuple[str, str]:
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return self.array(weight), self.array(bias)

    def batch_norm(self, x: str, name: str) -> str:
        """A batch norm in evaluation mode."""
        parts = ("weight", "bias", "running_mean", "running_var")
        return self.normalised(x, *(self.weights[f"{name}.{part}"] for part in parts))

    def normalised(self, x: str, *of: NDArray[Any]) -> str:
        """By scale, shift, mean and variance of each channel."""
        constants = [self.array(values.astype(np.float32, copy=False)) for values in of]
        return self.add("BatchNormalization", x, *constants, epsilon=_EPSILON)

    def mean(self, x: str, to: str | None = None) -> str:
        """Over frequency and time."""
        return self.add("ReduceMean", x, self.array(np.array([2, 3])), keepdims=0, to=to)

    def model(self, shape: Sequence[int], outputs: Sequence[str]) -> bytes:
        """All of it, serialised; `shape` is of one window."""
        from onnx import TensorProto, helper

        read = helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["window", *shape])
        given = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["window", None])
            for name in outputs
        ]
        graph = helper.make_graph(self._nodes, "network", [read], given, self._constants)
        opset = [helper.make_opsetid("", _OPSET)]
        model = helper.make_model(graph, opset_imports=opset, ir_version=_IR)
        serialised: bytes = model.SerializeToString()
        return serialised
