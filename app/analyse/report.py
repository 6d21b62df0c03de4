"""A verdict to keep and to send: its place in the machine's logbook, and a page of its own."""

from __future__ import annotations

import streamlit as st

from mimimi.explain.account import Account
from mimimi.logbook.entry import now
from mimimi.names import slug
from state import logbooks, told
from state.clips import Clip
from state.waveforms import is_long, waveform
from texts import on_machines


def offer(clip: Clip, account: Account, name: str) -> None:
    """Enter it, and offer the report and the machine's page."""
    said, verdict = told.find(clip, name), account.verdict
    of = logbooks.judged(name, verdict)
    entry = None if said else logbooks.keep(clip, account, name)
    if not said:
        logbooks.note_shown(entry)
    if is_long(clip):
        return
    noted = said.text if said else entry.told if entry else None

    def written() -> str:
        from mimimi.logbook.report import report  # brings matplotlib along

        return report(
            account,
            waveform(clip),
            logbooks.local(entry.when if entry else now()),
            photo=of.book.photo if of else None,
            told=noted,
        )

    with st.container(horizontal=True, vertical_alignment="center", key="to_send"):
        st.download_button(
            on_machines.REPORT,
            written,
            f"{slug(verdict.file) or 'verdict'}.html",
            "text/html",
            icon=":material/description:",
            help=on_machines.HELP_OF_REPORT,
            on_click="ignore",
        )
        if of:
            st.page_link(
                "machines/page.py",
                label=on_machines.ITS_PAGE,
                icon=":material/precision_manufacturing:",
                query_params={"machine": of.key},
            )
