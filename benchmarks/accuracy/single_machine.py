"""One machine only: remembered, learnt by a network beside others that it is told from, or both.

    python -m benchmarks.accuracy.single_machine DATA [--machines car fan/id_02] [--seeds 1]

Each real machine has its training clips and nothing else. *Beside MIMII's spectra* is one
line-spectrum network of recipe `ensemble`, which tells the machine from noise with the spectra of
MIMII's fifteen other machines, itself left out; *memory* is what `learn` remembers; *both* is what
`train --recipe ensemble` makes of them, without its other four networks. *Beside its kind* is that
network with the three other real machines of its type. AUC with the machine named: of MIMII on the
clips of the other splits, with intervals over clips; of idling cars, recorded
elsewhere, by segments of one normal and one faulty recording, without intervals.

Nothing of this was chosen on these figures, but recipe `ensemble` and the memory were on MIMII's.
What was measured is kept (--cache): 1 min of one core a machine and seed.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from platformdirs import user_cache_path

from benchmarks.accuracy.clips import Clips, Row, Scores
from benchmarks.accuracy.table import Measured
from benchmarks.claims.kept import Kept
from mimimi import audio
from mimimi.config import SAMPLE_RATE, Recipe
from mimimi.data.index import COLUMNS, INDEX_NAME, Recording, index
from mimimi.data.other_machines import SPECTRA
from mimimi.detector.detector import Detector
from mimimi.evaluation.metrics import auc
from mimimi.recipes import changed, recipe
from mimimi.training.pipeline import make_detectors

SEGMENT = 10 * SAMPLE_RATE  # samples, side by side
WAYS = ("memory", "beside MIMII's spectra", "both", "beside its kind")
NETWORK = "lines-0"

Found = Mapping[str, Mapping[str, Sequence[float]]]  # by way, by clip: scores of its segments


def lines(seed: int, *, memories: bool) -> Recipe:
    """The first line-spectrum network of the ensemble, for one machine type at a time."""
    ensemble = changed(recipe("ensemble"), seed=seed)
    [member] = (m for m in ensemble.members if m.name == NETWORK)
    return Recipe("lines", (replace(member, joint=False),), memories=memories)


def learnt(recordings: Sequence[Recording], recipe: Recipe) -> Detector:
    """A detector that has learnt from these recordings and no others."""
    with TemporaryDirectory() as place:
        data, out = corpus(Path(place) / "data", recordings), Path(place) / "run"
        machine_type = recordings[0].machine_type
        make_detectors([data], [machine_type], recipe, out, say=lambda line: None)
        return Detector.from_pretrained(out)


def corpus(folder: Path, recordings: Sequence[Recording]) -> Path:
    """A folder that holds these recordings and no others."""
    folder.mkdir()
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for number, one in enumerate(recordings):
        link = folder / f"{number}{one.path.suffix}"
        link.symlink_to(one.path.resolve())
        writer.writerow([link.name, one.machine_type, one.machine_id, one.label, one.split])
    (folder / INDEX_NAME).write_text(table.getvalue())
    return folder


def alone(clips: Clips, name: str, seed: int) -> dict[str, dict[str, list[float]]]:
    """A machine by itself, in three ways."""
    learn = [r for r in clips.learn if r.machine == name]
    memory = Detector.learn(name, [r.path for r in learn])
    trained = learnt(learn, lines(seed, memories=True))
    [network] = (m for m in trained.ensemble.configs if m.name == NETWORK)
    assert f"{learn[0].machine_type} MIMII {name}" not in network.machines
    found: dict[str, dict[str, list[float]]] = {way: {} for way in WAYS[:3]}
    for recording in (r for r in clips.report if r.machine == name):
        clip = clips.name(recording)
        for segment in segments(recording):
            both = trained.measure(segment)
            scores = (memory.measure(segment).ids[0], both.by_member[NETWORK][0], both.ids[0])
            for way, score in zip(WAYS[:3], scores, strict=True):
                found[way].setdefault(clip, []).append(float(score))
    return found


def together(clips: Clips, machine_type: str, seed: int) -> dict[str, dict[str, list[float]]]:
    """The machines of a type learnt beside each other."""
    learn = [r for r in clips.learn if r.machine_type == machine_type]
    trained = learnt(learn, lines(seed, memories=False))
    found: dict[str, list[float]] = {}
    for recording in (r for r in clips.report if r.machine_type == machine_type):
        own = trained.ids.index(recording.machine_id)
        found[clips.name(recording)] = [
            float(trained.measure(segment).ids[own]) for segment in segments(recording)
        ]
    return {WAYS[3]: found}


def segments(recording: Recording) -> list[audio.Waveform]:
    """The first channel in whole segments, as if each were a recording."""
    samples = audio.read(recording.path).samples
    parts = samples[: len(samples) // SEGMENT * SEGMENT].reshape(-1, SEGMENT)
    return [audio.from_array(part, SAMPLE_RATE) for part in parts]


def everything(root: Path) -> Clips:
    """The recordings of MIMII's machines and of the cars, as far as they can be reported on."""
    found = index([root], log=lambda line: None)
    learn = [r for r in found if r.split == "train" and r.label == "normal"]
    rest = [r for r in found if r.split != "train"]
    sides = {(r.machine, r.label) for r in rest}
    known = {r.machine for r in learn if {(r.machine, x) for x in ("normal", "anomaly")} <= sides}
    return Clips(
        root, [r for r in learn if r.machine in known], [r for r in rest if r.machine in known]
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print every way."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--machines", nargs="+", help="types or machines, such as car or fan/id_02")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--cache", type=Path, default=user_cache_path("mimimi") / "benchmarks")
    options = parser.parse_args(arguments)
    clips = everything(options.data)
    if asked := options.machines:
        keep = [
            name for name in clips.machines if {name.replace(" ", "/"), name.split()[0]} & {*asked}
        ]
        clips = Clips(
            clips.root,
            [r for r in clips.learn if r.machine in keep],
            [r for r in clips.report if r.machine in keep],
        )
    kept = Kept(options.cache / "single_machine.jsonl")
    by_seed = {seed: measured(clips, seed, kept, whole=not asked) for seed in range(options.seeds)}
    of_mimii = Clips(
        clips.root,
        [r for r in clips.learn if r.machine_type != "car"],
        [r for r in clips.report if r.machine_type != "car"],
    )
    for way in WAYS if not asked else WAYS[:3]:
        show(way, of_mimii, {seed: found[way] for seed, found in by_seed.items()})
        for name in (name for name in clips.machines if name.startswith("car")):
            one = [r for r in clips.report if r.machine == name]
            values = [car(one, clips, found[way]) for found in by_seed.values() if way in found]
            if values and not np.isnan(values[0]):
                print(f"{way}, {name}: AUC by segment {np.mean(values):.2f}")


def measured(clips: Clips, seed: int, kept: Kept, *, whole: bool) -> Found:
    """The scores of every way, of which those that were measured before are not measured again."""
    state = f"{SPECTRA.stat().st_size} {seed}"
    found: dict[str, dict[str, Sequence[float]]] = {way: {} for way in WAYS}
    for name in clips.machines:
        for way, scores in kept.get(f"alone {name} {state}", alone, clips, name, seed).items():
            found[way] |= scores
        print(f"  {name} measured by itself", flush=True)
    for machine_type in sorted({r.machine_type for r in clips.learn}) if whole else ():
        key = f"together {machine_type} {state}"
        for way, scores in kept.get(key, together, clips, machine_type, seed).items():
            found[way] |= scores
    return found


def show(way: str, clips: Clips, by_seed: Mapping[int, Mapping[str, Sequence[float]]]) -> None:
    """AUC by type and over all, each clip by the mean of its segments."""
    if not clips.report:
        return
    scores: dict[int, Scores] = {
        seed: {clip: float(np.mean(of)) for clip, of in found.items()}
        for seed, found in by_seed.items()
    }
    of = Measured.of(Row(way, "", way, "", lambda clips, seed: {}), scores, clips)
    for place in (p for p in of.by_place if " " not in p):
        figure = of.by_place[place][0]
        print(f"{way}, {place}: AUC {figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}]")
    if len(scores) > 1:
        print(f"{way}, seed by seed: " + ", ".join(f"{value:.2f}" for value in of.seed_means))


def car(
    recordings: Sequence[Recording], clips: Clips, found: Mapping[str, Sequence[float]]
) -> float:
    """AUC of one car's segments, normal against faulty."""
    sides: dict[str, list[float]] = {"normal": [], "anomaly": []}
    for recording in recordings:
        sides[recording.label] += found.get(clips.name(recording), [])
    return auc(sides["normal"], sides["anomaly"]) if all(sides.values()) else float("nan")


if __name__ == "__main__":
    torch.set_num_threads(1)
    with TemporaryDirectory() as home:
        os.environ["MIMIMI_HOME"] = home  # its list of runs
        main()
