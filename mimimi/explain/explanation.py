"""Where in time and frequency a recording's score comes from, and whether from magnitude or phase.

How it is found, and why so: `mimimi.explain.attribution`. Here the segments of a recording are put
together on one coarse grid and summed up in a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mimimi import audio, extras
from mimimi.config import FrontEnd
from mimimi.explain.region import Region, What, densest, describe
from mimimi.explain.usual import usual_sound
from mimimi.features.mel import mel_points
from mimimi.features.segments import split
from mimimi.memory import MemoryBank, reasons

if TYPE_CHECKING:
    from torch import Tensor

    from mimimi.detector.detector import Detector
    from mimimi.detector.measurement import Measurement

Array = NDArray[np.floating[Any]]
FRAMES = FrontEnd()
BANDS = 40
_FRAMES_A_CELL = 8
_CELL_SAMPLES = _FRAMES_A_CELL * FRAMES.hop_length
_HEARD = 1.0  # spreads above normal: less, and networks have nothing to explain
_CELL_SECONDS = _CELL_SAMPLES / FRAMES.sample_rate  # 0.26 s


@dataclass(frozen=True)
class Explanation:
    """What raised the score of a recording.

    `magnitude` and `phase` are `(frequency, time)`, never negative, in units of the score; each
    adds up to its part of what the score lies above that of normal recordings. The shares add up to
    1, or are both 0 where the score is no higher than usual; `region` is None there.
    """

    times: Array  # s, centre of each cell
    frequencies: Array  # kHz, edges of the bands: one more than there are bands
    magnitude: Array
    phase: Array
    magnitude_share: float
    phase_share: float
    region: Region | None
    sentence: str


def explain(
    detector: Detector,
    source: audio.Source | audio.Waveform,
    machine_id: str,
    *,
    channel: int = 0,
    measured: Measurement | None = None,
) -> Explanation:
    """Say what raised the score of a recording.

    It takes some ten times as long as judging it, and memory for its map alone.

    Args:
        detector: that judged it.
        source: as for `Detector.analyse`, or a waveform that was read.
        machine_id: the machine it was judged as.
        channel: the one that was judged.
        measured: what the detector made of it, where that is known already.

    Raises:
        AudioError: the recording cannot be judged.
        UnknownMachineError: the detector does not know this id.
        DetectorError: the detector does not hold how its machines usually sound.
        MissingExtraError: networks alone judge, and torch, by which they explain, is missing.

    A memory of normal sound needs no gradient, see `mimimi.memory.reasons`, and next to no time.
    Where memories judge beside networks, these explain what they hear, in units of their own score,
    since they know the moment; a memory explains what they do not hear.

    Example:
        >>> from mimimi import Detector
        >>> from mimimi.simulate import simulate_clip
        >>> time = np.arange(160_000) / 16_000
        >>> beep = 0.1 * np.sin(2 * np.pi * 3_200 * time) * (time > 4) * (time < 6)
        >>> clip = simulate_clip("pump", "id_51", clip=900) + beep
        >>> found = explain(Detector.from_pretrained("pump"), (clip, 16_000), "id_51")
        >>> found.sentence.split(" from ")[0]
        'louder than usual around 3.3 kHz'
    """
    detector.check_id(machine_id)
    if not isinstance(source, audio.Waveform):
        source = audio.read(source, channel=channel)
    waveform = source
    if detector.ensemble.memory or detector.ensemble.memories:
        measured = measured or detector.measure(waveform)
        if bank := _memory_that_explains(detector, measured, machine_id):
            return by_memory(detector, bank, waveform, measured, machine_id)
    torch = extras.need("torch")

    from mimimi.explain.attribution import attribute

    apart = replace(detector.front_end, segment_hop_seconds=detector.front_end.segment_seconds)
    segments = split(waveform, apart)
    cells = (1 + len(waveform.samples) // FRAMES.hop_length) // _FRAMES_A_CELL
    maps, heard = np.zeros((2, BANDS, cells)), np.zeros(cells)
    usual = _usual_of_networks(detector, machine_id)
    above, by_level = 0.0, 0.0  # of the score: what lies above usual, and what levels do of it
    louder, quieter, lines = 0.0, 0.0, 0.0
    for segment in segments:
        found = attribute(detector, torch.from_numpy(segment.samples), machine_id)
        first = round(segment.start / _CELL_SECONDS)
        here = np.stack([_coarse(m) for m in (found.magnitude, found.phase)])
        here = here[..., : cells - first]  # a short recording was repeated to length
        maps[..., first : first + here.shape[-1]] += here
        heard[first : first + here.shape[-1]] += 1
        above += max(0.0, found.score - usual) / len(segments)
        by_level += max(0.0, found.score - max(usual, found.at_usual)) / len(segments)
        louder += float(found.louder.sum())
        quieter += float((found.magnitude - found.louder).sum())
        lines += float(found.by_line.sum())
    maps /= np.maximum(heard, 1)
    magnitude, phase = _scaled(maps[0], by_level), _scaled(maps[1], above - by_level)
    share = by_level / above if above else 0.0
    times, (magnitude, phase) = _in_place(waveform, magnitude, phase)
    frequencies = _frequencies()
    region = densest(magnitude if share >= 0.5 else phase, times, frequencies) if above else None
    return Explanation(
        times=times,
        frequencies=frequencies,
        magnitude=magnitude,
        phase=phase,
        magnitude_share=share,
        phase_share=1 - share if above else 0.0,
        region=region,
        sentence=describe(region, share, _what(share, louder, quieter, lines)),
    )


def require_explainable(detector: Detector) -> None:
    """See to it that `explain` can work.

    Raises:
        DetectorError: the detector does not hold how its machines usually sound.
    """
    if not detector.ensemble.memory and not detector.ensemble.memories:
        usual_sound(detector)


def _memory_that_explains(
    detector: Detector, measured: Measurement, machine_id: str
) -> MemoryBank | None:
    """The memory, where it judges alone or the networks hear little, or cannot say where.

    Their gradients are torch's: where that is not installed, the memory explains as well.
    """
    if memory := detector.ensemble.memory:
        return memory.bank
    which, memories = detector.ids.index(machine_id), detector.ensemble.memories
    assert memories is not None
    by_networks = np.mean(
        [
            (float(measured.by_member[c.name][which]) - c.mean) / c.deviation
            for c in (member.config for member in detector.ensemble.networks)
        ]
    )
    if detector.baseline is not None and by_networks > _HEARD and extras.installed("torch"):
        return None
    return memories.banks[which]


def _usual_of_networks(detector: Detector, machine_id: str) -> float:
    """What networks make of normal recordings: beside memories, the middle of their scale."""
    if detector.ensemble.memories:
        return 0.0
    return float(np.median(detector.calibration.normal_scores("given", machine_id)))


def by_memory(
    detector: Detector,
    bank: MemoryBank,
    waveform: audio.Waveform,
    measured: Measurement,
    machine_id: str,
) -> Explanation:
    """What a memory of normal sound finds unusual, as `explain` says it.

    The sentence is of the most unusual segment; a reason lies evenly over its band and segment.
    """
    segments = split(waveform, replace(FrontEnd(), segment_hop_seconds=FrontEnd().segment_seconds))
    cells = max(1, (1 + len(waveform.samples) // FRAMES.hop_length) // _FRAMES_A_CELL)
    times, frequencies = (np.arange(cells) + 0.5) * _CELL_SECONDS, _frequencies()
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
    said = [reason.text for reason in reasons(bank, heard[worst])] if above else []
    start = waveform.position(segments[worst].start)
    end = start + segments[worst].seconds
    when = f" from {start:.1f} s to {end:.1f} s" if len(segments) > 1 and said else ""
    times, (magnitude,) = _in_place(waveform, _scaled(maps, above))
    return Explanation(
        times=times,
        frequencies=frequencies,
        magnitude=magnitude,
        phase=np.zeros_like(magnitude),
        magnitude_share=1.0 if said else 0.0,
        phase_share=0.0,
        region=densest(magnitude, times, frequencies) if said else None,
        sentence=", ".join(said) + when or describe(None, 0.0, "louder"),
    )


def _in_place(waveform: audio.Waveform, *maps: Array) -> tuple[Array, list[Array]]:
    """Maps of what is weighed where it stands in the recording, with the centres of their cells."""
    cells = maps[0].shape[1]
    where = np.arange(cells)
    if waveform.cuts:
        centres = (where + 0.5) * _CELL_SECONDS
        where = np.array([int(waveform.position(t) / _CELL_SECONDS) for t in centres])
        cells = max(int(where.max()) + 1, len(waveform.in_place) // _CELL_SAMPLES)
    spread: list[Array] = [np.zeros((BANDS, cells)) for _ in maps]
    for old, new in zip(maps, spread, strict=True):
        for cell, place in enumerate(where):
            new[:, place] += old[:, cell]
    return (np.arange(cells) + 0.5) * _CELL_SECONDS, spread


def _frequencies() -> Array:
    """Edges of the grid's bands in kHz."""
    return _edges() * FRAMES.sample_rate / FRAMES.n_fft / 1000


def _what(magnitude_share: float, louder: float, quieter: float, lines: float) -> What:
    """In which way most of it is unusual."""
    if magnitude_share < 0.5:
        return "timing"
    if lines > (louder + quieter) / 2:
        return "tones"
    return "louder" if louder >= quieter else "quieter"


@cache
def _edges() -> NDArray[np.intp]:
    """First bins of bands even in mel, and the end of the last one."""
    hertz = mel_points(FRAMES, BANDS + 1)
    edges = np.round(hertz * FRAMES.n_fft / FRAMES.sample_rate).astype(np.intp)
    edges[-1] = FRAMES.n_frequencies
    return edges


def _coarse(cells: Tensor) -> Array:
    """Sums of `(513, frame)` over the cells of the grid, `(BANDS, frame // 8)`."""
    whole = cells.numpy()[:, : cells.shape[1] // _FRAMES_A_CELL * _FRAMES_A_CELL]
    by_band: Array = np.add.reduceat(whole, _edges()[:-1], axis=0)
    by_cell: Array = by_band.reshape(BANDS, -1, _FRAMES_A_CELL).sum(axis=2)
    return by_cell


def _scaled(cells: Array, total: float) -> Array:
    """What raised the score, adding up to `total`."""
    raised: Array = np.maximum(cells, 0)
    return raised * (total / max(float(raised.sum()), 1e-30))
