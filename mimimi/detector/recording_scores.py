"""What a detector has measured of a recording, before anything is decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from mimimi import audio
from mimimi.detector.verdict import OTHER_TYPES, ChannelWeights


@dataclass(frozen=True)
class RecordingScores:
    """A recording measured by every id.

    `windows` is `(segment, window, ids)`, `ids` is `(ids,)` with the score of the recording under
    each id, `likeness` is `(ids,)`, the logarithm of the probability of each id, in nats, mean over
    the members; `attention` is `(2, ids)`, complex first, with one column more for the
    machines of other types where the network knows such; None where no network has one; `starts` is
    `(segment, window)` in seconds; `by_member` holds each member's own mean cross-entropy of the
    recording, `(ids,)` in nats, by its name; `distance` is that from the nearest known machine.
    """

    waveform: audio.Waveform
    windows: Tensor
    ids: Tensor
    likeness: Tensor
    attention: Tensor | None
    starts: Tensor
    by_member: dict[str, Tensor]
    distance: float | None

    def channel_weights(self, ids: Sequence[str]) -> ChannelWeights | None:
        """The attention by machine id, and what is left for the machines of other types.

        Args:
            ids: of the detector, in its order.
        """
        if self.attention is None:
            return None
        by_complex, by_magnitude = self.attention.tolist()
        names = ids if len(by_complex) == len(ids) else [*ids, OTHER_TYPES]
        return ChannelWeights(
            magnitude=dict(zip(names, by_magnitude, strict=True)),
            complex=dict(zip(names, by_complex, strict=True)),
        )


def attention_of(own: Sequence[int], weights: Tensor) -> Tensor:
    """The attention on the machines of one type, that on all others summed up.

    Args:
        own: classes of the network that are machines of the type.
        weights: `(..., 2 classes)`, complex first.

    Returns:
        `(n, 2, own)`, a column wider if there are others.

    Example:
        >>> attention_of([1], torch.tensor([[0.1, 0.2, 0.3, 0.4]]))
        tensor([[[0.2000, 0.1000],
                 [0.4000, 0.3000]]])
    """
    classes = weights.shape[-1] // 2
    weights = weights.reshape(-1, 2, classes)
    others = [k for k in range(classes) if k not in own]
    rest = weights[..., others].sum(-1, keepdim=True)
    return torch.cat((weights[..., list(own)], *((rest,) if others else ())), dim=-1)
