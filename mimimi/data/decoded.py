"""Recordings decoded once, kept on disk, read in pieces: memory does not grow with their number."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mimimi.audio import Channel, Pair, Problem, Samples, recording_hash
from mimimi.config import SAMPLE_RATE
from mimimi.data.pieces import live_channels, side_by_side
from mimimi.errors import AudioError
from mimimi.features.segments import SHORTEST_SAMPLES
from mimimi.files import replace_file


@dataclass(frozen=True)
class Decoded:
    """A recording as a NumPy file, int16 `(channel, time)` at 16 kHz.

    Channels in which nothing sounds are left out. Each other has its peak at that of 16 bits: half
    the memory, and the scale is lost anyway.
    """

    file: Path
    channels: int
    length: int  # samples
    offset: int  # bytes before the first
    problems: tuple[Problem, ...] = ()  # what was mended, where it was decoded just now

    def samples(self, channel: int, first: int, count: int) -> NDArray[np.int16]:
        """A piece of a channel, `(time,)`; shorter where the recording ends."""
        # Mapping the file would take ten times as long as reading a piece of it.
        there = max(0, min(count, self.length - first))
        before = (channel * self.length + first) * np.dtype(np.int16).itemsize
        return np.fromfile(self.file, np.int16, there, offset=self.offset + before)


def decode(path: Path, folder: Path, channel: Channel = 0) -> Decoded:
    """Decode a recording, or find what an earlier call has made of the same.

    Args:
        path: of the recording.
        folder: where decoded recordings are kept, 32 kB a second and channel.
        channel: a `Pair` for the one channel that its two give; else every channel is decoded.

    Raises:
        AudioError: it cannot be decoded, or too little is heard in it to be trained on.

    Example:
        >>> import soundfile, tempfile
        >>> from mimimi.simulate import simulate_clip
        >>> folder = Path(tempfile.mkdtemp())
        >>> soundfile.write(folder / "fan.wav", simulate_clip("fan", seconds=3.0), 16_000)
        >>> decode(folder / "fan.wav", folder / "decoded").samples(0, 0, 16_000).dtype
        dtype('int16')
    """
    heard = f"-{channel.near}-{channel.far}" if isinstance(channel, Pair) else ""
    file = folder / f"{recording_hash(path)}{heard}.npy"
    problems: tuple[Problem, ...] = ()
    if not (found := _found(file)):
        channels_heard = []
        for waveform in live_channels(path, str(path), channel):
            problems = problems or waveform.problems
            channels_heard.append(_full_scale(waveform.samples))
        every = side_by_side(channels_heard)
        content = io.BytesIO()
        np.save(content, every)
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(file, content.getvalue())  # there whole or not at all
        found = *every.shape, len(content.getvalue()) - every.nbytes
    channels, length, offset = found
    if length < SHORTEST_SAMPLES:
        raise AudioError(f"{path}: {length / SAMPLE_RATE:.2f} s is too short to train on.")
    return Decoded(file, channels, length, offset, problems)


def _full_scale(samples: Samples) -> NDArray[np.int16]:
    scaled: NDArray[np.int16] = np.round(samples * (32767 / np.abs(samples).max())).astype(np.int16)
    return scaled


def _found(file: Path) -> tuple[int, ...] | None:
    """Channels, samples and the bytes before them in a file of an earlier call."""
    try:
        whole = np.load(file, mmap_mode="r")
        return *whole.shape, whole.offset
    except (OSError, EOFError, ValueError):  # not there, or damaged: it is made anew
        return None
