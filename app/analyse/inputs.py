"""Three ways in: files, the microphone, and examples."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import recorder
from analyse import real_recordings
from mimimi.detector.verdict import Verdict
from state import clips, detectors, device, examples, keys, waveforms
from state.clips import Clip
from texts.on_analyse import HELP_OF_INPUTS, missed_fault
from widgets import machine

ICONS = {"fan": "mode_fan", "pump": "water_pump", "slider": "conveyor_belt", "valve": "valve"}
_SHOWN, _NOT_SHOWN = ":material/radio_button_checked:", ":material/radio_button_unchecked:"
_NORMAL, _FAULTY = ":material/check_circle:", ":material/warning:"


def choose(chosen: machine.Machine) -> list[Clip]:
    """The recordings to judge."""
    upload, record, example = _places()
    with upload:
        st.file_uploader(
            "Drop recordings here, one or many",
            clips.FORMATS,
            accept_multiple_files=True,
            key=keys.UPLOADS,
            on_change=_uploaded,
            label_visibility="collapsed",
        )
        if kept := clips.uploaded():
            _offer("upload", "Back to the uploaded")
            if not st.session_state[keys.UPLOADS]:  # emptied by a visit to another page
                _say_what_is_kept(kept)
    with record:
        if recording := recorder.record(keys.RECORDER, on_recording=machine.restore):
            clips.keep_recording(recording.wav)
            st.session_state[keys.PROCESSING] = recording.processing
        if keys.RECORDING in st.session_state:
            _offer("recording", "Back to the recording")
        if on := st.session_state.get(keys.PROCESSING):
            st.warning(f"The browser left on: {', '.join(on)}.", icon=":material/warning:")
    with example:
        with st.container(horizontal=True, gap="small"):
            _offer_examples(chosen)
        real_recordings.offer(chosen)
    return clips.current()


def welcome() -> None:
    """The first screen: one click on an example shows everything the page can do."""
    types = [name for name in detectors.known() if name in examples.MACHINE_IDS]
    st.markdown("#### Try one: a machine running well, and the same machine going wrong")
    for column, machine_type in zip(st.columns(len(types), border=True), types, strict=True):
        with column:
            st.markdown(f"##### :material/{ICONS[machine_type]}: {machine_type}")
            for condition in examples.conditions(machine_type):
                st.button(
                    condition,
                    key=f"try_{machine_type}_{condition}",
                    icon=_NORMAL if condition == examples.NORMAL else _FAULTY,
                    on_click=_try,
                    args=(machine_type, condition, machine_type),
                    width="stretch",
                )


def refuse(kept: list[Clip]) -> None:
    """Say at once which of them are no sound; where nothing else is left, nothing is asked."""
    refused = [text for clip in kept if (text := waveforms.refusal(clip))]
    for text in refused:
        st.error(text, icon=":material/block:")
    if len(refused) == len(kept):
        st.stop()


def note_missed_fault(verdict: Verdict) -> None:
    """Where an example of a fault passes as normal, say so."""
    if st.session_state.get(keys.SOURCE) != "example" or verdict.is_anomalous is not False:
        return
    example: examples.Example = st.session_state[keys.EXAMPLE]
    if example.condition != examples.NORMAL:
        text = missed_fault(example.machine_type, example.condition)
        st.info(text, icon=":material/hearing_disabled:")


def _offer_examples(chosen: machine.Machine) -> None:
    for condition in examples.conditions(chosen.machine_type):
        st.button(
            condition,
            key=f"example_{condition}",
            icon=_SHOWN if _shown(chosen.machine_type, condition) else _NOT_SHOWN,
            on_click=_try,
            args=(chosen.machine_type, condition, chosen.detector.name),
        )
    if chosen.machine_type not in examples.MACHINE_IDS:
        st.caption(f"There are no examples of a {chosen.machine_type}.")


def _places() -> list[DeltaGenerator]:
    """Side by side on a laptop; on a phone behind each other, so that the verdict stays in view."""
    if device.is_phone():
        return list(st.tabs(list(HELP_OF_INPUTS)))
    places = st.columns(len(HELP_OF_INPUTS), border=True)
    for place, (name, meaning) in zip(places, HELP_OF_INPUTS.items(), strict=True):
        place.markdown(f"**{name}**", help=meaning)
    return places


def _offer(source: clips.Source, label: str) -> None:
    """The way back to what was shown before."""
    if st.session_state.get(keys.SOURCE) != source:
        icon = ":material/undo:"
        st.button(label, key=f"back_{source}", icon=icon, on_click=_back, args=(source,))


def _back(source: clips.Source) -> None:
    machine.restore()
    clips.touch(source)


def _uploaded() -> None:
    machine.restore()
    clips.keep_uploads(st.session_state[keys.UPLOADS])


def _say_what_is_kept(kept: list[Clip]) -> None:
    names = ", ".join(clip.name for clip in kept[:3]) + (", …" if len(kept) > 3 else "")
    st.caption(f"Uploaded before: {names}")
    st.button(
        "Remove", key="forget", icon=":material/close:", on_click=clips.keep_uploads, args=([],)
    )


def _shown(machine_type: str, condition: str) -> bool:
    """Whether this example is the sound that is being judged."""
    example = examples.Example(machine_type, condition)
    state = st.session_state
    return state.get(keys.SOURCE) == "example" and state.get(keys.EXAMPLE) == example


def _try(machine_type: str, condition: str, detector: str) -> None:
    example = examples.Example(machine_type, condition)
    # Only the bundled detectors are known to have met the machine of the examples.
    machine.select_temporarily(detector, example.machine_id if detector == machine_type else None)
    clips.keep_example(example)
