"""The first screen: two doors, and before them the machine that is known already."""

from __future__ import annotations

import streamlit as st

import player
from analyse import inputs, known_sound, teach
from state import clips, detectors, examples, keys
from state.waveforms import waveform
from texts import on_analyse, on_teach
from widgets import machine

ICONS = {"fan": "mode_fan", "pump": "water_pump", "slider": "conveyor_belt", "valve": "valve"}
_NORMAL, _FAULTY = ":material/check_circle:", ":material/warning:"


def show() -> None:
    """Each door is one click from an answer."""
    comes_first = machine.comes_first()
    if comes_first:
        _known_machine()
    trying, teaching = st.columns(2)
    with trying.container(border=True):
        st.markdown(f"## :material/play_circle: {on_teach.TRY_IT}")
        st.markdown(on_teach.TRY_IT_TEXT)
        _examples()
    with teaching.container(border=True):
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
    """A pair of each kind, to be listened to before it is judged; the other faults are harder."""
    types = [name for name in detectors.known() if name in examples.MACHINE_IDS]
    chosen = st.pills(
        on_teach.WHICH_EXAMPLE,
        types,
        format_func=lambda name: f":material/{ICONS[name]}: {name}",
        key=keys.TRY_TYPE,
        label_visibility="collapsed",
    )
    if not chosen:
        return
    pair = {
        on_teach.RUNNING_WELL: examples.Example(chosen),
        on_teach.GOING_WRONG: examples.Example(chosen, examples.CLEAR[chosen]),
    }
    st.markdown(on_teach.LISTEN_FIRST)
    sounds = {name: waveform(clips.of_example(one)).in_place for name, one in pair.items()}
    player.play(sounds, "try_player")
    with st.container(horizontal=True, gap="small"):
        for name, one in pair.items():
            _example(one, on_teach.judge_it(name))
    with st.expander(on_teach.HARDER_ONES, icon=":material/hearing:"):
        st.markdown(on_teach.HARDER_ONES_TEXT)
        with st.container(horizontal=True, gap="small"):
            for condition in examples.conditions(chosen):
                one = examples.Example(chosen, condition)
                if one not in pair.values():
                    _example(one, condition)


def _example(one: examples.Example, label: str) -> None:
    st.button(
        label,
        key=f"try_{one.machine_type}_{one.condition}",
        icon=_NORMAL if one.condition == examples.NORMAL else _FAULTY,
        on_click=inputs.try_example,
        args=(one.machine_type, one.condition, one.machine_type),
    )
