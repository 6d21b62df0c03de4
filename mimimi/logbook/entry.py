"""One recording of a machine in its logbook, with the verdict on it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timezone
from typing import Any

from mimimi.audio.waveform import Problem
from mimimi.detector.verdict import ChannelWeights, Verdict, Window

_FORMAT = 1


@dataclass(frozen=True)
class Entry:
    """A recording that was judged, or learnt from.

    Args:
        number: names it in its logbook and in addresses: 16 hexadecimal digits.
        when: it was taken in, with a time zone.
        file: its name.
        sound: names the recording, which several entries may be of.
        verdict: on it; None where it was learnt from.
        sentence: what was said of it.
        told: what somebody said of it, such as "was a fault: bearing, 3 May 2026".
    """

    number: str
    when: datetime
    file: str
    sound: str
    verdict: Verdict | None = None
    sentence: str | None = None
    told: str | None = None

    def as_json(self) -> bytes:
        """As it is kept."""
        kept = {field.name: getattr(self, field.name) for field in fields(self)}
        verdict = asdict(self.verdict) if self.verdict else None
        kept |= {"format": _FORMAT, "when": self.when.isoformat(), "verdict": verdict}
        return json.dumps(kept, ensure_ascii=False, allow_nan=False).encode()

    @classmethod
    def from_json(cls, content: bytes) -> Entry:
        """Back from `as_json`.

        Raises:
            ValueError, KeyError, TypeError: it is damaged, or of a later format.

        Example:
            >>> now = datetime(2026, 5, 3, tzinfo=timezone.utc)
            >>> entry = Entry("0" * 16, now, "a.wav", "1" * 16, Verdict("a.wav", "fan", score=0.5))
            >>> Entry.from_json(entry.as_json()) == entry
            True
        """
        kept: dict[str, Any] = json.loads(content)
        if kept.pop("format") != _FORMAT:
            raise ValueError("format")
        when = datetime.fromisoformat(kept["when"])
        if when.tzinfo is None:
            raise ValueError("when")
        verdict = _verdict(kept["verdict"]) if kept["verdict"] else None
        return cls(**(kept | {"when": when, "verdict": verdict}))


def now() -> datetime:
    """As entries have it."""
    return datetime.now(timezone.utc)


def _verdict(kept: dict[str, Any]) -> Verdict:
    attention = kept["attention"] and ChannelWeights(**kept["attention"])
    windows = [Window(**window) for window in kept["windows"]]
    problems = [Problem(**problem) for problem in kept["problems"]]
    return Verdict(**(kept | {"attention": attention, "windows": windows, "problems": problems}))
