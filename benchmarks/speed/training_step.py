"""Seconds per training step, and how ways of computing it compare, side by side.

python -m benchmarks.speed.training_step [--threads 2] [--repeats 7]

A step is 32 windows forward and backward and one step of Adam. Ratios are medians over the median
of the first row; rows are measured in turn, so that a busy machine slows all of them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median

import torch
from torch.nn.functional import conv2d, cross_entropy

from mimimi.config import NetworkConfig
from mimimi.networks.complex_layers import ComplexConv2d
from mimimi.networks.detector_network import DetectorNetwork

BATCH, IDS = 32, 8


def network_step(config: NetworkConfig, precision: torch.dtype) -> Callable[[], None]:
    network = DetectorNetwork(IDS, config)
    optimiser = torch.optim.Adam(network.parameters())
    x, ids = torch.randn(BATCH, 2, 513, 64), torch.randint(0, IDS, (BATCH,))

    def step() -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == torch.bfloat16):
            output = network(x)
        branches = (output.magnitude, output.complex, output.total)
        loss = sum(cross_entropy(branch.float(), ids) for branch in branches)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[union-attr]
        optimiser.step()

    return step


def convolution_step(kind: str) -> Callable[[], None]:
    layer = ComplexConv2d(45, 90, (7, 5), (2, 2), (3, 2))  # the network's heaviest
    x = torch.randn(8, 90, 257, 32, requires_grad=True)

    def gauss() -> torch.Tensor:
        convolved: torch.Tensor = layer(x)
        return convolved

    def four() -> torch.Tensor:
        real, imag = x.chunk(2, dim=1)
        rr, ri = (conv2d(real, w, **layer.geometry) for w in (layer.real, layer.imag))
        ir, ii = (conv2d(imag, w, **layer.geometry) for w in (layer.real, layer.imag))
        return torch.cat((rr - ii, ri + ir), dim=1)

    def stacked() -> torch.Tensor:
        upper = torch.cat((layer.real, -layer.imag), dim=1)
        lower = torch.cat((layer.imag, layer.real), dim=1)
        return conv2d(x, torch.cat((upper, lower)), **layer.geometry)

    def native() -> torch.Tensor:
        z = torch.complex(*x.chunk(2, dim=1))
        return conv2d(z, torch.complex(layer.real, layer.imag), **layer.geometry)

    forward = {"gauss": gauss, "four": four, "stacked": stacked, "native": native}[kind]
    return lambda: forward().abs().sum().backward()  # type: ignore[no-untyped-call]


def compare(title: str, rows: dict[str, Callable[[], None]], repeats: int) -> None:
    seconds: dict[str, list[float]] = {name: [] for name in rows}
    for _ in range(repeats + 1):
        for name, step in rows.items():
            began = time.perf_counter()
            step()
            seconds[name].append(time.perf_counter() - began)
    medians = {name: median(times[1:]) for name, times in seconds.items()}  # the first warms up
    first = next(iter(medians.values()))
    print(title)
    for name, value in medians.items():
        print(f"  {name:<44}{value:>8.3f} s{value / first:>8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(f"{options.threads} threads, median of {options.repeats}, ratio to the first row")
    paper, modulus = NetworkConfig(), NetworkConfig(norm="modulus")
    compare(
        "training step, 32 windows, 8 ids",
        {
            "float32": network_step(paper, torch.float32),
            "bfloat16 (--precision bfloat16)": network_step(paper, torch.bfloat16),
            "float32, modulus norm": network_step(modulus, torch.float32),
        },
        options.repeats,
    )
    compare(
        "complex convolution of block 2, forward and backward, 8 windows",
        {
            "three real convolutions (Gauss; used)": convolution_step("gauss"),
            "four real convolutions": convolution_step("four"),
            "one convolution with the stacked matrix": convolution_step("stacked"),
            "native complex64": convolution_step("native"),
        },
        options.repeats,
    )


if __name__ == "__main__":
    main()
