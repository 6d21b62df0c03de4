"""What a visitor's microphone has sent, and what became of it; kept as long as the session."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

import streamlit as st

from charts.rolling_spectrum import RollingSpectrum
from mimimi import deployment
from mimimi.audio import Pair, Samples, recording_hash
from mimimi.config import SAMPLE_RATE, FrontEnd
from mimimi.errors import UserError
from mimimi.monitor.alarm import Event
from recorder.live import Block
from state import detectors, keys, microphones, zone
from state.clips import Clip
from state.measurements import turn
from texts import on_guard

if TYPE_CHECKING:
    from mimimi.monitor.live import Live

KEPT = 60.0  # s of sound, to be seen, and to be heard where there was an alarm
_ALARMS = 10  # whose sound is kept
_SILENT = 30.0  # s after which a microphone is not open any more: blocks come every few seconds


@dataclass
class Worst:
    """The most unusual segment of an alarm, as the page Analyse takes it."""

    clip: Clip
    at: float  # s, where it begins
    is_explained: bool = False
    reason: str | None = None


@dataclass(frozen=True)
class Listening:
    """What the microphone heard of one machine, however often it was closed meanwhile."""

    judged_as: tuple[str, str | None, float | None, int, Pair | None]
    stamp: str  # of the detector as it is now: it may be told more meanwhile
    live: Live
    began: float  # s since 1970, when the microphone was opened for the first time
    take: str  # the newest opening
    first: int = 0  # of the samples, where that begins
    sounds: dict[float, bytes] = field(default_factory=dict)  # WAV, by where the alarm begins
    worst: dict[float, Worst] = field(default_factory=dict)  # likewise
    rolling: RollingSpectrum = field(default_factory=RollingSpectrum)

    def clock(self, seconds: float) -> str:
        """The time of day at which so much was heard."""
        return f"{self.at(seconds):%H:%M:%S}"

    def at(self, seconds: float) -> datetime:
        """As `clock`, with the date, where the visitor is."""
        return zone.local(self.began + seconds).replace(tzinfo=None)


def keep(block: Block) -> None:
    """Take what has arrived; the browser sends no more before it knows."""
    st.session_state[keys.LIVE_BLOCK] = block


def taken() -> Block | None:
    """The last block that has arrived."""
    block: Block | None = st.session_state.get(keys.LIVE_BLOCK)
    return block


def hear(name: str, machine_id: str | None, rate: float | None) -> Listening | None:
    """Judge what has arrived; None as long as nothing has.

    Args:
        name: of the detector.
        machine_id: the machine it is; None: the most similar one.
        rate: of false alarms; None: the detector's own.

    Raises:
        UserError: the detector is missing or damaged, what was sent is no sound, or as many
            microphones as this installation keeps up with are open.
    """
    block = taken()
    if block is None:
        return None
    _require_place(block.take)
    listening: Listening | None = st.session_state.get(keys.LIVE_LISTENING)
    pair = microphones.pair_of(name)
    known = detectors.known()[name]
    judged_as = str(known.folder), machine_id, rate, block.rate, pair
    if listening is None or listening.judged_as != judged_as:
        from mimimi.monitor.live import Live

        live = Live(
            detectors.load(name),
            machine_id,
            block.rate,
            first=block.first,
            false_alarm_rate=rate,
            kept=KEPT,
        )
        began = time.time() - block.end / block.rate
        listening = st.session_state[keys.LIVE_LISTENING] = Listening(
            judged_as, known.stamp, live, began, block.take
        )
    elif listening.take != block.take:  # the record of the session goes on
        listening = st.session_state[keys.LIVE_LISTENING] = _opened_again(listening, block)
    if listening.stamp != known.stamp:  # it was told more: so it does
        listening.live.judge_by(detectors.load(name))
        listening = st.session_state[keys.LIVE_LISTENING] = replace(listening, stamp=known.stamp)
    with turn():
        listening.live.hear(listening.first + block.first, _in_order(block.samples, pair))
    listening.rolling.follow(listening.live.recent)
    return listening


def _opened_again(listening: Listening, block: Block) -> Listening:
    """Its samples counted on, as the clock says."""
    now = round((time.time() - listening.began) * block.rate) - len(block.samples)
    listening.live.open_again(now)
    first = round(listening.live.heard * block.rate) - block.first
    return replace(listening, take=block.take, first=first)


def _in_order(samples: Samples, pair: Pair | None) -> Samples:
    """As `Live` takes them, the one at the machine before the one in the hall; and back again."""
    turned = pair and pair.near > pair.far and samples.ndim > 1
    return samples[:, ::-1] if turned else samples


def keep_sound(listening: Listening, found: Sequence[Event]) -> None:
    """Keep what led to the alarm that was raised last, once, so that it can be heard meanwhile."""
    recent, sounds = listening.live.recent, listening.sounds
    if not found or found[-1].end < recent.start or found[-1].start in sounds:
        return
    event = found[-1]
    sounds[event.start] = _wav(recent.between(event.start, event.end))
    if worst := _worst(listening, event):
        listening.worst[event.start] = worst
    for start in sorted(sounds)[:-_ALARMS]:
        del sounds[start]
        listening.worst.pop(start, None)


def _worst(listening: Listening, event: Event) -> Worst | None:
    """None where it is not kept whole. Of two microphones both: Analyse takes the hall out."""
    *_, pair = listening.judged_as
    kept, start = listening.live.both if pair else listening.live.recent, event.peak
    end = start + FrontEnd().segment_seconds
    if start < kept.start or end > kept.end:
        return None
    wav = _wav(_in_order(kept.between(start, end), pair), kept.rate)
    name = f"alarm {listening.at(start):%Y-%m-%d %H.%M.%S}.wav"
    return Worst(Clip(name, wav, recording_hash(wav)).heard(pair or 0), start)


def _wav(samples: Samples, rate: int = SAMPLE_RATE) -> bytes:
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="WAV", subtype="PCM_16")
    return file.getvalue()


def _require_place(take: str) -> None:
    """Once there is a place for a microphone it is kept, until nothing comes any more."""
    most, now, heard = deployment.limits().live, time.monotonic(), _heard()
    for other, at in list(heard.items()):
        if now - at > _SILENT:
            heard.pop(other, None)
    if most is not None and take not in heard and len(heard) >= most:
        raise UserError(on_guard.too_many_listen(most))
    heard[take] = now


@st.cache_resource(show_spinner=False)
def _heard() -> dict[str, float]:
    """When each open microphone of all visitors was heard last."""
    return {}
