"""What is trained how: named, complete, plain data."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

from mimimi.config import (
    LINE_SPECTRUM,
    Augmentation,
    LineSpectrumConfig,
    MemberRecipe,
    NetworkConfig,
    Recipe,
    TrainingConfig,
)
from mimimi.errors import UserError

_PAPER = MemberRecipe("paper")

# The paper's network at half its width, its first block striding by four, one for the machines of
# all types: it gives the ensemble its sense of time, of magnitude against phase, and its attention.
_COMPLEX = MemberRecipe(
    "complex",
    network=NetworkConfig(width=0.5, first_stride=4),
    training=TrainingConfig(learning_rate=1e-3, schedule="cosine", epochs=30),
    joint=True,
)


def _line_spectrum(seed: int) -> MemberRecipe:
    return MemberRecipe(
        f"lines-{seed}",
        front_end=LINE_SPECTRUM,
        network=LineSpectrumConfig(),
        training=TrainingConfig(
            learning_rate=1e-3,
            schedule="cosine",
            weight_decay=1e-2,
            epochs=60,
            holdout=0.01,  # a recording of each machine for validation, another for each member
            seed=seed,
            augmentation=Augmentation(
                mixup_alpha=0.5,
                mask_frequencies=0,
                mask_frames=0,
                noise_snr_db=None,
                shift_bins=0,
            ),
        ),
        joint=True,
    )


RECIPES = {
    # The paper as the project's brief has it.
    "paper": Recipe("paper", (_PAPER,)),
    # The most accurate one known; its networks were chosen on MIMII's held-out clips at -6 dB, how
    # memories count beside them on simulated machines.
    "ensemble": Recipe("ensemble", (_COMPLEX, *map(_line_spectrum, range(4))), memories=True),
}


def recipe(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        UserError: there is none.

    Example:
        >>> recipe("paper").members[0].training.learning_rate
        0.0001
    """
    try:
        return RECIPES[name]
    except KeyError:
        known = ", ".join(RECIPES)
        raise UserError(f"There is no recipe {name!r}; choose one of: {known}.") from None


def changed(chosen: Recipe, *, seed: int = 0, **fields: Any) -> Recipe:
    """The same recipe with another training of each member.

    Args:
        chosen: the recipe.
        seed: of all that is left to chance; members, told apart by their own, stay apart.
        fields: of `TrainingConfig`.

    Example:
        >>> [m.training.seed for m in changed(recipe("ensemble"), seed=2).members]
        [200, 200, 201, 202, 203]
    """

    def again(training: TrainingConfig) -> TrainingConfig:
        return replace(training, seed=training.seed + 100 * seed, **fields)

    return replace(
        chosen, members=tuple(replace(m, training=again(m.training)) for m in chosen.members)
    )


def as_dict(chosen: Recipe) -> dict[str, Any]:
    """A recipe as JSON types, to be written down beside what it made."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(chosen)))
    return plain
