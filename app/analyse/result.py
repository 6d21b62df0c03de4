"""One recording in three layers: the verdict and its sound, the pictures, and all for experts."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

import player
from analyse import experts, feedback, hall, nearest, report, unheard
from charts import timeline, verdict_figures
from mimimi.config import SAMPLE_RATE
from mimimi.detector.verdict import Verdict
from mimimi.explain.account import Account
from state import detectors, device, explanations, learnt, nearest_recordings, told
from state.clips import Clip
from state.waveforms import waveform
from texts import about_pictures, about_verdict, on_teach
from texts.formats import plain
from widgets import figures


def show(
    clip: Clip, verdict: Verdict, name: str, *, adjustable: bool = True, teachable: bool = True
) -> Account:
    """Everything about one recording; gives what was said of it.

    Args:
        clip: the recording.
        verdict: on it.
        name: of the detector that judged.
        adjustable: whether the accepted rate of false alarms is chosen here, and a report is made.
        teachable: whether the visitor says here what it was.
    """
    with st.container(border=True, key="verdict"):
        left, right = st.columns([5, 6], gap="medium")
        with left:
            st.caption(plain(verdict.file))
            headline = st.container()
            entry = report.keep(clip, verdict, name) if adjustable else None
            headline.markdown(f"## {about_verdict.headline(verdict).markdown}")
            account = _account(clip, verdict, name)
            for text in (verdict.error, account.sentence):
                if text:
                    st.markdown(f"**{plain(text)}**")
            if verdict.error is None:
                _play(clip, account, name)
                if teachable:
                    feedback.ask(clip, name, verdict, account.found)
                if adjustable:
                    report.offer(clip, account, name, entry)
        with right:
            _scale(verdict)
        if text := about_verdict.caution(verdict):
            st.warning(plain(text), icon=":material/info:")
        little = about_verdict.rests_on_little(verdict)
        for text in (little, little and _of_one_hour(name), about_verdict.footnote(verdict)):
            if text:
                st.caption(text)
    if verdict.error is None:
        if unheard.is_own(name):
            unheard.beside(about_verdict.machine_name(verdict))
        nearest.show(account)
        hall.show(clip)
        _show_time(clip, account)
        experts.show(clip, account, name, adjustable=adjustable)
    where = account.found.sentence if account.found else None
    return replace(account, verdict=replace(verdict, where=where))


def _account(clip: Clip, verdict: Verdict, name: str) -> Account:
    said = told.find(clip, name)
    where = said.where if said else explanations.find(clip, verdict, name)
    return Account(verdict, where, nearest_recordings.find(clip, verdict, name))


def _of_one_hour(name: str) -> str | None:
    """Why it may be wrong more often still, of a machine of one's own."""
    if detectors.known()[name].group != "mine":
        return None
    return on_teach.of_one_hour(learnt.recordings_behind(name))


def _play(clip: Clip, account: Account, name: str) -> None:
    """As it is judged, one channel at 16 kHz; beside it a normal one, where that is at hand."""
    own = waveform(clip).in_place
    if not account.beside:  # too long for two in one page, or nothing is kept
        st.audio(own, sample_rate=SAMPLE_RATE)
        return
    sounds = {about_pictures.THIS_ONE: own}
    if normal := nearest_recordings.sound(account.beside.reference, name):
        sounds[about_pictures.NORMAL_ONE] = normal.in_place
    else:
        st.caption(about_pictures.NEAREST_NOT_AT_HAND)
    player.play(sounds, "player")


def _scale(verdict: Verdict) -> None:
    if verdict.score is None or verdict.threshold is None:
        return
    scale = verdict_figures.score_scale(
        verdict.score, verdict.threshold, verdict.calibration_scores
    )
    figures.show(scale, "scale", "none")


@st.fragment
def _show_time(clip: Clip, account: Account) -> None:
    verdict = account.verdict
    if verdict.threshold is None:
        return
    with st.container(border=True):
        st.markdown(f"### {about_pictures.OVER_TIME}")
        picture = explanations.picture(clip)
        figure = timeline.time_pictures(
            verdict.windows,
            verdict.threshold,
            picture,
            None,
            account.found,
            touch=device.is_phone(),
        )
        figures.show(figure, "time", "zoom")
        with st.expander("What do these pictures show?", icon=":material/help:"):
            window = verdict.windows[0].seconds if len(verdict.windows) > 1 else None
            seconds = waveform(clip).seconds
            st.markdown(about_pictures.over_time(len(picture.times), seconds, window))
            st.markdown(about_pictures.OUTLINE)
