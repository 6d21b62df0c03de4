"""Which sounds the bundled detectors take for no machine of theirs: three limits, and the old rule.

    python -m benchmarks.memory.novelty DATA SHIFT

*Old rule*: distance of log-mel statistics (`mimimi.detector.spectral_baseline`) beyond what 95 % of
the calibration set keep. *New*: `mimimi.detector.novelty`, first with its limits chosen for each
type on the clips of the other three: of those that refuse at most 3 % of their normal and 8 % of
their faulty clips, the limits that refuse most of what is foreign. Then as it ships. *Unseen kind*:
real machines of another type, as if the networks had never learnt any of that type.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import exp
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.memory.beside import FAULTY, FIRST_CLIP, SIMULATED
from benchmarks.memory.places import PLACES, heard_at
from mimimi import audio
from mimimi.config import MACHINE_TYPES, SAMPLE_RATE
from mimimi.detector.detector import Detector
from mimimi.detector.member import NetworkMember
from mimimi.detector.novelty import FAR, SURE, UNSURE
from mimimi.detector.spectral_baseline import band_statistics
from mimimi.features.segment_spectra import ArraySpectra
from mimimi.features.segments import split
from mimimi.simulate import FAULTS, simulate_clip

LEVELS = tuple(exp(k) for k in (-2.0, -1.8, -1.6, -1.4, -1.2, -1.0))
BELOW, ABOVE = (-8.0, -6.0, -5.0, -4.0, -3.0, -2.0, 0.0), (5.0, 6.0, 7.0, 8.0, 9.0, 10.0)
MOST_NORMAL, MOST_FAULTY = 0.03, 0.08  # of the clips chosen on, that may be refused

Limits = tuple[float, float, float]  # level, and odds to be unsure and to be sure at


@dataclass(frozen=True)
class Clip:
    """What a detector makes of one clip."""

    group: str
    distance: float  # over the old rule's limit
    level: float
    odds: float
    odds_unseen: float  # without the classes of the clip's own type

    def refused(self, limits: Limits) -> bool:
        """By the new rule."""
        far, unsure, sure = limits
        return self.odds > sure or (self.level > far and self.odds_unseen > unsure)


class Judge:
    """A bundled detector."""

    def __init__(self, machine_type: str) -> None:
        self.type = machine_type
        self.detector = Detector.from_pretrained(machine_type)
        self.limit = self.detector.config.novelty_limit or np.nan

    def heard(self, source: audio.Source, group: str, of_type: str) -> Clip:
        """Measure a clip of a machine of some type."""
        detector = self.detector
        segments = split(audio.read(source), detector.front_end)
        spectra = ArraySpectra(np.stack([s.samples for s in segments]))
        outputs = detector.ensemble.forward(spectra)
        odds, unseen = [], []
        for member, output in zip(detector.ensemble.members, outputs, strict=True):
            if isinstance(member, NetworkMember):
                types = [machine.split()[0] for machine in member.config.machines]
                own = _mass(output.logits, [t == self.type for t in types])
                odds.append(_mass(output.logits, [t != self.type for t in types]) - own)
                rest = [t not in (self.type, of_type) for t in types]
                unseen.append(_mass(output.logits, rest) - own)
        assert detector.baseline is not None
        assert outputs[-1].levels is not None
        statistics = band_statistics(spectra.complex(detector.front_end))
        return Clip(
            group,
            detector.baseline.distance(statistics) / self.limit,
            float(outputs[-1].levels.min(axis=1).mean()),
            float(np.mean(odds)),
            float(np.mean(unseen)),
        )


def _mass(logits: NDArray[np.float32], of: Sequence[bool]) -> float:
    """Logarithm of the weight of some classes, mean over windows, against all of them."""
    chosen, every = (np.logaddexp.reduce(found, axis=-1) for found in (logits[..., of], logits))
    return float((chosen - every).mean())


def real(judge: Judge, root: Path) -> Iterator[Clip]:
    """Clips of `index.csv` that were not trained on; of cars each 10 s."""
    for row in csv.DictReader((root / "index.csv").open()):
        machine_type, path = row["machine_type"], root / row["path"]
        if machine_type == "car":
            samples = audio.read(path).samples
            for k in range(len(samples) // (10 * SAMPLE_RATE)):
                cut = samples[k * 10 * SAMPLE_RATE :][: 10 * SAMPLE_RATE]
                yield judge.heard((cut, SAMPLE_RATE), "cars", "car")
        elif machine_type == judge.type and row["split"] != "train":
            wrong = "anomalous" if row["label"] == "anomaly" else "normal"
            noise = " in other noise" if row["split"] == "shift" else ""
            yield judge.heard(path, f"own {wrong}{noise}", machine_type)
        elif row["split"] == "dev":
            yield judge.heard(path, "other types", machine_type)


def simulated(judge: Judge) -> Iterator[Clip]:
    """Clips of simulated machines of the detector's type, and normal ones of the others."""
    for machine_type, i in product(MACHINE_TYPES, SIMULATED):
        for k in range(FAULTY):
            sound = simulate_clip(machine_type, i, clip=FIRST_CLIP + k)
            own = machine_type == judge.type
            group = "simulated: own normal" if own else "simulated: other types"
            yield judge.heard((sound, SAMPLE_RATE), group, machine_type)
    for i in SIMULATED:
        for severity, snr in ((3, -6), (10, -6), (3, 0)):
            for n, fault in enumerate(FAULTS[judge.type], 1):
                for k in range(FAULTY):
                    take = FIRST_CLIP + 1_000 * n + k
                    sound = simulate_clip(
                        judge.type, i, clip=take, fault=fault, severity=severity, snr_db=snr
                    )
                    group = f"simulated: own faults of severity {severity} at {snr} dB"
                    yield judge.heard((sound, SAMPLE_RATE), group, judge.type)
        for place in PLACES:
            for k in range(FAULTY):
                sound = heard_at(place, judge.type, i, FIRST_CLIP + 500 + k)
                group = f"simulated: own normal, other {place}"
                yield judge.heard((sound, SAMPLE_RATE), group, judge.type)


def choose(clips: Sequence[Clip]) -> Limits:
    """The limits that refuse most of what is foreign and little of what is not."""

    def foreign(limits: Limits) -> float:
        found = defaultdict(list)
        for clip in clips:
            found[clip.group.removesuffix(" in other noise")].append(clip.refused(limits))
        shares = {group: float(np.mean(of)) for group, of in found.items()}
        kept = shares["own normal"] <= MOST_NORMAL and shares["own anomalous"] <= MOST_FAULTY
        return shares["other types"] + shares["cars"] if kept else -1.0

    return max(product(LEVELS, BELOW, ABOVE), key=foreign)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what is chosen, and a table of what is refused."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("shift", type=Path)
    options = parser.parse_args(arguments)
    heard: dict[str, list[Clip]] = {}
    made: dict[str, list[Clip]] = {}
    for machine_type in MACHINE_TYPES:
        judge = Judge(machine_type)
        heard[machine_type] = [*real(judge, options.data), *real(judge, options.shift)]
        made[machine_type] = list(simulated(judge))
    chosen: dict[str, Limits] = {}
    for machine_type in MACHINE_TYPES:
        chosen[machine_type] = choose([c for t in heard if t != machine_type for c in heard[t]])
        level, unsure, sure = chosen[machine_type]
        print(f"{machine_type}, chosen on the others: {level:.2f} nats², {unsure:g}, {sure:g} nats")
    ships = dict.fromkeys(MACHINE_TYPES, (FAR, UNSURE, SURE))
    print("| refused | clips | old rule | chosen on the other types | ships; by type |")
    print("|---|---|---|---|---|")
    for of in (heard, made):
        for group in dict.fromkeys(clip.group for clips in of.values() for clip in clips):
            print(
                row(group, {t: [c for c in of[t] if c.group == group] for t in of}, chosen, ships)
            )
    unseen = {t: [c for c in heard[t] if c.group == "other types"] for t in heard}
    for title, by_type in (("unseen kind, chosen", chosen), ("unseen kind, ships", ships)):
        beyond = [
            c.odds_unseen > by_type[t][2] or c.refused((*by_type[t][:2], np.inf))
            for t in unseen
            for c in unseen[t]
        ]
        print(f"{title}: {np.mean(beyond):.2f} of {len(beyond)}")


def row(group: str, clips: Mapping[str, Sequence[Clip]], *rules: Mapping[str, Limits]) -> str:
    """A line of the table."""
    old = np.mean([clip.distance > 1 for of in clips.values() for clip in of])
    cells = [f"{old:.2f}"]
    for rule in rules:
        refused = {t: [clip.refused(rule[t]) for clip in of] for t, of in clips.items()}
        cells.append(f"{np.mean([r for of in refused.values() for r in of]):.2f}")
    cells[-1] += ": " + ", ".join(f"{sum(of)} of {len(of)}" for of in refused.values())
    return f"| {group} | {sum(map(len, clips.values()))} | " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
