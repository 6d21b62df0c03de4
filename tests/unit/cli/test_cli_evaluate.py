"""The command line from recordings to figures: train, evaluate, and download before both."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from local_server import LocalServer

from mimimi.cli import main

pytestmark = pytest.mark.slow  # processes, or bundled detectors


def test_evaluate_leaves_out_what_was_trained_on(
    run: Path, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(run), str(corpus), "--split", "train", "--json"]) == 0
    everything = json.loads(capsys.readouterr().out)
    assert everything["trained_on_clips"] == 8
    assert everything["summaries"] == []
    assert main(["evaluate", str(run), str(corpus)]) == 0
    table = capsys.readouterr().out
    assert "machine id given" in table
    assert "machine id inferred (less reliable)" in table


def test_evaluate_writes_what_it_found(
    run: Path, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "out"
    report = tmp_path / "elsewhere" / "report.html"
    options = ["--json", "--out", str(out), "--report", str(report)]
    assert main(["evaluate", str(run), str(corpus), *options]) == 0
    assert report.read_text().count("data:image/png") == len(list(out.glob("*.png")))
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((out / "evaluation.json").read_text())
    assert printed["detectors"] == {"fan": f"folder {run}"}
    assert len(list(csv.DictReader((out / "clips.csv").open()))) == len(printed["clips"]) == 16
    assert printed["trained_on_clips"] == 8  # nothing is left out but what it was trained on
    assert sorted(path.name.rsplit("_", 1)[1] for path in out.glob("*.png")) == [
        "decisions.png", "ids.png", "map.png", "roc.png", "scores.png",
    ]  # fmt: skip
    not_a_folder = out / "clips.csv"
    assert main(["evaluate", str(run), str(corpus), "--out", str(not_a_folder)]) == 2
    assert capsys.readouterr().err.count("clips.csv") == 1


def test_all_types_are_trained_each_in_its_folder(tmp_path: Path) -> None:
    data, out = str(tmp_path / "data"), tmp_path / "runs"
    main(["simulate", data, "--types", "valve", "pump", "--ids", "2", "--clips", "1"])
    assert main(["train", data, "--out", str(out), "--epochs", "1", "--device", "cpu"]) == 0
    assert {path.parent.name for path in out.glob("*/config.json")} == {"pump", "valve"}
    assert json.loads((out / "run.json").read_text())["state"] == "finished"


def test_download_train_and_evaluate_in_a_row_just_work(
    corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Simulated clips in MIMII's layout, published by a local server as Zenodo does."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for k, path in enumerate(sorted(corpus.rglob("*.wav"))):
            label, machine_id = path.name.split("_", 1)[0], path.name.split("id_")[1][:2]
            folder = "normal" if label == "normal" else "abnormal"
            packed.writestr(f"fan/id_{machine_id}/{folder}/{k:08}.wav", path.read_bytes())
    server = LocalServer()
    monkeypatch.setenv("MIMIMI_ZENODO", server.url)
    try:
        server.publish(3384388, {"-6_dB_fan.zip": archive.getvalue()})
        data, out = str(tmp_path / "data"), str(tmp_path / "run")
        chosen = ["--dataset", "mimii", "--types", "fan", "--snr", "-6"]
        assert main(["download", data, *chosen]) == 0
    finally:
        server.close()
    train = ["train", data, "--type", "fan", "--out", out, "--epochs", "1", "--device", "cpu"]
    assert main(train) == 0
    capsys.readouterr()
    assert main(["evaluate", out, data, "--json"]) == 0
    evaluation = json.loads(capsys.readouterr().out)
    assert len(evaluation["clips"]) == 16
    assert evaluation["trained_on_clips"] == 8  # as many as are left besides normal ones held out
