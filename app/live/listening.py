"""The microphone while the machine runs: how it sounds now, how it did, and the alarms."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from charts import live_sound as pictures
from charts import score_over_time
from live import past
from mimimi.errors import UserError
from mimimi.monitor.alarm import Event, Rule, ScoredSegment, events
from recorder import live as microphone
from state import device, kept, keys, live_alarms, live_sound
from state.live_sound import Listening
from texts import about_alarms, on_live
from texts.formats import plain
from texts.headline import Headline
from widgets import alarms, false_alarms, figures, machine, microphones

_SHOWN = 600  # s of the past
_AT_LEAST = 120  # s
_ENOUGH_TO_SEE = 2  # columns


@st.fragment
def listen(chosen: machine.Machine) -> None:
    """All of it; a block of sound runs this alone.

    The microphone's own place is drawn last: it asks for the next block, which would break off the
    drawing of what this one has brought. Only the reason for an alarm takes longer, and is found
    after it.
    """
    microphones_place = st.container(border=True)
    with st.container(border=True):
        said, drawn, setting = st.container(key="now_said"), st.container(), st.container()
    listed = st.container()
    try:
        heard = live_sound.hear(chosen.detector.name, chosen.machine_id, false_alarms.asked())
    except UserError as error:
        heard = None
        said.error(plain(str(error)), icon=":material/block:")
    segments = list(heard.live.segments) if heard else []
    with setting, st.container(horizontal=True, vertical_alignment="bottom"):
        rule = alarms.choose()
        st.session_state.setdefault(keys.RING, True)
        ring = st.toggle(on_live.RING, key=keys.RING, help=on_live.HELP_OF_RINGING, width="content")
    found = list(events(segments, rule))
    with said:
        headline = _say(heard, segments, found, rule, chosen)
        why = st.container(key="why")
    with drawn:
        _draw(heard, segments, found)
    if heard:
        live_sound.keep_sound(heard, found)
        with listed:
            past.show(heard, found, rule, chosen)
    alarm = headline.text if segments and rule.is_on(segments) else None
    with why:
        unexplained = past.why(heard, found[-1].start, chosen) if heard and alarm else None
    with microphones_place:
        channels = microphones.choose(chosen.detector)
        microphone.listen(
            keys.LIVE,
            live_sound.taken(),
            live_sound.keep,
            alarm=alarm,
            ring=ring,
            channels=channels,
        )
    kept.keep()
    if heard:
        with why:
            live_alarms.explain(heard, chosen.detector.name)
        if unexplained:
            past.say(unexplained, heard, heard.worst[found[-1].start])


def _say(
    heard: Listening | None,
    segments: list[ScoredSegment],
    found: list[Event],
    rule: Rule,
    chosen: machine.Machine,
) -> Headline:
    listening_now = microphone.is_open(keys.LIVE)
    if heard and segments:
        headline = about_alarms.now(segments, found, rule, chosen.name, heard.clock)
        end = segments[-1].end
        text = on_live.at(heard.clock(end), end, closed=not listening_now)
        text += about_alarms.why(segments, rule)
    else:
        headline = Headline("mic", "grey", "Listening …" if listening_now else "Press Listen")
        text = on_live.BEFORE_THE_FIRST_VERDICT
    st.markdown(f"## {headline.markdown}")
    st.markdown(text)
    return headline


def _draw(
    heard: Listening | None, segments: Sequence[ScoredSegment], found: Sequence[Event]
) -> None:
    if heard is None:
        return
    if segments:
        end = max(segments[-1].end, _AT_LEAST)
        shown = max(0.0, end - _SHOWN), end
        figure = score_over_time.over_time(
            [segment for segment in segments if segment.end >= shown[0]],
            [event for event in found if event.end >= shown[0]],
            shown,
            began=heard.at(0.0),
            touch=device.is_phone(),
        )
        figures.show(figure, "moments", "none")
    if len(heard.rolling.level) >= _ENOUGH_TO_SEE:
        st.markdown(f"### {on_live.LAST_MINUTE}")
        picture = pictures.live_sound(heard.rolling, heard.at(heard.rolling.start))
        figures.show(picture, "sound_now", "none")
