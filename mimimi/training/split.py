"""Which recording serves for what; no recording serves twice."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mimimi.config import MemberRecipe, TrainingConfig
from mimimi.data.index import Recording
from mimimi.errors import UserError

Log = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """The recordings of one machine type by what they serve for."""

    machine_type: str
    ids: list[str]
    train: list[Recording]  # normal: the weights, and when to stop
    normal: list[Recording]  # normal, outside the training split: thresholds, and the figures
    anomalous: list[Recording]  # outside the training split: half for Youden's J, all for AUC


@dataclass(frozen=True)
class TrainValidationSplit:
    """What one network learns from, and what is held out from it."""

    machines: list[str]  # its classes
    learn: list[Recording]
    patience: list[Recording]


def plan(recordings: Sequence[Recording], machine_type: str, log: Log) -> Plan:
    """Divide recordings of one machine type.

    Args:
        recordings: of any machine types.
        machine_type: the one that is planned.
        log: told what was decided.

    Raises:
        UserError: there are fewer than two machines to tell apart.

    Example:
        >>> from pathlib import Path
        >>> clips = [Recording(Path(f"{i}{k}"), "fan", i, "normal", "train", "mine")
        ...          for i in ("a", "b") for k in range(10)]
        >>> plan(clips, "fan", log=lambda line: None).ids
        ['a', 'b']
    """
    own = [r for r in recordings if r.machine_type == machine_type]
    train = [r for r in own if r.split == "train" and r.label == "normal"]
    ids = sorted({r.machine_id for r in train})
    if len(ids) < 2:
        raise UserError(
            "Training tells machines of one type apart and needs normal recordings of at least two "
            f"of them; there are {len(ids)}. Simulated machines can be the others (simulate)."
        )
    rest = [r for r in own if r.split != "train" and r.machine_id in ids]
    normal = [r for r in rest if r.label == "normal"]
    anomalous = [r for r in rest if r.label == "anomaly"]
    log(
        f"{machine_type}: {len(ids)} machines: {', '.join(ids)}; normal recordings: {len(train)} "
        f"for training, {len(normal)} for the thresholds; {len(anomalous)} anomalous recordings, "
        "none of them for training"
    )
    return Plan(machine_type, ids, train, normal, anomalous)


def divide(train: Sequence[Recording], training: TrainingConfig) -> TrainValidationSplit:
    """Hold recordings of each machine out from what a network learns.

    Another seed holds out others, so that the members of an ensemble together learn from all.

    Args:
        train: normal recordings of the machines to tell apart.
        training: says how many are held out, and has the seed.

    Example:
        >>> from pathlib import Path
        >>> clips = [Recording(Path(f"{i}{k}"), "fan", i, "normal", "train", "mine")
        ...          for i in ("a", "b") for k in range(10)]
        >>> len(divide(clips, TrainingConfig()).patience)
        4
    """
    machines = sorted({r.machine for r in train})
    patience: list[Recording] = []
    for machine in machines:
        own = [r for r in train if r.machine == machine]
        count = max(1, round(training.holdout * len(own))) if len(own) >= 4 else 0
        # Not the last ones by name: those may have been recorded on one day.
        shuffled = random.Random(f"{machine}").sample(own, len(own))
        first = training.seed * count
        patience += [shuffled[(first + k) % len(own)] for k in range(count)]
    return TrainValidationSplit(machines, [r for r in train if r not in patience], patience)


def learnt_by(
    member: MemberRecipe, plans: Sequence[Plan], recordings: Sequence[Recording]
) -> list[tuple[tuple[str, ...], TrainValidationSplit]]:
    """The networks a member needs: one for all machine types, or one for each.

    Args:
        member: joint or not.
        plans: of the machine types a detector is made of.
        recordings: all there are; a joint network learns the machines of other types too.

    Returns:
        For each network the machine types it serves, and what it learns from.

    Example:
        >>> from pathlib import Path
        >>> clips = [Recording(Path(f"{t}{i}"), t, i, "normal", "train", "mine")
        ...          for t in ("fan", "pump") for i in ("a", "b")]
        >>> plans = [plan(clips, "fan", log=lambda line: None)]
        >>> for types, division in learnt_by(MemberRecipe("lines", joint=True), plans, clips):
        ...     print(types, division.machines)
        ('fan',) ['fan a', 'fan b', 'pump a', 'pump b']
    """
    if member.joint:
        train = [r for r in recordings if r.split == "train" and r.label == "normal"]
        types = tuple(of_type.machine_type for of_type in plans)
        return [(types, divide(train, member.training))]
    return [((p.machine_type,), divide(p.train, member.training)) for p in plans]
