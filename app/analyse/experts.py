"""For experts: the numbers behind a verdict, what raised the score, phase, attention."""

from __future__ import annotations

import streamlit as st

from charts import timeline, verdict_figures
from mimimi.detector.verdict import Verdict
from mimimi.explain.account import Account
from state import detectors, device, explanations, keys
from state.clips import Clip
from state.waveforms import waveform
from texts import about_pictures, about_verdict
from texts.formats import number, percent
from widgets import false_alarms, figures

PHASES: dict[timeline.Phase, str] = {"change": "its change in time", "raw": "raw phase"}


def show(clip: Clip, account: Account, name: str, *, adjustable: bool) -> None:
    """All of it, drawn when it is unfolded.

    Args:
        clip: the recording.
        account: of it.
        name: of the detector that judged.
        adjustable: whether the accepted rate of false alarms is chosen here.
    """
    verdict = account.verdict
    expander = st.expander(
        about_verdict.FOR_EXPERTS, key=keys.EXPERTS, on_change="rerun", icon=":material/science:"
    )
    if not expander.open:
        return
    with expander:
        _show_numbers(verdict, detectors.known()[name].learnt)
        if adjustable:
            false_alarms.choose(verdict.calibration_clips, verdict.false_alarm_rate)
        if account.about_shares and account.found:
            st.markdown(f"#### {account.about_shares}")
            figures.show(verdict_figures.share_bar(account.found.magnitude_share), "share", "none")
        _show_phase(clip, account)
        _show_channels(account)


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
    if text := about_verdict.how_often(verdict):
        st.markdown(text)


@st.fragment
def _show_phase(clip: Clip, account: Account) -> None:
    """All pictures over time, those of the phase among them."""
    verdict, picture = account.verdict, explanations.picture(clip)
    if verdict.threshold is None:
        return
    st.markdown(f"#### {about_pictures.WITH_PHASE}")
    with st.container(horizontal=True, gap="large", vertical_alignment="bottom"):
        st.session_state.setdefault(keys.PHASE, "change")
        phase = st.segmented_control(
            "Show the phase as",
            list(PHASES),
            format_func=lambda name: PHASES[name],
            key=keys.PHASE,
            width="content",
        )
        where = account.found
        if where and not st.toggle("Outline what raised the score", value=True, key=keys.OUTLINE):
            where = None
    figure = timeline.time_pictures(
        verdict.windows,
        verdict.threshold,
        picture,
        phase or "change",
        where,
        touch=device.is_phone(),
    )
    figures.show(figure, "with_phase", "zoom")
    with st.expander("What do these pictures show?", icon=":material/help:"):
        window, seconds = verdict.windows[0].seconds, waveform(clip).seconds
        st.markdown(about_pictures.over_time(len(picture.times), seconds, window))
        st.markdown(about_pictures.PHASE)
        st.markdown(about_pictures.OUTLINE)


def _show_channels(account: Account) -> None:
    """What networks say that tell several machines apart."""
    verdict = account.verdict
    if not verdict.attention:
        return
    left, right = st.columns(2, border=True)
    with left:
        st.markdown("#### Attention: where the networks listened")
        weights = verdict.attention
        bars = verdict_figures.attention_bars(weights.magnitude, weights.complex)
        figures.show(bars, "attention", "zoom")
        with st.expander("What does this show?", icon=":material/help:"):
            st.markdown(about_pictures.ATTENTION)
    with right:
        st.markdown(f"#### Which {verdict.machine_type} is it most like?")
        if account.resembles:
            st.markdown(account.resembles)
        bars = verdict_figures.probability_bars(verdict.probabilities, verdict.machine_id)
        figures.show(bars, "probabilities", "zoom")
        with st.expander("What does this show?", icon=":material/help:"):
            st.markdown(about_pictures.PROBABILITIES)
