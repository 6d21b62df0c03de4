"""Whether the map of what raised a score lies where the fault is, and what deleting it does.

    python -m benchmarks.claims.where [DATA] [--clips 4]

Faults of known band and stretch are put into normal simulated clips: a tone, a band of noise and a
train of clicks 20 dB above the band they are in, a band that is missing, each a third of an octave
wide and 2.5 s long; and clips whose cells all have another phase and the level they had, and clips
played backwards. Then the simulator's own faults at severity 10, and the real anomalous recordings
of DATA. Means over those that raised the score by 0.3 or more ("heard"): where the networks hear
nothing there is nothing to explain.

Shares of the map's mass in the true band, stretch, and both, beside the share of the area (chance);
the same for the levels' distance from the usual ones, which asks no network. How much of the rise
is undone when the cells and lines that hold half of the map get their usual level ("marked"), and
when as many at random do, drawn among those off their usual level. The share of magnitude.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from mimimi.audio import read
from mimimi.config import MACHINE_TYPES, SAMPLE_RATE
from mimimi.data.index import Recording, index
from mimimi.detector.detector import Detector
from mimimi.explain.attribution import FRAMES, Attribution, attribute, changed, score_of
from mimimi.features.segments import split
from mimimi.simulate import FAULTS, simulate_clip

FIRST_CLIP = 8_000_000  # takes that no corpus holds
SECONDS, LOUDER_DB, RAISED = 2.5, 20.0, 0.3
Sound = NDArray[np.float64]
Row = dict[str, float]


class Fault:
    """A band and a stretch to put a fault in."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.centre = float(np.exp(rng.uniform(np.log(700), np.log(5_500))))  # Hz
        self.low, self.high = self.centre / 2 ** (1 / 6), self.centre * 2 ** (1 / 6)
        self.begin = rng.uniform(0.5, 7.0)  # s
        self.end = self.begin + SECONDS

    def everywhere(self) -> None:
        """All of the clip is at fault."""
        self.low, self.high, self.begin, self.end = 0.0, SAMPLE_RATE / 2, 0.0, 10.0

    def band(self, sound: Sound) -> Sound:
        hertz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
        inside = (hertz >= self.low) & (hertz < self.high)
        return np.asarray(np.fft.irfft(np.fft.rfft(sound) * inside, len(sound)))

    def stretch(self, sound: Sound) -> Sound:
        time = np.arange(len(sound)) / SAMPLE_RATE
        return np.asarray(np.clip(np.minimum(time - self.begin, self.end - time) / 0.02, 0, 1))

    def add(self, sound: Sound, what: Sound) -> Sound:
        level = float(self.band(sound).std()) * 10 ** (LOUDER_DB / 20)
        return sound + self.stretch(sound) * (level / float(what.std())) * what


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
    return np.asarray(sound - 0.9 * fault.stretch(sound) * fault.band(sound))


def scrambled(sound: Sound, fault: Fault) -> Sound:
    fault.everywhere()
    window = torch.hann_window(FRAMES.n_fft, dtype=torch.float64)
    geometry = (FRAMES.n_fft, FRAMES.hop_length)
    samples = torch.from_numpy(sound)
    spectrum = torch.stft(samples, *geometry, window=window, return_complex=True)
    turn = torch.from_numpy(np.exp(2j * np.pi * fault.rng.random(tuple(spectrum.shape))))
    other = torch.istft(spectrum.abs() * turn, *geometry, window=window, length=len(sound))
    return np.asarray(other.numpy(), dtype=np.float64)


def backwards(sound: Sound, fault: Fault) -> Sound:
    fault.everywhere()
    return np.asarray(np.flip(sound).copy())


KINDS: dict[str, Callable[[Sound, Fault], Sound]] = {
    "tone": tone,
    "noise": noise,
    "clicks": clicks,
    "missing band": missing,
    "phase scrambled": scrambled,
    "backwards": backwards,
}


def mass(cells: torch.Tensor, fault: Fault) -> list[float]:
    """Share in the band, in the stretch, and in both."""
    hertz = torch.arange(cells.shape[0])[:, None] * SAMPLE_RATE / FRAMES.n_fft
    time = torch.arange(cells.shape[1]) * FRAMES.hop_length / SAMPLE_RATE
    frame = FRAMES.hop_length / SAMPLE_RATE  # a frame hears what lies around it
    band = (hertz >= fault.low) & (hertz <= fault.high)
    stretch = (time >= fault.begin - frame) & (time <= fault.end + frame)
    whole = cells.sum().clamp_min(1e-12)
    return [float((cells * place).sum() / whole) for place in (band, stretch, band & stretch)]


def examine(detector: Detector, machine_id: str, kind: str, clip: int) -> Row | None:
    """One faulty clip; None where nothing was heard."""
    sound = simulate_clip(detector.machine_type, machine_id, clip=FIRST_CLIP + clip)
    fault = Fault(np.random.default_rng(clip))
    faulty = torch.from_numpy(KINDS[kind](sound.astype(np.float64), fault).astype(np.float32))
    with torch.no_grad():  # not inference_mode: networks that are built in it know no gradients
        before = float(score_of(detector, torch.from_numpy(sound), machine_id))
        after = float(score_of(detector, faulty, machine_id))
    if after - before < RAISED:
        return None
    found = attribute(detector, faulty, machine_id)
    cells = found.magnitude.clamp_min(0)
    row = dict(zip(("band", "stretch", "both"), mass(cells, fault), strict=True))
    row["chance"] = mass(torch.ones_like(cells), fault)[2]
    row["levels alone"] = mass(found.bands.abs(), fault)[2]
    return row | shares(detector, machine_id, faulty, found, before)


def shares(
    detector: Detector, machine_id: str, sound: torch.Tensor, found: Attribution, usual: float
) -> Row:
    """How much of the rise goes with what is marked, with as much at random; that of magnitude."""
    rise = found.score - usual
    did = torch.cat((found.by_band.flatten(), found.by_line))
    off = torch.cat((found.bands.flatten(), found.lines))
    order = did.argsort(descending=True)
    held = did.clamp_min(0)[order].cumsum(0)
    count = int((held < held[-1] / 2).sum()) + 1
    row = {"magnitude": float(np.clip((found.score - found.at_usual) / rise, 0, 1))}
    # As many cells and as many lines, among those off their usual level.
    marked = order[:count]
    cells = found.bands.numel()
    chance = torch.Generator().manual_seed(0)
    drawn = []
    for first, last in ((0, cells), (cells, len(off))):
        others = first + off[first:last].nonzero()[:, 0]
        wanted = int(((marked >= first) & (marked < last)).sum())
        drawn.append(others[torch.randperm(len(others), generator=chance)[:wanted]])
    for name, chosen in (("marked", marked), ("random", torch.cat(drawn))):
        taken = torch.zeros_like(off)
        taken[chosen] = -off[chosen]
        of_bands, of_lines = taken[:cells].reshape(found.bands.shape), taken[cells:]
        with torch.no_grad():  # not inference_mode: networks that are built in it know no gradients
            score = score_of(detector, changed(sound, of_bands, of_lines), machine_id)
        row[name] = (found.score - float(score)) / rise
    return row


def table(
    title: str, columns: tuple[str, ...], found: Iterator[tuple[str, list[Row | None]]]
) -> None:
    """Means over the clips that were heard, a line a kind."""
    print(f"\n{title:27}{'heard':>9}" + "".join(f"{column:>13}" for column in columns), flush=True)
    for name, rows in found:
        heard = [row for row in rows if row]
        cells = [f"{np.mean([row[c] for row in heard]):13.2f}" if heard else "" for c in columns]
        print(f"{name:27}{len(heard):3} of {len(rows):2}" + "".join(cells), flush=True)


def simulator(detector: Detector, fault: str, clips: int) -> Iterator[Row | None]:
    """The simulator's own faults, badly gone, as the page's examples."""
    for clip in range(clips):
        machine_id = f"id_{50 + clip % 4}"
        pair = [
            torch.from_numpy(
                simulate_clip(
                    detector.machine_type,
                    machine_id,
                    clip=FIRST_CLIP + clip,
                    fault=name,
                    severity=10,
                )
            )
            for name in (None, fault)
        ]
        usual = score_of(detector, pair[0], machine_id).item()
        yield _judged(detector, machine_id, pair[1], usual)


def real(detector: Detector, recordings: Sequence[Recording]) -> Iterator[Row | None]:
    """Anomalous recordings of real machines that the detector calls unusual."""
    for recording in recordings:
        if (recording.machine_type, recording.label) == (detector.machine_type, "anomaly"):
            (segment,) = split(read(recording.path), detector.front_end)[:1]
            scores = detector.calibration.normal_scores("given", recording.machine_id)
            usual = float(np.median(scores))
            samples = torch.from_numpy(segment.samples)
            yield _judged(detector, recording.machine_id, samples, usual)


def _judged(detector: Detector, machine_id: str, sound: torch.Tensor, usual: float) -> Row | None:
    with torch.no_grad():  # not inference_mode: networks that are built in it know no gradients
        if float(score_of(detector, sound, machine_id)) - usual < RAISED:
            return None
    found = attribute(detector, sound, machine_id)
    return shares(detector, machine_id, sound, found, usual)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--clips", type=int, default=4, help="of each kind and machine type")
    options = parser.parse_args()
    torch.set_num_threads(1)
    detectors = {t: Detector.from_pretrained(t) for t in MACHINE_TYPES}
    table(
        "put in",
        ("band", "stretch", "both", "chance", "levels alone", "marked", "random", "magnitude"),
        (
            (
                kind,
                [
                    examine(detector, f"id_{50 + clip % 4}", kind, clip)
                    for detector in detectors.values()
                    for clip in range(options.clips)
                ],
            )
            for kind in KINDS
        ),
    )
    columns = ("marked", "random", "magnitude")
    table(
        "of the simulator",
        columns,
        (
            (f"{t} {fault}", list(simulator(detector, fault, options.clips)))
            for t, detector in detectors.items()
            for fault in FAULTS[t]
        ),
    )
    if options.data:
        recordings = index([options.data], log=lambda line: None)
        table(
            "real, anomalous",
            columns,
            ((t, list(real(detector, recordings))) for t, detector in detectors.items()),
        )


if __name__ == "__main__":
    main()
