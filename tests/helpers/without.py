"""A Python in which some modules are as if they had never been installed, its children's too."""

from __future__ import annotations

import os
from pathlib import Path

_FINDER = """
from importlib.machinery import PathFinder

find = PathFinder.find_spec

def find_spec(cls, name, path=None, target=None):
    return None if name.partition(".")[0] in {absent} else find(name, path, target)

PathFinder.find_spec = classmethod(find_spec)
"""

HEAVY = {
    "train": ["torch", "torchaudio", "sklearn"],
    "app": ["streamlit", "plotly", "matplotlib"],
    "cluster": ["ray", "pyarrow"],
    "service": [
        "sqlalchemy",
        "psycopg",
        "paho",
        "sounddevice",
        "fastapi",
        "fastapi_offline",
        "uvicorn",
        "apprise",
    ],
}


def environment(folder: Path, *modules: str) -> dict[str, str]:
    """What to start a Python with in which these modules cannot be imported.

    Args:
        folder: an empty one, for what tells Python not to find them.
        modules: their names.
    """
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_FINDER.replace("{absent}", repr(modules)))
    root = Path(__file__).resolve().parents[2]
    path = os.pathsep.join(map(str, (folder, root, root / "app", root / "tests/helpers")))
    return {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
