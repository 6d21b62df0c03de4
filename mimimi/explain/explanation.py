"""Where in time and frequency a recording's score comes from, and whether from magnitude or phase.

How it is found, and why so: `mimimi.explain.attribution`. Here the segments of a recording are put
together on one coarse grid and summed up in a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mimimi import audio
from mimimi.explain.attribution import FRAMES, attribute
from mimimi.explain.region import Region, What, densest, describe
from mimimi.features.mel import mel_points
from mimimi.features.segments import split

if TYPE_CHECKING:
    from mimimi.detector.detector import Detector, Source

Array = NDArray[np.floating[Any]]
BANDS = 40
_FRAMES_A_CELL = 8
_CELL_SECONDS = _FRAMES_A_CELL * FRAMES.hop_length / FRAMES.sample_rate  # 0.26 s


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
    detector: Detector, source: Source | audio.Waveform, machine_id: str, *, channel: int = 0
) -> Explanation:
    """Say what raised the score of a recording.

    It takes some ten times as long as judging it, and memory for its map alone.

    Args:
        detector: that judged it.
        source: as for `Detector.analyse`, or a waveform that was read.
        machine_id: the machine it was judged as.
        channel: the one that was judged.

    Raises:
        AudioError: the recording cannot be judged.
        UnknownMachineError: the detector does not know this id.
        DetectorError: the detector does not hold how its machines usually sound.

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
    if isinstance(source, audio.Waveform):
        waveform = source
    elif isinstance(source, tuple):
        waveform = audio.from_array(*source, channel=channel, name="array")
    else:
        waveform = audio.read(source, channel=channel)
    apart = replace(detector.front_end, segment_hop_seconds=detector.front_end.segment_seconds)
    segments = split(waveform, apart)
    cells = (1 + len(waveform.samples) // FRAMES.hop_length) // _FRAMES_A_CELL
    maps, heard = np.zeros((2, BANDS, cells)), np.zeros(cells)
    usual = float(np.median(detector.calibration.normal_scores("given", machine_id)))
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
    times, edges = (np.arange(cells) + 0.5) * _CELL_SECONDS, _edges()
    frequencies = edges * FRAMES.sample_rate / FRAMES.n_fft / 1000
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
