"""Step 3: what is trained how, and the button."""

from __future__ import annotations

import streamlit as st

from mimimi import jobs
from mimimi.errors import UserError
from mimimi.recipes import RECIPES
from mimimi.training.checks import DataCheck
from state import keys, ownership
from texts import on_train
from texts.formats import plain
from train import prospect
from train.recordings import Chosen


def offer(chosen: Chosen, checked: DataCheck) -> None:
    """Recipe, what to expect of it, a few settings, a name, and the button."""
    st.markdown("## 3 · Train")
    names = sorted(RECIPES, key=lambda name: name != "ensemble")  # for minutes of sound, not days
    recipe = (
        st.selectbox("Recipe", names, key=keys.RECIPE, help=on_train.HELP_OF_RECIPE) or names[0]
    )
    place = st.empty()
    planned = max(member.training.epochs for member in RECIPES[recipe].members)
    # A form, so that a number which is typed while the page still answers is not lost.
    with st.form("start_form", border=False):
        with st.expander("Settings", icon=":material/tune:"), st.container(horizontal=True):
            st.number_input(
                "Epochs at most",
                1,
                1000,
                planned,
                key=keys.of(keys.EPOCHS, recipe),
                help=on_train.HELP_OF_EPOCHS,
            )
            st.number_input("Seed", 0, 1_000_000, 0, key=keys.SEED, help=on_train.HELP_OF_SEED)
        name_key = keys.of(keys.RUN_NAME, chosen.source.hint, chosen.machine_type)
        st.text_input(
            "Name of the run, and of the detector it makes", _proposed(chosen), key=name_key
        )
        st.form_submit_button(
            "Start training",
            key="start",
            type="primary",
            icon=":material/play_arrow:",
            disabled=not checked.ready,
            on_click=_start if checked.ready else None,  # a browser may click it all the same
            args=(chosen, recipe, planned, name_key),
        )
    if message := st.session_state.pop(keys.START_REFUSED, None):
        st.error(plain(message), icon=":material/block:")
    if checked.ready:  # last: it takes a moment, in which the button is there already
        place.info(prospect.of(chosen, checked, recipe), icon=":material/schedule:")
    else:
        place.caption(on_train.FIX_FIRST)


def _proposed(chosen: Chosen) -> str:
    """A name that is not taken yet; kept while the visitor looks at it."""
    taken = {job.name for job in jobs.listed()}
    stem = jobs.job_name(f"{chosen.machine_type} {chosen.source.hint}")
    return next(
        name
        for number in range(1, len(taken) + 2)
        if (name := stem if number == 1 else f"{stem}-{number}") not in taken
    )


def _start(chosen: Chosen, recipe: str, planned: int, name_key: str) -> None:
    """Start it once: a second click finds the job of that name, and shows it."""
    state = st.session_state
    name, epochs = state[name_key], state[keys.of(keys.EPOCHS, recipe)]
    options = {"type": chosen.machine_type, "recipe": recipe, "seed": state[keys.SEED]}
    if epochs != planned:  # else each member's own
        options["epochs"] = epochs
    owner = ownership.owner()
    request = jobs.JobRequest(name, "train", chosen.source.roots, options, owner)
    try:
        job = ownership.submit(request, lambda job: list(job.arguments) == request.arguments)
    except UserError as error:
        state[keys.START_REFUSED] = str(error)
        return
    state[keys.JOB] = job.name
    state[keys.TRAIN_VIEW] = "Runs"
