"""A canary in every field that a stranger can fill; nowhere does it sing."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
import soundfile
from browsing import ROOT, running_app
from forged import Forged, marked_up

CANARY = "=1+1\x1b]0;owned\x07![c](http://canary.example/c.png)<img src=http://canary.example/d>"
ALIVE = re.compile(r"(?<!\\)[!\]](?:\[|\()|https?://canary|www\.canary|(?<!\\)<img")
PAGES = ("", "live", "monitor", "train", "evaluate", "models")
_ROWS = {"selection": {"rows": [-7, 10**9], "points": [{"customdata": [9**9]}, {}], "cells": []}}
_SENT = {"recording": {"wav": "!", "settings": []}, "block": {"pcm": 7}, "unsupported": CANARY}
PLANTED: dict[str, list[dict[str, Any]]] = {
    "text_input": [{"string_value": CANARY}, {"string_value": "../../etc"}],
    "selectbox": [{"string_value": CANARY}, {"string_value": "../../etc"}],
    "multiselect": [{"string_array_value": {"data": [CANARY, "../.."]}}],
    "button_group": [{"string_array_value": {"data": [CANARY]}}, {"string_array_value": {}}],
    "slider": [{"string_array_value": {"data": [CANARY]}}],
    "number_input": [{"double_value": 1e300}, {"double_value": -1.0}],
    "bidi_component": [{"json_value": json.dumps(_SENT)}],
    "dataframe": [{"string_value": json.dumps(_ROWS)}],
    "plotly_chart": [{"string_value": json.dumps(_ROWS)}],
}


@dataclass
class App:
    url: str
    home: Path


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    place = tmp_path_factory.mktemp("app")
    home = place / "home"
    with running_app(place / "log", MIMIMI_SHARED="1", MIMIMI_HOME=str(home)) as url:
        yield App(url, home)
        (place / "log").write_text("")  # what a forger breaks for himself is told there, and ends


def sound(hum: Callable[..., np.ndarray], seconds: float = 10.0, kind: str = "WAV") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, hum(seconds), 16_000, format=kind)
    return file.getvalue()


def quiet(page: Forged) -> None:
    for message in page.messages:
        for text in marked_up(message):
            assert "Something went wrong" not in text, text
            if "canary" in text:
                assert not ALIVE.search(text), text


@pytest.mark.parametrize("name", PAGES)
def test_no_widget_takes_what_it_does_not_offer(app: App, name: str) -> None:
    query = "type=../..&id=" + "a" * 300 + "&rate=nan&job=../x&detector=" + quote(CANARY)
    with Forged(app.url, name, query) as page:
        for nth in (0, -1):
            page.send(
                **{
                    re.escape(key): PLANTED[kind][nth]
                    for key, kind in page.kinds.items()
                    if kind in PLANTED
                }
            )
        quiet(page)


def test_wrong_kinds_of_values_harm_nobody_else(app: App) -> None:
    for name in PAGES:
        with Forged(app.url, name) as page:
            page.send(**{re.escape(key): {"bytes_value": b"\xff"} for key in page.keys})
    with Forged(app.url, "train") as other:
        quiet(other)


def test_no_name_of_a_file_or_machine_sings(app: App, fan_clip: Path) -> None:
    flat = CANARY.replace("/", "")  # nothing of it is taken for a folder
    with Forged(app.url, query="type=fan&id=id_50") as page:
        page.upload(
            "uploads_.*",
            (f"{flat}.wav", b"no sound"),
            (f"{flat} 2.wav", fan_clip.read_bytes()),
            (f"{CANARY}.wav", fan_clip.read_bytes()),
        )
        assert any("canary" in text for message in page.messages for text in marked_up(message))
        quiet(page)
    with Forged(app.url) as page:
        page.send(teach_name_0={"string_value": CANARY})
        page.upload("teach_uploads_0", (f"{CANARY}.wav", fan_clip.read_bytes()))
        quiet(page)


def start_a_job(app: App) -> None:
    with Forged(app.url, "train") as page:
        page.send(way={"string_array_value": {"data": ["Simulated"]}})
        page.send(
            simulated_type={"string_value": CANARY},
            simulated_ids={"int_value": 10**9},
            simulated_clips={"int_value": -3},
            start_simulate={"trigger_value": True},
        )
        quiet(page)


def test_no_error_of_a_job_sings_to_others(app: App) -> None:
    start_a_job(app)
    with Forged(app.url, "train") as other:
        other.send(train_view={"string_array_value": {"data": ["Runs"]}})
        quiet(other)
    records = [json.loads(path.read_text()) for path in app.home.glob("runs/*/run.json")]
    assert all("canary" not in json.dumps(record) for record in records)


def test_recordings_to_train_on(app: App, hum: Callable[..., np.ndarray]) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(f"{CANARY}/{CANARY}.wav", sound(hum))
        packed.writestr(f"{CANARY}/b.wav", b"no sound")
    with Forged(app.url, "train") as page:
        page.send(**{"kind_.*": {"string_value": CANARY}})
        page.upload("own_0", (f"{CANARY}.wav", sound(hum)), (f"{CANARY}.wav", b"no sound"))
        page.send(machine_name={"string_value": CANARY})
        page.send(add_waiting={"trigger_value": True})
        page.upload("own_1", (f"{CANARY}.zip", archive.getvalue()))
        assert any("canary" in text for message in page.messages for text in marked_up(message))
        quiet(page)
    with Forged(app.url, "evaluate") as page:
        page.send(tried_on={"string_array_value": {"data": ["A ZIP of recordings"]}})
        page.upload("tried_zip", (f"{CANARY}.zip", archive.getvalue()))
        quiet(page)


def test_no_file_and_no_terminal_sings(app: App, fan_clip: Path) -> None:
    start_a_job(app)
    with Forged(app.url, query="type=fan&id=id_50") as page:
        page.send(teach_name_0={"string_value": CANARY})
        page.upload("teach_uploads_0", (f"{CANARY}.wav", fan_clip.read_bytes()))
    for path in app.home.rglob("*"):
        assert "\x1b" not in path.name
        if path.suffix in (".json", ".jsonl", ".log", ".csv", ".md"):
            text = path.read_text(errors="replace")
            assert "\x1b" not in text, path
            assert "<img" not in text, path
            assert not re.search(r"(^|,)=", text, re.MULTILINE), path
    controller, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "mimimi", "jobs", "list"],
        cwd=ROOT,
        env=os.environ | {"MIMIMI_HOME": str(app.home)},
        stdout=terminal,
        stderr=terminal,
    ) as listing:
        os.close(terminal)
        printed = b""
        with suppress(OSError):  # the other side is closed
            while part := os.read(controller, 1 << 16):
                printed += part
    os.close(controller)
    assert listing.returncode == 0
    assert b"simulated" in printed
    assert b"\x1b]" not in printed
    assert b"owned" not in printed
