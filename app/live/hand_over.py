"""Keep listening without this page: a listener of this computer takes over."""

from __future__ import annotations

import shlex

import streamlit as st

from mimimi import deployment
from mimimi.errors import UserError
from mimimi.monitor.alarm import Rule
from state import keys, microphones
from texts import on_live
from texts.formats import plain
from widgets import false_alarms, machine

CARD = "card"


def offer(chosen: machine.Machine) -> None:
    """The form that starts it; on a shared installation the command that does."""
    with st.expander(on_live.KEEP_LISTENING, icon=":material/nights_stay:"):
        if chosen.machine_id is None:
            st.info(on_live.WHICH_ONE_FIRST, icon=":material/info:")
            return
        if deployment.shared():
            st.markdown(on_live.WITHOUT_PAGE_ELSEWHERE)
            st.code(_command(chosen), language="bash")
            return
        st.markdown(on_live.WITHOUT_PAGE)
        with st.form("hand_over", border=False):
            st.text_input(
                on_live.SOURCE,
                key=keys.HAND_OVER_SOURCE,
                placeholder="rtsp://camera.local/audio",
                help=on_live.HELP_OF_SOURCE,
            )
            st.text_input(
                on_live.CALL_IT,
                chosen.name,
                key=keys.of(keys.HAND_OVER_NAME, chosen.detector.name, chosen.machine_id),
                max_chars=80,
            )
            st.form_submit_button(
                on_live.START,
                key="hand_over_start",
                type="primary",
                icon=":material/play_arrow:",
                on_click=_start,
                args=(chosen,),
            )
        state = st.session_state
        if refused := state.pop(keys.HAND_OVER_REFUSED, None):
            st.error(plain(refused), icon=":material/block:")
        if name := state.pop(keys.HANDED_OVER, None):
            st.success(on_live.handed_over(plain(name)), icon=":material/check_circle:")
        st.page_link("monitor/page.py", label="Monitor", icon=":material/hearing:")


def _start(chosen: machine.Machine) -> None:
    """The same machine, alarm rule and accepted rate of false alarms as on this page."""
    state = st.session_state
    given = {
        "name": state[keys.of(keys.HAND_OVER_NAME, chosen.detector.name, chosen.machine_id)],
        "detector": chosen.detector.name,
        "source": state[keys.HAND_OVER_SOURCE].strip() or CARD,
        "machine_id": chosen.machine_id,
        "alarm": _rule(),
    }
    if (rate := false_alarms.asked()) is not None:
        given["false_alarm_rate"] = rate
    if pair := microphones.pair_of(chosen.detector.name):
        given |= {"channel": pair.near, "reference_channel": pair.far}
    try:
        from mimimi.service import background
        from mimimi.service.configuration import machine_of
        from mimimi.service.sources.card import inputs

        settings = machine_of(given)
        if settings.source == CARD and not inputs():
            raise UserError(on_live.NO_CARD)
        background.listen_to(settings)
    except UserError as error:
        state[keys.HAND_OVER_REFUSED] = str(error)
        return
    state[keys.HANDED_OVER] = settings.name


def _command(chosen: machine.Machine) -> str:
    words = ["python", "-m", "mimimi", "listen", chosen.detector.name, CARD]
    words += ["--name", chosen.name, "--machine-id", str(chosen.machine_id), "--alarm", _rule()]
    if (rate := false_alarms.asked()) is not None:
        words += ["--false-alarm-rate", f"{rate:g}"]
    if pair := microphones.pair_of(chosen.detector.name):
        words += ["--channel", str(pair.near), "--reference-channel", str(pair.far)]
    return shlex.join(words)


def _rule() -> str:
    rule: Rule = st.session_state.get(keys.ALARM_RULE, Rule())
    return f"{rule.k}/{rule.n}"
