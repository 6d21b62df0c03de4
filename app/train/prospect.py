"""What to expect of a training before it is begun: how long it takes, and how good it gets."""

from __future__ import annotations

import streamlit as st

from mimimi.data.other_machines import spectra
from mimimi.data.pieces import PIECE
from mimimi.jobs import on_ray
from mimimi.recipes import RECIPES
from mimimi.training.checks import DataCheck
from mimimi.training.split import is_alone
from texts import on_train
from train.recordings import Chosen


def of(chosen: Chosen, checked: DataCheck, recipe: str) -> str:
    """Time and quality, in words."""
    helpers = [r for r in chosen.recordings if r.helper and r.split == "train"]
    others, clips = len({r.machine_id for r in helpers}), len(helpers)
    alone = is_alone(chosen.recordings, [chosen.machine_type])
    if alone:
        others, clips = len(spectra()), sum(map(len, spectra().values()))
    seconds = checked.seconds + PIECE * clips
    takes = None
    if not on_ray.address():  # a cluster's computers are not this one
        takes = _takes(recipe, len(checked.machines) + others, round(seconds))
    return " ".join(
        [
            on_train.takes(takes),
            on_train.finds(len(checked.machines), checked.least_minutes, alone=alone),
            on_train.false_alarms(checked.calibration),
        ]
    )


@st.cache_data(max_entries=100, show_spinner="Working out how long it takes …")
def _takes(recipe: str, machines: int, seconds: int) -> float:
    """Seconds of computing on this computer, of all networks together."""
    import torch  # slow to import

    from mimimi.training.pace import expected

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    networks = [(member, machines, seconds) for member in RECIPES[recipe].members]
    return sum(expected(networks, device))
