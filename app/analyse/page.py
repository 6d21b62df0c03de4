"""The Analyse page: from a recording to a verdict."""

from __future__ import annotations

import streamlit as st

from analyse import export, front, inputs, known_sound, origin, table, teach, unheard
from mimimi.detector.verdict import as_csv, as_json
from mimimi.errors import UserError
from state import clips, detectors, keys, live_alarms, logbooks, microphones, told, waveforms
from state.clips import Clip
from state.verdicts import judge
from texts import on_analyse, on_machines
from texts.formats import plain
from widgets import false_alarms, machine, teach_offer, top
from widgets import microphones as ask_of


def _open_again(number: str) -> None:
    """The result that a link leads to."""
    logbooks.open_again(number, *_addressed())


def _take(alarm: Clip) -> None:
    """What was heard on the page Live."""
    _addressed()
    teach_offer.leave()
    clips.keep_clip(alarm)


def _addressed() -> tuple[str, str | None]:
    """Detector and id that a link names, from now on the visitor's."""
    name, machine_id = st.query_params.get("detector", ""), st.query_params.get("id")
    if name in detectors.known():
        machine.pick(name, machine_id)
    return name, machine_id


def _begin() -> None:
    """What there is before there is a recording."""
    if st.session_state.pop(keys.RESULT_GONE, False):
        st.warning(on_machines.RESULT_GONE, icon=":material/link_off:")
    st.title(on_analyse.TITLE, anchor=False)
    st.markdown(on_analyse.INTRODUCTION)
    if teach_offer.is_on():
        teach.alone()
    else:
        front.show()


def _folded(recordings: list[Clip]) -> machine.Machine:
    """What is judged as what, in one line, so that the verdict stands at the top."""
    name = plain(recordings[0].name) if len(recordings) == 1 else f"{len(recordings)} recordings"
    line = f"**{machine.settle().name}** · {name} · {on_analyse.CHANGE}"
    top.title(on_analyse.TITLE)
    with st.expander(line, icon=":material/swap_horiz:"):
        chosen = machine.choose()
        inputs.choose(chosen)
        ask_of.of(chosen.detector, recordings)
    inputs.note_processing()
    return chosen


def _judge(recordings: list[Clip], chosen: machine.Machine) -> None:
    """The verdict, and below it what it rests on."""
    # With what draws figures, which takes a second.
    from analyse import long_recording, report, result

    if chosen.choice is None:
        logbooks.note_shown(None)
        inputs.refuse(recordings)
        machine.ask(chosen, on_analyse.which_one(chosen.machine_type))
        return
    name = chosen.detector.name
    recordings = microphones.heard(recordings, name)
    if chosen.machine_id is None and unheard.is_own(name):
        logbooks.note_shown(None)
        inputs.refuse(recordings)
        unheard.instead(recordings)
        return
    if long_recording.asked_for(recordings):
        logbooks.note_shown(None)
        long_recording.show(recordings, chosen)
        origin.show(name)
        return
    status = st.empty()
    try:
        verdicts = judge(recordings, name, chosen.machine_id, progress=status.progress)
    except UserError as error:
        status.error(plain(str(error)), icon=":material/block:")
        return
    status.empty()
    verdicts = [
        logbooks.before(clip, name, told.before(clip, name, verdict))
        for clip, verdict in zip(recordings, verdicts, strict=True)
    ]
    verdicts = [false_alarms.accepted(verdict) for verdict in verdicts]
    row = table.choose(recordings, verdicts, name, chosen.machine_id) if len(recordings) > 1 else 0
    clip, verdict = recordings[row], verdicts[row]
    if waveforms.is_long(clip):
        logbooks.note_shown(None)
        long_recording.show([clip], chosen)
    else:
        inputs.note_missed_fault(verdict)
        verdicts[row] = result.show(clip, verdict, name).verdict
    report.keep_others(recordings, verdicts, name, row)
    if chosen.detector.group == "mine":
        known_sound.show(chosen)
    if all(verdict.error for verdict in verdicts):
        return
    st.caption(origin.in_short(name))
    export.offer("verdicts", json=as_json(verdicts), csv=as_csv(verdicts))
    origin.show(name)


if not detectors.known():
    st.error(on_analyse.NO_DETECTOR)
    st.stop()
if (number := logbooks.asked()) is not None:
    _open_again(number)
if alarm := live_alarms.asked():
    _take(alarm)
recordings = [] if teach_offer.is_on() else clips.current()
settled = machine.settle()
of = (*(clip.key for clip in recordings), settled.detector.name, settled.choice)
with top.begin(" ".join(map(str, of)) + (" taught" if teach_offer.is_on() else "")):
    machine.note_dead_link()
    if recordings:
        st.session_state.pop(keys.JUST_LEARNT, None)
        _judge(recordings, _folded(recordings))
    else:
        logbooks.note_shown(None)
        _begin()
