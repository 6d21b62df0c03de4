"""An evaluation as files: evaluation.json, clips.csv, and PNG figures."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mimimi import files
from mimimi.evaluation.pictures.render import pictures
from mimimi.evaluation.result import Evaluation


def write(evaluation: Evaluation, folder: Path, asked: Mapping[str, Any]) -> list[Path]:
    """Write everything that is known of an evaluation; files of the same names are replaced.

    Args:
        evaluation: of one or several machine types.
        folder: made where it is missing.
        asked: what was evaluated on what, as JSON types; goes first in evaluation.json.

    Returns:
        The files: `evaluation.json`, `clips.csv` (a line a clip), and those of `pictures`.

    Raises:
        OSError: they cannot be written there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = {
        "evaluation.json": as_json(evaluation, asked),
        "clips.csv": as_csv(evaluation),
        **{name: picture.png for name, picture in pictures(evaluation).items()},
    }
    for name, content in written.items():
        files.replace_file(folder / name, content)
    return [folder / name for name in written]


def as_json(evaluation: Evaluation, asked: Mapping[str, Any]) -> bytes:
    """Figures and clips; what was asked goes first."""
    text = json.dumps({**asked, **evaluation.as_dict()}, indent=1, allow_nan=False) + "\n"
    return text.encode()


def as_csv(evaluation: Evaluation) -> bytes:
    """A line a clip."""
    rows = [clip.as_dict() for clip in evaluation.clips]
    text = files.as_csv(list(rows[0]) if rows else [], rows)
    return text.encode(errors="backslashreplace")  # names that are no Unicode


def as_zip(evaluation: Evaluation) -> bytes:
    """The PNG files of `pictures` in one archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:  # PNG is packed already
        for name, picture in pictures(evaluation).items():
            archive.writestr(name, picture.png)
    return content.getvalue()
