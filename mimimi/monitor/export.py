"""Events and segments of a long recording as files to download: page and shell share them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from mimimi import files
from mimimi.monitor.alarm import Event, Rule, ScoredSegment

_COLUMNS = ("start", "end", "peak", "peak_score", "peak_file", "mean_p_value", "segments")


def as_json(
    machine_type: str,
    machine_id: str,
    rule: Rule,
    found: Sequence[Event],
    segments: Sequence[ScoredSegment],
) -> str:
    """One object with every event and every segment; times in s since the beginning."""
    return json.dumps(
        {
            "machine_type": machine_type,
            "machine_id": machine_id,
            "alarm": asdict(rule),
            "events": [asdict(event) for event in found],
            "segments": [asdict(segment) for segment in segments],
        },
        indent=1,
        allow_nan=False,
    )


def as_csv(found: Sequence[Event]) -> str:
    """A table with a heading and a line an event.

    Example:
        >>> as_csv([])
        'start,end,peak,peak_score,peak_file,mean_p_value,segments\\n'
    """
    return files.as_csv(_COLUMNS, map(asdict, found))
