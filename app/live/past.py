"""The alarms of this listening, to be heard, judged and saved, and the record of it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mimimi.monitor import export
from mimimi.monitor.alarm import Event, Rule
from state import live_alarms
from state.live_sound import Listening, Worst
from texts import about_alarms, on_live
from texts.formats import plain
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
        _sound(heard, start, sound, chosen)
    if heard.live.segments:
        _record(heard, found, rule, chosen)


def why(heard: Listening, start: float, chosen: Machine) -> DeltaGenerator | None:
    """Why there was an alarm, and the way to say what it was.

    Args:
        heard: so far.
        start: where the alarm begins.
        chosen: the machine that it was judged as.

    Returns:
        The place of the reason, if it may be found yet.
    """
    worst = heard.worst.get(start)
    if worst is None:
        return None
    place = st.empty()
    say(place, heard, worst)
    of = {"detector": chosen.detector.name} | ({"id": chosen.choice} if chosen.choice else {})
    # A link, since a page that the server switches to from within what is drawn anew all the time
    # stays blank where the two meet.
    st.page_link(
        "analyse/page.py",
        label=on_live.JUDGE_IT,
        icon=":material/graphic_eq:",
        help=on_live.HELP_OF_JUDGING,
        query_params=of | live_alarms.address(start),
    )
    return None if worst.is_explained else place


def say(place: DeltaGenerator, heard: Listening, worst: Worst) -> None:
    """The reason, once it is known."""
    if worst.reason:
        place.markdown(on_live.reason(heard.clock(worst.at), plain(worst.reason)))


def _sound(heard: Listening, start: float, wav: bytes, chosen: Machine) -> None:
    at = heard.clock(start)
    with st.expander(on_live.sound_of(at), icon=":material/notifications_active:"):
        why(heard, start, chosen)
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
