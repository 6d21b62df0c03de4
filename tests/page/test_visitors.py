"""Several visitors at once: nobody reads another's verdict or waits behind a long recording."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
import streamlit as st

from benchmarks.speed.app import running_app
from benchmarks.speed.visitors import COUNTED, at_once, loads, mixed_up, recordings
from state import detectors, measurements
from state.clips import Clip
from state.turns import Turns


@pytest.mark.slow
def test_no_verdict_is_mixed_up_and_no_detector_loaded_twice(tmp_path):
    brought, log = recordings(4, types=["fan", "valve"]), tmp_path / "log"
    with log.open("w") as output, running_app(COUNTED, output) as app:
        read = at_once(app.url, brought)
    assert loads(log) == {"fan": 1, "valve": 1}
    assert not mixed_up(brought, read)
    swapped = [read[2], read[1], read[0], read[3]]
    assert len(mixed_up(brought, swapped)) == 2


@dataclass(frozen=True)
class Named:
    name: str


class Listener:
    """A detector that is told when to be done, and knows how many it listens to at once."""

    def __init__(self) -> None:
        self.begun, self.done, self._counting = (
            threading.Event(),
            threading.Event(),
            threading.Lock(),
        )
        self.at_once, self.most = 0, 0

    def measure(self, name: str) -> Named:
        with self._counting:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        if name == "long":
            self.begun.set()
        self.done.wait(600 if name == "long" else 0.02)
        with self._counting:
            self.at_once -= 1
        return Named(name)


@pytest.mark.parametrize("processors", [1, 2])
def test_no_more_are_measured_than_there_are_processors_and_none_behind_a_long_one(
    processors, monkeypatch
):
    listener = Listener()
    monkeypatch.setattr(measurements, "_TURNS", Turns(processors))
    monkeypatch.setattr(measurements, "waveform", lambda clip: clip.name)
    monkeypatch.setattr(measurements, "length", lambda clip: 3_600.0 if clip in long else 10.0)
    monkeypatch.setattr(detectors, "load", lambda name: listener)
    st.cache_resource.clear()
    short = [Clip(f"short {k}", b"", str(k)) for k in range(6)]
    long = [Clip("long", b"", f"long {k}") for k in range(2)]
    with ThreadPoolExecutor(8) as threads:
        slow = [threads.submit(measurements.measure, clip, "fan") for clip in long]
        assert listener.begun.wait(600)
        heard = list(threads.map(lambda clip: measurements.measure(clip, "fan"), short))
        is_done = [one.done() for one in slow]
        listener.done.set()
    assert [measured.name for measured in heard] == [clip.name for clip in short]
    assert not any(is_done)
    assert 2 <= listener.most <= processors + 1  # short ones and a long one
