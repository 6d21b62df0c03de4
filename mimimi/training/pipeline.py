"""A run: from folders of recordings to saved, calibrated, evaluated detectors."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from mimimi.config import MemberRecipe, Recipe
from mimimi.data.index import index
from mimimi.data.training_set import TrainingSet
from mimimi.errors import UserError
from mimimi.evaluation import Evaluation
from mimimi.files import replace_file
from mimimi.recipes import as_dict
from mimimi.training import loop as training
from mimimi.training.assembly import Trained, assemble, round_to_half, score_statistics
from mimimi.training.loop import EpochReport, Progress
from mimimi.training.run_folder import RunFolder
from mimimi.training.split import Log, TrainValidationSplit, learnt_by, plan

OnBatch = Callable[[str, EpochReport | None, int, int, float], None]


def make_detectors(
    roots: Sequence[Path],
    machine_types: Sequence[str],
    recipe: Recipe,
    out: Path,
    *,
    device: str = "auto",
    resume: bool = False,
    say: Log,
    on_batch: OnBatch | None = None,
) -> dict[str, Evaluation | None]:
    """Train, calibrate, evaluate and save a detector of each machine type.

    A joint network is trained once and serves every type that was asked for.

    Args:
        roots: folders of recordings.
        machine_types: such as "fan"; the detector of a single type lies in `out` itself, those of
            several in folders of their types' names in it.
        recipe: what is trained how.
        out: the run's folder.
        device: "auto", "cpu", "cuda", ...
        resume: go on with a run that was stopped.
        say: told in one line what was decided; the same lines go to `train.log`.
        on_batch: called with the name of the network being trained, its last epoch's report, the
            epoch, the epochs planned, and the seconds left for this network.

    Returns:
        For each type figures on the recordings outside the training split, if any is anomalous.

    Raises:
        UserError: there is too little to train from, or `out` holds something else.
    """
    folder = RunFolder(out)
    where = _device(device)
    asked = {
        "data": [str(Path(root).resolve()) for root in roots],
        "machine_type": ", ".join(machine_types),
        "recipe": as_dict(recipe),
    }
    decisions: list[str] = []
    joint = any(member.joint for member in recipe.members) or len(machine_types) > 1
    recordings = index(roots, None if joint else machine_types[0], decisions.append)
    plans = [plan(recordings, machine_type, decisions.append) for machine_type in machine_types]
    folder.begin(asked, resume=resume)  # only now: a mistake in the data leaves no folder behind

    def log(line: str) -> None:
        folder.log(line)
        say(line)

    try:
        log(f"recipe {recipe.name}, {where}, {torch.get_num_threads()} threads")
        for line in decisions:
            log(line)
        trained: dict[str, list[Trained]] = {machine_type: [] for machine_type in machine_types}
        networks = [
            (member, types, division)
            for member in recipe.members
            for types, division in learnt_by(member, plans, recordings)
        ]
        for number, (member, types, division) in enumerate(networks, start=1):
            several = len(plans) > 1 and not member.joint
            name = f"{types[0]}-{member.name}" if several else member.name
            place = {"member": name, "network": number, "networks": len(networks)}
            progress = _train(folder, place, division, member, where, log, on_batch)
            round_to_half(progress.network)
            in_nats = score_statistics(progress.network, member, division, log)
            made = Trained(member, division, progress.network, progress.epoch, in_nats)
            for machine_type in types:
                trained[machine_type].append(made)
        evaluations = {}
        for of_type in plans:
            into = out if len(plans) == 1 else out / of_type.machine_type
            detector, evaluation = assemble(
                of_type, recipe, trained[of_type.machine_type], folder.decoded, log
            )
            detector.save_pretrained(into)
            evaluations[of_type.machine_type] = evaluation
            if evaluation:
                text = json.dumps(evaluation.as_dict(), indent=1, allow_nan=False) + "\n"
                replace_file(into / "evaluation.json", text.encode())
                log(f"figures on recordings outside the training split:\n{evaluation.as_table()}")
            log(f"saved: {into}")
        shutil.rmtree(folder.decoded)
        folder.state("finished")
        return evaluations
    except KeyboardInterrupt:
        folder.state("stopped")
        log("stopped; go on with --resume")
        raise
    except BaseException as error:
        folder.state("failed", error=f"{type(error).__name__}: {error}")
        folder.log(f"failed: {type(error).__name__}: {error}")
        raise


def _train(
    folder: RunFolder,
    place: dict[str, Any],
    division: TrainValidationSplit,
    recipe: MemberRecipe,
    device: torch.device,
    log: Log,
    on_batch: OnBatch | None,
) -> Progress:
    """Train one network; `place` says in each line of metrics which of how many it is."""
    name, front_end = place["member"], recipe.front_end
    log(
        f"{name}: {len(division.machines)} machines, {len(division.learn)} recordings to learn "
        f"from, {len(division.patience)} held out for patience"
    )
    learn = TrainingSet(division.learn, division.machines, front_end, folder.decoded, log)
    patience = (
        TrainingSet(division.patience, division.machines, front_end, folder.decoded, log)
        if division.patience
        else None
    )
    size = sum(file.stat().st_size for file in folder.decoded.iterdir())
    log(
        f"{len(learn.used)} recordings, {learn.seconds / 60:.1f} minutes counted by channel; "
        f"{size / 1e6:.0f} MB of decoded sound until the run ends"
    )
    progress = training.begin(len(division.machines), recipe, device)
    folder.load(name, progress)
    if progress.epoch:
        log(f"resumed after epoch {progress.epoch}")
    epochs = recipe.training.epochs
    total = learn.seconds / front_end.window_samples * front_end.sample_rate
    began, first, report = time.monotonic(), progress.epoch, None

    def batch_done(epoch: int, windows: int) -> None:
        share = min(1.0, windows / total)
        done = epoch - 1 + share - first
        left = (epochs - first - done) * (time.monotonic() - began) / done
        folder.metric_now_and_then(
            **place, epoch=epoch, epochs=epochs, windows=windows, seconds_left=round(left)
        )
        if on_batch:
            on_batch(name, report, epoch, epochs, left)

    def epoch_done(progress: Progress, done: EpochReport) -> None:
        nonlocal report
        report = done
        # Told first: on resuming, a line too many is cut off, and one too few would be missing.
        folder.metric(**asdict(done) | place)
        folder.save(name, progress)
        losses = {"magnitude": done.loss_magnitude, "complex": done.loss_complex}
        branches = [f"{branch} {loss:.3f}, " for branch, loss in losses.items() if loss is not None]
        heldout = (
            f"held out {done.heldout_loss:.3f}, recognised {done.heldout_accuracy:.0%}"
            if done.heldout_loss is not None
            else "nothing held out"
        )
        log(
            f"epoch {done.epoch}/{done.epochs}: loss {''.join(branches)}total "
            f"{done.loss_total:.3f}; {heldout}; best epoch {done.best_epoch}; "
            f"{done.windows_per_second:.0f} windows/s"
        )

    training.train(progress, recipe, learn, patience, device, batch_done, epoch_done)
    log(f"{progress.epoch} epochs; the weights of epoch {progress.best_epoch} are kept")
    return progress


def _device(name: str) -> torch.device:
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:
        raise UserError(f"There is no device {name!r} here; use --device cpu.") from error
    return torch.device(name)
