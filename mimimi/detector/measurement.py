"""What was measured of a recording, before anything is decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from mimimi.audio.waveform import Cut, Problem, position
from mimimi.config import FrontEnd
from mimimi.detector.novelty import Novelty
from mimimi.detector.verdict import OTHER_TYPES, ChannelWeights, Window
from mimimi.features.segments import repeated
from mimimi.memory import State

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Measurement:
    """A recording as the members of an ensemble, the baselines and the references see it.

    Args:
        name: of the recording, for messages.
        seconds: its length.
        problems: what was mended when it was read.
        windows: scores `(segment, window, ids)`, on the ensemble's scale.
        starts: of the windows, `(segment, window)` in seconds of what is weighed.
        ids: score of the recording under each id, `(ids,)`.
        likeness: logarithm of the probability of each id, `(ids,)` in nats, mean over the networks.
        by_member: each member's own mean score under each id, `(ids,)`, by its name.
        embedding: logits of all classes of all members, mean over the recording, each member's at
            unit length, `(n,)`.
        spectrum: mean level of 64 mel bands, `(64,)` in dB, see `references.band_levels`.
        fingerprint: by which it is known again, see `mimimi.features.fingerprint`.
        statistics: of the log-mel bands of each segment, see `spectral_baseline.band_statistics`;
            none where a memory judges alone.
        attention: `(2, ids)`, complex first, with one column more for the machines of other types
            where the network knows such; None where no member has one.
        margins: by how much each of a memory's normal recordings scores above this one to a memory
            that has not heard it, `(normal recordings,)`, of its state where it has one; None where
            no memory judges alone.
        faults: by how much each fault heard before is further from it than normal sound is,
            `(faults,)`; None likewise.
        novelty: how far it is from all that is known; None where no memories judge beside networks.
        cuts: what was left out of the recording before it was weighed.
        state: of its machine, where that has several and all of the recording is of one.
    """

    name: str
    seconds: float
    problems: tuple[Problem, ...]
    windows: Array
    starts: NDArray[np.float64]
    ids: Array
    likeness: Array
    by_member: dict[str, Array]
    embedding: Array
    spectrum: Array
    fingerprint: str
    statistics: Array = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    attention: Array | None = None
    margins: NDArray[np.float64] | None = None
    faults: NDArray[np.float64] | None = None
    novelty: Novelty | None = None
    cuts: tuple[Cut, ...] = ()
    state: State | None = None

    @property
    def probabilities(self) -> Array:
        """Of each id, `(ids,)`."""
        odds = np.exp(self.likeness - self.likeness.max())
        found: Array = odds / odds.sum()
        return found

    def windows_of(self, which: int, front_end: FrontEnd) -> list[Window]:
        """The windows by their time in the recording, as they are shown.

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
        heard = sorted((w for w in found if w.start + seconds <= end), key=lambda w: w.start)
        return [replace(w, start=position(w.start, self.cuts)) for w in heard]

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
