"""What was measured of a recording, before anything is decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from mimimi.audio.waveform import Problem
from mimimi.config import FrontEnd
from mimimi.detector.verdict import OTHER_TYPES, ChannelWeights, Window
from mimimi.features.segments import repeated


@dataclass(frozen=True)
class Measurement:
    """A recording as the members of an ensemble, the baselines and the references see it.

    Args:
        name: of the recording, for messages.
        seconds: its length.
        problems: what was mended when it was read.
        windows: scores `(segment, window, ids)`, on the ensemble's scale.
        starts: of the windows, `(segment, window)` in seconds.
        ids: score of the recording under each id, `(ids,)`.
        likeness: logarithm of the probability of each id, `(ids,)` in nats, mean over the members.
        attention: `(2, ids)`, complex first, with one column more for the machines of other types
            where the network knows such; None where no member has one.
        margins: by how much each of a memory's normal recordings scores above this one to a memory
            that has not heard it, `(normal recordings,)`; None where no memory judges alone.
        faults: what it would score if that fault were normal, `(faults,)`; None likewise.
        by_member: each member's own mean score under each id, `(ids,)`, by its name.
        statistics: of the log-mel bands of each segment, see `spectral_baseline.band_statistics`.
        embedding: logits of all classes of all members, mean over the recording, each member's at
            unit length, `(n,)`.
        spectrum: mean level of 64 mel bands, `(64,)` in dB, see `references.band_levels`.
        fingerprint: by which it is known again, see `mimimi.features.fingerprint`.
    """

    name: str
    seconds: float
    problems: tuple[Problem, ...]
    windows: Tensor
    starts: Tensor
    ids: Tensor
    likeness: Tensor
    attention: Tensor | None
    margins: Tensor | None
    faults: Tensor | None
    by_member: dict[str, Tensor]
    statistics: Tensor
    embedding: Tensor
    spectrum: Tensor
    fingerprint: str

    def windows_of(self, which: int, front_end: FrontEnd) -> list[Window]:
        """The windows by time, as they are shown.

        Args:
            which: of the detector's ids.
            front_end: of the first member.
        """
        seconds = front_end.window_samples / front_end.sample_rate
        scores = self.windows[..., which].flatten().tolist()
        starts = self.starts.flatten().tolist()
        found = [Window(start, seconds, score) for start, score in zip(starts, scores, strict=True)]
        # A recording that was repeated to length has no sound of its own beyond its end.
        end = max(self.seconds, seconds) + 0.1
        return sorted((w for w in found if w.start + seconds <= end), key=lambda w: w.start)

    def warnings(self, front_end: FrontEnd) -> list[str]:
        """What is to be known of the recording, whatever the verdict."""
        said = [problem.text for problem in self.problems]
        if repeated(self.seconds, front_end):
            said.append(
                f"{self.seconds:.1f} s is short: it was repeated to {front_end.segment_seconds:g} s"
            )
        return said

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
