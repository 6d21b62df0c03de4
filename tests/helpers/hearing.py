"""A listener's machine hears sound; what came of it."""

from __future__ import annotations

import numpy as np

from mimimi.service.inbox import Placed
from mimimi.service.judgement import Report
from mimimi.service.machine import Machine
from mimimi.service.sources.source import Sound


def hear(machine: Machine, sound: np.ndarray, first: int = 0, rate: int = 16_000) -> Report:
    """In blocks of a quarter of a second, as 16-bit integers; all that came of it."""
    heard = Report()
    pcm = np.round(np.clip(sound, -1, 1) * 32_767).astype(np.int16)
    for start in range(0, len(pcm), rate // 4):
        block = Sound(pcm[start : start + rate // 4], rate, first + start)
        report = machine.hear(Placed(block, 1000.0))
        heard.judgements.extend(report.judgements)
        heard.notices.extend(report.notices)
    return heard


def told(report: Report) -> list[tuple[str, bool]]:
    return [(notice.about, notice.is_on) for notice in report.notices]
