"""One thing that is unusual about a recording: in words, and what these words claim."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mimimi.memory.sentence import Level


@dataclass(frozen=True)
class Finding:
    """What is said, and what a reader takes it to mean.

    Args:
        text: such as "louder than usual around 3.2 kHz from 4.1 s to 6.0 s".
        level: 1 where there is said to be more sound than usual, -1 where there is less, 0 where
            nothing is said of it.
        band: in which it is, in kHz, from and to; None: the whole spectrum.
    """

    text: str
    level: Level = 0
    band: tuple[float, float] | None = None


def contradict(one: Finding, other: Finding) -> bool:
    """Whether one says louder and the other quieter where both have sound.

    Example:
        >>> louder = Finding("louder from 1.2 kHz to 4.2 kHz", 1, (1.2, 4.2))
        >>> contradict(louder, Finding("4 dB quieter around 3.3 kHz", -1, (3.0, 3.6)))
        True
        >>> contradict(louder, Finding("4 dB quieter around 6 kHz", -1, (5.5, 6.5)))
        False
    """
    if one.level * other.level >= 0:
        return False
    if one.band is None or other.band is None:
        return True
    return one.band[0] < other.band[1] and other.band[0] < one.band[1]


def consistent(found: Iterable[Finding], beside: Sequence[Finding] = ()) -> tuple[Finding, ...]:
    """What can be said in one breath: what contradicts something said before it is left out.

    Args:
        found: the most important first.
        beside: what has been said already.
    """
    said: list[Finding] = []
    for finding in found:
        if not any(contradict(finding, before) for before in (*beside, *said)):
            said.append(finding)
    return tuple(said)
