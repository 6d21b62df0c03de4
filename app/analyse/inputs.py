"""Three ways in: files, the microphone, and examples."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import recorder
from analyse import real_recordings
from mimimi.detector.verdict import Verdict
from state import clips, device, examples, keys, microphones, waveforms
from state.clips import Clip
from texts.formats import plain
from texts.on_analyse import EXAMPLES, HELP_OF_INPUTS, RECORD, UPLOAD, left_on, missed_fault
from widgets import machine

_SHOWN, _NOT_SHOWN = ":material/radio_button_checked:", ":material/radio_button_unchecked:"


def choose(chosen: machine.Machine) -> None:
    """Ask for the recordings to judge."""
    has_examples = chosen.machine_type in examples.MACHINE_IDS
    names = [RECORD, UPLOAD] if device.is_phone() else [UPLOAD, RECORD]
    places = _places([*names, *([EXAMPLES] if has_examples else [])])
    upload, record = places[UPLOAD], places[RECORD]
    with upload:
        key = keys.of(keys.UPLOADS, st.session_state.setdefault(keys.UPLOAD_TIMES, 0))
        st.file_uploader(
            "Drop recordings here, one or many",
            clips.formats(),
            accept_multiple_files=True,
            key=key,
            on_change=_uploaded,
            args=(key,),
            label_visibility="collapsed",
        )
        if kept := clips.uploaded():
            _offer("upload", "Back to the uploaded")
            _say_what_is_kept(kept)
    with record:
        wish = recorder.of(recorder.TO_JUDGE, microphones.pair_of(chosen.detector.name))
        recorder.record(keys.RECORDER, on_recording=_recorded, wish=wish)
        if keys.RECORDING in st.session_state:
            _offer("recording", "Back to the recording")
    if has_examples:
        with places[EXAMPLES]:
            with st.container(horizontal=True, gap="small"):
                _offer_examples(chosen)
            real_recordings.offer(chosen)


def try_example(machine_type: str, condition: str, detector: str) -> None:
    """Show an example from now on; only from a callback."""
    example = examples.Example(machine_type, condition)
    # Only the bundled detectors are known to have met the machine of the examples.
    machine.select_temporarily(detector, example.machine_id if detector == machine_type else None)
    clips.keep_example(example)


def note_processing() -> None:
    """Where the browser did something to the recording, say so."""
    state = st.session_state
    if state.get(keys.SOURCE) == "recording" and (on := state.get(keys.PROCESSING)):
        st.warning(left_on(on), icon=":material/warning:")


def refuse(kept: list[Clip]) -> None:
    """Say at once which of them are no sound; where nothing else is left, nothing is asked."""
    refused = [text for clip in kept if (text := waveforms.refusal(clip))]
    for text in refused:
        st.error(plain(text), icon=":material/block:")
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
            on_click=try_example,
            args=(chosen.machine_type, condition, chosen.detector.name),
        )


def _places(names: list[str]) -> dict[str, DeltaGenerator]:
    """Side by side on a laptop; on a phone behind each other, since it is narrow."""
    if device.is_phone():
        return dict(zip(names, st.tabs(names), strict=True))
    places = dict(zip(names, st.columns(len(names), border=True), strict=True))
    for name, place in places.items():
        place.markdown(f"**{name}**", help=HELP_OF_INPUTS[name])
    return places


def _offer(source: clips.Source, label: str) -> None:
    """The way back to what was shown before."""
    if st.session_state.get(keys.SOURCE) != source:
        icon = ":material/undo:"
        st.button(label, key=f"back_{source}", icon=icon, on_click=_back, args=(source,))


def _back(source: clips.Source) -> None:
    machine.restore()
    clips.touch(source)


def _recorded(recording: recorder.Recording) -> None:
    machine.restore()
    clips.keep_recording(recording.wav)
    st.session_state[keys.PROCESSING] = recording.processing


def _uploaded(key: str) -> None:
    """What was dropped before gives way."""
    machine.restore()
    clips.keep_uploads(st.session_state[key])
    st.session_state[keys.UPLOAD_TIMES] += 1


def _say_what_is_kept(kept: list[Clip]) -> None:
    names = ", ".join(clip.name for clip in kept[:3]) + (", …" if len(kept) > 3 else "")
    st.caption(f"Uploaded: {plain(names)}")
    st.button(
        "Remove", key="forget", icon=":material/close:", on_click=clips.keep_uploads, args=([],)
    )


def _shown(machine_type: str, condition: str) -> bool:
    """Whether this example is the sound that is being judged."""
    example = examples.Example(machine_type, condition)
    state = st.session_state
    return state.get(keys.SOURCE) == "example" and state.get(keys.EXAMPLE) == example
