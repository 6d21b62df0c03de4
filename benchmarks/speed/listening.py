"""What listening to one machine and to four costs: processor time and memory, on one core.

    OMP_NUM_THREADS=1 python -m benchmarks.speed.listening [--seconds 300]

A stream of simulated sound at 48 kHz, a segment of 10 s every 5 s, from the samples to what is kept
and told, but for the database: by machines that were learnt, and by detectors that come along. Each
row in a process of its own. What is counted is time of the processor, so that others who work on
the computer do not count.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psutil

RATE, BLOCK = 48_000, 0.25  # Hz, s


def listen(machines: dict[str, str], seconds: float) -> None:
    """To so many machines, detector by machine id; prints what it took."""
    from scipy.signal import resample_poly

    from mimimi.detector.detector import Detector
    from mimimi.service.inbox import Placed
    from mimimi.service.machine import Machine
    from mimimi.service.past import Past
    from mimimi.service.settings import MachineSettings
    from mimimi.service.sources.source import Sound
    from mimimi.simulate import simulate_clip

    heard = [
        Machine(
            MachineSettings(f"machine {n}", name, "-", machine_id=machine_id),
            Detector.from_pretrained(name),
            Past(),
            lambda *_: None,
        )
        for n, (name, machine_id) in enumerate(machines.items())
    ]
    sound = resample_poly(simulate_clip("fan", "id_50", clip=77, seconds=seconds), 3, 1)
    pcm = np.round(np.clip(sound, -1, 1) * 32_767).astype(np.int16)
    del sound  # which is not of the listener
    step, judged, began = round(BLOCK * RATE), 0, 0.0
    for first in range(0, len(pcm), step):
        if first == 20 * RATE:  # all is loaded
            began, judged = time.process_time(), 0
        block = Placed(Sound(pcm[first : first + step], RATE, first), 0.0)
        judged += sum(len(machine.hear(block).judgements) for machine in heard)
    used = time.process_time() - began
    memory = psutil.Process().memory_info().rss / 2**20
    names = ", ".join(Path(name).name for name in machines)
    print(
        f"{names:24} {used / (seconds - 20):.4f} s of processor a second of sound, "
        f"{used / judged:.3f} s a segment, {memory:.0f} MiB",
        flush=True,
    )


def learn(folder: str) -> None:
    """A machine, of 40 recordings."""
    from mimimi.detector.detector import Detector
    from mimimi.simulate import simulate_clip

    clips = [(simulate_clip("fan", "id_50", clip=n), 16_000) for n in range(40)]
    Detector.learn("fan", clips, "fan").save_pretrained(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=300.0)
    options = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    with TemporaryDirectory() as place:
        learnt = {str(Path(place) / f"learnt {n}"): "fan" for n in range(1, 5)}
        for folder in learnt:
            learn(folder)
        along = dict.fromkeys(("fan", "pump", "slider", "valve"), "id_50")
        for machines in (learnt, along):
            first = dict([next(iter(machines.items()))])
            for some in (first, machines):
                row = spawn.Process(target=listen, args=(some, options.seconds))
                row.start()
                row.join()


if __name__ == "__main__":
    main()
