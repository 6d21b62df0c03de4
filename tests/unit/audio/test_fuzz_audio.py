"""Good files of every format damaged thousands of times: judged or refused, and nothing else.

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
import phone_files
import pytest
import soundfile
from damage import damaged

from mimimi.audio import Waveform, read
from mimimi.config import FrontEnd
from mimimi.errors import AudioError
from mimimi.features.segments import split

MUTATIONS = 10_400
FEW = 400  # as many as there is time for every day
SLOWEST = 2.0  # s a file
LARGEST_GROWTH = 32  # MiB from a tenth of the way on, of which allocators need some
ANALYSED_EVERY = 100  # of those that are read

FORMATS = [
    ("WAV", "PCM_16"), ("WAV", "PCM_24"), ("WAV", "PCM_32"), ("WAV", "FLOAT"), ("WAV", "IMA_ADPCM"),
    ("FLAC", "PCM_16"), ("FLAC", "PCM_24"), ("OGG", "VORBIS"), ("OGG", "OPUS"),
    ("MP3", "MPEG_LAYER_III"), ("AIFF", "PCM_16"), ("AU", "PCM_16"), ("CAF", "PCM_16"),
    ("W64", "PCM_16"), ("RF64", "PCM_24"),
]  # fmt: skip


def encode(samples: np.ndarray, kind: str, subtype: str) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, 8_000, format=kind, subtype=subtype)
    return file.getvalue()


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.fixture(scope="module")
def by_soundfile() -> list[bytes]:
    """Each format with one channel and with two."""
    rng = np.random.default_rng(0)
    mono, stereo = (0.1 * rng.standard_normal(shape) for shape in ((16_800,), (20_000, 2)))
    return [encode(x, *form) for x in (mono, stereo) for form in FORMATS]


@pytest.fixture(scope="module")
def by_ffmpeg() -> list[bytes]:
    """What telephones, browsers and Windows record."""
    rng = np.random.default_rng(0)
    mono, stereo = (0.1 * rng.standard_normal(shape) for shape in ((35_000,), (38_000, 2)))
    kinds = phone_files.KINDS
    both = [kind for kind in kinds if "amr" not in kind.codec]  # which knows one channel alone
    return [
        *(phone_files.encode(mono, kind) for kind in kinds),
        *(phone_files.encode(stereo, kind) for kind in both),
    ]


@dataclass
class Survivors:
    """Reads the damaged files one after the other; what can be judged comes out."""

    files: list[bytes]
    folder: Path
    mutations: int = MUTATIONS
    slowest: tuple[float, int] = (0.0, -1)  # seconds of the processor's time, seed

    def __iter__(self) -> Iterator[Waveform]:
        with (self.folder / "seed").open("wb", buffering=0) as last:
            for seed in range(self.mutations):
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


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("decoder", ["by_soundfile", "by_ffmpeg"])
def test_a_few_damaged_files_are_judged_or_refused(decoder, request, tmp_path):
    judged = sum(1 for _ in Survivors(request.getfixturevalue(decoder), tmp_path, FEW))
    assert 0.2 * FEW < judged < 0.9 * FEW  # else the damage is no test


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").is_file(), reason="memory is read from /proc")
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("decoder", ["by_soundfile", "by_ffmpeg"])
def test_damaged_files_are_judged_or_refused(decoder, request, tmp_path, untouched_detector):
    files = request.getfixturevalue(decoder)
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
        f"{decoder}: {MUTATIONS} damaged files in {time.perf_counter() - began:.0f} s, "
        f"{judged} judged, the slowest {seconds:.2f} s (seed {seed}); "
        f"{memory:.0f} MiB, {growth:+.1f} MiB since"
    )
    assert 0.2 * MUTATIONS < judged < 0.9 * MUTATIONS  # else the damage is no test
    assert growth < LARGEST_GROWTH
