"""Teaching it a machine of one's own: a name, a minute of its sound, in either order."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

import recorder
from mimimi.data.told_apart import told_apart
from mimimi.errors import AudioError, UserError
from state import clips, keys, learnt
from state.clips import Clip
from texts import on_teach
from texts.formats import plain
from texts.on_analyse import left_on
from widgets import machine, microphones, teach_offer

A_MINUTE = recorder.Wish(on_teach.RECORD_A_MINUTE, shortest=learnt.LEAST, longest=on_teach.A_MINUTE)


@dataclass(frozen=True)
class Said:
    """What is said of a machine that has just been learnt."""

    learnt: str
    cautions: list[str]


def alone() -> None:
    """All that the page shows, where it was asked for beside a verdict."""
    st.button("Back", key="teach_back", icon=":material/arrow_back:", on_click=teach_offer.leave)
    with st.container(border=True):
        show(another=False)


def show(another: bool) -> None:
    """The way from nothing to a machine that is learnt; it is learnt as soon as all is there.

    Args:
        another: whether there is one already.
    """
    state = st.session_state
    times = state.setdefault(keys.TEACH_TIMES, 0)
    title = on_teach.TEACH_ANOTHER if another else on_teach.TEACH_IT
    st.markdown(f"## :material/school: {title}")
    st.markdown(on_teach.TEACH_IT_TEXT)
    name = st.text_input(
        on_teach.NAME_OF_MACHINE,
        key=keys.of(keys.TEACH_NAME, times),
        placeholder=on_teach.LIKE_COMPRESSOR,
        max_chars=80,
        live=True,  # no Enter is needed before a file is dropped
    ).strip()
    place_of_name = st.empty()
    channel = microphones.teach(state.get(keys.TEACH_WAITING, []))
    wish = recorder.of(A_MINUTE, channel)
    recorder.record(keys.TEACH_RECORDER, on_recording=_recorded, wish=wish)
    st.file_uploader(
        on_teach.OR_DROP_FILES,
        clips.formats(),
        accept_multiple_files=True,
        key=keys.of(keys.TEACH_UPLOADS, times),
        on_change=_uploaded,
        args=(times,),
    )
    place = st.container()
    st.caption(on_teach.kept_where())
    with place:
        recordings = [*state.get(keys.TEACH_WAITING, []), *_carried()]
        recordings = [clip.heard(channel) for clip in recordings]
        at_once = state.get(keys.TEACH_AT_ONCE, False)  # until it is done, though a click comes
        if recordings and not (at_once and name):
            _ask(recordings)
        if recordings and not name:
            state[keys.TEACH_AT_ONCE] = False
            place_of_name.info(on_teach.NOW_A_NAME, icon=":material/edit:")
        elif recordings and at_once:
            _learn(name, recordings)
        if refused := state.pop(keys.TEACH_REFUSED, None):
            of_sound, sentence = refused
            (place if of_sound else place_of_name).error(sentence, icon=":material/block:")


def _carried() -> list[Clip]:
    """The recording that was being judged, where it is learnt from, too."""
    clip: Clip | None = st.session_state.get(keys.CARRIED)
    if clip is None:
        return []
    if st.checkbox(on_teach.carried(plain(clip.name)), key=keys.CARRIED_IS_NORMAL):
        return [clip]
    st.caption(on_teach.judged_afterwards(plain(clip.name)))
    return []


def _ask(recordings: list[Clip]) -> None:
    called = told_apart([clip.name for clip in recordings])
    st.markdown(on_teach.waiting([plain(name) for name in called]))
    st.button(
        on_teach.LEARN_IT,
        key="learn_it",
        type="primary",
        icon=":material/school:",
        on_click=_at_once,
    )


def _recorded(recording: recorder.Recording) -> None:
    st.session_state[keys.PROCESSING] = recording.processing
    _arrived([clips.from_microphone(recording.wav)])


def _uploaded(times: int) -> None:
    _arrived(clips.from_uploader(st.session_state[keys.of(keys.TEACH_UPLOADS, times)]))


def _at_once() -> None:
    st.session_state[keys.TEACH_AT_ONCE] = True


def _arrived(recordings: list[Clip]) -> None:
    st.session_state[keys.TEACH_WAITING] = recordings
    st.session_state[keys.TEACH_AT_ONCE] = bool(recordings)


def _learn(name: str, recordings: list[Clip]) -> None:
    """Learn it and make the page ready for its next recording, or say why not."""
    state = st.session_state
    try:
        with st.spinner(on_teach.LEARNING):
            _make_ready(name, recordings, learnt.learn(name, recordings))
    except UserError as error:
        state[keys.TEACH_AT_ONCE] = False
        of_sound = isinstance(error, AudioError)
        state[keys.TEACH_REFUSED] = of_sound, plain(str(error))
        if not of_sound:
            return
        _forget()  # what is to be had again need not wait
    st.rerun()


def _make_ready(name: str, recordings: list[Clip], found: learnt.Learnt) -> None:
    """For its next recording; draws nothing, so that no click comes in between."""
    state = st.session_state
    carried: Clip | None = state.get(keys.CARRIED)
    if carried is None or carried in recordings:
        clips.touch(None)
    cautions = [plain(text) for text in found.problems]
    if on := state.pop(keys.PROCESSING, None):
        cautions.append(left_on(on))
    if advice := on_teach.advice(found.seconds):
        cautions.append(advice)
    if caution := on_teach.of_one_hour(len(recordings)):
        cautions.append(caution)
    said = on_teach.learnt(plain(name), found.seconds)
    if states := on_teach.of_states(found.states):
        said += f" {states}"
    state[keys.JUST_LEARNT] = Said(said, cautions)
    teach_offer.leave()
    _forget()
    machine.pick_next(found.name)


def _forget() -> None:
    """The widgets of the next time are new ones; the name is kept where it is still needed."""
    state = st.session_state
    times = state[keys.TEACH_TIMES]
    if keys.TEACH_REFUSED in state:
        state[keys.of(keys.TEACH_NAME, times + 1)] = state[keys.of(keys.TEACH_NAME, times)]
    state[keys.TEACH_TIMES] = times + 1
    state[keys.TEACH_WAITING] = []
    state[keys.TEACH_AT_ONCE] = False
