"""What a network makes of a batch in training; on a GPU all its steps are launched at once."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from mimimi.config import Precision
from mimimi.networks.build import Network
from mimimi.networks.output import NetworkOutput


class ForwardPass:
    """A network's forward pass, and the backward pass that belongs to it.

    A GPU computes the hundreds of steps of a batch faster than a processor launches them one by
    one. So the first batch's are captured, and launched at once for each later batch of its shape.

    Args:
        network: in training mode, on the device where its batches will be.
        precision: of the forward pass.

    Example:
        >>> from mimimi.config import NetworkConfig
        >>> from mimimi.networks.build import build
        >>> forward = ForwardPass(build(4, NetworkConfig(width=0.1)), "float32")
        >>> forward(torch.randn(8, 2, 513, 64)).total.shape
        torch.Size([8, 4])
    """

    def __init__(self, network: Network, precision: Precision) -> None:
        self._step_by_step = _Outputs(network, precision)
        self._captured: Callable[[Tensor], tuple[Tensor, ...]] | None = None
        self._shape: torch.Size | None = None

    def __call__(self, batch: Tensor) -> NetworkOutput:
        """Classify; shapes as the network says."""
        if batch.device.type != "cuda":
            return NetworkOutput(*self._step_by_step(batch))
        if self._captured is None:
            self._capture(batch)
        if self._captured is None or batch.shape != self._shape:  # an epoch's last, smaller batch
            return NetworkOutput(*self._step_by_step(batch))
        return NetworkOutput(*self._captured(batch))

    def _capture(self, batch: Tensor) -> None:
        network = self._step_by_step.network
        before = {name: value.clone() for name, value in network.state_dict().items()}
        # Gradients are made in the stream that captures, and added up in the one that trains.
        torch.autograd.graph.set_warn_on_accumulate_grad_stream_mismatch(False)
        sample = torch.zeros_like(batch)
        captured = _Outputs(network, self._step_by_step.precision)  # its `forward` is replaced
        self._captured = torch.cuda.make_graphed_callables(captured, (sample,))  # type: ignore[assignment]
        self._shape = batch.shape
        network.load_state_dict(before)  # to be captured it has to be tried, which moves its means


class _Outputs(nn.Module):
    """A network whose outputs are all tensors; the first ones of `NetworkOutput`."""

    def __init__(self, network: Network, precision: Precision) -> None:
        super().__init__()
        self.network, self.precision = network, precision

    def forward(self, batch: Tensor) -> tuple[Tensor, ...]:
        mixed = self.precision == "bfloat16"
        # A captured pass must not hold on to weights that were rounded before.
        with torch.autocast(batch.device.type, torch.bfloat16, enabled=mixed, cache_enabled=False):
            output = self.network(batch)
        return tuple(of for of in output if of is not None)
