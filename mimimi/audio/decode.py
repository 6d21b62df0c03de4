"""From a file, bytes or an array to a `Waveform`: float32, mono, 16 kHz.

Decoded block by block, so that memory grows with the length at 16 kHz alone.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mimimi.audio.block_stream import BlockStream, dead_channels, first_minute
from mimimi.audio.channel_reader import ChannelReader
from mimimi.audio.channels import Channel, picked
from mimimi.audio.decoder import BLOCK_FRAMES, Block, Lost
from mimimi.audio.opening import File, opened
from mimimi.audio.pair_reader import reader_for, reader_of
from mimimi.audio.sound_file import open_recording
from mimimi.audio.waveform import Problem, Waveform
from mimimi.errors import AudioError

Source = File | tuple[NDArray[Any], int]
"""What a recording can be read from; the last is (samples, sample rate)."""

_MOST_CHANNELS = 256  # an array with more has its time where the channels belong


def read(source: Source, *, channel: Channel = 0, name: str | None = None) -> Waveform:
    """Decode a recording.

    What is no sound of the machine (digital silence, a constant offset, damaged places) is taken
    out of the samples and named in `Waveform.problems`.

    Args:
        source: a path, the bytes of a file, an open binary file, or (samples, sample rate).
        channel: the one of several channels that is judged, counted from 0; where it is dead and
            another is not, that one is taken, and it is said. A `Pair`: its near one, without
            what its far one explains.
        name: what messages call it; the file's name by default.

    Raises:
        AudioError: it is missing, no audio, empty, silent, too quiet, holds no numbers, has no such
            channel, or a sample rate that no recording has.

    Example:
        >>> from mimimi.simulate import simulate_clip
        >>> import io, soundfile
        >>> file = io.BytesIO()
        >>> soundfile.write(file, simulate_clip("fan", seconds=3.0), 16_000, format="WAV")
        >>> read(file.getvalue(), name="fan.wav").seconds
        3.0
    """
    if isinstance(source, tuple):
        return from_array(*source, channel=channel, name=name or "array")
    problems: list[Problem] = []
    for _ in range(2):
        with opened(source, name) as (decoder, name):
            reader = reader_for(decoder, channel, name)
            live = _fill(reader, decoder.blocks())
            if not problems:
                problems += dead_channels(reader, channel)
            if live is not None:
                channel = live
                continue
            if not reader.frames:
                raise AudioError(
                    f"{name}: nothing in it can be decoded; the file is damaged, export it again."
                    if decoder.cut_off or reader.ends_damaged
                    else f"{name}: there is no sound in it; record or export it again."
                )
            if decoder.cut_off or reader.ends_damaged:
                problems.append(reader.cut_off())
            return reader.finish(problems, decoder.lossy)
    raise AssertionError("a live channel is not dead")


def blocks(source: File, *, channel: Channel = 0, name: str | None = None) -> BlockStream:
    """Decode a recording of any length piece by piece, in memory that does not grow with it.

    Joined, the pieces are what `read` decodes; nothing is taken out of it. Silence is not looked
    for, places that cannot be read are zeros, and samples that are no numbers are bridged: the
    stream's `problems` name them while it goes on.

    Args:
        source: a path, the bytes of a file, or an open binary file.
        channel: the one of several channels that is judged, counted from 0; another one where it
            is dead in the first minute.
        name: what messages call it; the file's name by default.

    Yields:
        `(time,)`, float32 at 16 kHz, of any length, none included.

    Raises:
        AudioError: as for `read`; after all that could be decoded where the file is cut off.
    """
    return BlockStream(source, channel, name)


def length(source: str | Path | bytes) -> float:
    """Seconds of sound in a file, as its header says; infinite where it does not know.

    Raises:
        AudioError: it cannot be opened as sound.
    """
    with opened(source, None) as (decoder, _):
        return decoder.frames / decoder.rate if decoder.frames is not None else math.inf


def channels(source: str | Path | bytes) -> int:
    """How many channels a file has.

    Raises:
        AudioError: it cannot be opened as sound.
    """
    with opened(source, None) as (decoder, _):
        return decoder.channels


def excerpt(
    source: str | Path | bytes, start: float, seconds: float, *, channel: Channel = 0, name: str
) -> Waveform:
    """Decode a stretch of a recording.

    Args:
        source: a path, or the bytes of a file.
        start: in s; what lies before 0 or after the end is left out.
        seconds: length.
        channel: the one of several channels that is decoded, counted from 0; another one where it
            is dead, as `blocks` takes it.
        name: what messages call it.

    Raises:
        AudioError: as for `read`.

    Example:
        >>> from mimimi.simulate import simulate_clip
        >>> import io, soundfile
        >>> file = io.BytesIO()
        >>> soundfile.write(file, simulate_clip("fan", seconds=3.0), 16_000, format="WAV")
        >>> excerpt(file.getvalue(), 2.5, 10.0, name="fan.wav").seconds
        0.5
    """
    live = first_minute(source, channel, name).live_channel
    with opened(source, name) as (decoder, name):
        reader = reader_for(decoder, channel if live is None else live, name)
        first = round(max(start, 0.0) * decoder.rate)
        wanted = round((start + seconds) * decoder.rate) - first
        for block in decoder.blocks(first):
            left = wanted - reader.frames
            reader.add(block if isinstance(block, Lost) else block[:left])
            if reader.frames >= wanted:
                break
        return reader.finish([])


def as_recorded(
    source: str | Path | bytes, start: float, seconds: float, *, channel: Channel = 0
) -> tuple[Block, int]:
    """Decode a stretch of a recording and leave it as it is: its level, its rate, its silences.

    Args:
        source: a path, or the bytes of a file.
        start: in s; what lies before 0 or after the end is left out.
        seconds: length.
        channel: the one of several channels that is decoded, counted from 0; a `Pair`: both.

    Returns:
        `(time,)`, or `(time, 2)` with the near one first, float32; and its rate in Hz. What cannot
        be read is zeros.

    Raises:
        AudioError: it cannot be opened as sound, or has no such channel.
    """
    with opened(source, None) as (decoder, name):
        reader_for(decoder, channel, name)  # which knows what is wrong with the channels
        first = round(max(start, 0.0) * decoder.rate)
        left = round((start + seconds) * decoder.rate) - first
        parts = [np.zeros((0, decoder.channels), np.float32)]
        for block in decoder.blocks(first):
            if isinstance(block, Lost):
                block = np.zeros((min(block.frames, max(left, 0)), decoder.channels), np.float32)
            parts.append(block[: max(left, 0)].astype(np.float32))
            left -= len(block)
            if left <= 0:
                break
        return picked(np.concatenate(parts), channel), decoder.rate


def from_array(
    samples: NDArray[Any],
    sample_rate: int,
    *,
    channel: Channel = 0,
    name: str = "array",
    step: float = 0.0,
    begin: float = 0.0,
) -> Waveform:
    """Take samples that are in memory already.

    Args:
        samples: shape `(time,)` or `(time, channel)`, floats within -1 to 1 or integers.
        sample_rate: in Hz.
        channel: the one of several channels that is judged, counted from 0.
        name: what messages call it.
        step: of floats that a format with steps was read from, the smallest difference it knows.
        begin: in s, where they begin in a longer recording, from which problems count their times.

    Raises:
        AudioError: as for `read`.
    """
    samples = np.asarray(samples)
    if samples.ndim not in (1, 2):
        raise AudioError(f"{name}: samples must have the shape (time,) or (time, channel).")
    if np.issubdtype(samples.dtype, np.signedinteger):
        full_scale = -float(np.iinfo(samples.dtype).min)
        step = 1 / full_scale
    elif np.issubdtype(samples.dtype, np.floating):
        full_scale = 1.0
    else:
        raise AudioError(f"{name}: samples must be floats or signed integers.")
    columns = samples[:, None] if samples.ndim == 1 else samples
    if columns.shape[1] > _MOST_CHANNELS:
        raise AudioError(f"{name}: has the shape {samples.shape}; give it as (time, channel).")
    problems: list[Problem] = []
    starts = range(0, len(columns), BLOCK_FRAMES)
    for _ in range(2):
        reader = reader_of(
            channel, int(sample_rate), columns.shape[1], name, step=step, begin=begin
        )
        live = _fill(reader, (columns[i : i + BLOCK_FRAMES] / full_scale for i in starts))
        if not problems:
            problems += dead_channels(reader, channel)
        if live is None:
            break
        channel = live
    return reader.finish(problems)


def recording_hash(source: str | Path | bytes) -> str:
    """SHA-256 of a recording's file, by which a detector knows again what it has learnt from.

    Raises:
        AudioError: it is missing, a folder, a pipe or a device, or may not be read.
    """
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    digest = hashlib.sha256()
    with open_recording(Path(source), str(source)) as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _fill(reader: ChannelReader, source: Iterable[Block | Lost]) -> int | None:
    """Read all of it; another channel to read in place of this one, if it is dead."""
    for block in source:
        reader.add(block)
    return reader.live_channel
