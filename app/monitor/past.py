"""How a machine was: its score, level and states over hours, days and weeks, and its alarms."""

from __future__ import annotations

import time
from typing import Any

import streamlit as st

from charts import course
from mimimi.errors import UserError
from state import device, heard, kept_sound, keys, zone
from texts import about_machine, on_monitor
from texts.formats import plain
from widgets import figures

SPANS = {"1 hour": heard.HOUR, "1 day": heard.DAY, "7 days": heard.WEEK, "30 days": heard.MONTH}


def show(name: str) -> None:
    """The choice of a span, and the span."""
    state = st.session_state
    state.setdefault(keys.SPAN, "1 day")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.segmented_control(
            on_monitor.SPANS,
            list(SPANS),
            key=keys.SPAN,
            required=True,
            label_visibility="collapsed",
        )
        span = SPANS[chosen or "1 day"]
        until: float | None = state.get(keys.SPAN_UNTIL)
        for label, icon, to, off in (
            (on_monitor.EARLIER, "chevron_left", (until or time.time()) - span.seconds, False),
            (on_monitor.LATER, "chevron_right", (until or 0) + span.seconds, until is None),
            (on_monitor.NOW, "last_page", None, until is None),
        ):
            st.button(
                label,
                key=keys.of("span", icon),
                icon=f":material/{icon}:",
                disabled=off,
                on_click=_go,
                args=(to,),
            )
    state[keys.MOMENT_SHOWN] = state.get(keys.MOMENT)
    every = None if until is not None else max(span.refresh, 10.0)
    st.fragment(_drawn, run_every=every)(name, span, until)


def _drawn(name: str, span: heard.Span, until: float | None) -> None:
    state = st.session_state
    if state.get(keys.MOMENT) != state[keys.MOMENT_SHOWN]:
        st.rerun()  # what is said of a moment stands below, where nothing is drawn anew by itself
    try:
        points, shown = heard.trend(name, span, until)
        first, today = heard.first_heard(name), zone.local(time.time())
        found = heard.alarms(name, *shown)
        kept = kept_sound.between(name, *shown, found)
    except UserError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    figure = course.course(
        points,
        found,
        [clip.middle for clip in kept],
        shown,
        zone.local,
        chosen=state.get(keys.MOMENT),
        touch=device.is_phone(),
    )
    figures.click(figure, keys.COURSE, lambda: _clicked(name))
    if first and shown[1] - shown[0] < span.seconds:
        st.caption(on_monitor.first_heard(about_machine.when(zone.local(first), today)))
    if said := about_machine.in_stretch(*heard.lasting(points)):
        st.caption(said)
    st.caption(on_monitor.which_moment(device.is_phone()))
    st.markdown(f"## {on_monitor.alarms(len(found))}")
    if found:
        newest_first = found[::-1]
        st.dataframe(
            _table(newest_first, kept),
            hide_index=True,
            key=keys.ALARM_LIST,
            on_select=lambda: _picked(name, newest_first),
            selection_mode="single-row",
        )


def _table(found: list[Any], kept: list[kept_sound.Kept]) -> dict[str, list[Any]]:
    today = zone.local(time.time())
    return {
        "alarm": [about_machine.alarm(one, today, zone.local) for one in found],
        "highest score": [one.details.get("score") for one in found],
        "threshold": [one.details.get("threshold") for one in found],
        "where": [one.details.get("where") for one in found],
        "sound kept": [any(clip.at <= one.at <= clip.end for clip in kept) for one in found],
    }


def _clicked(name: str) -> None:
    """A point stands for a stretch; what is asked about is the most unusual moment of it."""
    points = st.session_state[keys.COURSE]["selection"]["points"]
    if points and "customdata" in points[0]:
        start, end, *_ = points[0]["customdata"]
        _ask_about(name, start, end)


def _picked(name: str, found: list[Any]) -> None:
    rows = st.session_state[keys.ALARM_LIST]["selection"]["rows"]
    if rows and rows[0] < len(found):
        _ask_about(name, found[rows[0]].since, found[rows[0]].at)


def _ask_about(name: str, start: float, end: float) -> None:
    st.session_state[keys.MOMENT] = heard.most_unusual(name, start, end) if end > start else start


def _go(until: float | None) -> None:
    is_over = until is None or until >= time.time()
    st.session_state[keys.SPAN_UNTIL] = None if is_over else until
