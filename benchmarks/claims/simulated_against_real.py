"""Simulated against real recordings: where the simulation still differs, in numbers.

    python benchmarks/claims/simulated_against_real.py DATA [--types fan pump] [--clips 6]

DATA holds an `index.csv` (path, machine_type, machine_id, label, split, snr_db) as the real
recordings of this project do. Normal clips at -6 dB, channel 0. Printed per machine type, mean over
machines and clips, real beside simulated:
third-octave levels in dB full scale, the modulation spectrum (of the envelope above 500 Hz, in
percent of its mean per octave of modulation frequency), kurtosis and its range over machines, and
a coarse spectrogram statistic: deviation over time, in dB, of 32 ms frames in octave bands.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy import signal, stats

from mimimi.simulate import MACHINE_TYPES, VERSION, simulate_clip

RATE = 16_000
THIRDS = 1000 * np.exp2(np.arange(-15, 9) / 3)  # 31 Hz to 6.3 kHz
OCTAVES = 1000 * np.exp2(np.arange(-4.0, 3.0))
MODULATIONS = np.exp2(np.arange(-1.0, 6.0))  # Hz

Array = NDArray[np.float64]
Clips = dict[str, list[Array]]  # machine id -> clips
Measure = Callable[[Array], Array]


def band_levels(clip: Array) -> Array:
    """Third-octave levels, dB full scale."""
    frequency, density = signal.welch(clip, RATE, nperseg=8192)
    width = frequency[1]
    bands = [(frequency >= f / 2 ** (1 / 6)) & (frequency < f * 2 ** (1 / 6)) for f in THIRDS]
    return 10 * np.log10([density[band].sum() * width + 1e-12 for band in bands])


def modulation_spectrum(clip: Array) -> Array:
    """Envelope fluctuation in percent of its mean, per octave of modulation frequency."""
    above = signal.sosfilt(signal.butter(4, 500, "highpass", fs=RATE, output="sos"), clip)
    hop = 80
    envelope = np.sqrt(np.add.reduceat(above**2, np.arange(0, above.size, hop)) / hop)
    envelope = envelope / envelope.mean() - 1
    power = 2 * np.abs(np.fft.rfft(envelope)) ** 2 / envelope.size**2
    frequency = np.fft.rfftfreq(envelope.size, hop / RATE)
    bands = [(frequency >= f / 2**0.5) & (frequency < f * 2**0.5) for f in MODULATIONS]
    return 100 * np.sqrt([power[band].sum() for band in bands])


def unrest(clip: Array) -> Array:
    """Deviation over time of octave-band levels in frames of 32 ms, dB."""
    frequency, _, spectrum = signal.stft(clip, RATE, nperseg=512, noverlap=256)
    power = np.abs(spectrum) ** 2
    bands = [(frequency >= f / 2**0.5) & (frequency < f * 2**0.5) for f in OCTAVES]
    return np.array([np.std(10 * np.log10(power[band].sum(axis=0) + 1e-12)) for band in bands])


def real_clips(data: Path, machine_type: str, clips: int) -> Clips:
    """Normal clips at -6 dB of one machine type, channel 0."""
    found: Clips = {}
    with (data / "index.csv").open(newline="") as file:
        for line in csv.DictReader(file):
            wanted = line["machine_type"] == machine_type and line["label"] == "normal"
            mine = found.setdefault(line["machine_id"], []) if wanted else []
            if wanted and float(line["snr_db"]) == -6 and len(mine) < clips:
                mine.append(soundfile.read(data / line["path"], always_2d=True)[0][:, 0])
    return found


def simulated_clips(machine_type: str, clips: int, seeds: Iterable[int] = (0, 1)) -> Clips:
    """Normal clips of four simulated machines per seed."""
    return {
        f"{machine_id} of seed {seed}": [
            simulate_clip(machine_type, machine_id, clip=clip, seed=seed).astype(np.float64)
            for clip in range(clips)
        ]
        for seed in seeds
        for machine_id in ("id_50", "id_51", "id_52", "id_53")
    }


def mean_of(measure: Measure, clips: Clips) -> Array:
    """A measure averaged over all clips of all machines."""
    measured = [measure(clip) for mine in clips.values() for clip in mine]
    return np.asarray(np.mean(measured, axis=0))


def print_pair(title: str, columns: Array, real: Array, simulated: Array) -> None:
    """Real, simulated and the difference, a column per band."""
    print(f"  {title:24}" + "".join(f"{value:7.4g}" for value in columns))
    for name, row in (("real", real), ("simulated", simulated), ("difference", simulated - real)):
        print(f"    {name:22}" + "".join(f"{value:7.1f}" for value in row))


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder of real recordings with index.csv")
    parser.add_argument("--types", nargs="+", default=MACHINE_TYPES, choices=MACHINE_TYPES)
    parser.add_argument("--clips", type=int, default=6, help="clips per machine")
    args = parser.parse_args()
    print(f"simulator version {VERSION}, normal clips at -6 dB")
    for machine_type in args.types:
        real = real_clips(args.data, machine_type, args.clips)
        simulated = simulated_clips(machine_type, args.clips)
        print(f"\n{machine_type}: {len(real)} real machines, {len(simulated)} simulated ones")
        for title, columns, measure in (
            ("third-octave level, dB", THIRDS, band_levels),
            ("modulation, %, by Hz", MODULATIONS, modulation_spectrum),
            ("unrest in time, dB", OCTAVES, unrest),
        ):
            print_pair(title, columns, mean_of(measure, real), mean_of(measure, simulated))
        for name, clips in (("real", real), ("simulated", simulated)):
            medians = [
                np.median([stats.kurtosis(clip) for clip in mine]) for mine in clips.values()
            ]
            print(f"  kurtosis, {name:14}" + " ".join(f"{value:.2f}" for value in sorted(medians)))


if __name__ == "__main__":
    main()
