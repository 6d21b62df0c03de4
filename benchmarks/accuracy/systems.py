"""The rows of the accuracy table: what is measured, and how it is asked for by name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from statistics import fmean

from benchmarks.accuracy import ablations, baselines
from benchmarks.accuracy.clips import Clips, Row, Scores
from mimimi.audio import read
from mimimi.detector import checkpoint
from mimimi.detector.detector import Detector
from mimimi.errors import UserError
from mimimi.evaluation.judging import is_known
from mimimi.memory.views import VIEWS
from mimimi.recipes import RECIPES, as_dict, changed, recipe
from mimimi.training.pipeline import make_detectors

RUNS = Path("runs/accuracy")  # of recipes that are trained for a row
_AUTOENCODER = (
    "one a machine type, 640-128x4-8-128x4-640 on 5 log-mel frames, all channels, "
    f"{baselines.EPOCHS} epochs of batches of {baselines.BATCH}, Adam {baselines.LEARNING_RATE:g}"
)
_STATISTICS = "mean and deviation of 128 log-mel bands, standardised, all channels, a machine each"


def rows() -> dict[str, Row]:
    """Every row, in the table's order."""
    plan = ablations.Plan()
    every = [
        Row(
            "mahalanobis",
            "baselines",
            "log-mel statistics, Mahalanobis (Ledoit-Wolf)",
            _STATISTICS,
            baselines.mahalanobis,
            seeds_matter=False,
        ),
        Row(
            "nearest",
            "baselines",
            "log-mel statistics, nearest neighbour",
            f"{_STATISTICS}, k = 1",
            baselines.nearest,
            seeds_matter=False,
        ),
        Row(
            "autoencoder",
            "baselines",
            "DCASE 2020 autoencoder",
            _AUTOENCODER,
            baselines.autoencoder,
        ),
        *(
            Row(name, "ablations", variant.title, f"{plan}", ablations.ablation(variant, plan))
            for name, variant in ablations.VARIANTS.items()
        ),
        Row(
            "memory",
            "memory",
            "memory of one machine, no training",
            "channel 0; " + ", ".join(f"{v.name} {v.weight:g} {v.exponent:g}" for v in VIEWS),
            remembered,
            seeds_matter=False,
        ),
        *(_trained(name) for name in RECIPES),
        _trained("ensemble", ("complex",)),
        _trained("ensemble", ("lines-0", "lines-1", "lines-2", "lines-3")),
    ]
    return {row.name: row for row in every}


def remembered(clips: Clips, seed: int) -> Scores:
    """Every machine by itself, as `learn` remembers it."""
    scores: Scores = {}
    for name in clips.machines:
        detector = Detector.learn(name, [r.path for r in clips.learn if r.machine == name])
        for recording in (r for r in clips.report if r.machine == name):
            measured = detector.measure(read(recording.path))
            scores[clips.name(recording)] = float(measured.ids[0])
    return scores


def _trained(name: str, members: tuple[str, ...] = ()) -> Row:
    """The networks of a recipe, or some of them, trained on the clips to be learnt from.

    The run is kept, gone on with where it was stopped, and shared by the rows of its members.
    """

    def score(clips: Clips, seed: int) -> Scores:
        types = sorted({r.machine_type for r in clips.learn})
        out = RUNS / f"{name}.{seed}"
        if not all((out / machine_type / checkpoint.CONFIG).exists() for machine_type in types):
            chosen = replace(changed(recipe(name), seed=seed), memories=False)
            make_detectors([clips.root], types, chosen, out, resume=out.exists(), say=print)
        folders = {machine_type: out / machine_type for machine_type in types}
        return judged_by(folders, clips, members)

    networks = {key: of for key, of in as_dict(recipe(name)).items() if key != "memories"}
    how = _digest(json.dumps(networks, sort_keys=True).encode(), "-".join(members).encode())
    alone = members or (("networks",) if recipe(name).memories else ())
    title = f"recipe {name}" + (f", its {' and '.join(alone)} alone" if alone else "")
    return Row("-".join((name, *members)), "recipes", title, how, score)


def existing(folder: Path) -> Row:
    """Detectors that are there already, by machine type below a folder."""

    def score(clips: Clips, seed: int) -> Scores:
        types = sorted({r.machine_type for r in clips.learn})
        return judged_by({name: folder / name for name in types}, clips)

    weights = sorted(folder.glob("*/model.safetensors"))
    if not weights:
        raise UserError(f"{folder} holds no detectors: fan/model.safetensors and so on.")
    how = _digest(*(file.read_bytes() for file in weights))
    title = f"detectors in {folder.name}/"
    return Row(folder.name, "detectors", title, how, score, seeds_matter=False)


def _digest(*parts: bytes) -> str:
    """What tells one state of weights from the next."""
    return hashlib.sha256(b"".join(parts)).hexdigest()[:12]


def judged_by(folders: Mapping[str, Path], clips: Clips, members: Collection[str] = ()) -> Scores:
    """Scores by the detectors of each machine type, or by some of their members, id given.

    Raises:
        UserError: it was trained on one of them.
    """
    scores: Scores = {}
    for machine_type, folder in folders.items():
        detector = Detector.from_pretrained(folder)
        chosen = [m for m in detector.ensemble.configs if m.name in members]
        for recording in (r for r in clips.report if r.machine_type == machine_type):
            measured = detector.measure(read(recording.path))
            if is_known(detector.config.trained_on, measured.fingerprint, recording.path):
                raise UserError(f"{recording.path} was trained on and cannot be reported on.")
            own = detector.ids.index(recording.machine_id)
            of_members = [
                (float(measured.by_member[m.name][own]) - m.mean) / m.deviation for m in chosen
            ]
            together = fmean(of_members) if members else float(measured.ids[own])
            scores[clips.name(recording)] = together
    return scores
