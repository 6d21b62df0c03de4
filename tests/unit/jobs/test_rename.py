"""What was learnt of a machine under another name, or no more; nothing is lost on the way."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mimimi import jobs
from mimimi.detector.detector import Detector
from mimimi.detector.locate import bundled, trained
from mimimi.errors import DetectorError, UserError
from mimimi.simulate import simulate_clip


@pytest.fixture
def runs(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setenv("MIMIMI_HOME", str(tmp_path))
    clips = [(simulate_clip("pump", "id_52", clip=number), 16_000) for number in range(3)]
    Detector.learn("Pump 2", clips).save_pretrained(tmp_path / "runs" / "pump-2")
    return tmp_path / "runs"


def test_it_is_found_by_its_new_name_alone(runs: Path) -> None:
    assert jobs.rename("Pump 2", "Pump 2, hall B") == "pump-2-hall-b"
    assert list(trained()) == ["pump-2-hall-b"]
    assert Detector.from_pretrained("Pump 2, hall B").ids == ("Pump 2, hall B",)
    jobs.delete("Pump 2, hall B")
    assert trained() == {}


def test_a_name_in_other_letters_keeps_its_folder(runs: Path) -> None:
    assert jobs.rename("pump-2", "PUMP 2") == "pump-2"
    assert Detector.from_pretrained("pump-2").ids == ("PUMP 2",)


@pytest.mark.parametrize("taken", ["Fan", "line 3", "../x", "***"])
def test_a_name_that_is_taken_or_none_changes_nothing(runs: Path, taken: str) -> None:
    (runs / "line-3").mkdir()
    with pytest.raises(UserError):
        jobs.rename("Pump 2", taken)
    assert Detector.from_pretrained("Pump 2").ids == ("Pump 2",)
    assert list(trained()) == ["pump-2"]


def test_what_was_trained_or_is_not_there_is_refused(runs: Path) -> None:
    shutil.copytree(bundled()["fan"], runs / "my-fans")
    with pytest.raises(DetectorError, match="was trained"):
        jobs.rename("my-fans", "Pump 9")
    with pytest.raises(DetectorError, match="No machine was learnt under the name 'Pump 9'"):
        jobs.rename("Pump 9", "Pump 10")


def test_what_cannot_be_written_stays_under_its_name(runs: Path, monkeypatch) -> None:
    def full(self: Detector, folder: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Detector, "save_pretrained", full)
    with pytest.raises(OSError, match="No space"):
        jobs.rename("Pump 2", "Pump 3")
    assert list(trained()) == ["pump-2"]
