"""From a file, bytes or an array to a `Waveform`: float32, mono, 16 kHz.

Decoding is soundfile's (WAV, FLAC, OGG, MP3 and what else libsndfile knows), resampling is scipy's
polyphase filter. Uploads are hostile until decoded: whatever is wrong becomes one `AudioError`.
"""

from __future__ import annotations

import hashlib
import io
import math
import re
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from mimimi.config import SAMPLE_RATE
from mimimi.errors import AudioError

Samples = NDArray[np.float32]

_LOWEST_RATE, _HIGHEST_RATE = 4_000, 400_000  # Hz; outside lies no recording of a machine
_SILENCE = 1e-5  # peak after removal of the mean; a third of the last bit of 16
_LOUDEST = 1e10  # beyond any integer format left unscaled; its square is still a float32
# Decoded at a time: other channels are dropped early, and of a damaged FLAC no more is lost.
_BLOCK_FRAMES = 1 << 12
# What libsndfile's log says of a file that ends early: less data than the header promises (WAV,
# AIFF, AU; sizes near 2^31 and 2^32 are those of streams), or no last page (OGG).
_PROMISE = re.compile(r"^\s*(?:data|SSND|Data Size)\s*: (\d+) \(should be (\d+)\)", re.MULTILINE)
_LARGEST_PROMISE = 2_000_000_000  # bytes
_NO_LAST_PAGE = "lacks an end-of-stream bit"


@dataclass(frozen=True)
class Waveform:
    """A decoded recording.

    `samples` has shape `(time,)`, float32 at 16 kHz; `warning` says in words what was mended.
    """

    samples: Samples
    name: str
    source_rate: int  # Hz
    source_channels: int
    warning: str | None = None

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / SAMPLE_RATE


def read(
    source: str | Path | bytes | BinaryIO, *, channel: int = 0, name: str | None = None
) -> Waveform:
    """Decode a recording.

    Args:
        source: a path, the bytes of a file, or an open binary file.
        channel: the one of several channels that is judged, counted from 0.
        name: what messages call it; the file's name by default.

    Raises:
        AudioError: it is missing, no audio, empty, silent, holds non-finite samples, has no such
            channel, or a sample rate that no recording has.

    Example:
        >>> from mimimi.corpus.simulate import simulate_clip
        >>> import io, soundfile
        >>> file = io.BytesIO()
        >>> soundfile.write(file, simulate_clip("fan", seconds=3.0), 16_000, format="WAV")
        >>> read(file.getvalue(), name="fan.wav").seconds
        3.0
    """
    import soundfile

    if isinstance(source, (str, Path)):
        path = Path(source)
        name = name or str(source)
        try:
            if not path.exists():
                raise AudioError(f"{name}: there is no such file.")
            if not path.is_file():
                raise AudioError(f"{name}: this is not a file; give the recordings inside it.")
            opened: BinaryIO = path.open("rb")
        except OSError as error:
            raise AudioError(f"{name}: cannot be read ({error.strerror}).") from error
    else:
        name = name or "recording"
        opened = io.BytesIO(source) if isinstance(source, bytes) else source

    # A file that was handed in open stays so.
    with nullcontext(opened) if opened is source else opened:
        opened.seek(0, io.SEEK_END)
        if opened.tell() == 0:
            raise AudioError(f"{name}: the file is empty; record or export it again.")
        opened.seek(0)
        try:
            with soundfile.SoundFile(opened) as sound:
                return _decode(sound, channel, name)
        except (soundfile.SoundFileError, TypeError, OverflowError, MemoryError) as error:
            raise AudioError(
                f"{name}: this is not a sound file that can be read; give WAV, FLAC, OGG or MP3."
            ) from error


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
        samples = samples / -float(np.iinfo(samples.dtype).min)
    elif not np.issubdtype(samples.dtype, np.floating):
        raise AudioError(f"{name}: samples must be floats or signed integers.")
    columns = samples[:, None] if samples.ndim == 1 else samples
    _check_format(int(sample_rate), columns.shape[1], channel, name)
    return _finish(columns[:, channel], int(sample_rate), columns.shape[1], name, [])


def recording_hash(source: str | Path | bytes) -> str:
    """SHA-256 of a recording's file, by which a detector knows again what it has learnt from."""
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    digest = hashlib.sha256()
    with Path(source).open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _decode(sound: Any, channel: int, name: str) -> Waveform:
    import soundfile

    _check_format(sound.samplerate, sound.channels, channel, name)
    blocks: list[Samples] = []
    warnings = []
    decoded = 0
    try:
        while len(block := sound.read(_BLOCK_FRAMES, dtype="float32", always_2d=True)):
            blocks.append(block[:, channel].copy())
            decoded += len(block)
    except soundfile.SoundFileError as error:
        if not decoded:
            raise AudioError(
                f"{name}: nothing in it can be decoded; the file is damaged."
            ) from error
        warnings.append(_cut_off(decoded / sound.samplerate))
    else:
        # The number of frames may be 2^31 or 2^63 where a stream did not know it.
        if decoded < sound.frames < 1 << 30 or _ends_early(sound.extra_info):
            warnings.append(_cut_off(decoded / sound.samplerate))
    if not decoded:
        raise AudioError(f"{name}: there is no sound in the file; record or export it again.")
    return _finish(np.concatenate(blocks), sound.samplerate, sound.channels, name, warnings)


def _ends_early(log: str) -> bool:
    promises = [(int(said), int(held)) for said, held in _PROMISE.findall(log)]
    return _NO_LAST_PAGE in log or any(held < said < _LARGEST_PROMISE for said, held in promises)


def _cut_off(seconds: float) -> str:
    return f"the file is cut off or damaged: only its first {seconds:.1f} s could be read"


def _check_format(rate: int, channels: int, channel: int, name: str) -> None:
    if not _LOWEST_RATE <= rate <= _HIGHEST_RATE:
        raise AudioError(
            f"{name}: a sample rate of {rate} Hz cannot be right; record at 16 kHz or more."
        )
    if not 0 <= channel < channels:
        raise AudioError(
            f"{name}: there is no channel {channel}; it has {channels}, counted from 0."
        )


def _finish(
    samples: NDArray[Any], rate: int, channels: int, name: str, warnings: list[str]
) -> Waveform:
    if not len(samples):
        raise AudioError(f"{name}: there is no sound in it; record or export it again.")
    if not (np.abs(samples) < _LOUDEST).all():
        raise AudioError(f"{name}: holds samples that are no numbers; export it again.")
    samples = samples.astype(np.float32)
    peak = float(np.abs(samples - samples.mean()).max())
    if peak < _SILENCE:
        raise AudioError(f"{name}: is silent; check the microphone and the chosen channel.")
    clipped = float(np.mean(np.abs(samples) >= 0.999))
    if clipped > 1e-3:
        warnings.append(f"clipped: {clipped:.1%} of the samples are at full scale")
    if rate < SAMPLE_RATE:
        warnings.append(f"recorded at {rate / 1000:g} kHz: nothing above {rate / 2000:g} kHz in it")
    if rate != SAMPLE_RATE:
        from scipy.signal import resample_poly

        common = math.gcd(rate, SAMPLE_RATE)
        samples = resample_poly(samples, SAMPLE_RATE // common, rate // common)
        samples = samples.astype(np.float32)
    return Waveform(samples, name, rate, channels, "; ".join(warnings) or None)
