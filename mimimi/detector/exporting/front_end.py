"""The front ends as operations of a graph: frames, Fourier transforms, windows, line spectra.

Fourier transforms are written as matrix products, in two steps of which each has a matrix of some
16,000 numbers: every engine computes these fast and in single precision alike.

Source: Cooley and Tukey 1965, An algorithm for the machine calculation of complex Fourier series.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mimimi.config import FrontEnd
from mimimi.features.line_spectrum import FLOOR, SMOOTH
from mimimi.features.spectrum import window_starts
from mimimi.networks.graph_builder import Graph

Real = NDArray[np.float32]
Pair = tuple[str, str]  # real and imaginary part


def frames(graph: Graph, signal: str, length: int, n_fft: int, hop: int, window: Real) -> str:
    """A signal `(length,)` as windowed frames `(frame, n_fft)`; the hop divides the frame."""
    rows, parts = length // hop, n_fft // hop
    count = rows - parts + 1
    whole = graph.add("Slice", signal, *_ints([0], [rows * hop]))
    cut = graph.add("Reshape", whole, np.array([rows, hop]))
    shifted = [graph.add("Slice", cut, *_ints([k], [k + count], [0])) for k in range(parts)]
    joined = graph.add("Concat", *shifted, axis=1) if parts > 1 else shifted[0]
    return graph.add("Mul", joined, window)


def padded(graph: Graph, signal: str, side: int) -> str:
    """A signal with its mirror image on either side."""
    return graph.add("Pad", signal, np.array([side, side]), mode="reflect")


def fourier(graph: Graph, x: str, n_fft: int, first: int = 0, last: int | None = None) -> Pair:
    """Discrete Fourier transform of real frames `(frame, n_fft)`.

    Args:
        graph: gets the operations.
        x: name of the frames.
        n_fft: length of a frame; best if it has two factors alike.
        first: bin that is kept.
        last: bin that is not kept any more; None: the one beyond the Nyquist frequency.

    Returns:
        Real and imaginary part, `(frame, last - first)`.
    """
    a = max(k for k in range(1, math.isqrt(n_fft) + 1) if n_fft % k == 0)
    b = n_fft // a
    cut = graph.add("Reshape", x, np.array([-1, a, b]))
    inner = _matrix(a, a, a)  # [k1, n1]
    real, imag = (graph.add("MatMul", part, cut) for part in (_real(inner), _imag(inner)))
    turn = _matrix(a, b, n_fft)  # [k1, n2]
    real, imag = _times(graph, "Mul", (real, imag), turn)
    real, imag = _times(graph, "MatMul", (real, imag), _matrix(b, b, b))  # [n2, k2]
    kept = _ints([first], [n_fft // 2 + 1 if last is None else last], [1])
    flat = []
    for part in (real, imag):  # bin k1 + a k2
        turned = graph.add("Transpose", part, perm=[0, 2, 1])
        flat.append(graph.add("Slice", graph.add("Reshape", turned, np.array([-1, n_fft])), *kept))
    return flat[0], flat[1]


def power(graph: Graph, pair: Pair) -> str:
    """Squared magnitude."""
    real, imag = pair
    return graph.add("Add", graph.add("Mul", real, real), graph.add("Mul", imag, imag))


def windows(graph: Graph, samples: str, front_end: FrontEnd) -> str:
    """As `SegmentSpectra.windows` of one segment: `(window, 2, frequency, time)`."""
    real, imag = _normalised(graph, samples, front_end)
    parts = [graph.add("Transpose", part, perm=[1, 0]) for part in (real, imag)]
    lifted = [graph.add("Unsqueeze", part, np.array([0, 1])) for part in parts]
    both = graph.add("Concat", *lifted, axis=1)
    length = front_end.window_frames
    starts = window_starts(front_end.segment_frames, length)
    cut = [graph.add("Slice", both, *_ints([t], [t + length], [3])) for t in starts]
    return graph.add("Concat", *cut, axis=0) if len(cut) > 1 else cut[0]


def lines(graph: Graph, samples: str, front_end: FrontEnd) -> str:
    """As `SegmentSpectra.lines` of one segment, of one window: `(1, 1, frequency)`."""
    found = power(graph, _normalised(graph, samples, front_end))
    mean = graph.add("ReduceMean", found, np.array([0]), keepdims=1)
    share = graph.add("Div", mean, graph.add("ReduceMean", mean, np.array([1]), keepdims=1))
    level = graph.add("Log", graph.add("Add", share, FLOOR))
    bins, steps = front_end.n_frequencies, front_end.n_frequencies // SMOOTH
    whole = graph.add("Slice", level, *_ints([0], [steps * SMOOTH], [1]))
    means = graph.add("Reshape", whole, np.array([1, steps, SMOOTH]))
    means = graph.add("ReduceMean", means, np.array([2]), keepdims=0)
    where = (np.arange(bins) + 0.5) * steps / bins - 0.5
    between = np.stack([np.interp(where, np.arange(steps), unit) for unit in np.eye(steps)])
    envelope = graph.add("MatMul", means, between.astype(np.float32))
    return graph.add("Unsqueeze", graph.add("Sub", level, envelope), np.array([0]))


def hann(n_fft: int) -> Real:
    """A periodic Hann window."""
    return np.hanning(n_fft + 1)[:-1].astype(np.float32)


def _normalised(graph: Graph, samples: str, front_end: FrontEnd) -> Pair:
    """The complex spectrum `(frame, frequency)` at one scale a segment."""
    n_fft, length = front_end.n_fft, front_end.segment_samples
    if front_end.centred:
        samples, length = padded(graph, samples, n_fft // 2), length + n_fft
    cut = frames(graph, samples, length, n_fft, front_end.hop_length, hann(n_fft))
    pair = fourier(graph, cut, n_fft)
    mean = graph.add("ReduceMean", power(graph, pair), keepdims=1)
    rms = graph.add("Max", graph.add("Sqrt", mean), 1e-30)
    return graph.add("Div", pair[0], rms), graph.add("Div", pair[1], rms)


def _matrix(rows: int, columns: int, period: int) -> NDArray[np.complex128]:
    turns = np.outer(np.arange(rows), np.arange(columns)) % period
    roots: NDArray[np.complex128] = np.exp(-2j * np.pi * turns / period)
    return roots


def _times(graph: Graph, kind: str, pair: Pair, matrix: NDArray[np.complex128]) -> Pair:
    """A complex product, of elements (`Mul`) or of matrices (`MatMul`)."""
    real, imag = pair
    here, there = _real(matrix), _imag(matrix)
    rr, ii = graph.add(kind, real, here), graph.add(kind, imag, there)
    ri, ir = graph.add(kind, real, there), graph.add(kind, imag, here)
    return graph.add("Sub", rr, ii), graph.add("Add", ri, ir)


def _real(matrix: NDArray[np.complex128]) -> Real:
    return matrix.real.astype(np.float32)


def _imag(matrix: NDArray[np.complex128]) -> Real:
    return matrix.imag.astype(np.float32)


def _ints(*lists: list[int]) -> list[NDArray[np.int64]]:
    return [np.array(of) for of in lists]
