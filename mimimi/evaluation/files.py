"""An evaluation as files: evaluation.json, clips.csv, and PNG figures."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mimimi.evaluation import matrices, plots
from mimimi.evaluation.clips import ScoredClip
from mimimi.evaluation.figures import Figures
from mimimi.evaluation.result import Evaluation
from mimimi.saved import replace_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def write(evaluation: Evaluation, folder: Path, asked: Mapping[str, Any]) -> list[Path]:
    """Write everything that is known of an evaluation; files of the same names are replaced.

    Args:
        evaluation: of one or several machine types.
        folder: made where it is missing.
        asked: what was evaluated on what, as JSON types; goes first in evaluation.json.

    Returns:
        The files: `evaluation.json`, `clips.csv` (a line a clip), and for each corpus and machine
        type `<corpus>_<type>_scores.png`, `..._roc.png`, `..._decisions.png` and `..._ids.png`,
        those that exist; of several types also `<corpus>_roc.png` and `<corpus>_decisions.png`.

    Raises:
        OSError: they cannot be written there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**asked, **evaluation.as_dict()}, indent=1, allow_nan=False) + "\n"
    written = {"evaluation.json": text.encode(), "clips.csv": _csv(evaluation)}
    with plots.style():
        for name, figure in _pictures(evaluation):
            picture = io.BytesIO()
            figure.savefig(picture, format="png")
            written[_free(name, written)] = picture.getvalue()
    for name, content in written.items():
        replace_file(folder / name, content)
    return [folder / name for name in written]


def _csv(evaluation: Evaluation) -> bytes:
    rows = [clip.as_dict() for clip in evaluation.clips]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(errors="backslashreplace")  # names that are no Unicode


def _free(name: str, taken: Mapping[str, bytes]) -> str:
    """A file name that any system takes, and that no other corpus has."""
    plain = re.sub(r"[^\w.-]+", "_", name)[-100:].lstrip(".-")
    others = {other.casefold() for other in taken}
    names = [f"{plain}.png", *(f"{plain}_{n}.png" for n in range(2, len(taken) + 2))]
    return next(free for free in names if free.casefold() not in others)


def _shown(corpus: str) -> str:
    """A folder's name as fonts can draw it, in the width of a picture."""
    drawable = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in corpus
    )
    return drawable if len(drawable) <= 40 else f"…{drawable[-39:]}"


def _pictures(evaluation: Evaluation) -> Iterator[tuple[str, Figure]]:
    """Of every corpus, type by type, then over the types; ROC and scores with the id given."""
    summaries = iter(evaluation.summaries)
    for given, guessed in zip(summaries, summaries, strict=True):  # they come in pairs
        corpus = given.corpus
        means: dict[str, plots.Curve] = {}
        for of_type, of_type_guessed in zip(given.types, guessed.types, strict=True):
            kind = str(of_type.machine_type)
            name, title = f"{corpus}_{kind}", f"{kind}, {_shown(corpus)}"
            machines = _by_id(evaluation.corpora[corpus], kind)
            yield f"{name}_scores", plots.score_distributions(machines, title)
            curves = {
                figures.machine_id: plots.Curve.of(machines[figures.machine_id], figures.auc)
                for figures in given.machines
                if figures.machine_type == kind and figures.auc
            }
            if of_type.auc:
                means[kind] = plots.Curve.mean(list(curves.values()), of_type.auc)
                yield f"{name}_roc", plots.roc_curves(curves, means[kind], title)
            yield f"{name}_decisions", _decisions(of_type, of_type_guessed, title)
            ids = {
                figures.machine_id: figures.guessed_ids
                for figures in guessed.machines
                if figures.machine_type == kind and figures.guessed_ids
            }
            if ids:
                yield f"{name}_ids", matrices.id_matrix(ids, f"Normal clips: {title}")
        if len(given.types) > 1:
            if given.overall.auc:
                mean = plots.Curve.mean(list(means.values()), given.overall.auc)
                yield f"{corpus}_roc", plots.roc_curves(means, mean, f"all types, {_shown(corpus)}")
            title = f"all types, {_shown(corpus)}"
            yield f"{corpus}_decisions", _decisions(given.overall, guessed.overall, title)


def _by_id(clips: Iterable[ScoredClip], machine_type: str) -> dict[str, list[ScoredClip]]:
    machines: dict[str, list[ScoredClip]] = {}
    for clip in sorted(clips, key=lambda clip: clip.machine):
        if clip.recording.machine_type == machine_type:
            machines.setdefault(clip.recording.machine_id, []).append(clip)
    return machines


def _decisions(given: Figures, guessed: Figures, title: str) -> Figure:
    panels = {}
    for threshold, of in (("threshold", "at_threshold"), ("Youden's J", "at_youden")):
        for mode, figures in (("id given", given), ("id guessed", guessed)):
            if decisions := getattr(figures, of):
                panels[f"{threshold}, {mode}"] = decisions.confusion
    return matrices.decision_matrices(panels, f"Decisions: {title}")
