"""The training of one network of a run: its data, where it goes on, and what is told of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import torch

from mimimi.config import MemberRecipe
from mimimi.data.index import Recording
from mimimi.data.power_set import PowerSet
from mimimi.data.training_set import TrainingSet
from mimimi.networks.architecture import reads_lines
from mimimi.terminal import Log
from mimimi.training import loop
from mimimi.training.epoch import EpochReport
from mimimi.training.pace import TimeLeft
from mimimi.training.progress import Progress
from mimimi.training.run_folder import RunFolder
from mimimi.training.split import TrainValidationSplit

OnBatch = Callable[[str, EpochReport | None, int, int, float], None]


def train_member(
    folder: RunFolder,
    place: dict[str, Any],
    split: TrainValidationSplit,
    recipe: MemberRecipe,
    device: torch.device,
    time_left: TimeLeft,
    log: Log,
    on_batch: OnBatch | None,
) -> Progress:
    """Train a network, or go on with it.

    Args:
        folder: of the run.
        place: its name, and which of how many it is: `member`, `network`, `networks`.
        split: its training and validation set.
        recipe: what is trained how.
        device: where it is trained.
        time_left: of the run.
        log: told what was decided, and each epoch.
        on_batch: see `make_detectors`.
    """
    name, epochs = place["member"], recipe.training.epochs

    def decoded(recordings: Sequence[Recording]) -> TrainingSet:
        kind = PowerSet if reads_lines(recipe.network) else TrainingSet
        return kind(recordings, split.machines, recipe.front_end, folder.decoded, log)

    log(
        f"{name}: {len(split.machines)} machines, {len(split.training)} recordings in the "
        f"training set, {len(split.validation)} in the validation set"
    )
    training_set = decoded(split.training)
    validation_set = decoded(split.validation) if split.validation else None
    size = sum(file.stat().st_size for file in folder.decoded.iterdir())
    log(
        f"{len(training_set.used)} recordings, {training_set.seconds / 60:.1f} minutes counted by "
        f"channel; {size / 1e6:.0f} MB of decoded sound until the run ends"
    )
    progress = loop.begin(len(split.machines), recipe, device)
    folder.load(name, progress)
    if progress.epoch:
        log(f"resumed after epoch {progress.epoch}")
    windows_an_epoch = (
        training_set.seconds / recipe.front_end.window_samples * recipe.front_end.sample_rate
    )
    began, first, report = time.monotonic(), progress.epoch, None

    def batch_done(epoch: int, windows: int) -> None:
        done = epoch - 1 + min(1.0, windows / windows_an_epoch)
        whole = epochs * (time.monotonic() - began) / (done - first)
        share, left = time_left.of(place["network"], done / epochs, whole)
        folder.metrics.now_and_then(
            **place,
            epoch=epoch,
            epochs=epochs,
            windows=windows,
            share=round(share, 4),
            seconds_left=round(left),
        )
        if on_batch:
            on_batch(name, report, epoch, epochs, left)

    def epoch_done(progress: Progress, done: EpochReport) -> None:
        nonlocal report
        report = done
        # Told first: on resuming, a line too many is cut off, and one too few would be missing.
        share, _ = time_left.of(place["network"], done.epoch / epochs, whole=0.0)
        folder.metrics.add(**asdict(done) | place, share=round(share, 4))
        folder.save(name, progress)
        log(str(done))

    loop.train(progress, recipe, training_set, validation_set, device, batch_done, epoch_done)
    log(f"{progress.epoch} epochs; the weights of epoch {progress.best_epoch} are kept")
    return progress
