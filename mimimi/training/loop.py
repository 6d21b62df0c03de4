"""The training loop, top to bottom: normal sounds only, machine ids as classes."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from mimimi.config import MemberRecipe, TrainingConfig
from mimimi.data.augment import augment, augment_power
from mimimi.data.training_set import TrainingSet
from mimimi.networks.architecture import reads_lines
from mimimi.networks.build import Network, build
from mimimi.training.epoch import EpochReport
from mimimi.training.forward_pass import ForwardPass
from mimimi.training.progress import Progress


def begin(n_classes: int, recipe: MemberRecipe, device: torch.device) -> Progress:
    """A network with its first weights, drawn by the recipe's seed on the CPU.

    Args:
        n_classes: number of machines to tell apart.
        recipe: what is trained how.
        device: where it is trained.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.training.seed)
        network = build(n_classes, recipe.network)
    network.to(device)
    if device.type == "cuda":  # or a run could not be resumed bit for bit
        torch.backends.cudnn.deterministic = True
    optimiser = torch.optim.AdamW(
        network.parameters(),
        lr=recipe.training.learning_rate,
        weight_decay=recipe.training.weight_decay,
    )
    return Progress(network, optimiser)


def train(
    progress: Progress,
    recipe: MemberRecipe,
    training_set: TrainingSet,
    validation_set: TrainingSet | None,
    device: torch.device,
    on_batch: Callable[[int, int], None],
    on_epoch: Callable[[Progress, EpochReport], None],
) -> None:
    """Train until the last epoch or until patience is at its end; go on where `progress` stands.

    Args:
        progress: changed in place; at the end `best_weights` are those of the best epoch.
        recipe: what is trained how.
        training_set: normal sounds.
        validation_set: normal sounds of other recordings, to stop early; without them, and with a
            cosine schedule, the last epoch's weights are kept.
        device: where it is trained.
        on_batch: called with the epoch and the windows done in it.
        on_epoch: called after each epoch, to save and to tell.

    Source: Kim et al. 2021; optimiser, batch, epochs and patience as in the project's brief.
    """
    network, config = progress.network, recipe.training
    forward = ForwardPass(network, config.precision)
    while progress.epoch < config.epochs and progress.epoch - progress.best_epoch < config.patience:
        began, done = time.monotonic(), 0
        epoch = progress.epoch + 1
        rng = np.random.default_rng([config.seed, epoch])
        losses: dict[str, Tensor] = {}
        _set_learning_rate(progress.optimiser, config, progress.epoch)
        network.train()
        for spectrum, ids in training_set.batches(
            config.batch_size,
            device,
            rng,
            random_start=config.augmentation.random_start,
            random_polarity=config.augmentation.random_polarity,
        ):
            if len(spectrum) < 2:
                continue  # one window has no batch statistics worth learning from
            varied, labels = vary(recipe, spectrum, ids, training_set.n_classes, rng)
            by_branch = step(progress, forward, varied, labels)
            for branch, of_branch in by_branch.items():
                losses[branch] = losses.get(branch, 0.0) + of_branch.detach() * len(spectrum)
            done += len(spectrum)
            on_batch(epoch, done)
        duration = time.monotonic() - began
        mean_losses = {branch: float(loss) / max(done, 1) for branch, loss in losses.items()}
        loss, accuracy = _validate(network, validation_set, config.batch_size, device)
        progress.epoch = epoch
        if loss is None or config.schedule == "cosine" or loss < progress.best_loss:
            progress.best_epoch = epoch
            progress.best_loss = progress.best_loss if loss is None else loss
            progress.best_weights = copy.deepcopy(network.state_dict())
        report = EpochReport(
            member=recipe.name,
            epoch=epoch,
            epochs=config.epochs,
            loss_total=mean_losses.get("total", 0.0),
            loss_magnitude=mean_losses.get("magnitude"),
            loss_complex=mean_losses.get("complex"),
            validation_loss=loss,
            validation_accuracy=accuracy,
            best_epoch=progress.best_epoch,
            windows_per_second=done / duration,
            seconds=time.monotonic() - began,
        )
        on_epoch(progress, report)
    network.load_state_dict(progress.best_weights)
    network.eval()


def vary(
    recipe: MemberRecipe, spectrum: Tensor, ids: Tensor, n_classes: int, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """A batch as it is trained on, and its soft labels `(batch, classes)`.

    Args:
        recipe: says what is varied how much.
        spectrum: what its network reads.
        ids: class of each, `(batch,)`.
        n_classes: number of classes.
        rng: source of chance.
    """
    config = recipe.training.augmentation
    if reads_lines(recipe.network):
        return augment_power(spectrum, ids, n_classes, config, rng, recipe.front_end.window_frames)
    return augment(spectrum, ids, n_classes, config, rng)


def step(
    progress: Progress, forward: ForwardPass, spectrum: Tensor, labels: Tensor
) -> dict[str, Tensor]:
    """Learn from one batch; gives the loss of each branch.

    Args:
        progress: changed in place.
        forward: of its network.
        spectrum: what the network reads.
        labels: `(batch, classes)`, which may be soft.
    """
    by_branch = progress.network.losses(forward(spectrum), labels)
    progress.optimiser.zero_grad()
    torch.stack(list(by_branch.values())).sum().backward()  # type: ignore[no-untyped-call]
    progress.optimiser.step()
    return by_branch


def _set_learning_rate(
    optimiser: torch.optim.AdamW, config: TrainingConfig, epochs_done: int
) -> None:
    falling = (1 + math.cos(math.pi * epochs_done / config.epochs)) / 2
    for group in optimiser.param_groups:
        group["lr"] = config.learning_rate * (falling if config.schedule == "cosine" else 1.0)


@torch.inference_mode()
def _validate(
    network: Network, validation_set: TrainingSet | None, batch_size: int, device: torch.device
) -> tuple[float | None, float | None]:
    """Mean cross-entropy and share of windows recognised, on the validation set."""
    if validation_set is None:
        return None, None
    network.eval()
    loss, right, done = 0.0, 0, 0
    for spectrum, ids in validation_set.batches(batch_size, device):
        logits = network(spectrum).total
        loss += float(cross_entropy(logits, ids, reduction="sum"))
        right += int((logits.argmax(dim=1) == ids).sum())
        done += len(ids)
    return loss / done, right / done
