"""What networks find unusual: `mimimi.explain.attribution`, put together from all segments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from mimimi.audio import Waveform
from mimimi.explain import evidence
from mimimi.explain.attribution import attribute
from mimimi.explain.evidence import BANDS, CELL_SECONDS, Array, Explanation
from mimimi.explain.nearest import Neighbour
from mimimi.explain.region import Region, What, densest, describe
from mimimi.features.segments import split

if TYPE_CHECKING:
    from mimimi.detector.detector import Detector


def by_networks(
    detector: Detector, waveform: Waveform, machine_id: str, beside: Neighbour | None
) -> Explanation:
    """As `mimimi.explain.explanation.explain` says it.

    Args:
        detector: that judged.
        waveform: the recording.
        machine_id: the machine it was judged as.
        beside: the normal recording that it is shown beside, which its words must agree with.
    """
    apart = replace(detector.front_end, segment_hop_seconds=detector.front_end.segment_seconds)
    segments = split(waveform, apart)
    cells = evidence.cells_of(waveform)
    maps, heard = np.zeros((3, BANDS, cells)), np.zeros(cells)  # magnitude, louder, phase
    usual = _usual(detector, machine_id)
    above, by_level = 0.0, 0.0  # of the score: what lies above usual, and what levels do of it
    lines = 0.0
    for segment in segments:
        found = attribute(detector, torch.from_numpy(segment.samples), machine_id)
        first = round(segment.start / CELL_SECONDS)
        three = (found.magnitude, found.louder, found.phase)
        here = np.stack([evidence.coarse(m.numpy()) for m in three])
        here = here[..., : cells - first]  # a short recording was repeated to length
        maps[..., first : first + here.shape[-1]] += here
        heard[first : first + here.shape[-1]] += 1
        above += max(0.0, found.score - usual) / len(segments)
        by_level += max(0.0, found.score - max(usual, found.at_usual)) / len(segments)
        lines += float(found.by_line.sum())
    total = float(maps[0].sum())
    maps /= np.maximum(heard, 1)
    times, (louder, either) = evidence.in_place(waveform, maps[1], maps[0])
    raised = [evidence.scaled(maps[0], by_level), evidence.scaled(maps[2], above - by_level)]
    _, (magnitude, phase) = evidence.in_place(waveform, *raised)
    share = by_level / above if above else 0.0
    frequencies = evidence.frequencies()
    region = densest(magnitude if share >= 0.5 else phase, times, frequencies) if above else None
    what: What = "timing"
    if region and share >= 0.5:
        what = "tones" if lines > total / 2 else _level(region, louder, either, frequencies, beside)
    finding = describe(region, what) if region else None
    return Explanation(
        times=times,
        frequencies=frequencies,
        magnitude=magnitude,
        phase=phase,
        magnitude_share=share,
        phase_share=1 - share if above else 0.0,
        region=region,
        findings=(finding,) if finding else (),
    )


def _level(
    region: Region, louder: Array, either: Array, frequencies: Array, beside: Neighbour | None
) -> What:
    """Louder or quieter within a band; neither where the nearest normal recording says otherwise.

    What is usual of the machine and its nearest normal recording are two things to compare with,
    and a reader sees the second.

    Args:
        region: the band.
        louder: what was louder than usual did to the score, `(frequency, time)`.
        either: the same of all levels.
        frequencies: edges of the bands, in kHz.
        beside: the nearest normal recording.
    """
    low, high = region.band or (0.0, frequencies[-1])
    within = (frequencies[:-1] >= low) & (frequencies[1:] <= high)
    up = float(louder[within].sum())
    is_louder = up >= float(either[within].sum()) - up
    if beside is not None and region.stretch is None:
        bands = (beside.frequencies[1:] > low) & (beside.frequencies[:-1] < high)
        difference = float(np.median((beside.spectrum - beside.its_spectrum)[bands]))
        if difference * (1 if is_louder else -1) < 0:
            return "level"
    return "louder" if is_louder else "quieter"


def _usual(detector: Detector, machine_id: str) -> float:
    """What networks make of normal recordings: beside memories, the middle of their scale."""
    if detector.ensemble.memories:
        return 0.0
    return float(np.median(detector.calibration.normal_scores("given", machine_id)))
