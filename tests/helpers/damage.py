"""Files damaged at random, as disks, cards and strangers damage them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

TELLING = [0, 1, 2, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 1 << 24, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]


def header_bytes(file: bytearray, rng: np.random.Generator) -> None:
    for position in rng.integers(0, min(len(file), 160), rng.integers(1, 5)):
        file[position] = rng.integers(256)


def length_field(file: bytearray, rng: np.random.Generator) -> None:
    width, order = int(rng.choice([2, 4, 8])), rng.choice(["little", "big"])
    value = int(rng.choice([*TELLING, len(file), len(file) + 1, 2 * len(file)]))
    position = int(rng.integers(0, min(len(file), 200) - width))
    file[position : position + width] = (value % (1 << 8 * width)).to_bytes(width, order)


def flipped_bits(file: bytearray, rng: np.random.Generator) -> None:
    for position in rng.integers(0, len(file), rng.integers(1, 20)):
        file[position] ^= 1 << int(rng.integers(8))


def cut_off(file: bytearray, rng: np.random.Generator) -> None:
    del file[int(len(file) * rng.random()) :]


def hole(file: bytearray, rng: np.random.Generator) -> None:
    first, last = sorted(rng.integers(0, len(file), 2).tolist())
    file[first:last] = bytes([int(rng.choice([0, 255]))]) * (last - first)


def spliced(file: bytearray, rng: np.random.Generator, other: bytes) -> None:
    """A stretch of another file is put in, in place of a stretch of this one or between."""
    first, last = sorted(rng.integers(0, len(file), 2).tolist())
    begin, end = sorted(rng.integers(0, len(other), 2).tolist())
    file[first : last if rng.random() < 0.5 else first] = other[begin:end]


def damaged(files: list[bytes], seed: int) -> bytes:
    """The file of this seed; formats take turns, damage is drawn, sometimes twice."""
    rng = np.random.default_rng(seed)
    file = bytearray(files[seed % len(files)])
    for _ in range(rng.choice([1, 1, 2])):
        if not file:
            break
        kind = rng.integers(6)
        if kind == 5:
            spliced(file, rng, files[rng.integers(len(files))])
        elif len(file) > 20:
            (header_bytes, length_field, flipped_bits, cut_off, hole)[kind](file, rng)
    return bytes(file)


def one_byte_changed(whole: bytes, every: int) -> Iterator[bytes]:
    """The file with one byte changed: the first, the one so many further on, and so forth."""
    for place in range(0, len(whole), every):
        changed = bytearray(whole)
        changed[place] ^= 0x55
        yield bytes(changed)
