"""What MIMIMI is built on tells its makers nothing of who uses it.

ONNX Runtime does from 1.29 on, and leaves its number for this computer in the user's home.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from mimimi.cli import main

SILENT = ("CI", "GITHUB_ACTIONS", "ORT_RUNNING_UNIT_TESTS", "ORT_DISABLE_TELEMETRY")
SILENT += ("XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")  # or elsewhere than at home


def left_at_home(home: Path, *command: str) -> set[str]:
    """What Python leaves in the home of a user, beside what is MIMIMI's own."""
    home.mkdir()
    kept = {name: value for name, value in os.environ.items() if name not in SILENT}
    environment = kept | {"HOME": str(home), "MIMIMI_HOME": str(home / "mimimi")}
    done = subprocess.run([sys.executable, *command], env=environment, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return {path.name for path in home.iterdir()} - {"mimimi"}


def test_a_verdict_is_told_nobody(tmp_path: Path, fan_clip: Path) -> None:
    command = ("-m", "mimimi", "score", "fan", str(fan_clip), "--machine-id", "id_50")
    assert left_at_home(tmp_path / "home", *command) == set()


def test_nor_is_that_of_an_exported_detector(tmp_path: Path, fan_clip: Path) -> None:
    assert main(["export", "fan", str(tmp_path / "out")]) == 0
    script = f"import os, runpy, sys; os.chdir({str(tmp_path / 'out')!r}); sys.argv[1:] = "
    script += f"[{str(fan_clip)!r}, 'id_50']; runpy.run_path('judge.py')"
    assert left_at_home(tmp_path / "home", "-c", script) == set()
