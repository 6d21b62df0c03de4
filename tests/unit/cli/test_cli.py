"""The command line as its users meet it: in a process of its own, by exit code and output."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from mimimi.cli import main
from mimimi.simulate import simulate_clip

pytestmark = pytest.mark.slow  # processes, or bundled detectors

KEYS = {
    "recognised",
    "file", "machine_type", "machine_id", "machine_id_given", "score", "threshold",
    "is_anomalous", "false_alarm_rate", "p_value", "calibration_clips", "seconds", "windows",
    "attention", "problems", "warning", "error",
}  # fmt: skip


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "a fan, № 1.wav"
    soundfile.write(path, simulate_clip("fan", "id_50", clip=900), 16_000)
    return path


def mimimi(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mimimi", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


def test_simulate_makes_what_was_asked_for(corpus: Path) -> None:
    files = [path.relative_to(corpus).as_posix() for path in corpus.rglob("*.wav")]
    for machine_id in ("id_50", "id_51"):
        for kind, count in (("train/normal", 4), ("test/normal", 2), ("test/anomaly", 2)):
            assert sum(f.startswith(f"fan/{kind}_{machine_id}_") for f in files) == count


def test_an_unusual_recording_is_explained_where_that_is_asked_for(tmp_path, capsys) -> None:
    time = np.arange(160_000) / 16_000
    sound = simulate_clip("pump", "id_51", clip=900)
    beep = 0.1 * np.sin(2 * np.pi * 3_200 * time) * (time > 4) * (time < 6)
    for name, samples in (("normal", sound), ("beep", sound + beep)):
        soundfile.write(tmp_path / f"{name}.wav", samples, 16_000)
    files = [str(tmp_path / f"{name}.wav") for name in ("normal", "beep")]
    command = ["score", "pump", *files, "--machine-id", "id_51"]
    assert main([*command, "--explain", "--json"]) == 1
    normal, beeping = json.loads(capsys.readouterr().out)
    assert normal["where"] is None
    assert beeping["where"].startswith("louder than usual around 3.")
    main([*command, "--explain"])
    assert "; louder than usual around 3." in capsys.readouterr().out
    main([*command, "--json"])
    assert json.loads(capsys.readouterr().out)[1]["where"] is None


def test_a_run_is_a_detector(run: Path) -> None:
    assert {"config.json", "model.safetensors", "README.md"} <= {p.name for p in run.iterdir()}


@pytest.mark.slow
def test_json_of_one_process_exit_code_and_all(run: Path, clip: Path) -> None:
    done = mimimi("score", run, clip, "--machine-id", "id_50", "--json")
    (verdict,) = json.loads(done.stdout)
    assert verdict.keys() >= KEYS
    assert done.returncode == (1 if verdict["is_anomalous"] else 0)
    assert verdict["file"] == str(clip)
    assert verdict["machine_id_given"] is True
    assert verdict["score"] == pytest.approx(
        np.mean([window["score"] for window in verdict["windows"]]), abs=1e-5
    )
    assert [window["start"] for window in verdict["windows"]] == pytest.approx(
        [0, 2.048, 4.096, 6.144, 7.968]
    )
    weights = [
        *verdict["attention"]["magnitude"].values(),
        *verdict["attention"]["complex"].values(),
    ]
    assert sum(weights) == pytest.approx(1, abs=1e-5)
    assert done.stderr == ""


def test_without_an_id_the_machine_is_inferred_and_said(
    run: Path, clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", str(run), str(clip), "--json"]) in (0, 1)
    (verdict,) = json.loads(capsys.readouterr().out)
    assert verdict["machine_id_given"] is False
    assert verdict["machine_id"] in ("id_50", "id_51")
    assert "machine inferred: less reliable" in verdict["warning"]


def test_a_bad_file_is_one_line_and_the_others_are_scored(
    run: Path, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"RIFF but not really")
    assert main(["score", str(run), str(bad), str(clip), "--json"]) == 2
    printed = capsys.readouterr()
    first, second = json.loads(printed.out)
    assert "bad.wav" in first["error"]
    assert first["score"] is None
    assert second["error"] is None
    assert printed.err.count("\n") == 1
    assert "bad.wav" in printed.err


def test_csv_has_a_line_a_file(run: Path, clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["score", str(run), str(clip), str(clip), "--csv"])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 2
    assert rows[0] == rows[1]
    assert float(rows[0]["threshold"])


def test_text_for_people(run: Path, clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["score", str(run), str(clip), "--machine-id", "id_50"])
    line = capsys.readouterr().out
    assert ("UNUSUAL" in line) == (code == 1)
    assert "normal recordings sounded" in line


def test_the_false_alarm_rate_is_the_users(
    run: Path, clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    thresholds = []
    for rate in ("0.4", "0.7"):
        main(["score", str(run), str(clip), "--false-alarm-rate", rate, "--json"])
        (verdict,) = json.loads(capsys.readouterr().out)
        assert verdict["false_alarm_rate"] <= float(rate)
        thresholds.append(verdict["threshold"])
    assert thresholds[0] > thresholds[1]
    main(["score", str(run), str(clip), "--false-alarm-rate", "0.001"])
    assert "0.1% needs 999 of them" in capsys.readouterr().out


def test_watch_tells_the_events_of_a_long_recording(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = simulate_clip("fan", "id_50", clip=900, seconds=30.0)
    soundfile.write(tmp_path / "day.wav", sound, 16_000)
    code = main(["watch", str(run), str(tmp_path), "--machine-id", "id_50", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told["alarm"] == {"k": 5, "n": 6}
    assert (code, told["events"]) == (0, [])
    assert [segment["start"] for segment in told["segments"]] == [0.0, 10.0, 20.0]

    every = ["--alarm", "1/1", "--false-alarm-rate", "0.999"]  # all but the least unusual
    code = main(["watch", str(run), str(tmp_path), "--machine-id", "id_50", *every, "--csv"])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    unusual = [s["score"] for s in told["segments"] if s["p_value"] < 1]
    assert code == bool(unusual)
    assert sum(int(row["segments"]) for row in rows) == len(unusual)


def short(path: Path) -> None:
    soundfile.write(path, simulate_clip("fan", seconds=1.0), 16_000)


def silent(path: Path) -> None:
    soundfile.write(path, np.zeros(160_000), 16_000)


def non_finite(path: Path) -> None:
    samples = simulate_clip("fan").astype(np.float32)
    samples[:] = np.nan
    soundfile.write(path, samples, 16_000, subtype="FLOAT")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.write_bytes(b""), "empty"),
        (lambda path: path.write_text("not a sound"), "not a sound file"),
        (lambda path: None, "no such file"),
        (lambda path: path.mkdir(), "this is a folder"),
        (short, "too short"),
        (silent, "silent"),
        (non_finite, "no numbers"),
    ],
)
def test_what_cannot_be_judged_is_refused(
    make, said: str, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path / "x.wav")
    assert main(["score", str(run), str(tmp_path / "x.wav")]) == 2
    message = capsys.readouterr().err
    assert said in message
    assert message.count("\n") == 1


def test_a_cut_off_file_is_scored_with_a_warning(
    run: Path, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = tmp_path / "cut.wav"
    cut.write_bytes(clip.read_bytes()[:200_000])
    assert main(["score", str(run), str(cut), "--json"]) in (0, 1)
    (verdict,) = json.loads(capsys.readouterr().out)
    assert "cut off" in verdict["warning"]
    assert [problem["kind"] for problem in verdict["problems"]] == ["cut_off"]
    assert verdict["seconds"] == pytest.approx(6.25, abs=0.1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["score", "no-such-detector", "x.wav"], "no detector"),
        (["evaluate", "no-such-detector", "."], "no detector"),
        (["train", "nowhere", "--type", "fan", "--out", "unused"], "not a folder"),
        (["train", ".", "--out", "unused", "--recipe", "soup"], "no recipe"),
        (["simulate", "unused", "--clips", "0"], "1 or more"),
        (["watch", "fan", "x.wav", "--alarm", "3"], "no alarm rule"),
        (["score", "fan", "x.wav", "--false-alarm-rate", "5"], "between 0 and 1"),
    ],
)
def test_bad_arguments_are_one_sentence(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    message = capsys.readouterr().err
    assert said in message
    assert message.count("\n") == 1


def test_an_unknown_id_is_refused_with_those_there_are(
    run: Path, clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", str(run), str(clip), "--machine-id", "id_99"]) == 2
    assert "id_50, id_51" in capsys.readouterr().err


def test_a_damaged_detector_is_refused(
    run: Path, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    for name in ("config.json", "model.safetensors"):
        (damaged / name).write_bytes((run / name).read_bytes()[:-1])
    assert main(["score", str(damaged), str(clip)]) == 2
    assert "damaged" in capsys.readouterr().err


def test_help_and_scoring_nothing_do_not_wait_for_torch() -> None:
    code = (
        "import sys; from mimimi.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print('heavy:', sorted({'torch', 'scipy', 'sklearn', 'streamlit'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip().endswith("heavy: []")
