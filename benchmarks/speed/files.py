"""Recordings judged by the command line: one, and a folder of a thousand; seconds and memory.

python -m benchmarks.speed.files [--clips 1000] [--detector fan] [--code FOLDER ...]

Recordings are FLAC files of 10 s and three channels of simulated machines, twenty different ones
under many names; each is read and decoded anew. Modules are compiled, as by pip. `--code` names
other states of the code, such as a `git worktree` of an earlier one, measured in turn with this.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np
import soundfile

from benchmarks.speed.app import as_installed
from mimimi.cli.console import BAD
from mimimi.config import SAMPLE_RATE
from mimimi.simulate import simulate_clip

_DIFFERENT = 20


def make(folder: Path, count: int) -> None:
    """So many recordings."""
    for number in range(min(count, _DIFFERENT)):
        sound = simulate_clip("fan", f"id_5{number % 3}", clip=7_200_000 + number)
        rng = np.random.default_rng(number)
        channels = sound[:, None] + 0.01 * rng.standard_normal((len(sound), 3), np.float32)
        soundfile.write(
            folder / f"{number:04}.flac", channels / np.abs(channels).max(), SAMPLE_RATE
        )
    for number in range(_DIFFERENT, count):
        os.link(folder / f"{number % _DIFFERENT:04}.flac", folder / f"{number:04}.flac")


def scored(code: Path, detector: str, place: Path) -> tuple[float, float, float]:
    """Seconds by the clock, of a processor, and MiB at most, of one command."""
    command = [sys.executable, "-m", "mimimi", "score", detector, str(place), "--json"]
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=code, env=as_installed(), stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode == BAD:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row for each state of the code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--clips", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=7, help="of one recording")
    parser.add_argument("--detector", default="fan")
    parser.add_argument("--code", type=Path, nargs="*", default=[])
    options = parser.parse_args(arguments)
    here = Path(__file__).resolve().parents[2]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, options.clips)
        codes = [here, *(code.resolve() for code in options.code)]
        one: dict[Path, list[tuple[float, float, float]]] = {code: [] for code in codes}
        for _ in range(options.repeats + 1):
            for code in codes:
                one[code].append(scored(code, options.detector, folder / "0000.flac"))
        for code in codes:
            seconds, cpu, most = (median(of) for of in zip(*one[code][1:], strict=True))
            print(f"{code}\n  one recording: {seconds:.2f} s, {cpu:.2f} s CPU, {most:.0f} MiB")
            seconds, cpu, most = scored(code, options.detector, folder)
            count = options.clips
            print(
                f"  {count} recordings: {seconds:.1f} s, {count / seconds:.1f} a second, "
                f"{1e3 * cpu / count:.0f} ms CPU each, {most:.0f} MiB",
                flush=True,
            )


if __name__ == "__main__":
    main()
