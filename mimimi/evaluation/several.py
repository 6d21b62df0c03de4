"""Several detectors, one for each machine type: found by one word, evaluated together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from mimimi.corpus.index import Recording
from mimimi.detector import Detector
from mimimi.errors import CorpusError, DetectorError
from mimimi.evaluation.clips import ScoredClip
from mimimi.evaluation.judging import evaluate
from mimimi.evaluation.result import Evaluation
from mimimi.locate import bundled


def load(name: str) -> list[Detector]:
    """Load one or several detectors, of one machine type each.

    Args:
        name: a detector's name or folder; a folder that holds detectors, as `train` without
            `--type` leaves it; several of these with commas between them; or "all" for the
            bundled ones. What exists under the whole name is taken first.

    Raises:
        DetectorError: one of them is missing or damaged, or two judge the same type.

    Example::

        fan, pump = load("fan,pump")
    """
    found: dict[str, str] = {}
    detectors = []
    for one in _names(name):
        detector = Detector.from_pretrained(one)
        if detector.machine_type in found:
            raise DetectorError(
                f"{found[detector.machine_type]} and {one} both judge {detector.machine_type}; "
                "evaluate them one at a time."
            )
        found[detector.machine_type] = one
        detectors.append(detector)
    return detectors


def evaluate_all(
    detectors: Sequence[Detector],
    recordings: Sequence[Recording],
    *,
    split: str | None = None,
    log: Callable[[str], None],
    on_clip: Callable[[str], None],
) -> Evaluation:
    """One evaluation of detectors of different machine types.

    Args:
        detectors: as `load` gives them.
        recordings: of all their types; a type without recordings is passed over and said.
        split: as for `evaluate`.
        log: told, a sentence at a time, what was passed over.
        on_clip: told after each clip how far it is.

    Raises:
        CorpusError: there is nothing to judge for any of them.
    """
    clips: list[ScoredClip] = []
    unknown: Counter[str] = Counter()
    nothing: list[CorpusError] = []

    def report(clip: ScoredClip, done: int, of: int) -> None:
        on_clip(f"{clip.recording.machine_type}: {done} of {of} recordings")

    for detector in detectors:
        try:
            found = evaluate(detector, recordings, split=split, on_clip=report)
        except CorpusError as error:
            nothing.append(error)
            continue
        clips += found.clips
        unknown += found.unknown
    if len(nothing) == len(detectors):
        raise nothing[0]
    for passed_over in nothing:
        log(str(passed_over))
    return Evaluation(clips, unknown)


def _names(name: str) -> list[str]:
    shipped = bundled()
    if name in shipped:
        return [name]
    folder = Path(name)
    if (folder / "config.json").is_file():
        return [name]
    if inside := sorted(str(path.parent) for path in folder.glob("*/config.json")):
        return inside
    if name == "all":
        if not shipped:
            raise DetectorError("No detectors are bundled here; give a folder or a Hub repo.")
        return sorted(shipped)
    if "," in name and not folder.exists():
        return [one for part in name.split(",") if part for one in _names(part)] or [name]
    return [name]
