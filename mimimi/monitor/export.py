"""Events and segments of a long recording as files to download: page and shell share them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from mimimi import files
from mimimi.monitor.alarm import Event, Rule, ScoredSegment

_OF_A_SEGMENT = (
    *("start", "seconds", "score", "threshold", "is_anomalous", "p_value", "error", "state"),
)
_COLUMNS = ("start", "end", "peak", "peak_score", "peak_file", "mean_p_value", "segments")


def as_json(
    machine_type: str,
    machine_id: str,
    rule: Rule,
    found: Sequence[Event],
    segments: Sequence[ScoredSegment],
    began: datetime | None = None,
) -> str:
    """One object with every event and every segment; times in s since the beginning."""
    return json.dumps(
        {
            "machine_type": machine_type,
            "machine_id": machine_id,
            **({"began": began.isoformat(timespec="seconds")} if began else {}),
            "alarm": asdict(rule),
            "events": [asdict(event) for event in found],
            "segments": [asdict(segment) for segment in segments],
        },
        indent=1,
        allow_nan=False,
    )


def segments_as_csv(segments: Iterable[ScoredSegment], began: datetime) -> str:
    """A table with a heading and a line a segment, by the clock of the day.

    Args:
        segments: of one listening.
        began: when that was.

    Example:
        >>> at_six = datetime(2026, 5, 3, 6, 0)
        >>> segments_as_csv([ScoredSegment("live", 5.0, 10.0, 1.5)], at_six).splitlines()[1]
        '2026-05-03T06:00:05,5.0,10.0,1.5,,False,,,'
    """
    rows = (
        {name: getattr(segment, name) for name in _OF_A_SEGMENT}
        | {"time": (began + timedelta(seconds=segment.start)).isoformat(timespec="seconds")}
        for segment in segments
    )
    return files.as_csv(("time", *_OF_A_SEGMENT), rows)


def as_csv(found: Sequence[Event]) -> str:
    """A table with a heading and a line an event.

    Example:
        >>> as_csv([])
        'start,end,peak,peak_score,peak_file,mean_p_value,segments\\n'
    """
    return files.as_csv(_COLUMNS, map(asdict, found))
