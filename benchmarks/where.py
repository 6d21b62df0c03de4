"""Whether the map of what raised a score lies where the fault is, and what deleting it does.

    python -m benchmarks.where [--clips 8] [--types fan pump]

Faults of known band and stretch are put into normal simulated clips: a tone, a band of noise and a
train of clicks 20 dB above the band they are in, a band that is missing, each a third of an octave
wide and 2.5 s long; a stretch whose cells all have another phase and the level they had; a stretch
played backwards. Reported are those that raised the score by `RAISED` or more: where the networks
heard nothing there is nothing to explain. Columns: how many were heard, of all; share of the map's
mass in the true band, stretch, and both, beside the share of the area (chance); the same for the
levels' distance from the usual ones, which asks no network; how much of the rise is undone when the
cells that hold half of the map get their usual level, and when as many at random do, drawn among
cells that are off their usual level; the share of magnitude.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from mimimi.attribution import attribute, score_of
from mimimi.config import MACHINE_TYPES, SAMPLE_RATE, FrontEnd
from mimimi.corpus.simulate import simulate_clip
from mimimi.detector import Detector

FIRST_CLIP = 8_000_000  # takes that no corpus holds
SECONDS, LOUDER_DB, RAISED = 2.5, 20.0, 0.3
FRONT_END = FrontEnd()
Sound = NDArray[np.float64]


class Fault:
    """A band and a stretch to put a fault in."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.centre = float(np.exp(rng.uniform(np.log(700), np.log(5_500))))  # Hz
        self.low, self.high = self.centre / 2 ** (1 / 6), self.centre * 2 ** (1 / 6)
        self.begin = rng.uniform(0.5, 7.0)  # s
        self.end = self.begin + SECONDS

    def band(self, sound: Sound) -> Sound:
        spectrum = np.fft.rfft(sound)
        hertz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
        spectrum[(hertz < self.low) | (hertz >= self.high)] = 0
        inside: Sound = np.fft.irfft(spectrum, len(sound))
        return inside

    def stretch(self, sound: Sound) -> Sound:
        time = np.arange(len(sound)) / SAMPLE_RATE
        return np.clip(np.minimum(time - self.begin, self.end - time) / 0.02, 0, 1)

    def add(self, sound: Sound, what: Sound) -> Sound:
        level = self.band(sound).std() * 10 ** (LOUDER_DB / 20)
        return sound + self.stretch(sound) * what / what.std() * level


def tone(sound: Sound, fault: Fault) -> Sound:
    time = np.arange(len(sound)) / SAMPLE_RATE
    return fault.add(sound, np.sin(2 * np.pi * fault.centre * time))


def noise(sound: Sound, fault: Fault) -> Sound:
    return fault.add(sound, fault.band(fault.rng.standard_normal(len(sound))))


def clicks(sound: Sound, fault: Fault) -> Sound:
    train = np.zeros(len(sound))
    train[:: SAMPLE_RATE // 25] = 1
    return fault.add(sound, fault.band(train))


def missing(sound: Sound, fault: Fault) -> Sound:
    return sound - 0.9 * fault.stretch(sound) * fault.band(sound)


def scrambled(sound: Sound, fault: Fault) -> Sound:
    fault.low, fault.high = 0.0, SAMPLE_RATE / 2
    spectrum = _spectrum(torch.from_numpy(sound))
    turn = torch.from_numpy(np.exp(2j * np.pi * fault.rng.random(tuple(spectrum.shape))))
    time = torch.arange(spectrum.shape[1]) * FRONT_END.hop_length / SAMPLE_RATE
    inside = (time >= fault.begin) & (time < fault.end)
    return _sound(torch.where(inside, spectrum.abs() * turn, spectrum), len(sound)).numpy()


def backwards(sound: Sound, fault: Fault) -> Sound:
    fault.low, fault.high = 0.0, SAMPLE_RATE / 2
    first, last = round(fault.begin * SAMPLE_RATE), round(fault.end * SAMPLE_RATE)
    return np.concatenate((sound[:first], sound[first:last][::-1], sound[last:]))


KINDS: dict[str, Callable[[Sound, Fault], Sound]] = {
    "tone": tone,
    "noise": noise,
    "clicks": clicks,
    "missing band": missing,
    "phase scrambled": scrambled,
    "backwards": backwards,
}


def _spectrum(sound: torch.Tensor) -> torch.Tensor:
    window = torch.hann_window(FRONT_END.n_fft, dtype=sound.dtype)
    return torch.stft(
        sound, FRONT_END.n_fft, FRONT_END.hop_length, window=window, return_complex=True
    )


def _sound(spectrum: torch.Tensor, length: int) -> torch.Tensor:
    window = torch.hann_window(FRONT_END.n_fft, dtype=spectrum.real.dtype)
    return torch.istft(
        spectrum, FRONT_END.n_fft, FRONT_END.hop_length, window=window, length=length
    )


def mass(cells: torch.Tensor, fault: Fault) -> list[float]:
    """Share in the band, in the stretch, and in both."""
    hertz = torch.arange(cells.shape[0])[:, None] * SAMPLE_RATE / FRONT_END.n_fft
    time = torch.arange(cells.shape[1]) * FRONT_END.hop_length / SAMPLE_RATE
    frame = FRONT_END.hop_length / SAMPLE_RATE  # a frame hears what lies around it
    band = (hertz >= fault.low) & (hertz <= fault.high)
    stretch = (time >= fault.begin - frame) & (time <= fault.end + frame)
    whole = cells.sum().clamp_min(1e-12)
    return [float((cells * place).sum() / whole) for place in (band, stretch, band & stretch)]


def examine(detector: Detector, machine_id: str, kind: str, clip: int) -> dict[str, float]:
    """One faulty clip; without the figures of a map where nothing was heard."""
    sound = simulate_clip(detector.machine_type, machine_id, clip=FIRST_CLIP + clip)
    fault = Fault(np.random.default_rng(clip))
    faulty = torch.from_numpy(KINDS[kind](sound.astype(np.float64), fault).astype(np.float32))
    with torch.inference_mode():
        before = float(score_of(detector, torch.from_numpy(sound), machine_id))
        after = float(score_of(detector, faulty, machine_id))
    if after - before < RAISED:
        return {"heard": 0.0}
    found = attribute(detector, faulty, machine_id)
    by_level = float(np.clip((after - found.at_usual) / (after - before), 0, 1))
    cells = found.magnitude.clamp_min(0) if by_level >= 0.5 else found.phase
    row = {"heard": 1.0, "magnitude": by_level}
    for name, share in zip(("band", "stretch", "both"), mass(cells, fault), strict=True):
        row[name] = share
    row["chance"] = mass(torch.ones_like(cells), fault)[2]
    row["by level alone"] = mass(found.excess.abs(), fault)[2]
    row |= deletion(detector, machine_id, faulty, found.magnitude, found.excess, after - before)
    return row


@torch.inference_mode()
def deletion(
    detector: Detector,
    machine_id: str,
    sound: torch.Tensor,
    cells: torch.Tensor,
    excess: torch.Tensor,
    rise: float,
) -> dict[str, float]:
    """How much of the rise goes with the marked cells, and with as many others off their level."""
    spectrum = _spectrum(sound)
    order = cells.flatten().argsort(descending=True)
    held = cells.clamp_min(0).flatten()[order].cumsum(0)
    count = int((held < held[-1] / 2).sum()) + 1
    off = excess.flatten().nonzero()[:, 0]
    drawn = off[torch.randperm(len(off), generator=torch.Generator().manual_seed(0))[:count]]
    undone = {}
    for name, chosen in (("marked", order[:count]), ("random", drawn)):
        taken = torch.zeros(excess.numel())
        taken[chosen] = excess.flatten()[chosen]
        gain = torch.exp(-taken.reshape(excess.shape))
        score = score_of(detector, _sound(spectrum * gain, len(sound)), machine_id)
        undone[name] = float(score_of(detector, sound, machine_id) - score) / rise
    return undone


COLUMNS = (
    *("band", "stretch", "both", "chance", "by level alone"),
    *("marked", "random", "magnitude"),
)


def main() -> None:
    """Print a table, kinds of fault down."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--clips", type=int, default=8, help="of each kind and machine type")
    parser.add_argument("--types", nargs="+", default=MACHINE_TYPES, choices=MACHINE_TYPES)
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{'':17}{'heard':>9}" + "".join(f"{column:>15}" for column in COLUMNS))
    detectors = {t: Detector.from_pretrained(t) for t in options.types}
    for kind in KINDS:
        rows = [
            examine(detector, f"id_{50 + clip % 4}", kind, clip)
            for detector in detectors.values()
            for clip in range(options.clips)
        ]
        heard = [row for row in rows if row["heard"]]
        cells = [f"{np.mean([row[c] for row in heard]):15.2f}" if heard else "" for c in COLUMNS]
        print(f"{kind:17}{len(heard):3} of {len(rows):2}" + "".join(cells), flush=True)


if __name__ == "__main__":
    main()
