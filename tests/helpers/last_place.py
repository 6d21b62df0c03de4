"""What another processor makes of the simulator: the same sound with another last place."""

from __future__ import annotations

import numpy as np
import pytest

from mimimi.simulate import clip


def alter_simulated(patch: pytest.MonkeyPatch) -> None:
    """Move every sample of every simulated clip by up to one step of 16 bits."""

    def altered(*args, parts=clip.simulate_parts, **options) -> tuple[np.ndarray, np.ndarray]:
        machine, noise = parts(*args, **options)
        steps = np.random.default_rng(len(machine)).integers(-1, 2, len(machine)) / 2**15
        return machine, noise + steps.astype(np.float32)

    patch.setattr(clip, "simulate_parts", altered)
