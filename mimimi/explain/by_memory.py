"""What a memory of normal sound finds unusual; it needs no gradient, and next to no time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mimimi.audio import Waveform
from mimimi.config import FrontEnd
from mimimi.explain import evidence
from mimimi.explain.evidence import BANDS, CELL_SECONDS, Explanation
from mimimi.explain.finding import Finding, consistent
from mimimi.explain.region import densest
from mimimi.features.segments import split
from mimimi.memory import MemoryBank, reasons

if TYPE_CHECKING:
    from mimimi.detector.detector import Detector
    from mimimi.detector.measurement import Measurement


def by_memory(
    detector: Detector,
    bank: MemoryBank,
    waveform: Waveform,
    measured: Measurement,
    machine_id: str,
) -> Explanation:
    """As `mimimi.explain.explanation.explain` says it.

    The words are of the most unusual segment; a reason lies evenly over its band and segment.
    """
    segments = split(waveform, replace(FrontEnd(), segment_hop_seconds=FrontEnd().segment_seconds))
    cells = max(1, evidence.cells_of(waveform))
    times, frequencies = (np.arange(cells) + 0.5) * CELL_SECONDS, evidence.frequencies()
    heard = [bank.hear(segment.samples) for segment in segments]
    usual = detector.judge(measured, machine_id).calibration_scores
    score = float(measured.ids[detector.ids.index(machine_id)])
    above = max(0.0, score - float(np.median(usual)))
    maps = np.zeros((BANDS, cells))
    for segment, found in zip(segments, heard, strict=True):
        during = (times >= segment.start) & (times <= segment.start + segment.seconds)
        for reason in reasons(bank, found):
            low, high = reason.low / 1000, reason.high / 1000
            within = (frequencies[1:] >= low) & (frequencies[:-1] <= high)
            spread = reason.share * found.score / within.sum()
            maps[np.ix_(within, during)] += spread
    worst = max(range(len(heard)), key=lambda k: heard[k].score)
    said = consistent(
        Finding(reason.text, reason.level, (reason.low / 1000, reason.high / 1000))
        for reason in (reasons(bank, heard[worst]) if above else [])
    )
    start = waveform.position(segments[worst].start)
    end = start + segments[worst].seconds
    times, (magnitude,) = evidence.in_place(waveform, evidence.scaled(maps, above))
    return Explanation(
        times=times,
        frequencies=frequencies,
        magnitude=magnitude,
        phase=np.zeros_like(magnitude),
        magnitude_share=1.0 if said else 0.0,
        phase_share=0.0,
        region=densest(magnitude, times, frequencies) if said else None,
        findings=said,
        of_phase=False,
        when=f" from {start:.1f} s to {end:.1f} s" if len(segments) > 1 and said else "",
    )
