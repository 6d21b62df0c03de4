"""How many normal recordings are called unusual because of how they were recorded.

    python -m benchmarks.claims.recording_quality DATA

DATA holds recordings as `mimimi train` takes them. Of each kind of mistake that recorders make, the
normal recordings that no detector has learnt from are spoilt by it, stored as a file, and judged as
the machine they are. Printed for each kind: how many are called unusual, as many as without it if
what is done about it is enough; the change of score in deviations of normal scores, its median and
its largest; how many were refused; and what was said.

Recordings that a threshold was set by lie exactly on it where they are the most unusual of their
machine: any change, however small, makes half of them unusual. So compare with the second line,
what the gain of a recorder and its rounding do alone; and digital silence, which is cut out, with
the sound that is left of it alone.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from scipy.signal import resample_poly

from mimimi.audio import read
from mimimi.config import MACHINE_TYPES, SAMPLE_RATE
from mimimi.data.index import Recording, index
from mimimi.detector.detector import Detector
from mimimi.errors import AudioError

Sound = NDArray[np.float64]
Spoil = Callable[[Sound], bytes]


def wav(sound: Sound, rate: int = SAMPLE_RATE, kind: str = "WAV", subtype: str = "PCM_16") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, sound, rate, format=kind, subtype=subtype)
    return file.getvalue()


def coded(container: str, codec: str, bit_rate: int, rate: int = SAMPLE_RATE) -> Spoil:
    def spoil(sound: Sound) -> bytes:
        file = io.BytesIO()
        with av.open(file, "w", format=container) as output:
            stream = output.add_stream(codec, rate=rate)
            assert isinstance(stream, av.AudioStream)
            stream.bit_rate, stream.layout = bit_rate, "mono"
            resampled = resample_poly(sound, rate, SAMPLE_RATE) if rate != SAMPLE_RATE else sound
            values = np.round(resampled * 32_767).astype(np.int16)[None]
            frame = av.AudioFrame.from_ndarray(values, "s16", "mono")
            frame.sample_rate = rate
            resampler = av.AudioResampler(stream.format, "mono", rate, stream.frame_size or 1_024)
            for part in [*resampler.resample(frame), *resampler.resample(None)]:
                output.mux(stream.encode(part))
            output.mux(stream.encode(None))
        return file.getvalue()

    return spoil


def with_offset(sound: Sound) -> bytes:
    return wav(sound + 3 * sound.std())


def settling(sound: Sound) -> bytes:
    time = np.arange(len(sound)) / SAMPLE_RATE
    return wav(sound + 20 * sound.std() * np.exp(-time / 0.08))


def faded_in(sound: Sound) -> bytes:
    return wav(sound * np.clip(np.arange(len(sound)) / (0.3 * SAMPLE_RATE) - 0.5, 0, 1))


def silent(start: float, end: float) -> Spoil:
    def spoil(sound: Sound) -> bytes:
        sound = sound.copy()
        sound[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)] = 0
        return wav(sound)

    return spoil


def part(start: float, end: float) -> Spoil:
    return lambda sound: wav(sound[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)])


def one_bad_sample(sound: Sound) -> bytes:
    return wav(np.where(np.arange(len(sound)) == 77_777, np.nan, sound), subtype="FLOAT")


def dropouts(sound: Sound) -> bytes:
    sound = sound.copy()
    for start in np.random.default_rng(0).integers(0, len(sound) - 800, 10):
        sound[start : start + 800] = 0
    return wav(sound)


def dead_channel(sound: Sound) -> bytes:
    return wav(np.stack([np.zeros_like(sound), sound], axis=1))


def damaged(sound: Sound) -> bytes:
    file = bytearray(wav(sound, kind="FLAC"))
    half = len(file) // 2
    file[half : half + 8_000] = bytes(8_000)
    return bytes(file)


def clipped(share: float, gain: float) -> Spoil:
    def spoil(sound: Sound) -> bytes:
        level = float(np.quantile(np.abs(sound), 1 - share))
        return wav(gain * np.clip(sound / level, -1, 1))

    return spoil


def quiet(steps: float) -> Spoil:
    def spoil(sound: Sound) -> bytes:
        rounded = np.round(sound / sound.std() * steps).astype(np.int16)
        file = io.BytesIO()
        soundfile.write(file, rounded, SAMPLE_RATE, format="WAV", subtype="PCM_16")
        return file.getvalue()

    return spoil


def narrow(rate: int) -> Spoil:
    return lambda sound: wav(
        resample_poly(resample_poly(sound, rate, SAMPLE_RATE), SAMPLE_RATE, rate)
    )


KINDS: dict[str, Spoil] = {
    "as it is": wav,
    "3 dB lower, rounded anew": lambda sound: wav(0.7 * sound),
    "constant offset of 3 rms": with_offset,
    "offset that settles": settling,
    "faded in": faded_in,
    "digital silence, 0 to 2 s": silent(0, 2),
    "2 to 10 s alone": part(2, 10),
    "digital silence, 3 to 7 s": silent(3, 7),
    "digital silence, 5 to 10 s": silent(5, 10),
    "0 to 5 s alone": part(0, 5),
    "one sample that is no number": one_bad_sample,
    "ten dropouts of 50 ms": dropouts,
    "left channel dead": dead_channel,
    "a hole in the FLAC": damaged,
    "in volts, peak 5e-7": lambda sound: wav(5e-7 * sound / abs(sound).max(), subtype="FLOAT"),
    "rms of 1/4 of a step": quiet(0.25),
    "rms of 1/2 a step": quiet(0.5),
    "rms of 1 step": quiet(1),
    "rms of 2 steps": quiet(2),
    "rms of 4 steps": quiet(4),
    "rms of 16 steps": quiet(16),
    "clipped, 1 %": clipped(0.01, 1.0),
    "clipped, 10 %": clipped(0.1, 1.0),
    "clipped, 10 %, 3 dB lower": clipped(0.1, 0.7),
    "nothing above 4 kHz": narrow(8_000),
    "MP3, 128 kbit/s": coded("mp3", "libmp3lame", 128_000, 48_000),
    "MP3, 64 kbit/s": coded("mp3", "libmp3lame", 64_000, 48_000),
    "AAC, 128 kbit/s": coded("mp4", "aac", 128_000, 48_000),
    "AAC, 64 kbit/s": coded("mp4", "aac", 64_000, 48_000),
    "Opus, 64 kbit/s": coded("webm", "libopus", 64_000, 48_000),
    "WMA, 96 kbit/s": coded("asf", "wmav2", 96_000, 48_000),
    "ALAC": coded("mp4", "alac", 0),
}


@dataclass
class Row:
    unusual: int = 0
    refused: int = 0
    moved: list[float] = field(default_factory=list)  # in deviations of normal scores
    said: set[str] = field(default_factory=set)


def judged(clips: Sequence[Recording], table: dict[str, Row]) -> None:
    """Add what the detector of their type says of each, spoilt in each way."""
    detector = Detector.from_pretrained(clips[0].machine_type)
    for clip in clips:
        waveform = read(clip.path)
        sound, plain = waveform.samples.astype(np.float64), 0.0
        for kind, spoil in KINDS.items():
            row = table.setdefault(kind, Row())
            content = spoil(sound)
            try:
                row.said |= {problem.kind for problem in read(content).problems}
                verdict = detector.analyse(content, clip.machine_id, name=clip.path.name)
            except AudioError:
                row.refused += 1
                continue
            assert verdict.score is not None
            if kind == "as it is":
                plain = verdict.score
            row.unusual += bool(verdict.is_anomalous)
            row.moved.append(abs(verdict.score - plain) / float(np.std(verdict.calibration_scores)))


def main() -> None:
    """Print a table: the mistakes down, what became of the recordings across."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    recordings = [
        r
        for r in index([options.data], log=lambda line: None)
        if r.split != "train" and r.label == "normal"
    ]
    table: dict[str, Row] = {}
    count = 0
    for machine_type in MACHINE_TYPES:
        clips = [r for r in recordings if r.machine_type == machine_type]
        count += len(clips)
        if clips:
            judged(clips, table)
    print(f"{f'of {count} normal recordings':30}{'unusual':>8}{'refused':>8}{'moved by':>14}  said")
    for kind, row in table.items():
        median, largest = (np.median(row.moved), max(row.moved)) if row.moved else (np.nan, np.nan)
        moved = f"{median:.2f}, {largest:.2f}"
        print(f"{kind:30}{row.unusual:8}{row.refused:8}{moved:>14}  {', '.join(sorted(row.said))}")


if __name__ == "__main__":
    main()
