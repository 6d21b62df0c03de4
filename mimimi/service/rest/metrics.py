"""How machines are, as Prometheus asks for it: all from the history."""

from __future__ import annotations

import time
from collections.abc import Iterator

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mimimi.service.history import marks
from mimimi.service.history.history import History
from mimimi.service.judgement import RUNS
from mimimi.service.microphone import FAULTS
from mimimi.service.rest.backend import Backend

_DAY = 86_400.0  # s


def router(backend: Backend) -> APIRouter:
    """The operation that Prometheus asks."""
    routes = APIRouter(tags=["service"])
    registry = CollectorRegistry()
    registry.register(_Machines(backend.history))

    @routes.get("/metrics", response_class=Response)
    def metrics() -> Response:
        """Score, threshold, level, state, alarm and microphone of each machine, for Prometheus."""
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return routes


class _Machines(Collector):
    """Asks the history whenever it is asked."""

    def __init__(self, history: History) -> None:
        self._history = history

    def describe(self) -> list[Metric]:
        """Nothing: the history need not be there when this is registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Each figure of all machines."""
        history = self._history
        now = time.time()
        gauges = {
            name: GaugeMetricFamily(f"mimimi_{name}", said, labels=["machine"])
            for name, said in _GAUGES.items()
        }
        faults = GaugeMetricFamily(
            "mimimi_microphone_fault", "1 while it was told and lasts", labels=["machine", "fault"]
        )
        states = GaugeMetricFamily(
            "mimimi_state", "1 for the state that it is in", labels=["machine", "state"]
        )
        told = CounterMetricFamily(
            "mimimi_alarms", "Alarms raised, muted ones too", labels=["machine"]
        )
        for machine in history.machines():
            newest = history.newest(machine)
            notices = history.past(machine, 1).notices
            told.add_metric([machine], history.alarms(machine))
            alarm = notices.get("alarm")
            figures: dict[str, float | None] = {
                "alarm": float(alarm is not None and alarm.is_on),
                "muted": float(marks.muted_until(history, machine, now) is not None),
            }
            if newest:
                figures |= {
                    "score": newest.score,
                    "threshold": newest.threshold,
                    "level_dbfs": newest.level,
                    "running": float(newest.state != "off" and newest.state is not None),
                    "heard_timestamp_seconds": newest.end,
                    "running_seconds_24h": history.running(machine, newest.end - _DAY),
                }
            for name, value in figures.items():
                if value is not None:
                    gauges[name].add_metric([machine], value)
            for state in ("off", *RUNS):
                is_in = newest is not None and newest.state == state
                states.add_metric([machine, state], float(is_in))
            for fault in (*FAULTS, "disconnected", "nothing_comes"):
                is_on = fault in notices and notices[fault].is_on
                faults.add_metric([machine, fault], float(is_on))
        yield from gauges.values()
        yield states
        yield faults
        yield told


_GAUGES = {
    "score": "Anomaly score of the newest segment",
    "threshold": "Above which a segment is unusual",
    "level_dbfs": "Level of the newest segment",
    "running": "1 while the machine runs",
    "running_seconds_24h": "Seconds that it ran in the last 24 h in which it was heard",
    "heard_timestamp_seconds": "When the newest segment ended",
    "alarm": "1 while the alarm is on",
    "muted": "1 while nobody is told",
}
