"""What a recording may be given as: an array, an open file, a pipe."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from mimimi.audio import from_array, read
from mimimi.errors import AudioError


def test_an_array_that_lies_across_is_refused(hum):
    with pytest.raises(AudioError, match=r"\(2, 160000\); give it as \(time, channel\)"):
        from_array(np.stack([hum(), hum()]), 16_000)


def test_a_stream_that_cannot_go_back_is_read(hum):
    class Pipe(io.RawIOBase):
        def __init__(self, content: bytes) -> None:
            self._file = io.BytesIO(content)

        def readable(self) -> bool:
            return True

        def readinto(self, buffer) -> int:
            return self._file.readinto(buffer)

    file = io.BytesIO()
    soundfile.write(file, hum(), 16_000, format="WAV")
    waveform = read(io.BufferedReader(Pipe(file.getvalue())))
    assert np.array_equal(waveform.samples, read(file.getvalue()).samples)
    with pytest.raises(AudioError, match="opened as text"):
        read(io.StringIO("no bytes"))
