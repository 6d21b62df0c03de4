"""What answers look like, for the description of the interface; tests hold them to its schemas."""

from __future__ import annotations

from typing import Any

DETECTOR: dict[str, Any] = {
    "name": "compressor-2",
    "machine_type": "compressor",
    "machines": ["compressor 2"],
    "false_alarm_rate": {"compressor 2": 0.05},
    "reference_channel": None,
    "learnt": ["learnt, 1 March 2026", "was a fault: bearing, 3 May 2026"],
}
VERDICT: dict[str, Any] = {
    "file": "clip.wav",
    "machine_type": "compressor",
    "machine_id": "compressor 2",
    "machine_id_given": False,
    "score": 3.21,
    "threshold": 2.13,
    "is_anomalous": True,
    "recognised": None,
    "youden_threshold": None,
    "false_alarm_rate": 0.05,
    "p_value": 0.05,
    "calibration_clips": 19,
    "calibration_scores": [0.61, 0.7, 2.13],
    "seconds": 10.0,
    "windows": [{"start": 0.0, "seconds": 10.0, "score": 3.21}],
    "like": "bearing, 3 May 2026",
    "attention": None,
    "probabilities": {"compressor 2": 1.0},
    "where": "other tones than usual from 3.1 to 3.4 kHz",
    "problems": [],
    "warning": None,
    "error": None,
    "state": None,
}
MACHINE: dict[str, Any] = {
    "name": "compressor 2",
    "heard_until": "2026-03-01T12:03:55Z",
    "score": 3.21,
    "threshold": 2.13,
    "p_value": 0.05,
    "level": -31.5,
    "state": "running",
    "microphone": "",
    "alarm": "on",
    "acknowledged": False,
    "muted_until": None,
    "hours_run": 9.5,
    "hours_in_states": {},
}
EVENT: dict[str, Any] = {
    "id": 7,
    "machine": "compressor 2",
    "about": "alarm",
    "on": True,
    "at": "2026-03-01T12:03:55.0Z",
    "since": "2026-03-01T12:03:20.0Z",
    "text": "compressor 2 sounds unusual: 5 of the last 6 segments; ...",
    "score": 3.21,
    "threshold": 2.13,
    "p_value": 0.05,
    "false_alarm_rate": 0.05,
    "rule": "5 of 6",
    "level": -31.5,
    "state": "running",
    "where": "other tones than usual from 3.1 to 3.4 kHz",
    "clip": "/var/lib/mimimi/history/clips/compressor-2/2026-03-01T12-02-55Z_60s_alarm_3.210.flac",
    "link": "http://plant.local:8765/clips/compressor-2/2026-03-01T12-02-55Z_60s_alarm_3.210.flac",
}
