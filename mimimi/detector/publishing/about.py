"""What a detector says of itself for people, read from untrusted files: only what is well formed.

Nothing here decides on a verdict, so what makes no sense is left out instead of refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mimimi.estimate import Estimate

PLAIN = re.compile(r"\w[\w .,+()-]{0,127}")
"""Words that neither Markdown nor HTML would act on."""

_LICENCE = re.compile(r"[a-z0-9][a-z0-9.-]{0,39}")
_MOST = 1000


@dataclass(frozen=True)
class Row:
    """The figures of one machine, or of all together under the name "mean"."""

    machine: str
    normal: int
    anomalous: int
    auc: Estimate | None
    pauc: Estimate | None


@dataclass(frozen=True)
class Summary:
    """Figures on the recordings of one corpus."""

    corpus: str
    machine_id_given: bool
    machines: tuple[Row, ...]


def figures(about: Mapping[str, Any]) -> list[Summary]:
    """The figures in a detector's `about`.

    Example:
        >>> figures({"figures": "none"})
        []
    """
    found = []
    for summary in _list(about.get("figures")):
        try:
            rows = tuple(_row(row) for row in _list(summary["machines"]))
            given = summary["machine_id_given"] is True
            found.append(Summary(_words(summary["corpus"]), given, rows))
        except (LookupError, TypeError, ValueError):
            continue
    return found


def recordings(about: Mapping[str, Any]) -> dict[str, int]:
    """How many recordings of which corpus the weights come from."""
    found = about.get("recordings")
    return {
        corpus: count
        for corpus, count in (found.items() if isinstance(found, dict) else ())
        if isinstance(corpus, str) and PLAIN.fullmatch(corpus) and type(count) is int
    }


def seconds(about: Mapping[str, Any]) -> float:
    """How much normal sound a memory has heard, in s; 0 where that is not known."""
    found = about.get("seconds")
    return found if isinstance(found, float) and 0 <= found < 1e9 else 0.0


def licence(about: Mapping[str, Any]) -> str | None:
    """The licence of the weights; None where that of a recording behind them is not known."""
    found = about.get("licence")
    if not isinstance(found, str) or found == "other" or not _LICENCE.fullmatch(found):
        return None
    return found


def _row(row: Mapping[str, Any]) -> Row:
    return Row(
        _words(row["machine"]),
        int(row["normal"]),
        int(row["anomalous"]),
        _estimate(row["auc"]),
        _estimate(row["pauc"]),
    )


def _estimate(found: Mapping[str, Any] | None) -> Estimate | None:
    if found is None:
        return None
    low, value, high = (float(found[key]) for key in ("low", "value", "high"))
    if not all(math.isfinite(x) and 0 <= x <= 1 for x in (low, value, high)):
        raise ValueError("estimate")
    return Estimate(value, low, high)


def _words(text: Any) -> str:
    if not isinstance(text, str) or not PLAIN.fullmatch(text):
        raise ValueError("words")
    return text


def _list(found: Any) -> list[Any]:
    return found[:_MOST] if isinstance(found, list) else []
