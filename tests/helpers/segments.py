"""Segments and a notice as history keeps them, of a machine that nobody listened to."""

from __future__ import annotations

from dataclasses import replace

from mimimi.service.judgement import Judgement
from mimimi.service.notice import Notice

DAY = 86_400.0
NORMAL = Judgement(
    at=0.0, seconds=10.0, new=5.0, score=1.0, threshold=2.0, p_value=0.5, is_unusual=False,
    level=-20.0, state="running", health="", unusual=0, rule="5/6", alarm="off",
)  # fmt: skip
UNUSUAL = replace(NORMAL, score=3.0, p_value=0.05, is_unusual=True, unusual=5, alarm="on")
OFF = replace(NORMAL, state="off", level=-70.0)
ALARM = Notice("fan", "alarm", True, 60.0, 30.0, "fan sounds unusual.", {"score": 3.0})


def series(*kinds: Judgement, start: float = 0.0) -> list[Judgement]:
    return [replace(kind, at=start + 5.0 * n) for n, kind in enumerate(kinds)]


def on_press(notice, **more):
    return replace(notice, machine="press 4", **more)
