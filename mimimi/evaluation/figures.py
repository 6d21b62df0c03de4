"""From judged clips to figures: per machine, per type, and over the types of a corpus."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mimimi.estimate import Estimate
from mimimi.evaluation.clips import ScoredClip
from mimimi.evaluation.decisions import Confusion, Decisions, decisions
from mimimi.evaluation.metrics import Resampled, auc, mean, resample

MAX_FPR = 0.1
"""p of the pAUC."""
Rank = tuple[Resampled, Resampled]  # AUC and pAUC


@dataclass(frozen=True)
class Figures:
    """Of one machine or of several; what does not exist is None.

    The decisions at the threshold leave out the normal clips it was fitted to, those at Youden's
    threshold the normal and anomalous ones that one was fitted to.
    """

    machine: str  # "fan id_00"; of several "fan mean" or "mean"
    machine_type: str | None  # None over types
    normal: int
    anomalous: int
    auc: Estimate | None
    pauc: Estimate | None
    at_threshold: Decisions
    at_youden: Decisions | None  # None where there is no such threshold


@dataclass(frozen=True)
class MachineFigures(Figures):
    """Figures of one machine."""

    machine_id: str
    inferred_ids: dict[str, int]  # its normal clips by the id inferred; empty where it was given


@dataclass(frozen=True)
class GroupFigures(Figures):
    """Figures of several machines.

    AUC and pAUC are means, of a type over its machines that have normal and anomalous clips, and
    over types of the types' means, with intervals over recordings. Counts and decisions are over
    all clips.
    """

    machines_in_mean: int
    best_machine: str | None
    lowest_auc: float | None
    highest_auc: float | None
    pooled_auc: float | None  # all machines' scores on one scale
    id_accuracy: float | None  # share of normal clips whose machine was inferred rightly


@dataclass(frozen=True)
class Summary:
    """Figures of one corpus in one mode."""

    corpus: str
    machine_id_given: bool
    machines: list[MachineFigures]
    types: list[GroupFigures]
    overall: GroupFigures


def summarise(corpus: str, clips: Iterable[ScoredClip], id_given: bool) -> Summary:
    """The figures of clips that may all count, in one of the two modes."""
    types: dict[str, dict[str, list[ScoredClip]]] = {}
    for clip in sorted(clips, key=lambda clip: clip.machine):
        machines = types.setdefault(clip.recording.machine_type, {})
        machines.setdefault(clip.machine, []).append(clip)
    everything = {name: some for machines in types.values() for name, some in machines.items()}
    ranks = {name: rank for name, some in everything.items() if (rank := _rank(some, id_given))}
    of_types = {
        name: _mean([ranks[machine] for machine in machines if machine in ranks])
        for name, machines in types.items()
    }
    over_types = _mean([rank for rank in of_types.values() if rank])
    return Summary(
        corpus=corpus,
        machine_id_given=id_given,
        machines=[
            _machine(name, some, ranks.get(name), id_given) for name, some in everything.items()
        ],
        types=[
            _group(name, machines, ranks, of_types[name], id_given)
            for name, machines in types.items()
        ],
        overall=_group(None, everything, ranks, over_types, id_given),
    )


def scores(clips: Iterable[ScoredClip], id_given: bool) -> tuple[list[float], list[float]]:
    """Scores of the normal and of the anomalous clips."""
    found: tuple[list[float], list[float]] = ([], [])
    for clip in clips:
        found[0 if clip.is_normal else 1].append(clip.judgement(id_given).score)
    return found


def _confusion(clips: Iterable[ScoredClip], id_given: bool) -> Confusion:
    """Decisions at the threshold on the clips that may count there."""
    return Confusion.of(
        (not clip.is_normal, clip.judgement(id_given).is_anomalous)
        for clip in clips
        if clip.counts_at_threshold
    )


def _youden_confusion(clips: Iterable[ScoredClip], id_given: bool) -> Confusion | None:
    """Decisions at the threshold of Youden's J, where there is one, on clips it has not seen."""
    called = [(clip, clip.judgement(id_given).above_youden) for clip in clips]
    if all(above is None for _, above in called):
        return None
    return Confusion.of(
        (not clip.is_normal, above)
        for clip, above in called
        if above is not None and not clip.calibrated_on
    )


def _rank(clips: Sequence[ScoredClip], id_given: bool) -> Rank | None:
    normal, anomaly = scores(clips, id_given)
    if not normal or not anomaly:
        return None
    seed = _seed(clips[0].machine)
    return resample(normal, anomaly, seed=seed), resample(normal, anomaly, MAX_FPR, seed)


def _seed(name: str) -> int:
    """Another for each machine, whose draws must not go together, and the same every time."""
    return zlib.crc32(name.encode())


def _mean(ranks: Sequence[Rank]) -> Rank | None:
    if not ranks:
        return None
    return mean([auc for auc, _ in ranks]), mean([pauc for _, pauc in ranks])


def _machine(
    name: str, clips: Sequence[ScoredClip], rank: Rank | None, id_given: bool
) -> MachineFigures:
    recording = clips[0].recording
    figures = _figures(name, recording.machine_type, clips, rank, id_given)
    normal = [clip.judgement(id_given).machine_id for clip in clips if clip.is_normal]
    inferred_ids = {} if id_given else dict(sorted(Counter(normal).items()))
    return MachineFigures(
        **vars(figures), machine_id=recording.machine_id, inferred_ids=inferred_ids
    )


def _group(
    machine_type: str | None,
    machines: Mapping[str, Sequence[ScoredClip]],
    ranks: Mapping[str, Rank],
    rank: Rank | None,
    id_given: bool,
) -> GroupFigures:
    aucs = {machine: ranks[machine][0].value for machine in machines if machine in ranks}
    clips = [clip for some in machines.values() for clip in some]
    pooled = scores(clips, id_given)
    right = [c.judgement(False).machine_id == c.recording.machine_id for c in clips if c.is_normal]
    name = f"{machine_type} mean" if machine_type else "mean"
    return GroupFigures(
        **vars(_figures(name, machine_type, clips, rank, id_given)),
        machines_in_mean=len(aucs),
        best_machine=max(aucs, key=lambda machine: aucs[machine], default=None),
        lowest_auc=min(aucs.values(), default=None),
        highest_auc=max(aucs.values(), default=None),
        pooled_auc=auc(*pooled) if all(pooled) else None,
        id_accuracy=sum(right) / len(right) if right and not id_given else None,
    )


def _figures(
    name: str,
    machine_type: str | None,
    clips: Sequence[ScoredClip],
    rank: Rank | None,
    id_given: bool,
) -> Figures:
    youden = _youden_confusion(clips, id_given)
    return Figures(
        machine=name,
        machine_type=machine_type,
        normal=sum(clip.is_normal for clip in clips),
        anomalous=sum(not clip.is_normal for clip in clips),
        auc=rank[0].estimate() if rank else None,
        pauc=rank[1].estimate() if rank else None,
        at_threshold=decisions(_confusion(clips, id_given)),
        at_youden=decisions(youden) if youden else None,
    )
