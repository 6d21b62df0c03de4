"""When a machine was listened to, and what was said of it: normal sound, or a fault with a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from mimimi.names import is_name

Kind = Literal["learnt", "normal", "fault", "adapted", "one state"]

MOST_OCCASIONS = 100
MOST_RECORDINGS = 1 << 31
_MOST_SECONDS = 1e9


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """One time that a machine was listened to.

    Args:
        kind: `learnt`: normal sound that nobody chose; `normal`: a recording that was judged and
            said to be normal; `fault`: one said to be faulty; `adapted`: normal sound with another
            microphone, at another place or in other noise, from which on nothing before is normal;
            `one state`: nothing was heard, but said that no states are to be looked for.
        first: number of its first recording; the others follow.
        when: the day; None where an earlier version kept none.
        fault: its name.
        seconds: of sound.
        fingerprints: of the recordings, see `mimimi.features.fingerprint`.

    Example:
        >>> Occasion(kind="fault", when=date(2026, 5, 3), fault="bearing").text
        'was a fault: bearing, 3 May 2026'
    """

    kind: Kind
    first: int = 0
    when: date | None = None
    fault: str | None = None
    seconds: float = 0.0
    fingerprints: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What was said, for a person."""
        said = {
            "learnt": "learnt",
            "normal": "was normal",
            "fault": f"was a fault: {self.fault}",
            "adapted": "another place",
            "one state": "said to have one state",
        }
        return f"{said[self.kind]}{self._day}"

    @property
    def like(self) -> str:
        """What a recording is like that sounds like this one: "bearing, 3 May 2026"."""
        return f"{self.fault}{self._day}"

    @property
    def _day(self) -> str:
        return f", {self.when.day} {self.when:%B %Y}" if self.when else ""

    def as_config(self) -> dict[str, Any]:
        """As `config.json` holds it: JSON types."""
        return {
            "kind": self.kind,
            "first": self.first,
            "when": self.when.isoformat() if self.when else None,
            "fault": self.fault,
            "seconds": self.seconds,
            "fingerprints": list(self.fingerprints),
        }


def checked(found: Any) -> tuple[Occasion, ...]:
    """Occasions from `config.json`, read from an untrusted file.

    Raises:
        KeyError, TypeError, ValueError: something is missing or makes no sense.
    """
    if not isinstance(found, list) or not 1 <= len(found) <= MOST_OCCASIONS:
        raise ValueError("occasions")
    occasions = tuple(map(_checked, found))
    firsts = [occasion.first for occasion in occasions]
    heard = [occasion.first for occasion in occasions if occasion.kind != "one state"]
    in_order = sorted(firsts) == firsts and sorted(set(heard)) == heard
    if occasions[0].kind != "learnt" or firsts[0] or not in_order:
        raise ValueError("occasions: their order")
    return occasions


def fingerprints(occasions: Sequence[Occasion]) -> frozenset[str]:
    """Of all their recordings."""
    return frozenset(known for occasion in occasions for known in occasion.fingerprints)


def _checked(found: Mapping[str, Any]) -> Occasion:
    kind, first, fault, seconds = (found[key] for key in ("kind", "first", "fault", "seconds"))
    if kind not in get_args(Kind) or (fault is not None) != (kind == "fault"):
        raise ValueError("occasions: kind")
    if fault is not None and not is_name(fault):
        raise ValueError("occasions: fault")
    if type(first) is not int or not 0 <= first < MOST_RECORDINGS:
        raise ValueError("occasions: first")
    if not isinstance(seconds, float) or not 0 <= seconds < _MOST_SECONDS:
        raise ValueError("occasions: seconds")
    known = found["fingerprints"]
    if kind == "one state" and (seconds or known):
        raise ValueError("occasions: sound of one at which nothing was heard")
    if not isinstance(known, list) or not all(isinstance(text, str) for text in known):
        raise ValueError("occasions: fingerprints")
    return Occasion(
        kind=kind,
        first=first,
        when=None if found["when"] is None else date.fromisoformat(found["when"]),
        fault=fault,
        seconds=seconds,
        fingerprints=tuple(known),
    )
