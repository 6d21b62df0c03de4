"""A camera's microphone on this machine, that can be killed and comes back."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from ports import free_port

PYTHON = "/usr/bin/python3"  # the system's own, for which apt has the bindings of GStreamer
RATE = 16_000  # Hz
_SERVER = Path(__file__).with_name("camera_server.py")
_CHECK = """
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer
Gst.init(None)
for name in "aacparse wavparse audioconvert audioresample alawenc rtpmp4gpay rtppcmapay".split():
    assert Gst.ElementFactory.find(name), name
"""


class Camera:
    """Streams a sound by RTSP, from its beginning, to whoever listens.

    Args:
        folder: for its files.
        sound: `(time,)`, within -1 to 1, at 16 kHz.
        codec: "aac", "g711" or "l16".
        pace: how many times as fast as real time.
        lost: from and to, in s, of what never arrives.
    """

    def __init__(
        self,
        folder: Path,
        sound: np.ndarray,
        codec: str = "aac",
        pace: int = 20,
        lost: tuple[float, float] | tuple[()] = (),
    ) -> None:
        if not _is_installed():
            pytest.skip("GStreamer's RTSP server or its plugins are not installed")
        self.port = free_port()
        self.url = f"rtsp://127.0.0.1:{self.port}/live"
        self._file, self._codec, self._pace = folder / f"camera-{self.port}", codec, pace
        self._lost = lost
        self.show(sound)
        self.start()

    def show(self, sound: np.ndarray) -> None:
        """What is heard from the next start on."""
        if self._codec == "aac":
            write_aac(self._file, sound)
        else:
            soundfile.write(self._file, sound, RATE, format="WAV")

    def start(self) -> None:
        """Serve; returns once it does."""
        more = [
            str(self._file),
            str(self.port),
            self._codec,
            str(self._pace),
            *map(str, self._lost),
        ]
        self._process = subprocess.Popen(
            [PYTHON, str(_SERVER), *more], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout
        assert self._process.stdout.readline() == "serving\n"

    def kill(self) -> None:
        """As if its plug was pulled."""
        self._process.kill()
        self._process.wait()


def write_aac(path: Path, sound: np.ndarray) -> None:
    """As a camera codes it, `(time,)` at 16 kHz, in a plain AAC file (ADTS)."""
    with av.open(str(path), "w", format="adts") as file:
        stream = file.add_stream("aac", rate=RATE, layout="mono")
        stream.bit_rate = 64_000
        whole = av.AudioFrame.from_ndarray(sound[None].astype("f4"), "fltp", "mono")
        whole.sample_rate = RATE
        for frame in (whole, None):
            file.mux(stream.encode(frame))


@cache
def _is_installed() -> bool:
    try:
        return subprocess.run([PYTHON, "-c", _CHECK], capture_output=True).returncode == 0
    except OSError:
        return False
