"""What a detector that was learnt from one machine can be told later: more of it, and verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mimimi.audio import Channel
from mimimi.detector import learning
from mimimi.detector.ensemble import Ensemble
from mimimi.detector.hearing import Hearing
from mimimi.detector.measurement import Measurement
from mimimi.detector.references import References
from mimimi.detector.spectral_baseline import SpectralBaseline
from mimimi.memory import Occasion
from mimimi.memory.occasion import Kind

if TYPE_CHECKING:
    from typing_extensions import Self


@dataclass(frozen=True)
class Teachable(Hearing):
    """The part of a detector that goes on learning; see `mimimi.detector.detector.Detector`.

    Nothing is changed: each method gives another detector.

    Args:
        config: machines, calibration, and what the card says.
        ensemble: the members that score.
        baseline: how its machines usually sound, if `config.novelty_limit` is given.
        references: normal recordings to compare with.
        origin: where it was loaded from, in words.
    """

    ensemble: Ensemble
    baseline: SpectralBaseline | None = None
    references: References = field(default_factory=References)
    origin: str = "memory"

    def remember(
        self, recordings: Sequence[learning.Sound], *, channel: Channel | None = None
    ) -> Self:
        """The same, after more normal sound of its machine, such as nobody chose.

        Raises:
            AudioError: a recording cannot be learnt from.
            DetectorError: it was trained, or was told a hundred things already.
        """
        return self._after("learnt", recordings, channel)

    def was_normal(
        self, source: learning.Sound, *, channel: Channel | None = None, name: str | None = None
    ) -> Self:
        """The same, told after a verdict that this recording was normal.

        It is a reference from now on, and the threshold is made anew. It does not count for what is
        promised, since it was chosen.

        Args:
            source: as for `analyse`, or a waveform that was read.
            channel: the one that was judged; the same as for `analyse` by default.
            name: what messages call it.

        Raises:
            AudioError: the recording cannot be learnt from.
            DetectorError: it was trained, or was told a hundred things already.
            UserError: the recording was heard before.
        """
        return self._after("normal", [source], channel, name=name)

    def was_fault(
        self,
        source: learning.Sound,
        fault: str,
        *,
        channel: Channel | None = None,
        name: str | None = None,
    ) -> Self:
        """The same, told after a verdict what was the matter.

        A later recording that is nearer to this one than to normal is said to be like it; whether
        it is called unusual does not change.

        Args:
            source: as for `analyse`, or a waveform that was read.
            fault: its name, such as "bearing".
            channel: the one that was judged; the same as for `analyse` by default.
            name: what messages call it.

        Raises:
            AudioError: the recording cannot be learnt from.
            DetectorError: it was trained, or was told a hundred things already.
            UserError: the recording was heard before, or this cannot be a name.

        Example:
            >>> from mimimi import Detector
            >>> from mimimi.simulate import simulate_clip
            >>> clips = [(simulate_clip("fan", "id_50", clip=n), 16_000) for n in range(3)]
            >>> bad = [(simulate_clip("fan", clip=n, fault="unbalance"), 16_000) for n in (7, 8)]
            >>> told = Detector.learn("roof fan", clips, "fan").was_fault(bad[0], "unbalance")
            >>> told.analyse(bad[1]).like.split(",")[0], told.undo().analyse(bad[1]).like
            ('unbalance', None)
        """
        return self._after("fault", [source], channel, fault=fault, name=name)

    def adapt(
        self, recordings: Sequence[learning.Sound], *, channel: Channel | None = None
    ) -> Self:
        """The same for the same machine with another microphone, at another place or in new noise.

        It judges by these recordings alone from now on, and still knows its faults by name; what
        was heard before comes back with `undo`.

        Args:
            recordings: normal ones from there; 10 s will do, a minute is better.
            channel: the one of several channels that is heard; as for `analyse` by default.

        Raises:
            AudioError: there is less than 10 s, or a recording cannot be learnt from.
            DetectorError: it was trained, or was told a hundred things already.
        """
        return self._after("adapted", recordings, channel)

    def with_one_state(self) -> Self:
        """The same, told that its machine has one state, where two were found that are none.

        It is judged by all recordings again, also by those that are added later, until
        `with_states` or `undo`.

        Raises:
            DetectorError: it was said already, or the detector was trained.
        """
        return self._as(learning.with_one_state(self._learnt))

    def with_states(self) -> Self:
        """The same, and its states are looked for again, which `with_one_state` ended.

        Raises:
            DetectorError: it was not told so, or it was trained.
        """
        return self._as(learning.with_states(self._learnt))

    def undo(self) -> Self:
        """As it was before the last of `occasions`.

        Raises:
            DetectorError: there was but one, or it was trained.
        """
        return self._as(learning.undone(self._learnt))

    def renamed(self, name: str) -> Self:
        """The same machine under another name; whatever it was told stays.

        Raises:
            DetectorError: it was trained.
            UserError: this cannot be a name.

        Example:
            >>> from mimimi import Detector
            >>> from mimimi.simulate import simulate_clip
            >>> clips = [(simulate_clip("fan", "id_50", clip=n), 16_000) for n in range(3)]
            >>> Detector.learn("roof fan", clips, "fan").renamed("hall 2, fan").ids
            ('hall 2, fan',)
        """
        return self._as(learning.renamed(self._learnt, name))

    @property
    def occasions(self) -> tuple[Occasion, ...]:
        """When it listened to its machine and what it was told; none if it was trained."""
        memory = self.ensemble.memory
        return memory.memory.occasions if memory else ()

    def like(self, measured: Measurement) -> str | None:
        """The fault that a recording is nearer to than to normal, and when that was heard."""
        if measured.faults is None or not len(measured.faults):
            return None
        nearest = int(measured.faults.argmin())
        if measured.faults[nearest] >= 0:
            return None
        faults = [occasion for occasion in self.occasions if occasion.kind == "fault"]
        return faults[nearest].like

    @property
    def _learnt(self) -> learning.Learnt:
        return learning.Learnt(self.config, self.ensemble, self.references)

    def _after(
        self,
        kind: Kind,
        recordings: Sequence[learning.Sound],
        channel: Channel | None,
        *,
        fault: str | None = None,
        name: str | None = None,
    ) -> Self:
        return self._as(
            learning.after(self._learnt, recordings, kind, channel, fault=fault, name=name)
        )

    def _as(self, learnt: learning.Learnt) -> Self:
        return replace(
            self, config=learnt.config, ensemble=learnt.ensemble, references=learnt.references
        )
