"""Long recordings: alarms first, when they were, and what they sounded like."""

from __future__ import annotations

import streamlit as st

from analyse import export, result
from charts import score_over_time
from mimimi.config import SAMPLE_RATE
from mimimi.errors import UserError
from mimimi.monitor.alarm import Event, Rule, ScoredSegment, events
from mimimi.monitor.export import as_csv, as_json
from state import device, keys, long_recordings, waveforms
from state.clips import Clip
from state.long_recordings import Watched
from state.verdicts import judge
from texts import about_alarms
from texts.formats import machine as called
from texts.formats import plain
from texts.on_analyse import AS_ONE, ONE_AFTER_THE_OTHER
from widgets import alarms, false_alarms, figures, machine

_AROUND = 5.0  # s that are played before and after an alarm
_PLAYED = 120.0  # s of it at most


def asked_for(clips: list[Clip]) -> bool:
    """Whether these recordings are judged by their alarms: one long one, or many as one."""
    if len(clips) == 1:
        return waveforms.is_long(clips[0])
    return st.toggle(AS_ONE, key=keys.IN_A_ROW, help=ONE_AFTER_THE_OTHER)


def show(clips: list[Clip], chosen: machine.Machine) -> None:
    """Everything about it."""
    clips = sorted(clips, key=lambda clip: clip.name)
    status = st.empty()
    try:
        with status.container():
            watched = long_recordings.watch(
                clips, chosen.detector.name, chosen.machine_id, st.empty().progress
            )
    except UserError as error:
        status.error(plain(str(error)), icon=":material/block:")
        st.stop()
    status.empty()
    threshold, segments = watched.at(false_alarms.asked())
    with st.container(border=True):
        said, drawn, settings = st.container(key="alarm_said"), st.container(), st.container()
    with settings, st.expander("When an alarm is raised", icon=":material/tune:"):
        rule = alarms.choose()
        false_alarms.choose(threshold.recordings, threshold.false_alarm_rate)
    found = list(events(segments, rule))
    name = called(chosen.machine_type, watched.machine_id)
    with said:
        _say(segments, found, rule, name, threshold.false_alarm_rate)
        if chosen.machine_id is None:
            st.warning(about_alarms.inferred(watched.machine_id), icon=":material/info:")
    with drawn:
        figure = score_over_time.over_time(
            segments, found, (0.0, segments[-1].end), touch=device.is_phone()
        )
        figures.show(figure, "moments", "zoom")
    _show_events(clips, segments, found, chosen, watched)
    said_by = chosen.machine_type, watched.machine_id, rule, found, segments
    export.offer("alarms", json=as_json(*said_by), csv=as_csv(found))


def _say(
    segments: list[ScoredSegment], found: list[Event], rule: Rule, name: str, promised: float
) -> None:
    headline = about_alarms.over_all(segments, found, name)
    st.markdown(f"## {headline.markdown}")
    st.markdown(about_alarms.share(segments, rule, promised))
    for text in (about_alarms.not_judged(segments), about_alarms.noticed(segments)):
        if text:
            st.warning(plain(text), icon=":material/info:")


def _show_events(
    clips: list[Clip],
    segments: list[ScoredSegment],
    found: list[Event],
    chosen: machine.Machine,
    watched: Watched,
) -> None:
    row = alarms.choose_event(found)
    if row is None:
        return
    event = found[row]
    start = max(0.0, event.start - _AROUND)
    sound = long_recordings.excerpt(
        clips, segments, start, min(_PLAYED, event.end + _AROUND - start)
    )
    st.markdown(f"### Alarm {row + 1}: {plain(sound.name)}")
    if sound.channel == 0:
        st.audio(sound.content)
    else:  # as it is judged
        st.audio(waveforms.waveform(sound).in_place, sample_rate=SAMPLE_RATE)
    st.markdown("### Its most unusual segment")
    peak = long_recordings.excerpt(clips, segments, event.peak, long_recordings.SEGMENT)
    (verdict,) = judge([peak], chosen.detector.name, watched.machine_id, lambda share, text: None)
    accepted = false_alarms.asked()
    shown = verdict if accepted is None else verdict.at(accepted)
    result.show(peak, shown, chosen.detector.name, adjustable=False, teachable=False)
