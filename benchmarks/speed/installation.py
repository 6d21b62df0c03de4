"""Each way to install MIMIMI in a fresh environment: its size, what it does, and what it says.

python -m benchmarks.speed.installation [EXTRAS ...]    such as  ""  app  train,app

Needs a package index. Of each the megabytes on disk, and of every command either "works" or the
sentence that it ends with, which must name the extra that is missing.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import soundfile

from mimimi.simulate import simulate_clip

ROOT = Path(__file__).resolve().parents[2]
WAYS = ("", "app", "train", "cluster", "service", "app,train")
COMMANDS = {
    "score": ["score", "fan", "CLIP", "--machine-id", "id_50", "--explain"],
    "learn": ["learn", "mill", "CLIP", "--out", "MILL"],
    "page": [],
    "train": ["train", "DATA", "--type", "fan", "--epochs", "1", "--out", "RUN"],
    "ray": ["score", "fan", "CLIP", "--engine", "ray", "--out", "ROWS"],
    "service": ["history", "fan"],
}


def tried(way: str, root: Path) -> dict[str, str]:
    """One way to install it, by column."""
    python = root / "env/bin/python"
    subprocess.run([sys.executable, "-m", "uv", "venv", "-q", root / "env"], check=True)
    what = f"{ROOT}[{way}]" if way else str(ROOT)
    install = ["uv", "pip", "install", "-q", "--link-mode", "copy", "--python", str(python), what]
    subprocess.run([sys.executable, "-m", *install], check=True)
    size = sum(file.lstat().st_size for file in (root / "env").rglob("*") if file.is_file())
    clip = root / "data/fan/train/normal_id_50_0.wav"
    clip.parent.mkdir(parents=True)
    soundfile.write(clip, simulate_clip("fan", "id_50", clip=900), 16_000)
    places = {"CLIP": clip, "DATA": root / "data"}
    row = {"extras": way or "none", "MB": f"{size / 1e6:.0f}"}
    for column, command in COMMANDS.items():
        words = [str(places.get(word, root / word if word.isupper() else word)) for word in command]
        run = [str(python), "-m", "mimimi", *words]
        if column == "page":
            run = [str(python), "-c", "import streamlit, plotly"]
        done = subprocess.run(
            run,
            capture_output=True,
            text=True,
            cwd=root,
            env={"MIMIMI_HOME": str(root / "home"), "HOME": str(root), "PATH": "/usr/bin:/bin"},
        )
        said = done.stderr.strip().split("\n")[-1]
        row[column] = said if "is not installed" in said or "No module" in said else "works"
        if "Traceback" in done.stderr and column != "page":
            row[column] = f"BROKEN: {said}"
    return row


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a block for each way."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("ways", nargs="*", default=WAYS)
    for way in parser.parse_args(arguments).ways:
        with TemporaryDirectory() as root:
            for column, said in tried(way, Path(root)).items():
                print(f"{column:8} {said}", flush=True)
        print()


if __name__ == "__main__":
    main()
