"""The normal recordings that a detector keeps to compare with: which one a recording is most like.

No sound is kept: of each recording its name, where it lies among the others, and its spectrum.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from mimimi.config import FrontEnd
from mimimi.data.told_apart import told_apart
from mimimi.detector.checkpoint import Layout
from mimimi.features.fingerprint import BITS, is_among
from mimimi.features.mel import mel_filters, mel_points

if TYPE_CHECKING:
    from mimimi.detector.measurement import Measurement

Item = TypeVar("Item")
Array = NDArray[np.float32]

MOST = 24
"""References of one machine."""
BANDS = 64

_FLOOR = 1e-9  # of the loudest band
_NAME = re.compile(r"\w[\w .,+()-]{0,127}")
_UNSAFE = re.compile(r"[^\w .,+()-]")
_FINGERPRINT = re.compile(rf"[0-9a-f]{{{BITS // 4}}}|[0-9a-f]{{64}}")  # or SHA-256, of format 2


@dataclass(frozen=True)
class Reference:
    """A normal recording that a detector was trained on.

    Args:
        machine_id: of the machine.
        name: of its file, with as many of its folders as tell it from others of that name.
        fingerprint: of its sound, `mimimi.features.fingerprint`.
    """

    machine_id: str
    name: str
    fingerprint: str


@dataclass(frozen=True)
class References:
    """The recordings that a detector keeps.

    Args:
        entries: what they are.
        embeddings: what the members make of each, `(references, n)`.
        spectra: mean levels of each, `(references, 64)` in dB.
    """

    entries: tuple[Reference, ...] = ()
    embeddings: Array = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    spectra: Array = field(default_factory=lambda: np.zeros((0, BANDS), np.float32))

    @staticmethod
    def layout(count: int, n_classes: int) -> Layout:
        """The arrays they are saved as.

        Args:
            count: of the references; without any nothing is saved.
            n_classes: of all members together.
        """
        if not count:
            return {}
        return {
            "references.embeddings": ((count, n_classes), np.dtype(np.float32)),
            "references.spectra": ((count, BANDS), np.dtype(np.float32)),
        }

    @classmethod
    def from_arrays(cls, entries: Sequence[Reference], arrays: Mapping[str, Array]) -> References:
        """Back from `as_arrays`."""
        if not entries:
            return cls()
        return cls(tuple(entries), arrays["references.embeddings"], arrays["references.spectra"])

    def as_arrays(self) -> dict[str, Array]:
        """As a detector's weights hold them."""
        if not self.entries:
            return {}
        return {
            "references.embeddings": self.embeddings,
            "references.spectra": self.spectra,
        }

    def as_config(self) -> list[dict[str, str]]:
        """As `config.json` holds them."""
        return [asdict(entry) for entry in self.entries]

    def of_machine(self, machine_id: str, *, other_than: str) -> References:
        """Those of one machine but the recording of this fingerprint."""
        return self._only(
            [
                n
                for n, entry in enumerate(self.entries)
                if entry.machine_id == machine_id and not is_among(other_than, [entry.fingerprint])
            ]
        )

    def among(self, known: Collection[str]) -> References:
        """Those whose fingerprints are among these."""
        return self._only([n for n, e in enumerate(self.entries) if is_among(e.fingerprint, known)])

    def _only(self, which: list[int]) -> References:
        entries = tuple(self.entries[n] for n in which)
        return References(entries, self.embeddings[which], self.spectra[which])


def evenly(items: Sequence[Item], most: int = MOST) -> list[Item]:
    """Up to so many items that lie evenly in their order.

    That is the order of time where recordings are numbered.

    Example:
        >>> evenly(["a", "b"])
        ['a', 'b']
    """
    places = np.linspace(0, len(items) - 1, min(most, len(items))).round().astype(int)
    return [items[place] for place in places]


def collect_references(
    measured: Iterable[tuple[str, str, Measurement]], known: References | None = None
) -> References:
    """What a detector keeps of normal recordings, in half precision as it is saved.

    Args:
        measured: machine id, file and measurement of each.
        known: those that it keeps already; no name of theirs is given anew.
    """
    found = list(measured)
    if not found:
        return References()
    names = _names([(i, file) for i, file, _ in found], known or References())
    return References(
        tuple(
            Reference(i, plain(name), of.fingerprint)
            for name, (i, _, of) in zip(names, found, strict=True)
        ),
        _halved([of.embedding for _, _, of in found]),
        _halved([of.spectrum for _, _, of in found]),
    )


def _names(files: Sequence[tuple[str, str]], known: References) -> list[str]:
    """What files are called, each with its machine; the machine stands beside its name."""
    names = dict[int, str]()
    for machine_id in {machine_id for machine_id, _ in files}:
        own = [n for n, (of, _) in enumerate(files) if of == machine_id]
        before = [entry.name for entry in known.entries if entry.machine_id == machine_id]
        apart = told_apart([*before, *(files[n][1] for n in own)])[len(before) :]
        names |= zip(own, apart, strict=True)
    return [names[n].replace("/", " - ") for n in range(len(files))]


def joined(one: References, other: References) -> References:
    """Those of one detector and those that it heard later."""
    if not one.entries or not other.entries:
        return one if one.entries else other
    return References(
        one.entries + other.entries,
        np.concatenate((one.embeddings, other.embeddings)),
        np.concatenate((one.spectra, other.spectra)),
    )


def _halved(rows: list[Array]) -> Array:
    return np.stack(rows).astype(np.float16).astype(np.float32)


def band_levels(power: Array) -> Array:
    """Level of 64 mel bands against the median one: gain is left out, since it is the recorder's.

    Args:
        power: mean over a recording, of each bin of `FrontEnd()`, `(513,)`.

    Returns:
        `(64,)` in dB.
    """
    bands = power @ mel_filters(FrontEnd(), BANDS)
    level: Array = 10 * np.log10(bands + np.float32(_FLOOR) * bands.max() + np.float32(1e-30))
    level -= np.sort(level)[(BANDS - 1) // 2]  # the lower of the two in the middle
    return level


def edges() -> NDArray[np.floating[Any]]:
    """Where the bands meet, `(65,)` in kHz: even in mel."""
    points = mel_points(FrontEnd(), BANDS + 2) / 1000
    return np.asarray((points[1:] + points[:-1]) / 2)


def plain(name: str) -> str:
    """A file's name in plain letters, that a page may show.

    Example:
        >>> plain("pump <b>3</b>.wav")
        'pump _b_3__b_.wav'
    """
    return _UNSAFE.sub("_", name)[-120:].lstrip(" .,+()-") or "recording"


def checked(found: Any, ids: Sequence[str], trained_on: Collection[str]) -> list[Reference]:
    """References from `config.json`, read from an untrusted file.

    Args:
        found: what stands there.
        ids: machines that the detector knows.
        trained_on: fingerprints of the recordings that it was trained on.

    Raises:
        ValueError: one is no recording that the detector was trained on, has a name that is not
            plain, or there are too many.
        TypeError: something is of the wrong kind.
    """
    if not isinstance(found, list) or len(found) > MOST * len(ids):
        raise ValueError("references")
    references = [Reference(**entry) for entry in found]
    for reference in references:
        if not all(isinstance(text, str) for text in asdict(reference).values()):
            raise ValueError("references")
        if (
            reference.machine_id not in ids
            or not _NAME.fullmatch(reference.name)
            or not _FINGERPRINT.fullmatch(reference.fingerprint)
            or not is_among(reference.fingerprint, trained_on)
        ):
            raise ValueError("references")
    return references
