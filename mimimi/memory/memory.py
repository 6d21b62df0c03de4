"""All that is remembered of one machine: its normal sound, its faults, and when they were heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mimimi.errors import DetectorError
from mimimi.memory.bank import Heard, MemoryBank, described
from mimimi.memory.blocks import FEWEST, MOST_BLOCKS, apart, blocks, thinned
from mimimi.memory.distance import Recordings
from mimimi.memory.occasion import MOST_OCCASIONS, MOST_RECORDINGS, Kind, Occasion
from mimimi.memory.spectra import Array
from mimimi.memory.views import HELD

MOST_OF_A_FAULT = 6  # segments
MOST_SEGMENTS = 2 * MOST_BLOCKS + MOST_OCCASIONS * MOST_OF_A_FAULT

_LARGEST = 1e4  # of a stored value: nats, deviations and correlations stay far below


@dataclass(frozen=True)
class Memory:
    """What was heard of a machine, occasion by occasion; all that it judges by follows from that.

    Args:
        vectors: by name of the view, of all segments, `(segment, band, value)`.
        recordings: `(segment,)`, the recording that each is of, counted through all occasions.
        occasions: in the order of time; the first one is of kind `learnt`.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> noise = [rng.normal(size=160_000) for _ in range(4)]
        >>> hum = np.sin(2 * np.pi * 1_240 * np.arange(160_000) / 16_000)
        >>> memory = Memory.learn(noise[:3], Occasion(kind="learnt"))
        >>> told = memory.after([noise[3] + hum], Occasion(kind="fault", fault="hum"))
        >>> heard = told.bank.hear(rng.normal(size=160_000) + hum)
        >>> bool(told.beyond_normal(heard)[0] < 0), told.undone().faults
        (True, ())
    """

    vectors: Mapping[str, Array]
    recordings: Recordings
    occasions: tuple[Occasion, ...]

    @classmethod
    def learn(cls, recordings: Sequence[ArrayLike], occasion: Occasion) -> Memory:
        """From normal recordings; as `MemoryBank.learn`, which it raises as."""
        vectors, numbers = described(blocks(apart(recordings)))
        return cls(vectors, numbers, (occasion,))

    @classmethod
    def of(cls, bank: MemoryBank) -> Memory:
        """Of normal sound that is described already."""
        return cls(bank.vectors, bank.recordings, (Occasion(kind="learnt"),))

    def after(self, recordings: Sequence[ArrayLike], occasion: Occasion) -> Memory:
        """The same, having heard more; thinned evenly, an hour of normal sound is kept.

        And as much from before the machine was adapted to another place, to be undone.

        Args:
            recordings: each `(time,)` at 16 kHz, of the channel that is judged.
            occasion: on which they were heard; its `first` is put right.

        Raises:
            AudioError: a recording is too short, silent, or not finite; less than 10 s to adapt to.
            DetectorError: too much was told already.
        """
        self._require_room()
        cut = blocks(apart(recordings) if occasion.kind == "adapted" else recordings)
        if occasion.kind == "fault":
            cut = cut[thinned(len(cut), MOST_OF_A_FAULT)]
        vectors, numbers = described(cut)
        first = int(self.recordings.max()) + 1
        occasions = (*self.occasions, replace(occasion, first=first))
        longer = Memory(
            {name: np.concatenate([of, vectors[name]]) for name, of in self.vectors.items()},
            np.concatenate([self.recordings, numbers + first]),
            occasions,
        )
        faulty, in_use = longer._heard("fault"), longer._of(longer.normal)
        kept = [np.flatnonzero(faulty)]
        for rows in map(np.flatnonzero, (in_use, ~faulty & ~in_use)):
            kept.append(rows[thinned(len(rows), MOST_BLOCKS)])
        return longer._only(np.sort(np.concatenate(kept)), occasions)

    def as_one_state(self, occasion: Occasion) -> Memory:
        """The same, told that the machine has but one state, whatever its sound falls into.

        Args:
            occasion: of kind `one state`; its `first` is put right.

        Raises:
            DetectorError: it is known already, or too much was told.
        """
        if self.has_one_state:
            raise DetectorError("That it has one state was said already.")
        self._require_room()
        first = max(int(self.recordings.max()) + 1, self.occasions[-1].first)
        return replace(self, occasions=(*self.occasions, replace(occasion, first=first)))

    def with_states(self) -> Memory:
        """The same, and states are looked for again, whenever it was said that it has but one.

        Raises:
            DetectorError: that was never said.
        """
        if not self.has_one_state:
            raise DetectorError("That it has one state was never said.")
        return replace(self, occasions=tuple(o for o in self.occasions if o.kind != "one state"))

    @property
    def has_one_state(self) -> bool:
        """Whether somebody said so."""
        return any(occasion.kind == "one state" for occasion in self.occasions)

    def _require_room(self) -> None:
        if len(self.occasions) == MOST_OCCASIONS:
            raise DetectorError(
                f"{MOST_OCCASIONS} things were told of this machine; learn it anew."
            )

    def undone(self) -> Memory:
        """The same before the last occasion.

        Raises:
            DetectorError: there was but one.
        """
        *before, last = self.occasions
        if not before:
            raise DetectorError("There is nothing to undo: nothing was told since it was learnt.")
        return self._only(np.flatnonzero(self.recordings < last.first), tuple(before))

    @cached_property
    def bank(self) -> MemoryBank:
        """The normal sound, by which segments are judged.

        Recordings that were chosen for how they had been judged are references alone: a segment may
        be near to them, but they count neither for what is usual nor for the promise, which is of
        recordings like those judged. What was heard before the machine was adapted to another place
        is no reference there: it would not help (`benchmarks/memory`).
        """
        normal = self._of(self.normal)
        return MemoryBank(
            {name: of[normal] for name, of in self.vectors.items()},
            self.recordings[normal],
            frozenset(self.recordings[normal & self._heard("normal")].tolist()),
            self.has_one_state,
        )

    @property
    def normal(self) -> tuple[Occasion, ...]:
        """The occasions of the normal sound that it judges by."""
        start = max((o.first for o in self.occasions if o.kind == "adapted"), default=0)
        heard = (o for o in self.occasions if o.kind not in ("fault", "one state"))
        return tuple(o for o in heard if o.first >= start)

    @property
    def promising(self) -> tuple[Occasion, ...]:
        """Those whose recordings count for the promise."""
        return tuple(occasion for occasion in self.normal if occasion.kind != "normal")

    @property
    def faults(self) -> tuple[Occasion, ...]:
        """The occasions on which a fault was heard."""
        return tuple(occasion for occasion in self.occasions if occasion.kind == "fault")

    def beyond_normal(self, heard: Heard) -> NDArray[np.float64]:
        """By how much each fault is further from a segment than normal sound is.

        Below 0, a segment of the fault is nearer to it than any normal one. Segments are compared
        one by one: the score itself takes in each band the nearest of all, and of normal segments
        there are more, so that by it nearly nothing would ever be like a fault.

        Args:
            heard: the segment beside `bank`.

        Returns:
            `(fault,)`, in the order of `faults`.
        """
        bank = self.bank
        normal = bank.apart(heard.distances).min()
        faults = [self._of([fault]) for fault in self.faults]
        found = [
            bank.apart(bank.distances_to({n: of[rows] for n, of in self.vectors.items()}, heard))
            for rows in faults
        ]
        return np.array([apart.min() - normal for apart in found])

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, NDArray[np.generic]], occasions: tuple[Occasion, ...]
    ) -> Memory:
        """Back from `as_arrays`, of whatever origin.

        Args:
            arrays: as they were saved.
            occasions: as `mimimi.memory.occasion.checked` gives them.

        Raises:
            DetectorError: something is missing, of another shape or not finite.
        """
        try:
            recordings = np.asarray(arrays["recordings"], np.int64)
            vectors = {v.name: np.asarray(arrays[v.name], np.float32) for v in HELD}
        except (KeyError, TypeError, ValueError) as error:
            raise _damaged("an array is missing") from error
        shapes = [recordings.shape, *(vectors[v.name].shape for v in HELD)]
        count = recordings.size
        if shapes != [(count,), *((count, *view.shape) for view in HELD)]:
            raise _damaged("its arrays do not fit")
        counted = (recordings >= 0) & (recordings < MOST_RECORDINGS)
        if not counted.all() or not all((np.abs(of) < _LARGEST).all() for of in vectors.values()):
            raise _damaged("a number is none")
        memory = cls(vectors, recordings, occasions)
        bank = memory.bank
        if len(np.unique(bank.recordings[bank.counted])) < FEWEST or not all(
            memory._of([fault]).any() for fault in memory.faults
        ):
            raise _damaged("it holds too little")
        return memory

    def as_arrays(self) -> dict[str, NDArray[np.generic]]:
        """As a saved detector holds it: 25 kB a segment in half precision, which loses nothing."""
        return {"recordings": self.recordings, **self.vectors}

    def _only(self, rows: NDArray[np.intp], occasions: tuple[Occasion, ...]) -> Memory:
        vectors = {name: of[rows] for name, of in self.vectors.items()}
        return Memory(vectors, self.recordings[rows], occasions)

    def _of(self, occasions: Sequence[Occasion]) -> NDArray[np.bool_]:
        """Which segments were heard on one of these."""
        return np.isin(self._which, [self.occasions.index(occasion) for occasion in occasions])

    def _heard(self, kind: Kind) -> NDArray[np.bool_]:
        """Which segments were heard on an occasion of this kind."""
        return self._of([occasion for occasion in self.occasions if occasion.kind == kind])

    @cached_property
    def _which(self) -> NDArray[np.intp]:
        """The occasion of each segment, `(segment,)`."""
        firsts = [occasion.first for occasion in self.occasions]
        return np.searchsorted(firsts, self.recordings, side="right") - 1


def _damaged(why: str) -> DetectorError:
    return DetectorError(f"A memory of normal sound is damaged: {why}.")
