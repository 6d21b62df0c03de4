"""The first screen: two doors, and before them the machine that is known already."""

from __future__ import annotations

import streamlit as st

from analyse import inputs, known_sound, teach
from state import detectors, examples, keys
from texts import on_analyse, on_teach
from widgets import machine

ICONS = {"fan": "mode_fan", "pump": "water_pump", "slider": "conveyor_belt", "valve": "valve"}
_NORMAL, _FAULTY = ":material/check_circle:", ":material/warning:"


def show() -> None:
    """Each door is one click from an answer."""
    comes_first = machine.comes_first()
    if comes_first:
        _known_machine()
    trying, teaching = st.columns(2, border=True)
    with trying:
        st.markdown(f"#### :material/play_circle: {on_teach.TRY_IT}")
        st.markdown(on_teach.TRY_IT_TEXT)
        _examples()
    with teaching:
        teach.show(another=comes_first)
    if not comes_first:
        with st.expander(on_analyse.RECORDING_OF_A_KNOWN_ONE, icon=":material/upload:"):
            inputs.choose(machine.choose())


def _known_machine() -> None:
    """Ready for its next recording."""
    if said := st.session_state.get(keys.JUST_LEARNT):
        st.success(said.learnt, icon=":material/check_circle:")
        for text in said.cautions:
            st.warning(text, icon=":material/info:")
    chosen = machine.choose()
    inputs.choose(chosen)
    if chosen.detector.group == "mine":
        known_sound.show(chosen)


def _examples() -> None:
    """A pair of each kind that is told apart, and the other faults a click further."""
    types = [name for name in detectors.known() if name in examples.MACHINE_IDS]
    for machine_type in types:
        row = st.container(horizontal=True, vertical_alignment="center", gap="small")
        row.markdown(f"**:material/{ICONS[machine_type]}: {machine_type}**", width=90)
        with row:
            _example(machine_type, examples.NORMAL, "normal")
            _example(machine_type, examples.CLEAR[machine_type], "faulty")
    with st.expander("Other faults", icon=":material/hearing:"):
        for machine_type in types:
            row = st.container(horizontal=True, vertical_alignment="center", gap="small")
            row.markdown(f"**{machine_type}**", width=90)
            with row:
                for condition in examples.conditions(machine_type):
                    if condition not in (examples.NORMAL, examples.CLEAR[machine_type]):
                        _example(machine_type, condition, condition)


def _example(machine_type: str, condition: str, label: str) -> None:
    st.button(
        label,
        key=f"try_{machine_type}_{condition}",
        icon=_NORMAL if condition == examples.NORMAL else _FAULTY,
        on_click=inputs.try_example,
        args=(machine_type, condition, machine_type),
    )
