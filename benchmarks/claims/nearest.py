"""Whether the normal recording shown beside a clip is one like it, and whether its "why" holds.

    python -m benchmarks.claims.nearest [DATA]

DATA holds recordings as `mimimi train` takes them; what a detector has learnt from is left out.
Right is a nearest recording, among those of all machines of the type, that is of the same machine.
Apart is how far the spectra of a recording and the one shown beside it differ, and how far they
would if the spectrum alone, or the embedding alone, had chosen among the same machine's; median.
Called different is a recording of which a band is said to be louder or quieter than is usual;
called far one that is further from its nearest than any normal recording from the next.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import numpy as np
import torch
from scipy.spatial.distance import cdist

from mimimi import audio
from mimimi.config import MACHINE_TYPES, SAMPLE_RATE
from mimimi.data.index import Recording, index
from mimimi.detector.detector import Detector
from mimimi.evaluation.judging import is_known
from mimimi.explain.nearest import nearest
from mimimi.features.fingerprint import fingerprint
from mimimi.simulate import FAULTS, simulate_clip

TAKES, FIRST_TAKE = 8, 7_000_000
CONDITIONS = {"normal": 0.0, "faulty": 1.0, "badly faulty": 10.0}
HOW = ("both", "embedding", "spectrum")

Clip = tuple[str, str, audio.Waveform]  # kind, machine id, sound


def clips(detector: Detector, recordings: Sequence[Recording]) -> Iterator[Clip]:
    """What a detector was not trained on: real, then simulated."""
    for recording in recordings:
        if recording.machine_type != detector.machine_type or recording.machine_id not in (
            detector.ids
        ):
            continue
        waveform = audio.read(recording.path)
        known = fingerprint(waveform.samples)
        if not is_known(detector.config.trained_on, known, recording.path):
            yield f"real, {recording.label}", recording.machine_id, waveform
    faults = list(FAULTS[detector.machine_type])
    for machine_id in (name for name in detector.ids if name >= "id_50"):
        for condition, severity in CONDITIONS.items():
            for take in range(TAKES):
                sound = simulate_clip(
                    detector.machine_type,
                    machine_id,
                    clip=FIRST_TAKE + take,
                    fault=faults[take % len(faults)] if severity else None,
                    severity=severity,
                )
                yield (
                    f"simulated, {condition}",
                    machine_id,
                    audio.from_array(sound, SAMPLE_RATE),
                )


def main() -> None:
    """Print counts: what is nearest and what is said of it, by the kind of recording."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path, nargs="?")
    options = parser.parse_args()
    torch.set_num_threads(1)
    recordings = index([options.data], log=lambda line: None) if options.data else []
    found: dict[str, Counter[str]] = {}
    apart: dict[tuple[str, str], list[float]] = {}
    comparing, judging = [], []
    for machine_type in MACHINE_TYPES:
        detector = Detector.from_pretrained(machine_type)
        kept = detector.references
        for kind, machine_id, waveform in clips(detector, recordings):
            begun = time.perf_counter()
            measured = detector.measure(waveform)
            detector.judge(measured, machine_id)
            judging.append(time.perf_counter() - begun)
            by_embedding = cdist(measured.embedding[None], kept.embeddings)
            by_spectrum = cdist(measured.spectrum[None], kept.spectra)
            counts = found.setdefault(kind, Counter())
            own = [k for k, r in enumerate(kept.entries) if r.machine_id == machine_id]
            for name, distances in (("embedding", by_embedding), ("spectrum", by_spectrum)):
                reference = kept.entries[int(distances.argmin())]
                counts[name] += reference.machine_id == machine_id
                chosen = own[int(distances[0, own].argmin())]
                difference = measured.spectrum - kept.spectra[chosen]
                apart.setdefault((kind, name), []).append(float(np.sqrt(np.mean(difference**2))))
            begun = time.perf_counter()
            neighbour = nearest(detector, measured, machine_id)
            comparing.append(time.perf_counter() - begun)
            assert neighbour is not None
            apart.setdefault((kind, "both"), []).append(neighbour.apart)
            counts["n"] += 1
            counts["different"] += bool(neighbour.differences)
            counts["far"] += neighbour.apart > max(neighbour.usually_apart)
    heads = ("right by embedding", "right by spectrum", "called different", "called far")
    print(f"{'':26}{'n':>5}" + "".join(f"{head:>20}" for head in heads))
    for kind, counts in found.items():
        shares = [
            counts[key] / counts["n"] for key in ("embedding", "spectrum", "different", "far")
        ]
        print(f"{kind:26}{counts['n']:5}" + "".join(f"{share:20.0%}" for share in shares))
    print(f"{'dB apart, chosen by':31}" + "".join(f"{name:>20}" for name in HOW))
    for kind in found:
        print(f"{kind:31}" + "".join(f"{median(apart[kind, name]):20.1f}" for name in HOW))
    milliseconds = [1000 * median(seconds) for seconds in (comparing, judging)]
    print("a comparison takes {:.0f} ms, a verdict {:.0f} ms, one thread".format(*milliseconds))


if __name__ == "__main__":
    main()
