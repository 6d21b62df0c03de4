"""The files of a saved detector, to be compared and to be changed."""

from __future__ import annotations

import json
from pathlib import Path


def contents(folder: Path, *names: str) -> dict[str, bytes]:
    names = names or ("config.json", "model.safetensors")
    return {name: (folder / name).read_bytes() for name in names}


def note(folder: Path, text: str) -> None:
    """Another detector that says of itself what another one does."""
    config = json.loads((folder / "config.json").read_text())
    config["about"]["note"] = text
    (folder / "config.json").write_text(json.dumps(config))
