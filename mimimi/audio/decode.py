"""From a file, bytes or an array to a `Waveform`: float32, mono, 16 kHz.

Decoding is soundfile's (WAV, FLAC, OGG, MP3 and what else libsndfile knows), block by block, so
that memory grows with the length at 16 kHz alone. Uploads are hostile until decoded: whatever is
wrong becomes one `AudioError`.
"""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from mimimi.audio.channel_reader import ChannelReader, Samples, Waveform
from mimimi.audio.sound_file import GuardedFile, ends_early, open_recording
from mimimi.errors import AudioError

if TYPE_CHECKING:
    from soundfile import SoundFile

__all__ = [
    "Samples",
    "Source",
    "Waveform",
    "blocks",
    "excerpt",
    "from_array",
    "length",
    "read",
    "recording_hash",
]

Source = str | Path | bytes | BinaryIO | tuple[NDArray[Any], int]
"""What a recording can be read from; the last is (samples, sample rate)."""

_UNKNOWN_FRAMES = 1 << 30  # 2^31 or 2^63 stand for a length that a stream did not know
# Decoded at a time: other channels are dropped early, and of a damaged FLAC no more is lost.
_BLOCK_FRAMES = 1 << 12


def read(source: Source, *, channel: int = 0, name: str | None = None) -> Waveform:
    """Decode a recording.

    Args:
        source: a path, the bytes of a file, an open binary file, or (samples, sample rate).
        channel: the one of several channels that is judged, counted from 0.
        name: what messages call it; the file's name by default.

    Raises:
        AudioError: it is missing, no audio, empty, silent, holds non-finite samples, has no such
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
    with _opened(source, name) as (sound, name):
        intake = ChannelReader(sound.samplerate, sound.channels, channel, name)
        warnings = []
        try:
            for block in _decoded(sound, name):
                intake.add(block)
        except _CutOffError as error:
            warnings.append(str(error))
        return intake.finish(warnings)


def blocks(
    source: str | Path | bytes | BinaryIO, *, channel: int = 0, name: str | None = None
) -> Iterator[Samples]:
    """Decode a recording of any length piece by piece, in memory that does not grow with it.

    Joined, the pieces are the samples that `read` gives; silence is not looked for.

    Args:
        source: a path, the bytes of a file, or an open binary file.
        channel: the one of several channels that is judged, counted from 0.
        name: what messages call it; the file's name by default.

    Yields:
        `(time,)`, float32 at 16 kHz, of any length, none included.

    Raises:
        AudioError: as for `read`; after all that could be decoded where the file is cut off.
    """
    with _opened(source, name) as (sound, name):
        intake = ChannelReader(sound.samplerate, sound.channels, channel, name)
        try:
            for block in _decoded(sound, name):
                yield intake.take(block)
        except _CutOffError as error:
            yield intake.rest()
            raise AudioError(f"{name}: {error}.") from error
        yield intake.rest()


def length(source: str | Path | bytes) -> float:
    """Seconds of sound in a file, as its header says; infinite where it does not know.

    Raises:
        AudioError: it cannot be opened as sound.
    """
    with _opened(source, None) as (sound, _):
        known = 0 < sound.frames < _UNKNOWN_FRAMES
        return sound.frames / sound.samplerate if known else math.inf


class _CutOffError(Exception):
    """The end of a file is missing; its text says how much there was."""


@contextmanager
def _opened(
    source: str | Path | bytes | BinaryIO, name: str | None
) -> Iterator[tuple[SoundFile, str]]:
    """A sound file ready to be decoded, and its name; whatever is wrong becomes an AudioError."""
    import soundfile

    if isinstance(source, (str, Path)):
        name = name or str(source)
        opened: BinaryIO = open_recording(Path(source), name)
    else:
        name = name or "recording"
        opened = io.BytesIO(source) if isinstance(source, bytes) else source

    # A file that was handed in open stays so.
    with nullcontext(opened) if opened is source else opened:
        file = GuardedFile(opened)
        if not file.size:
            raise AudioError(f"{name}: the file is empty; record or export it again.")
        try:
            with soundfile.SoundFile(file) as sound:
                if sound.subtype.startswith("ALAC"):  # whose decoder prints on our stdout
                    raise AudioError(
                        f"{name}: Apple Lossless is not read here; export it as WAV or FLAC."
                    )
                yield sound, name
        except (soundfile.SoundFileError, TypeError, OverflowError) as error:
            raise AudioError(
                f"{name}: this is not a sound file, or a damaged one; give WAV, FLAC, OGG or MP3."
            ) from error
        except MemoryError as error:
            raise AudioError(f"{name}: too long for the memory here; cut it in parts.") from error
        finally:
            if file.error:  # whatever was made of what came before it
                reason = f"cannot be read to its end ({file.error.strerror}); copy it anew"
                raise AudioError(f"{name}: {reason}.") from file.error


def excerpt(source: str | Path | bytes, start: float, seconds: float, *, name: str) -> Waveform:
    """Decode a stretch of a recording without what comes before it.

    Args:
        source: a path, or the bytes of a file.
        start: in s; what lies before 0 or after the end is left out.
        seconds: length.
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
    with _opened(source, name) as (sound, name):
        intake = ChannelReader(sound.samplerate, sound.channels, 0, name)
        first = min(round(max(start, 0.0) * sound.samplerate), sound.frames)
        sound.seek(first)
        frames = round((start + seconds) * sound.samplerate) - first
        intake.add(sound.read(frames, dtype="float32", always_2d=True))
        return intake.finish([])


def from_array(
    samples: NDArray[Any], sample_rate: int, *, channel: int = 0, name: str = "array"
) -> Waveform:
    """Take samples that are in memory already.

    Args:
        samples: shape `(time,)` or `(time, channel)`, floats within -1 to 1 or integers.
        sample_rate: in Hz.
        channel: the one of several channels that is judged, counted from 0.
        name: what messages call it.

    Raises:
        AudioError: as for `read`.
    """
    samples = np.asarray(samples)
    if samples.ndim not in (1, 2):
        raise AudioError(f"{name}: samples must have the shape (time,) or (time, channel).")
    if np.issubdtype(samples.dtype, np.signedinteger):
        full_scale = -float(np.iinfo(samples.dtype).min)
    elif np.issubdtype(samples.dtype, np.floating):
        full_scale = 1.0
    else:
        raise AudioError(f"{name}: samples must be floats or signed integers.")
    columns = samples[:, None] if samples.ndim == 1 else samples
    intake = ChannelReader(int(sample_rate), columns.shape[1], channel, name)
    for first in range(0, len(columns), _BLOCK_FRAMES):
        intake.add(columns[first : first + _BLOCK_FRAMES] / full_scale)
    return intake.finish([])


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


def _decoded(sound: SoundFile, name: str) -> Iterator[Samples]:
    """Blocks `(time, channel)`; a _CutOffError after the last where the end is missing."""
    import soundfile

    frames, cut_off = 0, False
    while True:
        try:
            block = sound.read(_BLOCK_FRAMES, dtype="float32", always_2d=True)
        except soundfile.SoundFileError as error:
            if not frames:
                raise AudioError(
                    f"{name}: nothing in it can be decoded; the file is damaged, export it again."
                ) from error
            cut_off = True
            break
        if not len(block):
            break
        frames += len(block)
        yield block
    cut_off |= frames < sound.frames < _UNKNOWN_FRAMES or ends_early(sound.extra_info)
    if cut_off:
        seconds = frames / sound.samplerate
        raise _CutOffError(
            f"the file is cut off or damaged: only its first {seconds:.1f} s could be read"
        )
