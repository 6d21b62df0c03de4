"""One moment of a machine: why there was an alarm, or none, and how it sounded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import streamlit as st

from analyse import result
from mimimi import deployment
from mimimi.audio import SIDE_BY_SIDE
from mimimi.errors import UserError
from mimimi.names import meant
from state import detectors, heard, kept_sound, keys, told, zone
from state.verdicts import judge
from texts import on_monitor
from texts.formats import plain, sentence


def show(name: str, moment: float) -> None:
    """What the history says of it, and its sound where that was kept."""
    with st.container(border=True, key="moment"):
        try:
            lines = heard.why(name, moment, lambda at: f"{zone.local(at):%Y-%m-%d %H:%M:%S}")
            kept = kept_sound.at(name, moment)
        except UserError as error:
            st.error(plain(str(error)), icon=":material/block:")
            return
        st.markdown(f"## {on_monitor.WHY}")
        heading, *said = lines
        st.markdown(
            "  \n".join([f"**{plain(heading)}**", *(plain(sentence(line)) for line in said)])
        )
        if kept is None:
            st.info(on_monitor.NO_SOUND, icon=":material/music_off:")
        elif not kept.path.is_file():
            st.info(on_monitor.SOUND_IS_GONE, icon=":material/music_off:")
        else:
            st.audio(kept.path.read_bytes(), format="audio/flac")
            st.caption(on_monitor.all_of_it(kept.seconds))
    if kept is not None and kept.path.is_file():
        _judge(name, moment, kept)


def ask() -> None:
    """Any moment, typed."""
    with (
        st.expander(on_monitor.ANY_MOMENT, icon=":material/schedule:"),
        st.form("moment_form", border=False),
    ):
        st.datetime_input(
            on_monitor.WHICH_TIME, key=keys.MOMENT_TYPED, step=timedelta(minutes=1), value="now"
        )
        st.form_submit_button(on_monitor.SAY_WHY, on_click=_take)


def _take() -> None:
    st.session_state[keys.MOMENT] = zone.moment(st.session_state[keys.MOMENT_TYPED])


def _judge(machine: str, moment: float, kept: kept_sound.Kept) -> None:
    """The segment that the moment lies in, as the page Analyse shows a recording."""
    clip = kept_sound.segment(machine, moment, kept)
    by = heard.judged_by(machine)
    detector = _known(by.detector) if by else None
    if by is None or detector is None:
        st.info(on_monitor.NO_DETECTOR_HERE, icon=":material/info:")
        return
    if detectors.known()[detector].channels:  # the listener keeps both, the near one first
        clip = clip.heard(SIDE_BY_SIDE)
    status = st.empty()
    try:
        [verdict] = judge([clip], detector, by.machine_id, progress=status.progress)
    except UserError as error:
        status.error(plain(str(error)), icon=":material/block:")
        return
    status.empty()
    verdict = told.before(clip, detector, verdict)
    if by.false_alarm_rate is not None:
        verdict = verdict.at(by.false_alarm_rate)
    verdict = replace(verdict, file=clip.name)
    result.show(clip, verdict, detector, adjustable=False, teachable=not deployment.shared())


def _known(name: str) -> str | None:
    """What this page calls the detector that a listener's settings call so."""
    known = detectors.known()
    if found := meant(name, known):
        return found
    folder = Path(name).resolve()
    return next((one.name for one in known.values() if one.folder.resolve() == folder), None)
