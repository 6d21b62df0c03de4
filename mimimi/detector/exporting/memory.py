"""A memory of normal sound as operations of a graph, as `mimimi.memory` in numpy.

One thing is left out: what a filter has cut off is not looked for (`mimimi.memory.cutoff`), since a
small computer with its own microphone hears up to 8 kHz or never does.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mimimi.config import LINE_SPECTRUM
from mimimi.detector.exporting.front_end import fourier, frames, hann, padded, power
from mimimi.memory import MemoryBank, States
from mimimi.memory.distance import Scale, points
from mimimi.memory.spectra import (
    ENVELOPE_EDGES,
    ENVELOPE_FFT,
    ENVELOPE_HOP,
    FLOOR,
    MEL_FFT,
    MEL_HOP,
    SEGMENT_SAMPLES,
    mel_filters,
)
from mimimi.memory.states import TOLD_BY
from mimimi.memory.views import (
    COHERENCE_BANDS,
    HELD,
    LINE_BANDS,
    LINE_SIDE,
    PEAK,
    RHYTHM_BINS,
    RHYTHM_FRAME,
    RHYTHM_HOP,
    RHYTHM_POOL,
    VIEWS,
    WEIGHTS,
    View,
)
from mimimi.networks.graph_builder import Graph


def described(graph: Graph, samples: str) -> dict[str, str]:
    """The views of a segment `(160000,)`, each `(1, band, value)`."""
    x = graph.add("Sub", samples, graph.add("ReduceMean", samples, keepdims=1))
    rms = graph.add("Sqrt", graph.add("ReduceMean", graph.add("Mul", x, x), keepdims=1))
    x = graph.add("Div", x, rms)
    mel, frames_of_mel = _mel(graph, x)
    found = {
        "lines": _lines(graph, x),
        "unrest": _deviation(graph, mel),
        "peaks": _peaks(graph, mel, frames_of_mel),
        "coherence": _coherence(graph, mel, frames_of_mel),
        "rhythm": _rhythm(graph, x),
        "level": graph.add("ReduceMean", mel, np.array([0])),
    }
    return {
        view.name: graph.add("Reshape", found[view.name], np.array([1, *view.shape]))
        for view in HELD
    }


def score(graph: Graph, views: dict[str, str], bank: MemoryBank) -> str:
    """The score of a described segment by a bank, `(1, 1)`."""
    nearest = {
        name: graph.add("ReduceMin", apart, np.array([0]), keepdims=1)  # (1, band)
        for name, apart in _distances(graph, views, bank).items()
    }
    return _sum(graph, nearest, [bank.scales])


def margins(graph: Graph, views: dict[str, str], bank: MemoryBank, to: str) -> str:
    """As `MemoryBank.margins`, `(recording,)`, under a name."""
    own = np.stack([bank.recordings == number for number in bank.scales_without])
    never = np.where(own, np.float32(1e9), np.float32(0))[:, :, None]  # (without, segment, 1)
    nearest = {
        name: graph.add("ReduceMin", graph.add("Add", apart, never), np.array([1]), keepdims=0)
        for name, apart in _distances(graph, views, bank).items()
    }
    scores = _sum(graph, nearest, list(bank.scales_without.values()))
    above = graph.add("Sub", _column(bank.leave_one_out_scores()), scores)
    return graph.add("Reshape", above, np.array([-1]), to=to)


def told(graph: Graph, views: dict[str, str], bank: MemoryBank, states: States, to: str) -> str:
    """As `States.of`: the place in `STATES` that each view says, `(2,)`, under a name."""
    found = []
    for view in (one for one in HELD if one.name in TOLD_BY):
        apart = graph.add("ReduceMean", _distance(graph, views, bank, view), np.array([1]))
        nearest = graph.add("ArgMin", apart, axis=0, keepdims=0)  # (1,)
        found.append(graph.add("Gather", states.of_segments.astype(np.float32), nearest))
    return graph.add("Concat", *found, axis=0, to=to)


def _distances(graph: Graph, views: dict[str, str], bank: MemoryBank) -> dict[str, str]:
    """Of each view that a score is made of, see `_distance`."""
    return {view.name: _distance(graph, views, bank, view) for view in VIEWS}


def _distance(graph: Graph, views: dict[str, str], bank: MemoryBank, view: View) -> str:
    """Of a described segment to those of a bank, `(segment, band)`."""
    own = _point(graph, views[view.name], view)
    apart = graph.add("Sub", own, points(bank.vectors[view.name], view))
    squares = graph.add("Mul", apart, apart)
    return graph.add("ReduceSum", squares, np.array([2]), keepdims=0)


def _sum(graph: Graph, nearest: dict[str, str], scales: list[Mapping[str, Scale]]) -> str:
    """Scores `(scale, 1)` of nearest distances `(scale, band)`, each on a scale of its own."""
    said = []
    for name, weight in WEIGHTS.items():
        deviation = _deviated(graph, nearest[name], [of[name] for of in scales])
        said.append(graph.add("Mul", graph.add("Softplus", deviation), weight))
    return graph.add("Sum", *said)


def _point(graph: Graph, x: str, view: View) -> str:
    if not view.cosine:
        return graph.add("Mul", x, 1 / np.sqrt(view.shape[1]))
    squares = graph.add("ReduceSum", graph.add("Mul", x, x), np.array([2]), keepdims=1)
    length = graph.add("Sqrt", graph.add("Mul", squares, 2))
    return graph.add("Div", x, graph.add("Max", length, 1e-6))


def _deviated(graph: Graph, nearest: str, scales: list[Scale]) -> str:
    """As `Scale.deviation`, `(scale, 1)`."""
    exponent = scales[0].exponent
    usual = np.stack([scale.usual for scale in scales]).astype(np.float32)
    ratio = graph.add("Pow", graph.add("Div", nearest, usual), exponent)
    pooled = graph.add("ReduceMean", ratio, np.array([1]), keepdims=1)
    pooled = graph.add("Pow", pooled, 1 / exponent)
    logs = graph.add("Log", graph.add("Max", pooled, 1e-9))
    apart = graph.add("Sub", logs, _column([scale.middle for scale in scales]))
    return graph.add("Div", apart, _column([scale.spread for scale in scales]))


def _lines(graph: Graph, x: str) -> str:
    n_fft, hop = LINE_SPECTRUM.n_fft, LINE_SPECTRUM.hop_length
    cut = frames(graph, x, SEGMENT_SAMPLES, n_fft, hop, hann(n_fft))
    mean = graph.add("ReduceMean", power(graph, fourier(graph, cut, n_fft)), np.array([0]))
    level = graph.add("Unsqueeze", _log(graph, mean, n_fft), np.array([0]))  # (1, 1, bin)
    edges = np.array([0, 0, LINE_SIDE, 0, 0, LINE_SIDE])
    wide = graph.add("Pad", level, edges, mode="edge")
    around = graph.add("AveragePool", wide, kernel_shape=[2 * LINE_SIDE + 1], strides=[1])
    excess = graph.add("Sub", level, around)
    kept = LINE_BANDS * (n_fft // 2 // LINE_BANDS)
    return graph.add("Slice", excess, np.array([0]), np.array([kept]), np.array([2]))


def _mel(graph: Graph, x: str) -> tuple[str, int]:
    """Log-mel `(frame, band)`, and how many frames there are."""
    length = SEGMENT_SAMPLES + MEL_FFT
    cut = frames(graph, padded(graph, x, MEL_FFT // 2), length, MEL_FFT, MEL_HOP, hann(MEL_FFT))
    bands = graph.add("MatMul", power(graph, fourier(graph, cut, MEL_FFT)), mel_filters())
    return _log(graph, bands, MEL_FFT), (length - MEL_FFT) // MEL_HOP + 1


def _deviation(graph: Graph, x: str) -> str:
    """Standard deviation over frames, `(1, band)`."""
    apart = _without_mean(graph, x)
    return graph.add("Sqrt", graph.add("ReduceMean", graph.add("Mul", apart, apart), np.array([0])))


def _peaks(graph: Graph, mel: str, count: int) -> str:
    """A quantile over frames, between the two values that it lies between."""
    place = PEAK * (count - 1)
    above = count - int(place)  # values at or above the lower of the two
    ranked = graph.top(mel, above)
    lower = graph.add("Slice", ranked, np.array([above - 1]), np.array([above]), np.array([0]))
    upper = graph.add("Slice", ranked, np.array([above - 2]), np.array([above - 1]), np.array([0]))
    step = graph.add("Mul", graph.add("Sub", upper, lower), place % 1)
    return graph.add("Add", lower, step)


def _coherence(graph: Graph, mel: str, count: int) -> str:
    cut = graph.add("Reshape", mel, np.array([count, COHERENCE_BANDS, -1]))
    bands = graph.add("ReduceMean", cut, np.array([2]), keepdims=0)
    apart = _without_mean(graph, bands)
    unit = graph.add("Div", apart, graph.add("Max", _deviation(graph, bands), 1e-6))
    products = graph.add("MatMul", graph.add("Transpose", unit, perm=[1, 0]), unit)
    return graph.add("Mul", products, 1 / count)


def _rhythm(graph: Graph, x: str) -> str:
    cut = frames(graph, x, SEGMENT_SAMPLES, ENVELOPE_FFT, ENVELOPE_HOP, hann(ENVELOPE_FFT))
    belongs = np.zeros((ENVELOPE_FFT // 2 + 1, len(ENVELOPE_EDGES) - 1), np.float32)
    for band, (low, high) in enumerate(pairwise(ENVELOPE_EDGES)):
        belongs[low:high, band] = 1
    bands = graph.add("MatMul", power(graph, fourier(graph, cut, ENVELOPE_FFT)), belongs)
    apart = _without_mean(graph, _log(graph, bands, ENVELOPE_FFT))
    envelope = graph.add("Transpose", apart, perm=[1, 0])  # (band, value)
    length = (SEGMENT_SAMPLES - ENVELOPE_FFT) // ENVELOPE_HOP + 1
    hann_ = np.hanning(RHYTHM_FRAME).astype(np.float32)
    powers = []
    for first in range(0, length - RHYTHM_FRAME + 1, RHYTHM_HOP):
        ends = np.array([first]), np.array([first + RHYTHM_FRAME]), np.array([1])
        windowed = graph.add("Mul", graph.add("Slice", envelope, *ends), hann_)
        pair = fourier(graph, windowed, RHYTHM_FRAME, 1, RHYTHM_BINS + 1)
        powers.append(power(graph, pair))
    steps = graph.add("Log", graph.add("Add", graph.add("Mean", *powers), 1e-2))
    pooled = graph.add("Reshape", steps, np.array([len(ENVELOPE_EDGES) - 1, -1, RHYTHM_POOL]))
    return graph.add("ReduceMean", pooled, np.array([2]), keepdims=0)


def _without_mean(graph: Graph, x: str) -> str:
    return graph.add("Sub", x, graph.add("ReduceMean", x, np.array([0]), keepdims=1))


def _log(graph: Graph, power: str, n_fft: int) -> str:
    white = float(np.square(hann(n_fft)).sum())
    return graph.add("Log", graph.add("Add", power, FLOOR * white))


def _column(values: ArrayLike) -> NDArray[np.float32]:
    return np.asarray(values, np.float32)[:, None]
