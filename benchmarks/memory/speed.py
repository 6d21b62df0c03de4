"""Seconds to learn a minute and to judge a clip, without torch.

python -m benchmarks.memory.speed
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import perf_counter

import numpy as np

from mimimi.memory import MemoryBank, reasons


def median_seconds(do: Callable[[], object], repeats: int) -> float:
    """Of so many runs."""
    found = []
    for _ in range(repeats):
        start = perf_counter()
        do()
        found.append(perf_counter() - start)
    return float(np.median(found))


def main() -> None:
    """Print medians."""
    rng = np.random.default_rng(0)
    clips = [rng.normal(size=160_000).astype(np.float32) for _ in range(6)]
    MemoryBank.learn(clips[:2])  # windows and filters are made once

    def learn() -> None:
        bank = MemoryBank.learn(clips)
        bank.leave_one_out_scores()
        bank.scores(clips[:0])

    bank = MemoryBank.learn(clips)
    heard = bank.hear(clips[0] + np.sin(np.arange(160_000)))
    print(f"learn a minute, threshold included: {median_seconds(learn, 11):.3f} s")
    print(f"judge a clip: {median_seconds(lambda: bank.scores(clips[:1]), 31):.4f} s")
    print(f"explain it: {median_seconds(lambda: reasons(bank, heard), 31):.4f} s")
    print(f"torch imported: {'torch' in sys.modules}")


if __name__ == "__main__":
    main()
