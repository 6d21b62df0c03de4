"""Every verb with a second microphone: learnt with it, judged with it, refused without."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hall import write
from pyarrow import parquet

from mimimi.cli import main
from mimimi.simulate import simulate_clip

pytestmark = pytest.mark.slow  # processes, or bundled detectors

PAIR = ["--channel", "0", "--reference-channel", "1"]


def clip(folder: Path, number: int, fault: str | None = None) -> str:
    machine = simulate_clip("pump", "id_52", clip=number, fault=fault, severity=3)
    return str(write(folder / f"{fault or 'normal'} {number}.wav", machine, number, loud=2.0))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="module")
def learnt(folder: Path) -> str:
    out = folder / "learnt"
    clips = [clip(folder / "minute", number) for number in range(6)]
    assert main(["learn", "pump 2", *clips, "--kind", "pump", *PAIR, "--out", str(out)]) == 0
    return str(out)


@pytest.fixture(scope="module")
def alone(folder: Path, learnt: str) -> str:
    out = folder / "alone"
    assert main(["learn", "pump 3", str(folder / "minute"), "--out", str(out)]) == 0
    return str(out)


@pytest.fixture(scope="module")
def one_channel(folder: Path) -> str:
    sound, rate = soundfile.read(clip(folder, 7), always_2d=True)
    soundfile.write(folder / "one.wav", sound[:, 0], rate)
    return str(folder / "one.wav")


def said(capsys: pytest.CaptureFixture[str], *command: str, code: int = 2) -> str:
    assert main(list(command)) == code
    return capsys.readouterr().err


def test_what_was_learnt_with_two_is_judged_with_the_same_two(learnt, folder, capsys) -> None:
    normal, faulty = clip(folder, 7), clip(folder, 900, "clogging")
    assert main(["score", learnt, faulty, "--json"]) == 1
    (verdict,) = json.loads(capsys.readouterr().out)
    assert main(["score", learnt, faulty, "--json", *PAIR]) == 1
    assert json.loads(capsys.readouterr().out) == [verdict]
    assert main(["score", learnt, normal, "--explain"]) == 0
    assert main(["watch", learnt, normal]) == 0
    assert main(["watch", learnt, faulty, "--alarm", "1/1"]) == 1


def test_a_folder_of_results_is_of_one_choice_of_channels(learnt, folder, tmp_path, capsys) -> None:
    normal, out = clip(folder, 7), str(tmp_path / "results")
    assert main(["score", learnt, normal, "--out", out]) == 0
    assert parquet.read_table(out).to_pylist()[0]["is_anomalous"] is False
    other = ["--channel", "1", "--reference-channel", "0"]
    assert "channel" in said(capsys, "score", learnt, normal, "--out", out, *other)


def test_one_channel_is_refused_by_every_verb(learnt, one_channel, capsys) -> None:
    why = "has one channel, and the second microphone, which hears the hall, would be channel 1"
    assert why in said(capsys, "score", learnt, one_channel)
    assert why in said(capsys, "watch", learnt, one_channel)
    place = ["--out", learnt, one_channel]
    for more in (["--add"], ["--adapt"], ["--normal"], ["--fault", "bearing"]):
        assert why in said(capsys, "learn", "pump 2", *more, *place)


def test_what_is_told_later_is_heard_with_both(learnt, folder, tmp_path, capsys) -> None:
    faulty = clip(folder, 900, "clogging")
    assert main(["learn", "pump 2", faulty, "--fault", "clogged inlet", "--out", learnt]) == 0
    main(["score", learnt, clip(folder, 901, "clogging")])
    assert "like clogged inlet" in capsys.readouterr().out
    assert main(["learn", "pump 2", "--undo", "--out", learnt]) == 0
    assert main(["score", learnt, clip(folder, 7)]) == 0


def test_figures_are_measured_with_both(learnt, folder, tmp_path, capsys) -> None:
    lines = ["path,machine_type,machine_id,label,split"]
    for number, fault in ((30, None), (31, None), (905, "clogging")):
        label = "anomaly" if fault else "normal"
        lines.append(f"{Path(clip(tmp_path, number, fault)).name},pump,pump 2,{label},test")
    (tmp_path / "index.csv").write_text("\n".join(lines))
    command = ["evaluate", learnt, str(tmp_path), "--json"]
    assert main(command) == 0, capsys.readouterr().err
    (machine,) = json.loads(capsys.readouterr().out)["summaries"][0]["machines"]
    assert (machine["normal"], machine["anomalous"], machine["auc"]["value"]) == (2, 1, 1.0)


@pytest.mark.parametrize("verb", ["score", "watch"])
def test_one_that_was_made_without_refuses_a_second_microphone(verb, alone, folder, capsys) -> None:
    wants = said(capsys, verb, alone, clip(folder, 7), "--reference-channel", "1")
    assert "was made without a second microphone; judge without one, or make it anew" in wants


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        (["--reference-channel", "0"], "Channel 0 cannot be both at the machine and in the hall"),
        (["--channel", "1", "--reference-channel", "1"], "Channel 1 cannot be both"),
        (["--reference-channel", "5"], "has 2 channels, counted from 0, .*would be channel 5"),
        (["--channel", "4", "--reference-channel", "1"], "there is no channel 4; it has 2"),
    ],
)
def test_channels_that_cannot_be_are_refused_in_a_sentence(
    learnt, folder, flags, why, tmp_path, capsys
) -> None:
    file = clip(folder, 7)
    for command in (["score", learnt], ["learn", "pump 9", "--out", str(tmp_path / "new")]):
        assert re.search(why, said(capsys, *command, file, *flags))


@pytest.mark.parametrize("number", ["-1", "one", "1.5", ""])
def test_a_channel_is_a_number_from_0(number, folder, capsys) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["score", "fan", clip(folder, 7), "--reference-channel", number])
    assert "is no channel; they are counted from 0" in capsys.readouterr().err


def test_it_is_not_exported_to_where_nothing_takes_the_hall_out(learnt, tmp_path, capsys) -> None:
    why = said(capsys, "export", learnt, str(tmp_path / "out"))
    assert "made with a second microphone that hears the hall" in why
    assert not (tmp_path / "out").exists()


def test_a_training_hears_what_two_channels_give(tmp_path, rng, capsys) -> None:
    for machine in ("id_00", "id_02"):
        for k in range(3):
            sound = 0.1 * rng.standard_normal(50_000) + 0.1 * np.sin(np.arange(50_000) / (3 + k))
            split = "test" if k == 2 else "train"
            write(tmp_path / "data" / "fan" / split / f"normal_{machine}_{k:08d}.wav", sound)
    out = tmp_path / "run"
    command = ["train", str(tmp_path / "data"), "--epochs", "1", "--device", "cpu"]
    wants = said(capsys, *command, "--out", str(out), "--channel", "0")
    assert "--channel goes with --reference-channel" in wants
    assert main([*command, "--out", str(out), *PAIR]) == 0
    config = json.loads((out / "config.json").read_text())
    assert config["channels"] == {"near": 0, "far": 1}
    assert len(config["trained_on"]) == 4  # of each clip one channel, that which both give
    resumed = said(capsys, *command, "--out", str(out), "--resume")
    assert "was started with another channels" in resumed
