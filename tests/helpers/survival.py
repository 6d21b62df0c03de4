"""Hostile files one after the other in one process: each is answered, soon, in bounded memory."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

SLOWEST = 2.0  # s a file
LARGEST_GROWTH = 32  # MiB from a tenth of the way on, of which allocators need some
ALL = "MIMIMI_FUZZ"  # set: all mutations, in minutes; else a fair share of the same ones


def share(mutations: int, few: int) -> range:
    """Seeds of all mutations, or of every n-th, so that every file and damage has its turn."""
    if os.environ.get(ALL):
        return range(mutations)
    step = mutations // few
    while any(step % prime == 0 for prime in (2, 3, 5, 7)):
        step += 1  # in step with the number of files, some would never come
    return range(0, mutations, step)


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@dataclass
class Survival:
    """What became of the files; a failure names its seed, and leaves the file in a folder.

    If the process dies, the file `seed` there tells of which.
    """

    folder: Path
    slowest: tuple[float, int] = (0.0, -1)  # seconds of the processor's time, seed
    growth: float = 0.0  # MiB
    tried: int = 0
    taken: int = 0

    def run(
        self,
        seeds: Iterable[int],
        make: Callable[[int], bytes],
        try_out: Callable[[bytes, int], str | bool],
    ) -> None:
        """Try each.

        Args:
            seeds: of the damage.
            make: the damaged file.
            try_out: gives whether it was taken, or in words what should not be.
        """
        seeds, memory = list(seeds), 0.0
        with (self.folder / "seed").open("wb", buffering=0) as last:
            for seed in seeds:
                os.pwrite(last.fileno(), f"{seed:<8}".encode(), 0)
                file = make(seed)
                began = time.process_time()  # that a busy machine is not taken for a hang
                try:
                    outcome = try_out(file, seed)
                except Exception as error:
                    outcome = repr(error)
                seconds = time.process_time() - began
                self.slowest = max(self.slowest, (seconds, seed))
                if seconds > SLOWEST:
                    outcome = f"{seconds:.1f} s"
                if isinstance(outcome, str):
                    culprit = self.folder / f"seed{seed}"
                    culprit.write_bytes(file)
                    pytest.fail(f"seed {seed}: {outcome}; the file is {culprit}")
                self.tried += 1
                self.taken += outcome
                if self.tried == max(len(seeds) // 10, 1):
                    memory = resident_mib()
        self.growth = resident_mib() - memory

    def __str__(self) -> str:
        seconds, seed = self.slowest
        return (
            f"{self.tried} damaged files, {self.taken} taken, the slowest {seconds:.2f} s (seed "
            f"{seed}), {self.growth:+.1f} MiB"
        )
