"""The training loop, top to bottom: normal sounds only, machine ids as classes."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from mimimi.config import Recipe
from mimimi.corpus.augment import augment
from mimimi.corpus.training_set import TrainingSet
from mimimi.network.detector_network import DetectorNetwork, NetworkOutput

BRANCHES = ("magnitude", "complex", "total")


@dataclass
class Progress:
    """Where a training stands after an epoch: all that is needed to go on with the next.

    No state of a random generator is in it: every draw is made from (seed, epoch).
    """

    network: DetectorNetwork
    optimiser: torch.optim.Adam
    epoch: int = 0  # epochs done
    best_epoch: int = 0
    best_loss: float = float("inf")  # of the total branch on held-out normal clips
    best_weights: dict[str, Tensor] = field(default_factory=dict)


@dataclass(frozen=True)
class EpochReport:
    """One epoch in figures; losses are mean cross-entropies in nats."""

    epoch: int
    epochs: int
    loss_magnitude: float
    loss_complex: float
    loss_total: float
    heldout_loss: float | None
    heldout_accuracy: float | None  # share of held-out windows whose id is recognised
    best_epoch: int
    windows_per_second: float
    seconds: float


def begin(n_ids: int, recipe: Recipe, device: torch.device) -> Progress:
    """A network with its first weights, drawn by the recipe's seed on the CPU.

    Args:
        n_ids: number of classes.
        recipe: what is trained how.
        device: where it is trained.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.training.seed)
        network = DetectorNetwork(n_ids, recipe.network)
    network.to(device)
    optimiser = torch.optim.Adam(network.parameters(), lr=recipe.training.learning_rate)
    return Progress(network, optimiser)


def train(
    progress: Progress,
    recipe: Recipe,
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
        heldout: normal sounds of other recordings, for patience; without them the last epoch's
            weights are kept.
        device: where it is trained.
        on_batch: called with the epoch and the windows done in it.
        on_epoch: called after each epoch, to save and to tell.

    Source: Kim et al. 2021: three cross-entropies; optimiser, batch, epochs and patience as in
    the project's brief. The weights of the three losses are stated nowhere: one each.
    """
    network, plan = progress.network, recipe.training
    while progress.epoch < plan.epochs and progress.epoch - progress.best_epoch < plan.patience:
        began, done = time.monotonic(), 0
        epoch = progress.epoch + 1
        rng = np.random.default_rng([plan.seed, epoch])
        losses = torch.zeros(len(BRANCHES), device=device)
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
            spectrum, labels = augment(spectrum, ids, network.n_ids, plan.augmentation, rng)
            with torch.autocast(device.type, torch.bfloat16, enabled=plan.precision == "bfloat16"):
                output = network(spectrum)
            branch_losses = _losses(output, labels)
            progress.optimiser.zero_grad()
            branch_losses.sum().backward()  # type: ignore[no-untyped-call]
            progress.optimiser.step()
            losses += branch_losses.detach() * len(spectrum)
            done += len(spectrum)
            on_batch(epoch, done)
        duration = time.monotonic() - began
        by_branch = (losses / max(done, 1)).tolist()
        loss, accuracy = _measure(network, heldout, plan.batch_size, device)
        progress.epoch = epoch
        if loss is None or loss < progress.best_loss:
            progress.best_epoch = epoch
            progress.best_loss = progress.best_loss if loss is None else loss
            progress.best_weights = copy.deepcopy(network.state_dict())
        report = EpochReport(
            epoch=epoch,
            epochs=plan.epochs,
            loss_magnitude=by_branch[0],
            loss_complex=by_branch[1],
            loss_total=by_branch[2],
            heldout_loss=loss,
            heldout_accuracy=accuracy,
            best_epoch=progress.best_epoch,
            windows_per_second=done / duration,
            seconds=time.monotonic() - began,
        )
        on_epoch(progress, report)
    network.load_state_dict(progress.best_weights)
    network.eval()


def _losses(output: NetworkOutput, labels: Tensor) -> Tensor:
    """Cross-entropies of the three branches, `(3,)`."""
    logits = (getattr(output, branch).float() for branch in BRANCHES)
    return torch.stack([cross_entropy(of_branch, labels) for of_branch in logits])


@torch.inference_mode()
def _measure(
    network: DetectorNetwork, heldout: TrainingSet | None, batch_size: int, device: torch.device
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
