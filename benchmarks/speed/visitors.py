"""Many visitors at the same moment: whose verdict is whose, how long it takes, and what memory.

python -m benchmarks.speed.visitors [--visitors 20]

Each visitor has a session of his own, a machine of his own and a recording of his own; all upload
at once. Each verdict is compared with what `Detector.analyse` says of the same recording. Twice:
after one visitor of each machine type came alone, and in a newly started app, where all begin by
waiting for torch and for the detectors. The visitors run on the same processors as the app.
"""

from __future__ import annotations

import argparse
import io
import re
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier

import numpy as np
import soundfile

from benchmarks.speed.app import App, running_app
from benchmarks.speed.visitor import Read, Visitor
from mimimi.config import MACHINE_TYPES, SAMPLE_RATE
from mimimi.simulate import FAULTS, simulate_clip

COUNTED = ("-m", "benchmarks.speed.counted_app")
SAME = 1e-3  # of a score: the order of additions differs from thread to thread


@dataclass(frozen=True)
class Recording:
    """What a visitor brings along, and the machine that he says it is of."""

    name: str
    content: bytes
    machine_type: str
    machine_id: str


def recordings(count: int, types: Sequence[str] = MACHINE_TYPES) -> list[Recording]:
    """A different one for each visitor: types in turn, three ids, sound and faulty."""
    made = []
    for number in range(count):
        machine_type, round_ = types[number % len(types)], number // len(types)
        machine_id = f"id_5{round_ % 3}"
        fault = FAULTS[machine_type][0] if round_ % 2 else None
        sound = simulate_clip(machine_type, machine_id, clip=7_100_000 + number, fault=fault)
        file = io.BytesIO()
        soundfile.write(file, sound, SAMPLE_RATE, format="WAV", subtype="PCM_16")
        made.append(Recording(f"visitor {number}.wav", file.getvalue(), machine_type, machine_id))
    return made


def at_once(url: str, brought: Sequence[Recording]) -> list[Read]:
    """All pages stand open, then all upload in the same moment."""
    start = Barrier(len(brought))

    def visit(visitor: Visitor, recording: Recording) -> Read:
        start.wait()
        return visitor.judge(recording.name, recording.content)

    with ExitStack() as stack, ThreadPoolExecutor(len(brought)) as threads:
        visitors = [
            stack.enter_context(
                closing(Visitor(url, f"type={one.machine_type}&id={one.machine_id}"))
            )
            for one in brought
        ]
        return list(threads.map(visit, visitors, brought))


def mixed_up(brought: Sequence[Recording], read: Sequence[Read]) -> list[str]:
    """What a visitor read that is not the verdict on his recording, in words."""
    from mimimi import Detector  # brings torch along: only when nothing is measured any more

    detectors = {name: Detector.from_pretrained(name) for name in {r.machine_type for r in brought}}
    wrong = []
    for recording, got in zip(brought, read, strict=True):
        right = detectors[recording.machine_type].analyse(
            recording.content, recording.machine_id, name=recording.name
        )
        machine = f"{right.machine_type} {right.machine_id}"
        headline = f"{'Unusual' if right.is_anomalous else 'Sounds normal'} for {machine}"
        same = got.headline == headline and all(
            got.verdict[field] == getattr(right, field)
            for field in ("file", "machine_type", "machine_id", "machine_id_given", "is_anomalous")
        )
        score = right.score or np.nan
        if not (same and np.isclose(got.verdict["score"], score, rtol=SAME, atol=SAME)):
            wrong.append(f"{recording.name}: read {got.headline!r}, {got.verdict}; right {right}")
    return wrong


def loads(log: Path) -> Counter[str]:
    """How often each detector was loaded."""
    return Counter(re.findall(r"^loads (\w+)$", log.read_text(), re.MULTILINE))


def memory(app: App) -> str:
    """The app's memory now, its own share of what is mapped, and the most it ever had."""
    status = Path(f"/proc/{app.pid}/status").read_text()
    rollup = Path(f"/proc/{app.pid}/smaps_rollup").read_text()
    rss, pss, most = (
        int(found[1]) / 1024
        for text, field in ((status, "VmRSS"), (rollup, "Pss"), (status, "VmHWM"))
        if (found := re.search(rf"^{field}:\s+(\d+) kB", text, re.MULTILINE))
    )
    return f"{rss:>6.0f} MB resident, {pss:.0f} MB proportional, {most:.0f} MB at most"


def tell(read: Sequence[Read], log: Path) -> None:
    seconds = [one.seconds for one in read]
    median, late = np.percentile(seconds, [50, 95])
    print(f"  upload to verdict: median {median:.2f} s, 95th percentile {late:.2f} s, ", end="")
    print(f"{min(seconds):.2f} to {max(seconds):.2f} s; detectors loaded: {dict(loads(log))}")


def measure(count: int) -> list[str]:
    """Print the figures; gives what was mixed up."""
    brought, first = recordings(count), recordings(len(MACHINE_TYPES) + count)[count:]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "warm"
        with log.open("w") as output, running_app(COUNTED, output) as app:
            print(f"started:               {memory(app)}")
            alone = [at_once(app.url, [one])[0] for one in first]
            print(f"one of each type came: {memory(app)}")
            tell(alone, log)
            warm = at_once(app.url, brought)
            print(f"{count} at once:            {memory(app)}")
            tell(warm, log)
        log = Path(folder) / "cold"
        with log.open("w") as output, running_app(COUNTED, output) as app:
            cold = at_once(app.url, brought)
            print(f"{count} at once, newly started: {memory(app)}")
            tell(cold, log)
    return mixed_up([*first, *brought, *brought], [*alone, *warm, *cold])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--visitors", type=int, default=20)
    count = parser.parse_args().visitors
    began = time.monotonic()
    wrong = measure(count)
    print("\n".join(wrong) or f"no verdict mixed up ({time.monotonic() - began:.0f} s in all)")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
