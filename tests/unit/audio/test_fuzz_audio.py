"""Good files of every format damaged ten thousand times: judged or refused, and nothing else.

In one process, as the page reads them. A failure names its seed and leaves the file in `tmp_path`;
if the process dies, the file `seed` there tells of which. `pytest -s` shows the figures.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile

from mimimi.audio import Waveform, read
from mimimi.config import FrontEnd
from mimimi.errors import AudioError
from mimimi.features.segments import split

MUTATIONS = 10_400
SLOWEST = 2.0  # s a file
LARGEST_GROWTH = 32  # MiB from a tenth of the way on, of which allocators need some
ANALYSED_EVERY = 100  # of those that are read

FORMATS = [
    ("WAV", "PCM_16"), ("WAV", "PCM_24"), ("WAV", "PCM_32"), ("WAV", "FLOAT"), ("WAV", "IMA_ADPCM"),
    ("FLAC", "PCM_16"), ("FLAC", "PCM_24"), ("OGG", "VORBIS"), ("OGG", "OPUS"),
    ("MP3", "MPEG_LAYER_III"), ("AIFF", "PCM_16"), ("AU", "PCM_16"), ("CAF", "PCM_16"),
    ("W64", "PCM_16"), ("RF64", "PCM_24"),
]  # fmt: skip
TELLING = [0, 1, 2, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 1 << 24, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]


def encode(samples: np.ndarray, kind: str, subtype: str) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, 8_000, format=kind, subtype=subtype)
    return file.getvalue()


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


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.fixture(scope="module")
def files() -> list[bytes]:
    """Each format with one channel and with two."""
    rng = np.random.default_rng(0)
    mono, stereo = (0.1 * rng.standard_normal(shape) for shape in ((16_800,), (20_000, 2)))
    return [encode(x, *form) for x in (mono, stereo) for form in FORMATS]


@dataclass
class Survivors:
    """Reads the damaged files one after the other; what can be judged comes out."""

    files: list[bytes]
    folder: Path
    slowest: tuple[float, int] = (0.0, -1)  # seconds of the processor's time, seed

    def __iter__(self) -> Iterator[Waveform]:
        with (self.folder / "seed").open("wb", buffering=0) as last:
            for seed in range(MUTATIONS):
                os.pwrite(last.fileno(), f"{seed:<8}".encode(), 0)  # if the process dies of it
                if (waveform := self._read(seed)) is not None:
                    yield waveform

    def _read(self, seed: int) -> Waveform | None:
        file = damaged(self.files, seed)
        began, waveform, failure = time.process_time(), None, None
        try:
            waveform = read(file, name="damaged")
            segments = split(waveform, FrontEnd())
            if not all(np.isfinite(segment.samples).all() for segment in segments):
                failure = "samples that are not finite"
        except AudioError as error:
            waveform = None
            failure = "a sentence of two lines" if "\n" in str(error) else None
        except Exception as error:
            failure = repr(error)
        seconds = time.process_time() - began  # that a busy machine is not taken for a hang
        self.slowest = max(self.slowest, (seconds, seed))
        if seconds > SLOWEST:
            failure = f"{seconds:.1f} s"
        if failure:
            culprit = self.folder / f"seed{seed}"
            culprit.write_bytes(file)
            pytest.fail(f"seed {seed}: {failure}; the file is {culprit}")
        return waveform


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").is_file(), reason="memory is read from /proc")
@pytest.mark.filterwarnings("error")
def test_damaged_files_are_judged_or_refused(files, tmp_path, untouched_detector):
    for file in files:  # undamaged, all can be judged; and imports are not counted below
        untouched_detector.measure(read(file))
    began, judged, memory = time.perf_counter(), 0, 0.0
    survivors = Survivors(files, tmp_path)
    for waveform in survivors:
        if judged % ANALYSED_EVERY == 0:
            verdict = untouched_detector.judge(untouched_detector.measure(waveform), "id_00")
            assert np.isfinite(verdict.score)
        judged += 1
        if judged == MUTATIONS // 20:
            memory = resident_mib()
    growth = resident_mib() - memory
    seconds, seed = survivors.slowest
    print(
        f"{MUTATIONS} damaged files in {time.perf_counter() - began:.0f} s, {judged} judged, the "
        f"slowest {seconds:.2f} s (seed {seed}); {memory:.0f} MiB, {growth:+.1f} MiB since"
    )
    assert 0.2 * MUTATIONS < judged < 0.9 * MUTATIONS  # else the damage is no test
    assert growth < LARGEST_GROWTH
