"""The most similar normal recording on the Analyse page, and when it can be heard."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from variants import with_config
from visit import expert, opened, said, sounds, try_example, upload

from mimimi import audio
from mimimi.detector.detector import Detector
from mimimi.detector.references import Reference, References
from mimimi.features.fingerprint import fingerprint
from mimimi.runs import Run
from mimimi.simulate import written_again
from state import examples

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.usefixtures("own_home")
HEADING = "Its spectrum beside a normal one"


def shown(page: AppTest) -> bool:
    return HEADING in said(page) and "neighbour" in {c.key for c in page.get("plotly_chart")}


def can_be_heard(page: AppTest) -> bool:
    """Beside the recording itself."""
    return sounds(page) == ["This recording", "Nearest normal one"]


def nearest(page: AppTest) -> str:
    """The line that names it."""
    return next(c.value for c in page.caption if c.value.startswith("Normal one: ")).replace(
        "\\", ""
    )


def test_a_simulated_one_is_made_again_to_be_heard():
    page = try_example(opened(), "fan", "clogging")
    assert shown(page)
    assert can_be_heard(page)
    assert f"normal_{examples.MACHINE_IDS['fan']}_0000000" in nearest(page)


@pytest.fixture
def clip() -> bytes:
    return examples.simulate(examples.Example("fan"))


def test_one_that_is_not_at_hand_is_shown_by_its_spectrum(clip):
    page = upload(opened(type="fan", id="id_02"), ("mine.wav", clip))
    assert shown(page)
    assert not can_be_heard(page)
    assert any("is not kept here" in caption.value for caption in page.caption)


@pytest.fixture
def my_run(own_home, tmp_path) -> Path:
    """A run of one's own, and the folder with the recordings that it was trained on."""
    data, run = tmp_path / "recordings" / "hall [3]", own_home / "runs" / "north-hall"
    data.mkdir(parents=True)
    detector = Detector.from_pretrained("fan")
    entries, known = list(detector.references.entries), set(detector.config.trained_on)
    for n in [n for n, kept in enumerate(entries) if kept.machine_id == "id_02"]:
        file = data / f"north hall {n}.wav"
        file.write_bytes(written_again("fan", f"normal_id_57_{n:08d}.wav"))
        entries[n] = Reference("id_02", file.name, fingerprint(audio.read(file).samples))
        known.add(entries[n].fingerprint)
    of_ones_own = replace(
        with_config(detector, trained_on=frozenset(known)),
        references=replace(detector.references, entries=tuple(entries)),
    )
    of_ones_own.save_pretrained(run)
    Run(run).update(asked={"data": [str(data.parent)]})
    return data


def test_one_of_a_run_of_ones_own_is_found_where_the_run_was_trained(my_run, clip):
    page = upload(opened(detector="north-hall", id="id_02"), ("mine.wav", clip))
    assert "north hall" in nearest(page)
    assert can_be_heard(page)


def test_another_recording_under_its_name_is_not_played_in_its_place(my_run, clip):
    for file in my_run.iterdir():
        file.write_bytes(clip)
    page = upload(opened(detector="north-hall", id="id_02"), ("mine.wav", clip))
    assert shown(page)
    assert not can_be_heard(page)


def test_on_a_shared_installation_no_folder_is_searched(my_run, clip, monkeypatch):
    monkeypatch.setenv("MIMIMI_SHARED", "1")
    page = upload(opened(detector="north-hall", id="id_02"), ("mine.wav", clip))
    assert not can_be_heard(page)


def test_a_detector_of_old_offers_no_comparison(own_home, clip):
    run = own_home / "runs" / "old"
    shutil.copytree(ROOT / "checkpoints" / "fan", run)
    replace(Detector.from_pretrained(run), references=References()).save_pretrained(run)
    assert json.loads((run / "config.json").read_text())["references"] == []
    page = upload(expert(detector="old", id="id_02"), ("mine.wav", clip))
    assert page.metric
    assert not shown(page)
