"""How long a run takes: tried for a moment on noise, then corrected by how it goes."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from mimimi.config import MemberRecipe
from mimimi.features.tensors import as_real, complex_spectrum, normalised, windows
from mimimi.networks.architecture import reads_lines
from mimimi.training import loop
from mimimi.training.forward_pass import ForwardPass

_BATCH = 4  # windows; the time of a batch grows with their number
_BATCHES = 2  # beside the first one, which warms up


def seconds_a_window(member: MemberRecipe, machines: int, device: torch.device) -> float:
    """What a window costs in the training of a network, from its spectrum to the weights.

    Args:
        member: whose network it is.
        machines: to tell apart.
        device: where it is trained.

    Example:
        >>> from mimimi.recipes import recipe
        >>> member = recipe("ensemble").members[1]
        >>> 0 < seconds_a_window(member, 2, torch.device("cpu")) < 10
        True
    """
    progress, front_end = loop.begin(machines, member, device), member.front_end
    rng = np.random.default_rng(0)
    with torch.random.fork_rng(devices=[]):
        noise = torch.randn(front_end.segment_samples).to(device)
    ids = torch.arange(_BATCH, device=device) % machines
    forward = ForwardPass(progress.network, member.training.precision)
    spent = []
    for _ in range(1 + _BATCHES):
        began = time.monotonic()
        batch = _windows(noise, member)
        varied, labels = loop.vary(member, batch, ids, machines, rng)
        loop.step(progress, forward, varied, labels)
        spent.append((time.monotonic() - began) / len(batch))
    return min(spent[1:])


def _windows(samples: Tensor, member: MemberRecipe) -> Tensor:
    """A batch of what a network reads; where spectra are kept, making them takes no time."""
    front_end = member.front_end
    if reads_lines(member.network):
        return samples[: front_end.n_frequencies].square().repeat(_BATCH, 1, 1)
    spectrum = as_real(normalised(complex_spectrum(samples, front_end)))
    return windows(spectrum, front_end.window_frames)[0][:_BATCH]


def expected(
    members: Sequence[tuple[MemberRecipe, int, float]], device: torch.device
) -> list[float]:
    """Seconds that the networks of a run will take one after another.

    Args:
        members: of each network its recipe, the machines it tells apart, and the seconds of sound
            in its training and validation set, counted by channel.
        device: where they are trained.
    """
    known: dict[tuple[object, ...], float] = {}
    found = []
    for member, machines, seconds in members:
        kind = (member.network, member.front_end, machines)
        if kind not in known:
            known[kind] = seconds_a_window(member, machines, device)
        shortest = member.front_end.window_samples / member.front_end.sample_rate
        found.append(member.training.epochs * seconds / shortest * known[kind])
    return found


def gains_by_bfloat16(device: torch.device) -> bool:
    """Whether trainings are faster in bfloat16 here: on processors that multiply in it themselves.

    A run needs 1.6 times less of one for the paper's network, cutting of windows included; other
    processors are slowed, and a GPU then waits for its processor (docs/results.md). Of ARM's
    nothing was measured, so they are not named.

    Args:
        device: where networks are trained.
    """
    able = torch.cpu.get_capabilities()
    return device.type == "cpu" and bool(able.get("avx512_bf16") or able.get("amx_bf16"))


class TimeLeft:
    """How far a run is, over all its networks, and how long it still takes.

    Args:
        expected: what each network takes, in any unit.

    Example:
        >>> left = TimeLeft([10.0, 30.0])
        >>> left.of(1, share=0.5, whole=20.0)  # twice as long as was thought
        (0.125, 70.0)
    """

    def __init__(self, expected: Sequence[float]) -> None:
        self._expected = list(expected)

    def of(self, network: int, share: float, whole: float) -> tuple[float, float]:
        """The share that is done of the run, and the seconds that are left of it.

        Args:
            network: that is trained, counted from 1.
            share: of it that is done.
            whole: seconds that all of it takes, as it goes.
        """
        before, this = sum(self._expected[: network - 1]), self._expected[network - 1]
        later = sum(self._expected[network:])
        done = (before + share * this) / (before + this + later)
        return done, whole * (1 - share + later / this)
