"""Verdicts as files to take away: JSON and CSV as the command line prints them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from mimimi.verdict import Verdict

COLUMNS = (
    "file",
    "machine_type",
    "machine_id",
    "machine_id_given",
    "score",
    "threshold",
    "is_anomalous",
    "false_alarm_rate",
    "p_value",
    "calibration_clips",
    "seconds",
    "warning",
    "error",
)


def as_json(verdicts: Sequence[Verdict]) -> str:
    """A list of objects, one for each recording."""
    return json.dumps([verdict.as_dict() for verdict in verdicts], indent=2)


def as_csv(verdicts: Sequence[Verdict]) -> str:
    """One row for each recording, without the lists."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(verdict.as_dict() for verdict in verdicts)
    return text.getvalue()
