"""What judges needs no extra; what needs one says which."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from without import HEAVY, environment

from mimimi.simulate import simulate_clip

JUDGING = """
import copy, runpy, sys
import numpy as np
import soundfile
from mimimi import Detector, audio

*clips, out = sys.argv[1:]
sound, rate = soundfile.read(clips[4], dtype="float32")

def run(*arguments):
    sys.argv = ["mimimi", *arguments]
    try:
        runpy.run_module("mimimi", run_name="__main__")
    except SystemExit as end:
        return end.code

# A machine that was learnt
detector = Detector.learn("mill", clips[:3]).was_fault(clips[3], "bearing")
detector.save_pretrained(out)
assert Detector.from_pretrained(out).analyse((sound, rate)).score is not None
assert run("learn", "mill 2", *clips[:3], "--out", out + "-2") == 0
assert run("learn", "mill 2", clips[3], "--add", "--out", out + "-2") == 0
assert run("score", out + "-2", clips[4], "--explain", "--json") in (0, 1)

# Networks
from mimimi.explain.explanation import explain
from mimimi.explain.nearest import nearest
from mimimi.monitor.live import Live

fan = Detector.from_pretrained("fan")
measured = fan.measure(audio.read(clips[4]))
assert fan.judge(measured, "id_50").recognised
assert nearest(fan, measured, "id_50").reference.machine_id == "id_50"
beep = 0.2 * np.sin(np.arange(len(sound)) / 2).astype(np.float32)
assert explain(fan, (sound + beep, rate), "id_50").region
assert run("score", "fan", clips[4], "--machine-id", "id_50", "--explain", "--json") in (0, 1)
assert run("watch", "fan", clips[4], "--machine-id", "id_50") in (0, 1)
live = Live(fan, "id_50", rate)
live.hear(0, sound)
assert live.segments[0].score is not None

# What a cluster's worker is sent: copied by the same state
from mimimi.batch.score import Judge

judge = copy.deepcopy(Judge.load("fan", "id_50"))
assert judge(clips[4]).score == fan.judge(measured, "id_50").score
print("judged")
"""

PAGE = """
from visit import opened, said, try_example

for condition in ("normal", "clogging"):
    page = try_example(opened(), "fan", condition)
    assert not page.exception and not page.error, (page.exception, page.error)
    print(said(page))
"""


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Noises, and a simulated fan."""
    folder = tmp_path_factory.mktemp("clips")
    for n in range(4):
        noise = 0.1 * np.random.default_rng(n).standard_normal(160_000)
        soundfile.write(folder / f"{n}.wav", noise, 16_000)
    soundfile.write(folder / "4.wav", simulate_clip("fan", "id_50", clip=900), 16_000)
    return [str(folder / f"{n}.wav") for n in range(5)]


def run(tmp_path: Path, extras: list[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python without these extras."""
    absent = [module for extra in extras for module in HEAVY[extra]]
    own = {"MIMIMI_HOME": str(tmp_path / "home")}
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        env=environment(tmp_path / "absent", *absent) | own,
    )


@pytest.mark.slow
def test_every_way_to_a_verdict_needs_no_extra(tmp_path: Path, clips: list[str]) -> None:
    done = run(tmp_path, [*HEAVY], "-c", JUDGING, *clips, str(tmp_path / "mill"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("judged\n")


def test_nothing_of_an_extra_is_loaded_to_judge_where_it_is_installed(
    tmp_path: Path, clips: list[str]
) -> None:
    code = (
        "import sys; from mimimi.cli import main\n"
        "main(['score', 'fan', sys.argv[1], '--machine-id', 'id_50'])\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = run(tmp_path, [], "-c", code, clips[4])
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.splitlines()[-1]
    heavy = [module for extra in HEAVY.values() for module in extra]
    assert "'onnxruntime'" in loaded
    assert not [module for module in [*heavy, "scipy"] if f"'{module}'" in loaded]


@pytest.mark.slow
def test_the_page_judges_and_explains_without_torch(tmp_path: Path) -> None:
    done = run(tmp_path, ["train"], "-c", PAGE)
    assert done.returncode == 0, done.stderr
    assert "Sounds normal" in done.stdout
    assert "Unusual" in done.stdout


@pytest.mark.parametrize(
    ("extra", "arguments"),
    [
        ("train", ["train", "DATA", "--type", "fan", "--out", "OUT"]),
        ("cluster", ["score", "fan", "DATA", "--engine", "ray", "--out", "OUT"]),
        ("app", ["evaluate", "fan", "DATA", "--report", "OUT"]),
        ("app", ["evaluate", "fan", "DATA", "--out", "OUT"]),
        ("service", ["listen", "fan", "DATA", "--machine-id", "id_50"]),
    ],
)
def test_what_needs_an_extra_that_is_missing_names_it(
    tmp_path: Path, clips: list[str], extra: str, arguments: list[str]
) -> None:
    places = {"DATA": str(Path(clips[0]).parent), "OUT": str(tmp_path / "out")}
    told = [places.get(word, word) for word in arguments]
    done = run(tmp_path, [extra], "-m", "mimimi", *told)
    assert done.returncode == 2
    assert f'pip install "mimimi[{extra}]"' in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout  # it is said before the work


@pytest.mark.slow
def test_a_report_with_all_its_pictures_needs_no_torch(tmp_path: Path, corpus: Path) -> None:
    out = tmp_path / "out"
    told = ["evaluate", "fan", str(corpus), "--out", str(out), "--report", f"{out}.html"]
    done = run(tmp_path, ["train"], "-m", "mimimi", *told)
    assert done.returncode == 0, done.stderr
    kinds = {file.stem.rpartition("_")[2] for file in out.glob("*.png")}
    assert kinds == {"scores", "roc", "decisions", "ids", "map"}
    assert Path(f"{out}.html").read_text().count("data:image/png") == len(kinds)
