"""From a path, bytes or an open file to a decoder that reads it.

soundfile first; what it does not read, FFmpeg. Uploads are hostile until decoded: whatever is
wrong with one becomes one `AudioError`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from mimimi.audio.decoder import Decoder
from mimimi.audio.ends_early import ends_early
from mimimi.audio.ffmpeg_decoder import FFmpegDecoder, container
from mimimi.audio.headers import mend
from mimimi.audio.limited import limited
from mimimi.audio.sound_file import GuardedFile, open_recording
from mimimi.audio.soundfile_decoder import SoundfileDecoder
from mimimi.errors import AudioError

_NOT_FOR_SOUNDFILE = ("mov", "matroska", "asf", "amr", "aac")  # some of it would pass for MP3
File = str | Path | bytes | BinaryIO


@contextmanager
def opened(source: File, name: str | None) -> Iterator[tuple[Decoder, str]]:
    """A recording ready to be decoded, and its name.

    Args:
        source: a path, the bytes of a file, or an open binary file, which stays open.
        name: what messages call it; the file's name by default.

    Raises:
        AudioError: it is missing, empty, no sound, too long for this installation, or breaks off
            while it is read.
    """
    with ExitStack() as stack:
        if isinstance(source, (str, Path)):
            name = name or str(source)
            opened_file: BinaryIO = stack.enter_context(open_recording(Path(source), name))
        else:
            name = name or "recording"
            opened_file = io.BytesIO(source) if isinstance(source, bytes) else source
        file = GuardedFile(_seekable(opened_file, name))
        if not file.size:
            raise AudioError(f"{name}: the file is empty; record or export it again.")
        try:
            yield limited(_decoder(file, name, stack), name), name
        except MemoryError as error:
            raise AudioError(f"{name}: too long for the memory here; cut it in parts.") from error
        finally:
            if file.error:  # whatever was made of what came before it
                reason = f"cannot be read to its end ({file.error.strerror}); copy it anew"
                raise AudioError(f"{name}: {reason}.") from file.error


def _seekable(file: BinaryIO, name: str) -> BinaryIO:
    """The file, or all of it in memory where it cannot go back."""
    if isinstance(file, io.TextIOBase):
        raise AudioError(f"{name}: was opened as text; open it as binary (“rb”).")
    try:
        if file.seekable():
            return file
        return io.BytesIO(file.read())
    except (OSError, ValueError) as error:  # closed
        raise AudioError(f"{name}: cannot be read ({error}); open it again.") from error


def _decoder(file: GuardedFile, name: str, stack: ExitStack) -> Decoder:
    import soundfile

    mended = mend(file, file.size)
    guarded = file if mended.file is file else GuardedFile(mended.file)
    head = guarded.read(12)
    guarded.seek(0)
    demuxer = container(head)

    def by_ffmpeg() -> Decoder:
        return stack.enter_context(FFmpegDecoder(guarded, demuxer or "mp3", name))

    if demuxer in _NOT_FOR_SOUNDFILE:
        return by_ffmpeg()
    try:
        sound = stack.enter_context(soundfile.SoundFile(guarded))
    except (soundfile.SoundFileError, TypeError, OverflowError) as error:
        with suppress(AudioError):
            if demuxer:
                return by_ffmpeg()
        raise AudioError(
            f"{name}: this is not a sound file, or a damaged one; give WAV, FLAC, OGG, MP3 or M4A."
        ) from error
    # Apple Lossless, whose decoder in libsndfile prints on our stdout; FLAC of unknown length, of
    # which it loses the last block.
    if sound.subtype.startswith("ALAC") or (demuxer == "flac" and sound.frames >= 1 << 62):
        return by_ffmpeg()

    def cut_off() -> bool:
        if mended.cut_off is not None:
            return mended.cut_off
        return ends_early(sound.extra_info, guarded, guarded.size)

    resumed = demuxer == "flac" or sound.format == "MP3"
    return SoundfileDecoder(sound, cut_off, by_ffmpeg if resumed else None)
