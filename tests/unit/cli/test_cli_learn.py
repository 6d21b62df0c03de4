"""`learn` as the engineer meets it: a minute of one machine, then verdicts by its name."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from loads import sound

from mimimi.cli import main
from mimimi.simulate import simulate_clip

pytestmark = pytest.mark.slow  # processes, or bundled detectors


def write(folder: Path, numbers: range, fault: str | None = None) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{fault or 'normal'} {number}.wav" for number in numbers]
    for path, number in zip(paths, numbers, strict=True):
        sound = simulate_clip("pump", "id_52", clip=number, fault=fault, severity=3)
        soundfile.write(path, sound, 16_000)
    return list(map(str, paths))


@pytest.fixture(scope="module")
def normal(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return write(tmp_path_factory.mktemp("normal"), range(9))


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return write(tmp_path_factory.mktemp("faulty"), range(900, 902), "clogging")


@pytest.fixture
def home(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setenv("MIMIMI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_minute_is_learnt_and_judged_by_name(home, normal, faulty, capsys) -> None:
    assert main(["learn", "Hall pump 2", *normal[:6], "--kind", "pump"]) == 0
    said = capsys.readouterr().err
    assert "60 s of Hall pump 2 learnt" in said
    assert "1 in 7" in said
    assert "all of it is" not in said
    assert "score hall-pump-2 clip.wav" in said
    assert "another minute would help a bit with faint faults" in said
    assert main(["score", "hall-pump-2", normal[7], "--explain"]) == 0
    assert main(["score", "Hall pump 2", faulty[0], "--explain", "--json"]) == 1
    (verdict,) = json.loads(capsys.readouterr().out.partition("\n")[2])
    assert verdict["where"]
    assert verdict["calibration_clips"] == 6
    assert main(["jobs", "list"]) == 0


def test_what_was_learnt_is_listed_a_name_a_line(home, normal, capsys) -> None:
    assert main(["learn", "--list"]) == 0
    said = capsys.readouterr()
    assert (said.out, "nothing was learnt yet" in said.err) == ("", True)
    for name in ("press 4", "Hall pump 2"):
        assert main(["learn", "--kind", "pump", name, *normal[:3]]) == 0
    capsys.readouterr()
    assert main(["learn", "--list"]) == 0
    assert capsys.readouterr().out == "hall-pump-2\npress-4\n"
    assert main(["learn", "--add", "hall pmp 2", normal[4]]) == 2
    assert "did you mean hall-pump-2?" in capsys.readouterr().err
    assert main(["learn"]) == 2
    assert "Name the machine" in capsys.readouterr().err


def test_little_sound_is_learnt_with_a_warning_and_added_to(home, normal, capsys) -> None:
    assert main(["learn", "pump 2", normal[0]]) == 0
    said = capsys.readouterr().err
    assert (
        "on 16 real machines a faulty recording sounded more unusual than a normal one 79" in said
    )
    assert "all of it is one recording: expect more false alarms than promised" in said
    assert main(["learn", "pump 2", normal[1]]) == 2
    assert "already" in capsys.readouterr().err
    assert main(["learn", "pump 2", *normal[:6], "--add"]) == 0
    said = capsys.readouterr().err
    assert "left out: 1 heard before" in said
    assert "60 s of pump 2 learnt" in said
    with pytest.raises(SystemExit, match="2"):
        main(["learn", "pump 2", normal[6], "--add", "--kind", "pump"])
    assert main(["learn", "pump 3", normal[6], "--add"]) == 2


def test_it_is_told_after_verdicts_and_takes_it_back(home, normal, faulty, capsys) -> None:
    assert main(["learn", "pump 2", *normal[:6], "--kind", "pump"]) == 0
    assert main(["learn", "pump 2", faulty[0], "--fault", "clogged inlet"]) == 0
    assert "is called from now on: clogged inlet, " in capsys.readouterr().err
    assert main(["score", "pump-2", faulty[1]]) == 1
    assert "; like clogged inlet, " in capsys.readouterr().out
    assert main(["learn", "pump 2", faulty[0], "--normal"]) == 2
    assert "heard before: was a fault: clogged inlet" in capsys.readouterr().err
    assert main(["learn", "pump 2", "--undo"]) == 0
    assert "undone: was a fault: clogged inlet" in capsys.readouterr().err
    assert main(["score", "pump-2", faulty[1]]) == 1
    assert "like" not in capsys.readouterr().out
    assert main(["learn", "pump 2", normal[6], "--normal"]) == 0
    assert "false alarms: 1 in 7" in capsys.readouterr().err  # as before: it was chosen
    assert main(["learn", "pump 2", "--adapt", *normal[6:]]) == 0
    assert "20 s of pump 2 learnt" in capsys.readouterr().err  # one was heard before
    assert main(["learn", "pump 2", "--undo", normal[0]]) == 2
    assert main(["learn", "pump 2", "--add"]) == 2
    for _ in range(2):
        assert main(["learn", "pump 2", "--undo"]) == 0
    assert main(["learn", "pump 2", "--undo"]) == 2
    assert "nothing to undo" in capsys.readouterr().err


def test_what_was_learnt_can_be_deleted(home, normal, capsys) -> None:
    assert main(["learn", "Pump 2", *normal[:3]]) == 0
    assert main(["jobs", "delete", "Pump 2"]) == 2
    assert "confirm it with --yes" in capsys.readouterr().err
    assert main(["jobs", "delete", "Pump 2", "--yes"]) == 0
    assert main(["score", "pump-2", normal[3]]) == 2
    assert main(["jobs", "delete", "pump-2", "--yes"]) == 2


def test_less_than_ten_seconds_is_refused(home, tmp_path, capsys) -> None:
    soundfile.write(tmp_path / "short.wav", simulate_clip("pump", seconds=9.0), 16_000)
    assert main(["learn", "pump 2", str(tmp_path / "short.wav")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "10 s of normal sound is the least" in line
    assert not (home / "runs" / "pump-2").exists()


def test_a_bad_recording_loses_none_of_the_others_and_is_named(
    home, normal, tmp_path, capsys
) -> None:
    sound, rate = soundfile.read(normal[1])
    soundfile.write(tmp_path / "dead.wav", np.stack([0 * sound, sound], axis=1), rate)
    (tmp_path / "letter.wav").write_text("no sound")
    given = [normal[0], str(tmp_path / "letter.wav"), str(tmp_path / "dead.wav")]
    assert main(["learn", "pump 2", *given]) == 2
    said = capsys.readouterr().err
    assert "letter.wav: this is not a sound file" in said
    assert "dead.wav: channel 0 (left) is dead: channel 1 (right) was taken" in said
    assert "20 s of pump 2 learnt" in said
    assert main(["learn", "pump 3", given[1]]) == 2
    assert "None of the recordings can be learnt from" in capsys.readouterr().err
    assert not (home / "runs" / "pump-3").exists()


def test_a_name_is_one_name_however_its_letters_are_composed(home, normal, capsys) -> None:
    composed, decomposed = "S\u00fcd 1", "Su\u0308d 1"
    assert main(["learn", composed, normal[0]]) == 0
    for name in (composed, decomposed):
        assert main(["score", name, normal[1], "--machine-id", name]) in (0, 1)


def test_a_bundled_name_is_refused(home, normal, capsys) -> None:
    assert main(["learn", "fan", *normal[:6]]) == 2
    assert "bundled" in capsys.readouterr().err


def test_it_watches_without_being_told_which_machine(tmp_path, normal, faulty, capsys) -> None:
    out = str(tmp_path / "mine")
    assert main(["learn", "pump 2", *normal[:6], "--kind", "pump", "--out", out]) == 0
    assert main(["learn", "pump 2", *normal[:6], "--kind", "pump", "--out", out]) == 2
    capsys.readouterr()
    hours = np.concatenate([soundfile.read(path)[0] for path in (normal[7], *faulty * 3)])
    soundfile.write(tmp_path / "long.wav", hours, 16_000)
    assert main(["watch", out, str(tmp_path / "long.wav"), "--json"]) == 1
    told = capsys.readouterr()
    assert "inferred" not in told.err
    [event] = json.loads(told.out)["events"]
    assert main(["watch", out, str(tmp_path / "long.wav")]) == 1
    told = capsys.readouterr()
    odds = f"while all is well, at most 1 in {int(1 / event['mean_p_value'] + 1e-9)} sounds so"
    assert odds in told.out
    assert "p-value" not in told.out
    assert "1 alarm; " in told.err


def test_it_is_evaluated_on_its_own_machine(tmp_path, normal, faulty, capsys) -> None:
    out = str(tmp_path / "mine")
    assert main(["learn", "pump 2", *normal[:6], "--kind", "pump", "--out", out]) == 0
    data = tmp_path / "data"
    data.mkdir()
    for path in (*normal, *faulty):
        shutil.copy(path, data)
    lines = ["path,machine_type,machine_id,label,split"]
    lines += [f"{Path(path).name},pump,pump 2,normal,test" for path in (*normal[:1], *normal[6:])]
    lines += [f"{Path(path).name},pump,pump 2,anomaly,test" for path in faulty]
    (data / "index.csv").write_text("\n".join(lines))
    capsys.readouterr()
    report = tmp_path / "report.html"
    command = ["evaluate", out, str(data), "--json", "--report", str(report)]
    assert main(command) == 0
    (summary, *_) = json.loads(capsys.readouterr().out)["summaries"]
    assert (summary["overall"]["normal"], summary["overall"]["anomalous"]) == (3, 2)
    assert summary["overall"]["auc"]["value"] == 1
    assert report.stat().st_size


def test_results_of_a_folder_are_kept(tmp_path, normal, faulty) -> None:
    out = str(tmp_path / "mine")
    assert main(["learn", "pump 2", *normal[:6], "--out", out]) == 0
    assert main(["score", out, normal[6], faulty[0], "--out", str(tmp_path / "results")]) == 1


def test_a_learnt_machine_is_renamed_and_deleted(home, normal, faulty, capsys) -> None:
    assert main(["learn", "pump 2", *normal[:6]]) == 0
    assert main(["learn", "pump 2", faulty[0], "--fault", "clogging"]) == 0
    capsys.readouterr()
    assert main(["learn", "pump 2", "--rename", "Pumpe, Halle Süd"]) == 0
    assert "score pumpe-halle-süd clip.wav" in capsys.readouterr().err
    assert main(["score", "Pumpe, Halle Süd", faulty[1], "--json"]) == 1
    (verdict,) = json.loads(capsys.readouterr().out)
    assert (verdict["machine_id"], verdict["like"][:8]) == ("Pumpe, Halle Süd", "clogging")
    assert main(["score", "pump 2", normal[7]]) == 2
    assert main(["learn", "pump 2", *normal[:6]]) == 0  # its name is free again
    capsys.readouterr()
    assert main(["learn", "pump 2", normal[7], "--rename", "pump 3"]) == 2
    assert "--rename takes no recordings" in capsys.readouterr().err
    assert main(["jobs", "delete", "Pumpe, Halle Süd", "--yes"]) == 0
    assert sorted(path.name for path in (home / "runs").glob("[!.]*")) == ["pump-2"]


def test_what_was_learnt_elsewhere_is_renamed_where_it_is(home, normal, tmp_path: Path) -> None:
    out = tmp_path / "mine"
    assert main(["learn", "pump 2", *normal[:3], "--out", str(out)]) == 0
    assert main(["learn", "pump 2", "--rename", "pump 3", "--out", str(out)]) == 0
    assert json.loads((out / "config.json").read_text())["ids"] == ["pump 3"]


def test_two_loads_are_told_of_and_a_verdict_says_which(home, tmp_path, capsys) -> None:
    for load, name, seconds in (("idle", "a", 190), ("full", "b", 190), ("idle", "new", 10)):
        soundfile.write(tmp_path / f"{name}.wav", sound(load, seconds, seconds), 16_000)
    assert main(["learn", "mill", str(tmp_path / "a.wav"), str(tmp_path / "b.wav")]) == 0
    said = capsys.readouterr().err
    found = "two states were found, clearly apart: 19 recordings sound deeper and 19 brighter"
    assert found in said
    assert 'if that is wrong:  python -m mimimi learn "mill" --states one' in said
    main(["score", "mill", str(tmp_path / "new.wav"), "--json"])
    [verdict] = json.loads(capsys.readouterr().out)
    assert (verdict["state"], verdict["calibration_clips"]) == ("deeper", 19)

    assert main(["learn", "mill", "--states", "one"]) == 0
    said = capsys.readouterr().err
    assert "it was said to have one state" in said
    assert 'if that is wrong:  python -m mimimi learn "mill" --states find' in said
    main(["score", "mill", str(tmp_path / "new.wav"), "--json"])
    [verdict] = json.loads(capsys.readouterr().out)
    assert (verdict["state"], verdict["calibration_clips"]) == (None, 38)
    assert main(["learn", "mill", "--states", "one"]) == 2
    assert "was said already" in capsys.readouterr().err
    assert main(["learn", "mill", "--states", "find"]) == 0
    assert found in capsys.readouterr().err
    assert main(["learn", "mill", str(tmp_path / "new.wav"), "--states", "one"]) == 2
    assert "--states takes no recordings" in capsys.readouterr().err
