"""Training sets at size: memory, decoding and feeding, against the number of clips.

    python -m benchmarks.speed.full_size [--clips 200 2000]

Each size runs in a process of its own. From the rates follows how long a full data set takes.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile
import torch

from mimimi.config import FrontEnd
from mimimi.data.index import Recording
from mimimi.data.training_set import TrainingSet
from mimimi.simulate import simulate_clip

# Normal clips to learn from, of fan, pump, slider and valve: (clips, channels of each).
DATA_SETS = {
    "DCASE 2020 Task 2, development": (13_119, 1),
    "MIMII, one signal-to-noise ratio": (26_092, 8),
}


def corpus(folder: Path, clips: int) -> list[Recording]:
    """Clips of 10 s: one simulated machine, turned in time so that each is a file of its own."""
    whole = simulate_clip("fan", "id_50", seconds=10.0)
    found = []
    for k in range(clips):
        path = folder / f"{k:06}.wav"
        soundfile.write(path, np.roll(whole, 80 * k), 16_000)
        found.append(Recording(path, "fan", f"id_{k % 4:02}", "normal", "train", "simulated"))
    return found


def measure(clips: int) -> None:
    """Print the figures of one size."""
    torch.set_num_threads(1)
    with TemporaryDirectory() as place:
        recordings = corpus(Path(place), clips)
        machines = sorted({recording.machine for recording in recordings})
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.monotonic()
        training_set = TrainingSet(recordings, machines, FrontEnd(), Path(place, "decoded"), print)
        decoding = clips / (time.monotonic() - began)
        began, windows = time.monotonic(), 0
        rng = np.random.default_rng(0)
        for spectrum, _ in training_set.batches(32, torch.device("cpu"), rng, random_start=True):
            windows += len(spectrum)
        feeding = windows / (time.monotonic() - began)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        print(f"{clips:>8}{decoding:>12.0f}{feeding:>12.0f}{grown:>14.0f}")
        if clips >= 1_000:
            per_clip = windows / clips
            for name, (count, channels) in DATA_SETS.items():
                minutes = count * channels * per_clip / feeding / 60
                print(
                    f"  {name}: {count * channels / decoding / 60:.0f} min to decode, once; "
                    f"{count * channels * 0.32 / 1000:.0f} GB on the disk; an epoch is fed in "
                    f"{minutes:.0f} min by one core, or as slowly as the network learns"
                )


def main() -> None:
    """Measure each size in its own process."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--clips", type=int, nargs="+", default=[200, 2000])
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return measure(options.one)
    print(f"{'clips':>8}{'decoded/s':>12}{'windows/s':>12}{'memory, MiB':>14}", flush=True)
    for clips in options.clips:
        command = [sys.executable, "-m", "benchmarks.speed.full_size", "--one", str(clips)]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
