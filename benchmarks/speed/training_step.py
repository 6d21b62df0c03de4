"""Seconds per training step, and how ways of computing it compare, side by side.

python -m benchmarks.speed.training_step [--threads 2] [--repeats 7]

A step is 32 windows forward and backward and one step of Adam; of a line-spectrum network 32
segments, from their decoded samples to the step. Ratios, of seconds and of processor seconds, are
medians over the median of the first row; rows are measured in turn, so that a busy machine slows
all of them.
"""

from __future__ import annotations

import argparse
import copy
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from statistics import median
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap
from torch.nn.functional import conv2d, one_hot

from mimimi.config import MemberRecipe, NetworkConfig, Precision
from mimimi.data.augment import mixup, mixup_power
from mimimi.features.tensors import as_real, complex_spectrum, mean_power, normalised, windows
from mimimi.networks.complex_layers import ComplexConv2d, ComplexPReLU
from mimimi.recipes import recipe
from mimimi.training import loop
from mimimi.training.forward_pass import ForwardPass
from mimimi.training.heap import keep_freed_memory

BATCH, IDS = 32, 20
CPU = torch.device("cpu")
LAYER = ((7, 5), (2, 2), (3, 2))  # the network's heaviest


def gauss(layer: ComplexConv2d, x: Tensor) -> Tensor:
    """Three real convolutions, as it was before."""
    real, imag = x.chunk(2, dim=1)
    both = conv2d(real + imag, layer.real, **layer.geometry)
    cross_real = conv2d(real, layer.imag - layer.real, **layer.geometry)
    cross_imag = conv2d(imag, layer.real + layer.imag, **layer.geometry)
    return torch.cat((both - cross_imag, both + cross_real), dim=1)


@contextmanager
def as_before() -> Any:
    """Gauss, a channel after the other in memory, torch's own PReLU."""
    with (
        patch.object(ComplexConv2d, "forward", gauss),
        patch.object(ComplexPReLU, "forward", nn.PReLU.forward),
        patch.object(torch, "channels_last", torch.contiguous_format),
    ):
        yield


def network_step(
    config: NetworkConfig, precision: Precision, *, before: bool = False
) -> Callable[[], None]:
    member = MemberRecipe("complex", network=config)
    progress = loop.begin(IDS, member, CPU)
    forward = ForwardPass(progress.network, precision)
    x, labels = torch.randn(BATCH, 2, 513, 64), one_hot(torch.arange(BATCH) % IDS, IDS).float()

    def step() -> None:
        loop.step(progress, forward, x, labels)

    def earlier() -> None:
        with as_before():
            step()

    return earlier if before else step


def lines_step(*, kept: bool) -> Callable[[], None]:
    """Of a line-spectrum network: from samples, or from the spectra that are kept of them."""
    member = recipe("ensemble").members[1]
    progress = loop.begin(IDS, member, CPU)
    forward = ForwardPass(progress.network, "float32")
    front_end, alpha = member.front_end, member.training.augmentation.mixup_alpha
    sound = torch.randn(BATCH, front_end.segment_samples)
    labels, rng = one_hot(torch.arange(BATCH) % IDS, IDS).float(), np.random.default_rng(0)

    def transformed() -> Tensor:
        cut = [
            windows(as_real(normalised(complex_spectrum(one, front_end))), front_end.window_frames)
            for one in sound
        ]
        return torch.cat([of[0] for of in cut])

    power = mean_power(transformed())
    frames = front_end.window_frames

    def from_kept() -> None:
        mixed, soft = mixup_power(power, labels, alpha, rng, frames)
        loop.step(progress, forward, mixed, soft)

    def from_samples() -> None:
        mixed, soft = mixup(transformed(), labels, alpha, rng)
        loop.step(progress, forward, mean_power(mixed), soft)

    return from_kept if kept else from_samples


def four_steps(*, batched: bool) -> Callable[[], None]:
    """Of the ensemble's four line-spectrum networks: in turn, or as one batched network."""
    members = recipe("ensemble").members[1:]
    several = [loop.begin(IDS, member, CPU) for member in members]
    passes = [ForwardPass(progress.network, "float32") for progress in several]
    power, ids = torch.rand(BATCH, 1, 8001), torch.arange(BATCH) % IDS
    rng = np.random.default_rng(0)
    varied = [partial(loop.vary, member, power, ids, IDS, rng) for member in members]

    def in_turn() -> None:
        for progress, forward, vary in zip(several, passes, varied, strict=True):
            loop.step(progress, forward, *vary())

    weights, buffers = stack_module_state([progress.network for progress in several])
    one = copy.deepcopy(several[0].network).to("meta")
    optimiser = torch.optim.AdamW(weights.values(), lr=1e-3, weight_decay=1e-2)

    def loss(*of_one: Any) -> Tensor:
        own_weights, own_buffers, own_power, labels = of_one
        output = functional_call(one, (own_weights, own_buffers), (own_power,))
        return one.losses(output, labels)["total"]

    def at_once() -> None:
        drawn, labels = zip(*(vary() for vary in varied), strict=True)
        optimiser.zero_grad()
        vmap(loss)(weights, buffers, torch.stack(drawn), torch.stack(labels)).sum().backward()  # type: ignore[no-untyped-call]
        optimiser.step()

    return at_once if batched else in_turn


def convolution_step(kind: str) -> Callable[[], None]:
    layer = ComplexConv2d(45, 90, *LAYER)
    # A leaf of another layout would be copied at every step.
    order = torch.contiguous_format if kind in ("gauss", "native") else torch.channels_last
    x = torch.randn(8, 90, 257, 32).contiguous(memory_format=order).requires_grad_()

    def native() -> Tensor:
        z = torch.complex(*x.chunk(2, dim=1))
        return conv2d(z, torch.complex(layer.real, layer.imag), **layer.geometry)

    forward = {
        "stacked": lambda: layer(x),
        "gauss": lambda: gauss(layer, x),
        "gauss, channels side by side": lambda: gauss(layer, x),
        "native": native,
    }[kind]
    return lambda: forward().abs().sum().backward()


def compare(title: str, rows: dict[str, Callable[[], None]], repeats: int) -> None:
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in rows}
    for _ in range(repeats + 1):
        for name, step in rows.items():
            began = time.perf_counter(), time.process_time()
            step()
            took[name].append((time.perf_counter() - began[0], time.process_time() - began[1]))
    # The first warms up.
    medians = {
        name: [median(of) for of in zip(*some[1:], strict=True)] for name, some in took.items()
    }
    first, first_cpu = next(iter(medians.values()))
    print(title)
    for name, (seconds, cpu) in medians.items():
        ratios = f"{seconds / first:>7.2f}{cpu / first_cpu:>7.2f}"
        print(f"  {name:<38}{seconds:>8.3f} s{cpu:>8.3f} s CPU{ratios}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    keep_freed_memory()  # as `train` does
    print(f"{options.threads} threads, median of {options.repeats}, ratio to the first row")
    half, paper = NetworkConfig(width=0.5), NetworkConfig()
    for title, config in (
        ("training step of the paper's network, half its width", half),
        ("training step of the paper's network", paper),
    ):
        compare(
            title,
            {
                "as it is": network_step(config, "float32"),
                "as it was": network_step(config, "float32", before=True),
                "bfloat16 (--precision bfloat16)": network_step(config, "bfloat16"),
                "bfloat16, as it was": network_step(config, "bfloat16", before=True),
                "modulus norm": network_step(replace(config, norm="modulus"), "float32"),
            },
            options.repeats,
        )
    compare(
        "training step of a line-spectrum network",
        {
            "spectra kept": lines_step(kept=True),
            "spectra made anew, as it was": lines_step(kept=False),
        },
        options.repeats,
    )
    compare(
        "training step of four line-spectrum networks",
        {
            "in turn (used)": four_steps(batched=False),
            "one batched network (torch.func)": four_steps(batched=True),
        },
        options.repeats,
    )
    compare(
        "complex convolution of block 2, forward and backward, 8 windows",
        {
            "one with the stacked matrix (used)": convolution_step("stacked"),
            "three (Gauss)": convolution_step("gauss"),
            "three, channels side by side": convolution_step("gauss, channels side by side"),
            "native complex64": convolution_step("native"),
        },
        options.repeats,
    )


if __name__ == "__main__":
    main()
