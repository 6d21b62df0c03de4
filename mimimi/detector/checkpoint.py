"""The form of a saved detector: `config.json`, `model.safetensors`, `README.md` in one folder.

Models are untrusted data: only JSON and safetensors are read, sizes and shapes are checked
before memory is taken, and every field before it is used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mimimi.detector import earlier_formats
from mimimi.errors import DetectorError
from mimimi.files import replace_file

Arrays = Mapping[str, NDArray[Any]]
Layout = dict[str, tuple[tuple[int, ...], np.dtype[Any]]]
"""Shape and type of arrays, by name."""

FORMAT = 7
CONFIG, WEIGHTS, CARD = "config.json", "model.safetensors", "README.md"
LARGEST = {CONFIG: 8 << 20, WEIGHTS: 512 << 20, CARD: 8 << 20}
"""Bytes that a file of a detector may have."""


def write(folder: Path, config: dict[str, Any], arrays: Arrays, card: str) -> None:
    """Save a detector. The configuration goes last and names its weights' SHA-256.

    Args:
        folder: made where it is missing.
        config: JSON types.
        arrays: by name.
        card: the model card, Markdown.

    Raises:
        ValueError: the configuration holds a number that is none; nothing is written.
    """
    from safetensors.numpy import save

    weights = save({name: np.asarray(_compact(of), order="C") for name, of in arrays.items()})
    config = {"format": FORMAT, **config, "weights_sha256": hashlib.sha256(weights).hexdigest()}
    # Before anything is replaced: this is what can fail.
    text = json.dumps(config, indent=1, allow_nan=False) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / WEIGHTS, weights)
    replace_file(folder / CARD, card.encode())
    replace_file(folder / CONFIG, text.encode())


def read_config(folder: Path) -> dict[str, Any]:
    """Read a detector's configuration; one of an earlier format is turned into today's.

    Raises:
        DetectorError: it is missing, no JSON object, too large, or of a version that cannot be
            read.
    """
    path = _file(folder, CONFIG)
    if path.stat().st_size > LARGEST[CONFIG]:
        raise DetectorError(f"{path} is too large to be a detector's configuration.")
    try:
        config = json.loads(path.read_bytes())
    except (ValueError, RecursionError, OSError) as error:
        raise DetectorError(f"{path} is damaged: it cannot be read as JSON.") from error
    if not isinstance(config, dict) or type(config.get("format")) is not int:
        raise DetectorError(f"{path} is not a MIMIMI detector's configuration.")
    if config["format"] > FORMAT:
        raise DetectorError(f"{folder} was saved by a later version of MIMIMI; update to read it.")
    if config["format"] < earlier_formats.OLDEST:
        raise DetectorError(f"{folder} was saved by an earlier version of MIMIMI; train it again.")
    return earlier_formats.todays_config(config)


def read_arrays(folder: Path, config: Mapping[str, Any], layout: Layout) -> dict[str, NDArray[Any]]:
    """Read exactly the arrays that are expected.

    Args:
        folder: of the detector.
        config: its configuration, whose digest the weights must have.
        layout: of the arrays that must be there, and no others may.

    Raises:
        DetectorError: the file is missing, damaged, not the one the configuration was saved with,
            holds other arrays, shapes or types, or values that are no numbers.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    path = _file(folder, WEIGHTS)
    if path.stat().st_size > LARGEST[WEIGHTS]:
        raise DetectorError(f"{path} is too large to be a detector's weights.")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != config.get("weights_sha256"):
        raise DetectorError(f"{path} is damaged or belongs to another {CONFIG}; fetch it again.")
    try:
        arrays = load(content)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise DetectorError(f"{path} is damaged: it cannot be read as safetensors.") from error
    arrays = earlier_formats.todays_arrays(config, arrays)
    arrays = {name: _whole(of) for name, of in arrays.items()}
    if {name: (of.shape, of.dtype) for name, of in arrays.items()} != layout:
        raise DetectorError(f"{path} does not hold the arrays that {CONFIG} describes.")
    if not all(np.isfinite(of).all() for of in arrays.values()):
        raise DetectorError(f"{path} holds weights that are no numbers; train or fetch it again.")
    return arrays


def _compact(array: NDArray[Any]) -> NDArray[Any]:
    """In half the bytes, where that loses nothing."""
    if array.dtype != np.float32:
        return array
    with np.errstate(over="ignore"):
        half = array.astype(np.float16)
    return half if np.array_equal(half, array) else array


def _whole(array: NDArray[Any]) -> NDArray[Any]:
    """Back from `_compact`."""
    return array.astype(np.float32) if array.dtype == np.float16 else array


def _file(folder: Path, name: str) -> Path:
    """A file of a detector, which no link may take from elsewhere on this computer."""
    path = folder / name
    if not path.is_file():
        raise DetectorError(f"{folder} holds no detector: there is no {name} in it.")
    home = folder.resolve()
    # In the Hub's cache, DIR/models--USER--REPO/snapshots/COMMIT, files are links within DIR.
    if home.parent.name == "snapshots" and home.parents[1].name.startswith("models--"):
        home = home.parents[2]
    if not path.resolve().is_relative_to(home):
        raise DetectorError(f"{path} is a link that leads out of its folder; copy the file there.")
    return path
