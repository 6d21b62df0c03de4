"""All pictures of an evaluation, as PNG files in memory."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, NamedTuple

from mimimi.evaluation.clips import by_id
from mimimi.evaluation.figures import Figures
from mimimi.evaluation.pictures import clip_map, matrices, plots
from mimimi.evaluation.result import Evaluation

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Picture(NamedTuple):
    """A PNG file, and what it shows in plain words."""

    title: str
    png: bytes


_TITLES = {
    "scores": "Scores of normal and of anomalous clips",
    "roc": "Faults found against false alarms (ROC)",
    "decisions": "What was called what",
    "ids": "Which machine normal clips were taken for",
    "map": "Which clips sound alike",
}


def pictures(evaluation: Evaluation) -> dict[str, Picture]:
    """Draw all pictures there are of an evaluation.

    Args:
        evaluation: of one or several machine types.

    Returns:
        By the names of their files: for each corpus and machine type `<corpus>_<type>_scores.png`,
        `..._roc.png`, `..._decisions.png`, `..._ids.png` and `..._map.png`, those that exist; of
        several types also `<corpus>_roc.png` and `<corpus>_decisions.png`.
    """
    drawn: dict[str, Picture] = {}
    with plots.style():
        for of, what, shown, figure in _figures(evaluation):
            png = io.BytesIO()
            figure.savefig(png, format="png")
            name = _free(f"{of}_{what}", drawn)
            drawn[name] = Picture(f"{_TITLES[what]}: {shown}", png.getvalue())
    return drawn


def _free(name: str, taken: Collection[str]) -> str:
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


def _figures(evaluation: Evaluation) -> Iterator[tuple[str, str, str, Figure]]:
    """Of every corpus, type by type, then over the types; ROC and scores with the id given.

    Yields:
        What it is of as a name of a file, what it shows, what it is of in words, and the figure.
    """
    summaries = iter(evaluation.summaries)
    for given, inferred in zip(summaries, summaries, strict=True):  # they come in pairs
        corpus = given.corpus
        means: dict[str, plots.Curve] = {}
        for of_type, of_type_inferred in zip(given.types, inferred.types, strict=True):
            kind = str(of_type.machine_type)
            name, title = f"{corpus}_{kind}", f"{kind}, {_shown(corpus)}"
            machines = by_id(evaluation.corpora[corpus], kind)
            yield name, "scores", title, plots.score_distributions(machines, title)
            if of_type.auc:
                curves, means[kind] = plots.curves_of_type(machines, given, of_type.auc)
                yield name, "roc", title, plots.roc_curves(curves, means[kind], title)
            yield name, "decisions", title, _decisions(of_type, of_type_inferred, title)
            ids = {
                figures.machine_id: figures.inferred_ids
                for figures in inferred.machines
                if figures.machine_type == kind and figures.inferred_ids
            }
            if ids:
                yield name, "ids", title, matrices.id_matrix(ids, f"Normal clips: {title}")
            every = [clip for some in machines.values() for clip in some]
            if found := clip_map.clip_map(every):
                yield name, "map", title, clip_map.draw(found, title)
        if len(given.types) > 1:
            title = f"all types, {_shown(corpus)}"
            if given.overall.auc:
                mean = plots.Curve.mean(list(means.values()), given.overall.auc)
                yield corpus, "roc", title, plots.roc_curves(means, mean, title)
            yield corpus, "decisions", title, _decisions(given.overall, inferred.overall, title)


def _decisions(given: Figures, inferred: Figures, title: str) -> Figure:
    panels = {}
    for threshold, of in (("threshold", "at_threshold"), ("Youden's J", "at_youden")):
        for mode, figures in (("id given", given), ("id inferred", inferred)):
            if decisions := getattr(figures, of):
                panels[f"{threshold}, {mode}"] = decisions.confusion
    return matrices.decision_matrices(panels, f"Decisions: {title}")
