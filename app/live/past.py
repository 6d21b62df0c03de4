"""The alarms of this listening, to be heard and saved, and the record of it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mimimi.monitor import export
from mimimi.monitor.alarm import Event, Rule
from state.live_sound import Listening
from texts import about_alarms, on_live
from widgets import alarms
from widgets.machine import Machine


def show(heard: Listening, found: Sequence[Event], rule: Rule, chosen: Machine) -> None:
    """Table, sounds and downloads.

    Args:
        heard: so far.
        found: the alarms in it.
        rule: that raised them.
        chosen: the machine that it was judged as.
    """
    st.markdown(f"### {about_alarms.count(found)}")
    if found:
        st.dataframe(
            alarms.columns(found, heard.clock), column_config=alarms.FORMATS, hide_index=True
        )
    for start, sound in sorted(heard.sounds.items(), reverse=True):
        _sound(heard.clock(start), sound, chosen)
    if heard.live.segments:
        _record(heard, found, rule, chosen)


def _sound(at: str, wav: bytes, chosen: Machine) -> None:
    with st.expander(on_live.sound_of(at), icon=":material/notifications_active:"):
        st.audio(wav, format="audio/wav")
        st.download_button(
            "Save it (WAV)",
            wav,
            f"{chosen.name} alarm {at.replace(':', '-')}.wav",
            "audio/wav",
            key=f"save_{at}",
            icon=":material/download:",
            on_click="ignore",
        )


def _record(heard: Listening, found: Sequence[Event], rule: Rule, chosen: Machine) -> None:
    segments, began = heard.live.segments, heard.at(0.0)
    name = f"{chosen.name} {began:%Y-%m-%d %H-%M}"

    def as_csv() -> str:
        return export.segments_as_csv(segments, began)

    def as_json() -> str:
        of = chosen.machine_type, chosen.machine_id or ""
        return export.as_json(*of, rule, found, list(segments), began)

    st.markdown(f"### {on_live.RECORD}")
    with st.container(horizontal=True):
        st.download_button(
            "Scores (CSV)", as_csv, f"{name}.csv", "text/csv", key="record_csv", on_click="ignore"
        )
        st.download_button(
            "Scores and alarms (JSON)",
            as_json,
            f"{name}.json",
            "application/json",
            key="record_json",
            on_click="ignore",
        )
