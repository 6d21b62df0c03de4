"""What is known of a machine of one's own, and more of its sound to know it by."""

from __future__ import annotations

import streamlit as st

import recorder
from analyse import teach
from mimimi.errors import UserError
from state import clips, keys, learnt, microphones
from state.clips import Clip
from texts import on_teach
from texts.formats import plain, sentence
from widgets import machine, states
from widgets.undo import undo


def show(chosen: machine.Machine) -> None:
    """What it was told, the way back, and more sound."""
    name, state = chosen.detector.name, st.session_state
    times = state.setdefault(keys.MORE_TIMES, 0)
    with st.expander(on_teach.what_it_knows(chosen.name), icon=":material/school:"):
        try:
            occasions = learnt.occasions(name)
        except UserError as error:
            st.error(plain(str(error)), icon=":material/block:")
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                "  \n".join(
                    plain(sentence(on_teach.heard_then(one.text, one.seconds))) for one in occasions
                ),
                width="content",
            )
            if len(occasions) > 1:
                undo(name, key="undo_last")
        states.show(name)
        what = st.segmented_control(
            "What is new?",
            list(on_teach.HELP_OF_MORE),
            default=on_teach.MORE,
            key=keys.MORE_AS,
            required=True,
        )
        st.caption(on_teach.HELP_OF_MORE[what or on_teach.MORE])
        recording = recorder.record(
            keys.MORE_RECORDER,
            on_recording=lambda recording: None,
            wish=recorder.of(teach.A_MINUTE, microphones.pair_of(name)),
        )
        files = st.file_uploader(
            on_teach.OR_DROP_FILES,
            clips.formats(),
            accept_multiple_files=True,
            key=keys.of(keys.MORE_UPLOADS, times),
        )
        place = st.container()
        if recording:
            _take(name, what, [clips.from_microphone(recording.wav)])
        elif files:
            _take(name, what, clips.from_uploader(files))
        for text in state.pop(keys.MORE_SAID, []):
            place.warning(plain(text), icon=":material/info:")
        if refused := state.pop(keys.TELL_REFUSED, None):
            place.error(plain(refused), icon=":material/block:")


def _take(name: str, what: str | None, recordings: list[Clip]) -> None:
    change = learnt.adapt if what == on_teach.MOVED else learnt.add
    try:
        with st.spinner(on_teach.LEARNING):
            said = change(name, microphones.heard(recordings, name))
    except UserError as error:
        said = [str(error)]
    st.session_state[keys.MORE_SAID] = said
    st.session_state[keys.MORE_TIMES] += 1
    st.session_state.pop(keys.JUST_LEARNT, None)
    st.rerun()
