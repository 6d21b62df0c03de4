"""An ONNX graph as it is put together, one operation after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Shape = Sequence[int | str | None]  # lengths that differ have a name, or none

_OPSET, _IR = 18, 9  # read by ONNX Runtime since 1.14


class Graph:
    """Nodes and constants as they are added; every method gives the name of what it makes."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def add(
        self,
        kind: str,
        *inputs: str | float | NDArray[Any],
        to: str | None = None,
        **attributes: Any,
    ) -> str:
        """An operation with one output; of its inputs, numbers and arrays are constants."""
        from onnx import helper

        names = [of if isinstance(of, str) else self._constant(of) for of in inputs]
        name = to or f"{kind.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, names, [name], **attributes))
        return name

    def _constant(self, values: float | NDArray[Any]) -> str:
        from onnx import numpy_helper

        if isinstance(values, int | float):
            values = np.float32(values)
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def halves(self, x: str) -> tuple[str, str]:
        """Real and imaginary channels."""
        from onnx import helper

        names = [f"real_{len(self._nodes)}", f"imag_{len(self._nodes)}"]
        self._nodes.append(helper.make_node("Split", [x], names, axis=1, num_outputs=2))
        return names[0], names[1]

    def top(self, x: str, count: int) -> str:
        """The largest values along the first axis, from the largest down."""
        from onnx import helper

        names = [f"top_{len(self._nodes)}", f"where_{len(self._nodes)}"]
        self._nodes.append(
            helper.make_node("TopK", [x, self._constant(np.array([count]))], names, axis=0)
        )
        return names[0]

    def mean(self, x: str) -> str:
        """Over frequency and time of `(window, channel, frequency, time)`."""
        return self.add("ReduceMean", x, np.array([2, 3]), keepdims=0)

    def model(self, reads: Mapping[str, Shape], gives: Mapping[str, Shape]) -> bytes:
        """All of it, serialised."""
        from onnx import TensorProto, helper

        read, given = (
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, of) for n, of in values.items()]
            for values in (reads, gives)
        )
        graph = helper.make_graph(self._nodes, "mimimi", read, given, self._constants)
        opset = [helper.make_opsetid("", _OPSET)]
        model = helper.make_model(graph, opset_imports=opset, ir_version=_IR)
        serialised: bytes = model.SerializeToString()
        return serialised
