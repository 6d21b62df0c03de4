"""Whoever learns a machine, or judges by what was learnt, never waits for torch."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import soundfile

PROGRAM = """
import runpy, sys
import soundfile
from mimimi import Detector

*clips, out = sys.argv[1:]

def run(*arguments):
    sys.argv = ["mimimi", *arguments]
    try:
        runpy.run_module("mimimi", run_name="__main__")
    except SystemExit as end:
        return end.code

detector = Detector.learn("mill", clips[:3]).was_fault(clips[3], "bearing")
detector.save_pretrained(out)
verdict = Detector.from_pretrained(out).analyse(soundfile.read(clips[4]))
assert verdict.score is not None
assert run("learn", "mill 2", *clips[:3], "--out", out + "-2") == 0
assert run("learn", "mill 2", clips[3], "--add", "--out", out + "-2") == 0
assert run("score", out + "-2", clips[4], "--explain", "--json") in (0, 1)
heavy = {name.partition(".")[0] for name in sys.modules} & {"torch", "torchaudio", "sklearn"}
assert not heavy, heavy
"""


def test_learning_and_judging_import_no_torch(tmp_path: Path) -> None:
    clips = [tmp_path / f"{n}.wav" for n in range(5)]
    for n, clip in enumerate(clips):
        soundfile.write(clip, 0.1 * np.random.default_rng(n).standard_normal(160_000), 16_000)
    subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, clips), str(tmp_path / "mill")],
        check=True,
        timeout=120,
        env={**os.environ, "MIMIMI_HOME": str(tmp_path / "home")},
    )
