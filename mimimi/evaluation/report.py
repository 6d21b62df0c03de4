"""The take-away report of an evaluation: one HTML file that needs nothing but itself.

Pictures are the PNG files of `evaluation.pictures`, embedded: some 50 kB each whatever the number
of clips, where plotly.js alone would be 4.6 MB and an SVG grows with every mark. Nothing is fetched
and nothing runs: the file forbids both to the browser that opens it.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mimimi.evaluation.metrics import enough_for_interval
from mimimi.evaluation.pictures.clip_map import WHAT_IT_IS
from mimimi.evaluation.pictures.render import pictures
from mimimi.evaluation.published import NOT_LIKE_WITH_LIKE, PUBLISHED
from mimimi.evaluation.table import count_text, estimate_text, notes, number_text, sides
from mimimi.names import called
from mimimi.terminal import one_line

if TYPE_CHECKING:
    from mimimi.detector.detector import Detector
    from mimimi.evaluation import Evaluation

_TEMPLATE = Path(__file__).with_suffix(".html")


def report(
    evaluation: Evaluation,
    detectors: Sequence[Detector],
    data: Sequence[str],
    split: str | None = None,
) -> str:
    """The report as HTML: data, detectors, thresholds, figures, pictures, limits, every clip.

    Whatever stands in file names is shown as text, signs that are not printable as escapes.

    Args:
        evaluation: by these detectors.
        detectors: one a machine type.
        data: where the recordings came from, in words.
        split: that was judged; None: all.

    Example::

        html = report(evaluate(fan, index(["data"], "fan")), [fan], ["data"])
    """
    from jinja2 import Environment, StrictUndefined

    from mimimi import __version__

    everything = evaluation.as_dict()
    common = _folder_of_all([clip["file"] for clip in everything["clips"]])
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: one_line(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"estimate": estimate_text, "number": number_text, "score": _score}
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        evaluation=everything,
        detectors=[_described(detector) for detector in detectors],
        data=data,
        split=split,
        notes=notes(everything),
        published=[system for system in PUBLISHED if system.auc.keys() & _types(everything)],
        not_like_with_like=NOT_LIKE_WITH_LIKE,
        pictures=[(one.title, _embedded(one.png)) for one in pictures(evaluation).values()],
        sides=sides,
        shown=lambda file: os.path.relpath(file, common) if common else file,
        shorter=lambda text: text.replace(f"{common}{os.sep}", "") if text and common else text,
        what_the_map_is=WHAT_IT_IS,
        count=count_text,
        called=called,
        enough=enough_for_interval,
        version=__version__,
        made=datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
    )


def _described(detector: Detector) -> dict[str, Any]:
    """What a detector's card says, and its thresholds. What it says of itself is untrusted."""
    about = detector.config.about
    recordings = about.get("recordings")
    facts = {
        "machine type": detector.machine_type,
        "loaded from": detector.origin,
        "machines it knows": ", ".join(detector.ids),
        "trained on": ", ".join(
            f"{count} recordings of {name}" for name, count in _flat(recordings).items()
        ),
        "calibrated with": f"{len(detector.config.calibrated_on)} recordings",
        "licence": about.get("licence"),
        "made with": f"MIMIMI {about['mimimi_version']}" if "mimimi_version" in about else None,
        "epochs": ", ".join(f"{name} {n}" for name, n in _flat(about.get("epochs")).items()),
    }
    return {
        "name": called(detector.machine_type, detector.ids[0] if len(detector.ids) == 1 else None),
        "recipe": list(_flat(about.get("recipe")).items()),
        "facts": [(name, str(fact) if fact else "not recorded") for name, fact in facts.items()],
        "thresholds": detector.calibration.thresholds,
    }


def _flat(nested: Any, name: str = "") -> dict[str, str]:
    """Settings within settings as one list: `training.epochs` and its value."""
    if not isinstance(nested, Mapping):
        return {name: str(nested)} if name else {}
    flat: dict[str, str] = {}
    for key, value in nested.items():
        flat |= _flat(value, f"{name}.{key}" if name else str(key))
    return flat


def _folder_of_all(files: Sequence[str]) -> str:
    """The folder of a server that names of files would show; "" where they have none in common."""
    folders = {os.path.dirname(file) for file in files}
    try:
        return os.path.commonpath(folders)
    except ValueError:  # none, or of different disks
        return ""


def _types(evaluation: Mapping[str, Any]) -> set[str]:
    return {group["machine_type"] for s in evaluation["summaries"] for group in s["types"]}


def _embedded(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _score(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.4g}"
