"""An exported detector judges as the detector does, by numpy and ONNX Runtime alone."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import venv
from pathlib import Path

import loads
import numpy as np
import onnxruntime
import pytest
import soundfile

from mimimi.cli import main
from mimimi.detector.calibration import ENOUGH
from mimimi.detector.detector import Detector
from mimimi.detector.exporting.export import export, graph_of
from mimimi.detector.exporting.guide import command
from mimimi.errors import UserError
from mimimi.simulate import simulate_clip


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a fresh virtual environment with numpy and ONNX Runtime, and nothing else."""
    folder = tmp_path_factory.mktemp("bare") / "env"
    venv.create(folder, symlinks=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    for module in (np, onnxruntime):
        home = Path(module.__file__).parent
        for part in (home, home.with_name(f"{home.name}.libs")):
            if part.is_dir():
                (packages / part.name).symlink_to(part)
    return folder / "bin/python"


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A fan, of 10 s and of 23 s, and one that is clogged."""
    folder = tmp_path_factory.mktemp("clips")
    made = {
        "normal": simulate_clip("fan", "id_50", clip=900),
        "long": simulate_clip("fan", "id_50", clip=901, seconds=23.0),
        "short": simulate_clip("fan", "id_50", clip=902, seconds=4.0),
        "faulty": simulate_clip("fan", "id_50", clip=903, fault="clogging", severity=10),
    }
    for name, samples in made.items():
        soundfile.write(folder / f"{name}.wav", samples, 16_000, subtype="PCM_16")
    return {name: folder / f"{name}.wav" for name in made}


@pytest.fixture(scope="module")
def learnt() -> Detector:
    heard = [(simulate_clip("fan", "id_50", clip=n), 16_000) for n in range(6)]
    return Detector.learn("roof fan", heard, "fan")


Judged = tuple[int, str, float, float, str]


def run(bare: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """From a folder that is not its own."""
    return subprocess.run(
        [bare, "-I", str(folder / "judge.py"), *arguments],
        cwd=folder.parent,
        capture_output=True,
        text=True,
        timeout=120,
    )


def judged(bare: Path, folder: Path, *arguments: str) -> Judged:
    """By the program in the README, where nothing else is installed: exit code and what it says."""
    program = re.search(r"```python\n(.*?)```", (folder / "README.md").read_text(), re.DOTALL)
    assert program is not None
    assert program[1] == (folder / "judge.py").read_text()
    lines = [line for line in program[1].splitlines() if line and not line.startswith("#")]
    assert len(lines) <= 20
    done = run(bare, folder, *arguments)
    assert not done.stderr, done.stderr
    said = re.fullmatch(r".*: (\w+), (.*?), threshold ([-.\d]*)(.*)\n", done.stdout)
    assert said is not None, done.stdout
    return done.returncode, said[1], float(said[2]), float(said[3]), said[4]


@pytest.fixture(scope="module")
def fan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("fan") / "out"
    assert main(["export", "fan", str(out)]) == 0
    return out


@pytest.mark.parametrize("clip", ["normal", "long", "short", "faulty"])
def test_a_trained_detector_judges_alike(bare, clips, fan: Path, clip: str) -> None:
    code, word, score, threshold, _ = judged(bare, fan, str(clips[clip]), "id_50")
    verdict = Detector.from_pretrained("fan").analyse(clips[clip], "id_50")
    assert (score, threshold) == pytest.approx((verdict.score, verdict.threshold), abs=1e-3)
    assert (code, word) == ((1, "unusual") if verdict.is_anomalous else (0, "normal"))


@pytest.mark.parametrize("clip", ["normal", "faulty"])
def test_a_learnt_machine_judges_alike(bare, clips, learnt, tmp_path, clip: str) -> None:
    export(learnt, tmp_path / "out")
    code, word, score, threshold, more = judged(bare, tmp_path / "out", str(clips[clip]))
    verdict = learnt.analyse(clips[clip])
    assert more == f", p-value {verdict.p_value:.2g}"
    assert (score, threshold) == pytest.approx((verdict.score, verdict.threshold), abs=2e-3)
    assert (code, word) == ((1, "unusual") if verdict.is_anomalous else (0, "normal"))


LOADS = ("idle", "full", "faulty", "both")


@pytest.fixture(scope="module")
def mill(tmp_path_factory: pytest.TempPathFactory) -> tuple[Detector, Path]:
    """A machine of two states, exported, and in the folder what it is judged by."""
    detector, out = loads.learnt(ENOUGH, ENOUGH + 1), tmp_path_factory.mktemp("mill") / "out"
    export(detector, out)
    idle, full = loads.sound("idle", 100), loads.sound("full", 101)
    made = {
        "idle": idle,
        "full": full,
        "faulty": loads.sound("idle", 102, rattle=0.9),
        "both": np.concatenate((idle, full)),
    }
    for name in LOADS:
        soundfile.write(out / f"{name}.wav", made[name], loads.RATE, subtype="PCM_16")
    return detector, out


@pytest.mark.parametrize("clip", LOADS)
def test_a_machine_of_two_states_is_judged_within_the_same_one(bare, mill, clip: str) -> None:
    detector, out = mill
    verdict = detector.analyse(out / f"{clip}.wav")
    code, word, score, threshold, more = judged(bare, out, str(out / f"{clip}.wav"))
    assert (score, threshold) == pytest.approx((verdict.score, verdict.threshold), abs=2e-3)
    assert (code, word) == ((1, "unusual") if verdict.is_anomalous else (0, "normal"))
    assert more == f", p-value {verdict.p_value:.2g}, state {verdict.state or 'neither'}"
    expected = {"idle": "deeper", "full": "brighter", "faulty": "deeper", "both": None}
    assert verdict.state == expected[clip]


@pytest.mark.parametrize("level", [None, 0, 500])
@pytest.mark.parametrize("remembers", [False, True])
def test_silence_is_not_called_normal(
    bare, fan, learnt, tmp_path: Path, level: int | None, remembers: bool
) -> None:
    """A file without sound, and a microphone that gives zeros or one voltage."""
    if remembers:
        fan = tmp_path / "out"
        export(learnt, fan)
    samples = [] if level is None else np.full(160_000, level, np.int16)
    soundfile.write(tmp_path / "clip.wav", samples, 16_000, subtype="PCM_16")
    done = run(bare, fan, str(tmp_path / "clip.wav"))
    assert done.returncode == 1
    assert " silent, nan, threshold " in done.stdout


def test_the_command_that_is_told_can_be_typed(learnt, small_detector) -> None:
    assert command(learnt) == "python judge.py clip.wav"
    assert shlex.split(command(small_detector))[-1] == small_detector.ids[0]


def test_networks_alone_are_exported_too(small_detector: Detector, hum) -> None:
    session = onnxruntime.InferenceSession(graph_of(small_detector))
    (found,) = session.run(None, {"samples": hum()})
    expected = [small_detector.analyse((hum(), 16_000), i).score for i in small_detector.ids]
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_what_lies_in_the_folder_is_not_written_over(small_detector, tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(UserError, match="empty"):
        export(small_detector, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["letters.txt"]


def test_an_export_can_be_made_anew(small_detector: Detector, tmp_path: Path) -> None:
    for _ in range(2):
        export(small_detector, tmp_path / "out")
    about = json.loads((tmp_path / "out/detector.json").read_text())
    assert about["ids"] == list(small_detector.ids)
    assert set(about["thresholds"]) == set(small_detector.ids)
