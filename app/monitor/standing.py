"""How one machine stands: in a headline, since when, and the figures."""

from __future__ import annotations

import time

import streamlit as st

from state import heard, zone
from texts import about_machine, on_monitor
from texts.formats import plain


def show(name: str) -> heard.Now:
    """All of it, and what it was made of; raises UserError."""
    now, today = heard.now(name), zone.local(time.time())
    newest = now.newest
    lasting = [notice for notice in now.told.values() if notice.is_on]
    lasting.sort(key=lambda notice: notice.about != "alarm")
    silent = now.silent
    said = about_machine.headline(newest, lasting, silent)
    points = heard.trend(name, heard.IN_SHORT)[0]
    _, ran, states = heard.lasting(points)
    st.markdown(f"### {said.markdown}")
    if reason := about_machine.reason(lasting):
        st.markdown(f"**{plain(reason)}**")
    lines = [
        about_machine.since(lasting, now.told.get("alarm"), today, zone.local),
        about_machine.heard(newest, silent, today, zone.local),
        plain(about_machine.microphone(lasting)),
        on_monitor.ACKNOWLEDGED if now.has_alarm and now.is_acknowledged else "",
        now.muted_until
        and on_monitor.muted(about_machine.when(zone.local(now.muted_until), today)),
    ]
    st.markdown("  \n".join(line for line in lines if line))
    st.caption(about_machine.figures(newest, ran, states))
    return now
