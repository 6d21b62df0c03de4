"""One recording: the verdict first, the evidence below it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from analyse import feedback, nearest, unheard
from charts import timeline, verdict_figures
from charts.spectrogram import Picture, draw
from mimimi.config import SAMPLE_RATE, FrontEnd
from mimimi.detector.verdict import Verdict
from state import detectors, device, explanations, keys, told
from state.clips import Clip
from state.waveforms import waveform
from texts import about_pictures, about_verdict
from texts.formats import number, percent, plain, sentence
from widgets import false_alarms, figures

if TYPE_CHECKING:
    from mimimi.explain.explanation import Explanation

PHASES: dict[timeline.Phase, str] = {"change": "its change in time", "raw": "raw phase"}


def show(
    clip: Clip, verdict: Verdict, name: str, *, adjustable: bool = True, teachable: bool = True
) -> Verdict:
    """Everything about one recording, and its verdict with the place of what is unusual in it.

    Args:
        clip: the recording.
        verdict: on it.
        name: of the detector that judged.
        adjustable: whether the accepted rate of false alarms is chosen here.
        teachable: whether the visitor says here what it was.
    """
    said = told.find(clip, name)
    with st.container(border=True, key="verdict"):
        left, right = st.columns([5, 6], gap="medium")
        with left:
            where = _say(clip, verdict, name)
            if verdict.error is None:
                _play(clip)
                if teachable:
                    feedback.ask(clip, name, verdict, where)
        with right:
            _measure(verdict, adjustable, detectors.known()[name].learnt)
    if unheard.is_own(name):
        unheard.beside(about_verdict.machine_name(verdict))
    if verdict.error is None:
        _show_time(clip, verdict, where)
        if not said:  # else it is itself among those that it is like
            nearest.show(clip, verdict, name)
        _show_channels(verdict)
    return replace(verdict, where=where.sentence) if where else verdict


def _say(clip: Clip, verdict: Verdict, name: str) -> Explanation | None:
    headline, said = about_verdict.headline(verdict), told.find(clip, name)
    st.caption(plain(verdict.file))
    st.markdown(f"### {headline.markdown}")
    where = said.where if said else explanations.find(clip, verdict, name)
    if where:
        st.markdown(f"**{sentence(where.sentence)}**")
        if where.phase_share:
            figures.show(verdict_figures.share_bar(where.magnitude_share), "share", "none")
    for text in (
        about_verdict.like(verdict),
        verdict.error and plain(verdict.error),
        about_verdict.comparison(verdict),
        about_verdict.how_often(verdict),
        None if where else about_verdict.most_unusual(verdict.windows),
    ):
        if text:
            st.markdown(text)
    if text := about_verdict.caution(verdict):
        st.warning(text, icon=":material/info:")
    return where


def _measure(verdict: Verdict, adjustable: bool, learnt: bool) -> None:
    if verdict.score is None or verdict.threshold is None:
        return
    _show_numbers(verdict, learnt)
    scale = verdict_figures.score_scale(
        verdict.score, verdict.threshold, verdict.calibration_scores
    )
    figures.show(scale, "scale", "none")
    if adjustable:
        false_alarms.choose(verdict.calibration_clips, verdict.false_alarm_rate)


def _show_numbers(verdict: Verdict, learnt: bool) -> None:
    meaning_of_rate = about_verdict.meaning_of_false_alarms()
    with st.container(horizontal=True, gap="medium"):
        for name, value, meaning in (
            ("Score", number(verdict.score), about_verdict.meaning_of_score(learnt)),
            ("Threshold", number(verdict.threshold), about_verdict.meaning_of_threshold(verdict)),
            ("p-value", number(verdict.p_value), about_verdict.meaning_of_p_value(verdict)),
            ("False alarms", percent(verdict.false_alarm_rate), meaning_of_rate),
        ):
            st.metric(name, value, help=meaning, width="content")


def _play(clip: Clip) -> None:
    """As the network hears it: one channel at 16 kHz. The player makes quiet sounds louder."""
    st.audio(waveform(clip).in_place, sample_rate=SAMPLE_RATE)


@st.fragment
def _show_time(clip: Clip, verdict: Verdict, where: Explanation | None) -> None:
    if verdict.threshold is None:
        return
    picture = _picture(clip.key, clip)
    with st.container(border=True):
        with st.container(horizontal=True, gap="large", vertical_alignment="bottom"):
            st.session_state.setdefault(keys.PHASE, "change")
            phase = st.segmented_control(
                "Show the phase as",
                list(PHASES),
                format_func=lambda name: PHASES[name],
                key=keys.PHASE,
                width="content",
            )
            if where:
                outlined = st.toggle("Outline what raised the score", value=True, key=keys.OUTLINE)
                where = where if outlined else None
        figure = timeline.time_pictures(
            verdict.windows,
            verdict.threshold,
            picture,
            phase or "change",
            where,
            touch=device.is_phone(),
        )
        figures.show(figure, "time", "zoom")
        with st.expander("What do these pictures show?", icon=":material/help:"):
            window = verdict.windows[0].seconds
            st.markdown(
                about_pictures.over_time(len(picture.times), waveform(clip).seconds, window)
            )
            st.markdown(about_pictures.OUTLINE)


def _show_channels(verdict: Verdict) -> None:
    """What networks say that tell several machines apart."""
    if not verdict.attention:
        return
    left, right = st.columns(2, border=True)
    with left:
        st.markdown("##### Attention: magnitude against phase")
        weights = verdict.attention
        st.markdown(about_verdict.relied_on(weights))
        bars = verdict_figures.attention_bars(weights.magnitude, weights.complex)
        figures.show(bars, "attention", "zoom")
        with st.expander("What does this show?", icon=":material/help:"):
            st.markdown(about_pictures.ATTENTION)
    with right:
        st.markdown(f"##### Which {verdict.machine_type} does it sound like?")
        bars = verdict_figures.probability_bars(verdict.probabilities, verdict.machine_id)
        figures.show(bars, "probabilities", "zoom")
        with st.expander("What does this show?", icon=":material/help:"):
            st.markdown(about_pictures.PROBABILITIES)


@st.cache_data(max_entries=8, show_spinner="Drawing the spectrum …")
def _picture(key: str, _clip: Clip) -> Picture:
    return draw(waveform(_clip).in_place, FrontEnd())
