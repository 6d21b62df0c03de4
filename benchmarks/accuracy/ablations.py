"""The paper's network with one thing taken away or exchanged at a time.

One small network for all machines of a corpus, trained from scratch for each variant with nothing
but the losses of the branches that are left: a branch that is merely not looked at would still
have shaped the layers below it. The score of a clip is the mean cross-entropy of its windows.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from benchmarks.accuracy.clips import Clips, Scores
from mimimi import audio
from mimimi.config import Augmentation, FrontEnd, NetworkConfig
from mimimi.data.augment import augment
from mimimi.data.training_set import TrainingSet
from mimimi.detector.member import window_scores
from mimimi.features.segments import split
from mimimi.features.tensors import as_real, complex_spectrum, normalised, windows
from mimimi.networks.detector_network import DetectorNetwork

DECODED = Path("runs/decoded")
ALL = ("magnitude", "complex", "total")


@dataclass(frozen=True)
class Plan:
    """How long and how wide: set by what a busy processor does in an hour."""

    width: float = 0.25
    steps: int = 300
    batch_size: int = 16  # windows
    learning_rate: float = 1e-3  # Adam

    def __str__(self) -> str:
        return (
            f"one network for all machines, {self.width:g} of the paper's width, {self.steps} "
            f"steps of {self.batch_size} windows, Adam {self.learning_rate:g}, last weights"
        )


class Variant(NamedTuple):
    """What is left of the network; the score is the last branch's."""

    title: str
    branches: tuple[str, ...] = ALL
    attends: bool = True
    phase: bool = True  # of the network's input
    config: NetworkConfig = NetworkConfig()


VARIANTS = {
    "both": Variant("both branches, attention (the paper: split norm, softmax)"),
    "magnitude-only": Variant("magnitude branch only", ("magnitude",)),
    "complex-only": Variant("complex branch only", ("complex",)),
    "no-attention": Variant("both branches, no attention", attends=False),
    "sigmoid": Variant("both, sigmoid attention", config=NetworkConfig(attention="sigmoid")),
    "modulus": Variant("both, modulus norm", config=NetworkConfig(norm="modulus")),
    "no-phase": Variant("both, phase removed from the input", phase=False),
    "complex-no-phase": Variant(
        "complex branch only, phase removed from the input", ("complex",), phase=False
    ),
}


class NoAttention(nn.Module):
    """Weights of zero: F_out = (1 + 0) F_t."""

    def forward(self, features: Tensor) -> Tensor:
        return features.new_zeros(features.shape[:2])


def without_phase(spectrum: Tensor) -> Tensor:
    """The magnitude as real part, no imaginary one: `(batch, 2, frequency, time)` to the same."""
    magnitude = torch.linalg.vector_norm(spectrum, dim=1)
    return torch.stack((magnitude, torch.zeros_like(magnitude)), dim=1)


class Ablated(nn.Module):
    """The network of a variant; to logits by branch, the one that is judged last."""

    def __init__(self, n_ids: int, variant: Variant, width: float) -> None:
        super().__init__()
        self.n_ids, self.variant = n_ids, variant
        self.network = DetectorNetwork(n_ids, replace(variant.config, width=width))
        if not variant.attends:
            self.network.attention = NoAttention()  # type: ignore[assignment]

    def forward(self, spectrum: Tensor) -> list[Tensor]:
        output = self.network(spectrum if self.variant.phase else without_phase(spectrum))
        return [getattr(output, branch) for branch in self.variant.branches]


def train(clips: Clips, variant: Variant, plan: Plan, seed: int) -> Ablated:
    torch.manual_seed(seed)
    network = Ablated(len(clips.machines), variant, plan.width).train()
    optimiser = torch.optim.Adam(network.parameters(), lr=plan.learning_rate)
    training_set = TrainingSet(
        clips.learn, clips.machines, FrontEnd(), DECODED / clips.root.name, log=print
    )
    rng = np.random.default_rng(seed)
    step = 0
    while step < plan.steps:
        for spectrum, ids in training_set.batches(
            plan.batch_size, torch.device("cpu"), rng, random_start=True, random_polarity=True
        ):
            spectrum, labels = augment(spectrum, ids, network.n_ids, Augmentation(), rng)
            losses = [cross_entropy(logits, labels) for logits in network(spectrum)]
            optimiser.zero_grad()
            torch.stack(losses).sum().backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            step += 1
            if step == plan.steps:
                break
    return network.eval()


@torch.inference_mode()
def score(network: Ablated, clips: Clips) -> Scores:
    """Mean cross-entropy of each clip's own machine, over the windows of its segments."""
    front_end, scores = FrontEnd(), {}
    for recording in clips.report:
        segments = split(audio.read(recording.path), front_end)
        samples = np.stack([segment.samples for segment in segments])
        spectrum = as_real(normalised(complex_spectrum(samples, front_end)))
        logits = network(windows(spectrum, front_end.window_frames).flatten(0, 1))[-1]
        own = clips.machines.index(recording.machine)
        scores[clips.name(recording)] = float(window_scores(logits.numpy())[:, own].mean())
    return scores


def ablation(variant: Variant, plan: Plan) -> Callable[[Clips, int], Scores]:
    """A variant as a system to be measured."""
    return lambda clips, seed: score(train(clips, variant, plan, seed), clips)


def seconds_per_step(plan: Plan, n_ids: int, repeats: int = 3) -> tuple[float, float]:
    """Processor time and time by the clock of a step of the whole network: the fastest of a few."""
    network = Ablated(n_ids, VARIANTS["both"], plan.width)
    x, y = torch.randn(plan.batch_size, 2, 513, 64), torch.arange(plan.batch_size) % n_ids
    times = []
    for _ in range(repeats):
        began, by_clock = time.process_time(), time.monotonic()
        losses = [cross_entropy(logits, y) for logits in network(x)]
        torch.stack(losses).sum().backward()  # type: ignore[no-untyped-call]
        times.append((time.process_time() - began, time.monotonic() - by_clock))
    return min(times)
