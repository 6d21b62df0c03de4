"""The training loop, top to bottom: normal sounds only, machine ids as classes."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from mimimi.config import MemberRecipe, TrainingConfig
from mimimi.data.augment import augment
from mimimi.data.training_set import TrainingSet
from mimimi.networks.build import Network, build
from mimimi.training.progress import Progress


@dataclass(frozen=True)
class EpochReport:
    """One epoch of one member in figures; losses are mean cross-entropies in nats."""

    member: str
    epoch: int
    epochs: int
    loss_total: float
    loss_magnitude: float | None  # of a network that has such a branch
    loss_complex: float | None
    heldout_loss: float | None
    heldout_accuracy: float | None  # share of held-out windows whose id is recognised
    best_epoch: int
    windows_per_second: float
    seconds: float


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
    heldout: TrainingSet | None,
    device: torch.device,
    on_batch: Callable[[int, int], None],
    on_epoch: Callable[[Progress, EpochReport], None],
) -> None:
    """Train until the last epoch or until patience is at its end; go on where `progress` stands.

    Args:
        progress: changed in place; at the end `best_weights` are those of the best epoch.
        recipe: what is trained how.
        training_set: normal sounds.
        heldout: normal sounds of other recordings, for patience; without them, and with a
            cosine schedule, the last epoch's weights are kept.
        device: where it is trained.
        on_batch: called with the epoch and the windows done in it.
        on_epoch: called after each epoch, to save and to tell.

    Source: Kim et al. 2021; optimiser, batch, epochs and patience as in the project's brief.
    """
    network, plan = progress.network, recipe.training
    while progress.epoch < plan.epochs and progress.epoch - progress.best_epoch < plan.patience:
        began, done = time.monotonic(), 0
        epoch = progress.epoch + 1
        rng = np.random.default_rng([plan.seed, epoch])
        losses: dict[str, Tensor] = {}
        _set_rate(progress.optimiser, plan, progress.epoch)
        network.train()
        for spectrum, ids in training_set.batches(
            plan.batch_size,
            device,
            rng,
            random_start=plan.augmentation.random_start,
            random_polarity=plan.augmentation.random_polarity,
        ):
            if len(spectrum) < 2:
                continue  # one window has no batch statistics worth learning from
            spectrum, labels = augment(
                spectrum, ids, training_set.n_classes, plan.augmentation, rng
            )
            with torch.autocast(device.type, torch.bfloat16, enabled=plan.precision == "bfloat16"):
                output = network(spectrum)
            by_branch = network.losses(output, labels)
            progress.optimiser.zero_grad()
            torch.stack(list(by_branch.values())).sum().backward()  # type: ignore[no-untyped-call]
            progress.optimiser.step()
            for branch, of_branch in by_branch.items():
                losses[branch] = losses.get(branch, 0.0) + of_branch.detach() * len(spectrum)
            done += len(spectrum)
            on_batch(epoch, done)
        duration = time.monotonic() - began
        mean_losses = {branch: float(loss) / max(done, 1) for branch, loss in losses.items()}
        loss, accuracy = _measure(network, heldout, plan.batch_size, device)
        progress.epoch = epoch
        if loss is None or plan.schedule == "cosine" or loss < progress.best_loss:
            progress.best_epoch = epoch
            progress.best_loss = progress.best_loss if loss is None else loss
            progress.best_weights = copy.deepcopy(network.state_dict())
        report = EpochReport(
            member=recipe.name,
            epoch=epoch,
            epochs=plan.epochs,
            loss_total=mean_losses.get("total", 0.0),
            loss_magnitude=mean_losses.get("magnitude"),
            loss_complex=mean_losses.get("complex"),
            heldout_loss=loss,
            heldout_accuracy=accuracy,
            best_epoch=progress.best_epoch,
            windows_per_second=done / duration,
            seconds=time.monotonic() - began,
        )
        on_epoch(progress, report)
    network.load_state_dict(progress.best_weights)
    network.eval()


def _set_rate(optimiser: torch.optim.AdamW, plan: TrainingConfig, epochs_done: int) -> None:
    falling = (1 + math.cos(math.pi * epochs_done / plan.epochs)) / 2
    for group in optimiser.param_groups:
        group["lr"] = plan.learning_rate * (falling if plan.schedule == "cosine" else 1.0)


@torch.inference_mode()
def _measure(
    network: Network, heldout: TrainingSet | None, batch_size: int, device: torch.device
) -> tuple[float | None, float | None]:
    """Mean cross-entropy and share of windows recognised, on held-out normal sounds."""
    if heldout is None:
        return None, None
    network.eval()
    loss, right, done = 0.0, 0, 0
    for spectrum, ids in heldout.batches(batch_size, device):
        logits = network(spectrum).total
        loss += float(cross_entropy(logits, ids, reduction="sum"))
        right += int((logits.argmax(dim=1) == ids).sum())
        done += len(ids)
    return loss / done, right / done
