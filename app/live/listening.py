"""The microphone while the machine runs: how it sounds now, how it did, and the alarms."""

from __future__ import annotations

import streamlit as st

from charts import score_over_time
from mimimi.errors import UserError
from mimimi.monitor.alarm import Event, Rule, ScoredSegment, clock, events
from recorder import live as microphone
from state import device, keys, live_sound
from texts import about_alarms
from texts.formats import plain
from texts.headline import Headline
from texts.on_live import BEFORE_THE_FIRST_VERDICT
from widgets import alarms, false_alarms, figures, machine

_SHOWN = 600  # s of the past
_AT_LEAST = 120  # s


@st.fragment
def listen(chosen: machine.Machine) -> None:
    """All of it; a block of sound runs this alone.

    The microphone's own place is drawn last: it asks for the next block, which would break off the
    drawing of what this one has brought.
    """
    microphones_place = st.container(border=True)
    with st.container(border=True):
        said, drawn, setting = st.container(key="now_said"), st.container(), st.container()
    listed = st.container()
    try:
        live = live_sound.hear(chosen.detector.name, chosen.machine_id, false_alarms.asked())
    except UserError as error:
        live = None
        said.error(plain(str(error)), icon=":material/block:")
    segments = list(live.segments) if live else []
    with setting:
        rule = alarms.choose()
    found = list(events(segments, rule))
    with said:
        _say(segments, found, rule, chosen)
    with drawn:
        _draw(segments, found)
    with listed:
        alarms.table(found)
    with microphones_place:
        microphone.listen(keys.LIVE, live_sound.taken(), live_sound.keep)


def _say(
    segments: list[ScoredSegment], found: list[Event], rule: Rule, chosen: machine.Machine
) -> None:
    listening_now = microphone.is_open(keys.LIVE)
    if segments:
        headline = about_alarms.now(segments, found, rule, chosen.name)
        at = f"At {clock(segments[-1].end)}" if listening_now else "The microphone is closed; last"
        text = f"{at}: {about_alarms.why(segments, rule)}"
    else:
        headline = Headline("mic", "grey", "Listening …" if listening_now else "Press Listen")
        text = BEFORE_THE_FIRST_VERDICT
    st.markdown(f"### {headline.markdown}")
    st.markdown(text)


def _draw(segments: list[ScoredSegment], found: list[Event]) -> None:
    end = max(segments[-1].end, _AT_LEAST) if segments else _AT_LEAST
    shown = max(0.0, end - _SHOWN), end
    recent = [segment for segment in segments if segment.end >= shown[0]]
    figure = score_over_time.over_time(
        recent, [event for event in found if event.end >= shown[0]], shown, touch=device.is_phone()
    )
    figures.show(figure, "moments", "none")
