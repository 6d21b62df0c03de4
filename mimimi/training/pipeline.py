"""A run: from folders of recordings to saved, calibrated, evaluated detectors."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from mimimi.audio import Pair
from mimimi.config import MemberRecipe, Recipe
from mimimi.data.index import Recording, index
from mimimi.data.other_machines import others
from mimimi.errors import UserError
from mimimi.evaluation import Evaluation
from mimimi.files import replace_file
from mimimi.recipes import as_dict
from mimimi.runs import log as run_log
from mimimi.terminal import Log
from mimimi.training.assembly import Trained, assemble, round_to_half, score_statistics
from mimimi.training.member import OnBatch, train_member
from mimimi.training.pace import TimeLeft, expected, gains_by_bfloat16
from mimimi.training.run_folder import RunFolder
from mimimi.training.split import (
    DataSplit,
    TrainValidationSplit,
    is_alone,
    network_splits,
    split_data,
)
from mimimi.training.usable import usable


def make_detectors(
    roots: Sequence[Path],
    machine_types: Sequence[str],
    recipe: Recipe,
    out: Path,
    *,
    device: str = "auto",
    resume: bool = False,
    channels: Pair | None = None,
    say: Log,
    on_batch: OnBatch | None = None,
) -> dict[str, Evaluation | None]:
    """Train, calibrate, evaluate and save a detector of each machine type.

    A joint network is trained once and serves every type that was asked for. A machine that is the
    only one of its type is told apart from MIMII's sixteen, by noise with their spectra.

    Args:
        roots: folders of recordings.
        machine_types: such as "fan"; the detector of a single type lies in `out` itself, those of
            several in folders of their types' names in it.
        recipe: what is trained how.
        out: the run's folder.
        device: "auto", "cpu", "cuda", ...
        resume: go on with a run that was stopped.
        channels: of every recording, where a second microphone hears the hall; without, each
            channel is trained on by itself.
        say: told in one line what was decided; the same lines go to `train.log`.
        on_batch: called with the name of the network being trained, its last epoch's report, the
            epoch, the most epochs there will be, and the seconds left of the run.

    Returns:
        For each type figures on the recordings outside the training split, if any is anomalous.

    Raises:
        UserError: there is too little to train from, or `out` holds something else.
    """
    folder, where = RunFolder(out), _device(device)
    asked = {
        "data": [str(Path(root).resolve()) for root in roots],
        "machine_type": ", ".join(machine_types),
        "recipe": as_dict(recipe),
        "channels": channels and channels.both,
    }
    decisions: list[str] = []
    joint = any(member.joint for member in recipe.members) or len(machine_types) > 1
    recordings = index(roots, None if joint else machine_types[0], decisions.append)
    if channels:
        recordings = [replace(recording, channel=channels) for recording in recordings]
    alone = is_alone(recordings, machine_types)
    for machine_type in [] if alone else machine_types:  # enough? before anything is decoded
        split_data(recordings, machine_type, log=lambda line: None)
    folder.begin(asked, resume=resume)  # only now: a mistake in the data leaves no folder behind

    def log(line: str) -> None:
        run_log.add(out, line)
        say(line)

    with folder.run.working():
        try:
            log(f"recipe {recipe.name}, {where}, {torch.get_num_threads()} threads")
            exact = any(member.training.precision == "float32" for member in recipe.members)
            if exact and gains_by_bfloat16(where):
                log("--precision bfloat16 would train the paper's network 1.6 times as fast here")
            for line in decisions:
                log(line)
            recordings = usable(recordings, machine_types, folder.decoded, log)
            if alone:
                recordings += _beside(recordings, machine_types[0], folder.decoded, log)
            splits = [split_data(recordings, each, log) for each in machine_types]
            trained = _train(folder, recipe, splits, recordings, where, log, on_batch)
            evaluations = {}
            for split in splits:
                into = out if len(splits) == 1 else out / split.machine_type
                of_type = trained[split.machine_type]
                detector, evaluation = assemble(split, recipe, of_type, folder.decoded, log)
                detector.save_pretrained(into)
                evaluations[split.machine_type] = evaluation
                if evaluation:
                    text = json.dumps(evaluation.as_dict(), indent=1, allow_nan=False) + "\n"
                    replace_file(into / "evaluation.json", text.encode())
                    log(f"figures outside the training split:\n{evaluation.as_table()}")
                log(f"saved: {into}")
            shutil.rmtree(folder.decoded)
            return evaluations
        except KeyboardInterrupt:
            log("stopped; continue it with --resume")
            raise
        except BaseException as error:
            run_log.add(out, f"failed: {type(error).__name__}: {error}")
            raise


def _beside(
    recordings: Sequence[Recording], machine_type: str, folder: Path, log: Log
) -> list[Recording]:
    """What a single machine is told apart from; of MIMII's machines, itself is none of them."""
    there = {recording.machine for recording in recordings}
    beside = others(folder / "others", machine_type, without=there)
    log(
        f"a single {machine_type}: told apart from {len({r.machine for r in beside})} machines of "
        "MIMII, by noise with their spectra (Hitachi, Ltd., CC BY-SA 4.0: pass on what is trained "
        "beside them under that licence only)"
    )
    return beside


def _train(
    folder: RunFolder,
    recipe: Recipe,
    splits: Sequence[DataSplit],
    recordings: Sequence[Recording],
    device: torch.device,
    log: Log,
    on_batch: OnBatch | None,
) -> dict[str, list[Trained]]:
    """All networks of a run, one after another, by the machine types that they serve."""
    trained: dict[str, list[Trained]] = {split.machine_type: [] for split in splits}
    networks = [
        (member, types, split)
        for member in recipe.members
        for types, split in network_splits(member, splits, recordings)
    ]
    time_left = TimeLeft(_expected(networks, device))
    for number, (member, types, split) in enumerate(networks, start=1):
        name = f"{types[0]}-{member.name}" if len(types) < len(splits) else member.name
        place = {"member": name, "network": number, "networks": len(networks)}
        progress = train_member(folder, place, split, member, device, time_left, log, on_batch)
        round_to_half(progress.network)
        in_nats = score_statistics(progress.network, member, split, log)
        made = Trained(member, split, progress.network, progress.epoch, in_nats)
        for machine_type in types:
            trained[machine_type].append(made)
    return trained


def _expected(
    networks: Sequence[tuple[MemberRecipe, tuple[str, ...], TrainValidationSplit]],
    device: torch.device,
) -> list[float]:
    """How the networks share the time of a run; tried where there are several."""
    if len(networks) == 1:
        return [1.0]
    return expected(
        [(member, len(split.machines), len(split.training)) for member, _, split in networks],
        device,
    )


def _device(name: str) -> torch.device:
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:
        raise UserError(f"There is no device {name!r} here; use --device cpu.") from error
    return torch.device(name)
