"""A verdict to keep and to send: its place in the machine's logbook, and a page of its own."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mimimi.detector.verdict import Verdict
from mimimi.explain.account import Account
from mimimi.logbook.entry import Entry, now
from mimimi.names import slug
from state import keys, logbooks, told
from state.clips import Clip
from state.waveforms import is_long, waveform
from texts import on_machines


def keep(clip: Clip, verdict: Verdict, name: str) -> Entry | None:
    """Enter it and let the address lead to it, before it can be read: no reload may lose it."""
    if told.find(clip, name):  # it was entered before something was said of it
        return None
    entry = logbooks.keep(clip, verdict, name)
    logbooks.note_shown(entry)
    return entry


def keep_others(
    recordings: Sequence[Clip], verdicts: Sequence[Verdict], name: str, shown: int
) -> None:
    """Enter those of several, too, whose details nobody looks at; once a visit, as first judged.

    Args:
        recordings: all of them.
        verdicts: on each.
        name: of the detector that judged.
        shown: which of them is entered by `keep`.
    """
    entered: set[tuple[str, str]] = st.session_state.setdefault(keys.ENTERED, set())
    for row, (clip, verdict) in enumerate(zip(recordings, verdicts, strict=True)):
        if (clip.key, name) in entered:
            continue
        entered.add((clip.key, name))
        if row != shown and not told.find(clip, name):
            logbooks.keep(clip, verdict, name)


def offer(clip: Clip, account: Account, name: str, entry: Entry | None) -> None:
    """Complete its entry, and offer the report and the machine's page.

    Args:
        clip: the recording.
        account: of it.
        name: of the detector that judged.
        entry: as `keep` gave it.
    """
    said, verdict = told.find(clip, name), account.verdict
    of = logbooks.judged(name, verdict)
    if entry:
        logbooks.say(entry, account, name)
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
