"""Good files of every format damaged thousands of times: judged or refused, and nothing else.

In one process, as the page reads them. `pytest -s` shows the figures; MIMIMI_FUZZ=1 tries all.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import phone_files
import pytest
import soundfile
from damage import damaged
from survival import LARGEST_GROWTH, Survival, share

from mimimi.audio import read
from mimimi.config import FrontEnd
from mimimi.errors import AudioError
from mimimi.features.segments import split

MUTATIONS, FEW = 10_400, 1_500
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


@pytest.mark.skipif(not Path("/proc/self/statm").is_file(), reason="memory is read from /proc")
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("decoder", ["by_soundfile", "by_ffmpeg"])
def test_damaged_files_are_judged_or_refused(decoder, request, tmp_path, untouched_detector):
    files = request.getfixturevalue(decoder)
    for file in files:  # undamaged, all can be judged; and imports are not counted below
        untouched_detector.measure(read(file))
    judged = 0

    def judge(file: bytes, _: int) -> str | bool:
        nonlocal judged
        try:
            waveform = read(file, name="damaged")
            segments = split(waveform, FrontEnd())
        except AudioError as error:
            return f"a sentence of two lines: {error}" if "\n" in str(error) else False
        if not all(np.isfinite(segment.samples).all() for segment in segments):
            return "samples that are not finite"
        if judged % ANALYSED_EVERY == 0:
            verdict = untouched_detector.judge(untouched_detector.measure(waveform), "id_00")
            assert np.isfinite(verdict.score)
        judged += 1
        return True

    survival = Survival(tmp_path)
    survival.run(share(MUTATIONS, FEW), lambda seed: damaged(files, seed), judge)
    print(f"{decoder}: {survival}")
    assert 0.2 < survival.taken / survival.tried < 0.9  # else the damage is no test
    assert survival.growth < LARGEST_GROWTH
