"""Which recording serves for what; no recording serves twice."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from mimimi.config import MemberRecipe, TrainingConfig
from mimimi.data.index import Recording
from mimimi.errors import UserError
from mimimi.terminal import Log

_FEWEST_TO_SPARE = 4  # recordings of a machine from which on some are for validation


@dataclass(frozen=True)
class DataSplit:
    """The recordings of one machine type by what they serve for."""

    machine_type: str
    ids: list[str]  # that a detector is for
    train: list[Recording]  # normal, of helpers too: the weights, and when to stop
    normal: list[Recording]  # normal, outside the training split: thresholds, and the figures
    anomalous: list[Recording]  # outside the training split: half for Youden's J, all for AUC


@dataclass(frozen=True)
class TrainValidationSplit:
    """The training set and the validation set of one network."""

    machines: list[str]  # its classes
    training: list[Recording]
    validation: list[Recording]


def is_alone(recordings: Sequence[Recording], machine_types: Sequence[str]) -> bool:
    """Whether one machine is all there is to learn from, so that others must be lent to it.

    Args:
        recordings: of any machine types.
        machine_types: for which detectors are made.

    Example:
        >>> from pathlib import Path
        >>> clips = [Recording(Path("a.wav"), "fan", "a", "normal", "train", "mine")]
        >>> is_alone(clips, ["fan"])
        True
    """
    there = {
        r.machine_id
        for r in recordings
        if r.machine_type in machine_types and r.split == "train" and r.label == "normal"
    }
    return len(machine_types) == 1 and len(there) == 1


def split_data(recordings: Sequence[Recording], machine_type: str, log: Log) -> DataSplit:
    """Split the recordings of one machine type.

    Args:
        recordings: of any machine types.
        machine_type: whose recordings are split.
        log: told what was decided.

    Raises:
        UserError: there is none of the type, or fewer than two machines to tell apart.

    Example:
        >>> from pathlib import Path
        >>> clips = [Recording(Path(f"{i}{k}"), "fan", i, "normal", "train", "mine")
        ...          for i in ("a", "b") for k in range(10)]
        >>> split_data(clips, "fan", log=lambda line: None).ids
        ['a', 'b']
    """
    of_type = [r for r in recordings if r.machine_type == machine_type]
    train = [r for r in of_type if r.split == "train" and r.label == "normal"]
    ids = sorted({r.machine_id for r in train if not r.helper})
    helpers = {r.machine_id for r in train if r.helper}
    there = sorted({r.machine_type for r in recordings})
    if not of_type and there:
        raise UserError(f"No recordings of type {machine_type!r}; there are: {', '.join(there)}.")
    if not ids or len(ids) + len(helpers) < 2:
        raise UserError(
            "Training tells machines of one type apart and needs normal recordings of at least two "
            f"of them; of {machine_type} there are {len(ids)}. Train for a type with a single one "
            "by itself: it is then told apart from machines of MIMII."
        )
    rest = [r for r in of_type if r.split != "train" and r.machine_id in ids]
    normal = [r for r in rest if r.label == "normal"]
    anomalous = [r for r in rest if r.label == "anomaly"]
    beside = f" and {len(helpers)} to tell them apart from" if helpers else ""
    log(
        f"{machine_type}: {len(ids)} machines: {', '.join(ids)}{beside}; normal recordings: "
        f"{len(train)} for training, {len(normal)} for the thresholds; {len(anomalous)} anomalous "
        "recordings, none of them for training"
    )
    return DataSplit(machine_type, ids, train, normal, anomalous)


def train_validation_split(
    recordings: Sequence[Recording], training: TrainingConfig
) -> TrainValidationSplit:
    """Split the recordings of each machine in two, at random.

    Another seed takes others for validation, so that the members of an ensemble together are
    trained on all.

    Args:
        recordings: normal ones, of the machines to tell apart.
        training: says how many are for validation, and has the seed.

    Example:
        >>> from pathlib import Path
        >>> clips = [Recording(Path(f"{i}{k}"), "fan", i, "normal", "train", "mine")
        ...          for i in ("a", "b") for k in range(10)]
        >>> len(train_validation_split(clips, TrainingConfig()).validation)
        4
    """
    machines = sorted({r.machine for r in recordings})
    validation: list[Recording] = []
    for machine in machines:
        of_machine = [r for r in recordings if r.machine == machine]
        if len(of_machine) < _FEWEST_TO_SPARE:
            continue
        count = max(1, round(training.holdout * len(of_machine)))
        # Not the last ones by name: those may have been recorded on one day.
        shuffled = random.Random(machine).sample(of_machine, len(of_machine))
        first = training.seed * count
        validation += [shuffled[(first + k) % len(shuffled)] for k in range(count)]
    rest = [r for r in recordings if r not in validation]
    return TrainValidationSplit(machines, rest, validation)


def network_splits(
    member: MemberRecipe, splits: Sequence[DataSplit], recordings: Sequence[Recording]
) -> list[tuple[tuple[str, ...], TrainValidationSplit]]:
    """The networks a member needs: one for all machine types, or one for each.

    Args:
        member: joint or not.
        splits: of the machine types that a detector is made for.
        recordings: all there are; a joint network is trained on the machines of other types too.

    Returns:
        For each network the machine types it serves, and its training and validation set.

    Example:
        >>> from pathlib import Path
        >>> clips = [Recording(Path(f"{t}{i}"), t, i, "normal", "train", "mine")
        ...          for t in ("fan", "pump") for i in ("a", "b")]
        >>> splits = [split_data(clips, "fan", log=lambda line: None)]
        >>> for types, split in network_splits(MemberRecipe("lines", joint=True), splits, clips):
        ...     print(types, split.machines)
        ('fan',) ['fan a', 'fan b', 'pump a', 'pump b']
    """
    if member.joint:
        train = [r for r in recordings if r.split == "train" and r.label == "normal"]
        types = tuple(split.machine_type for split in splits)
        return [(types, train_validation_split(train, member.training))]
    return [((s.machine_type,), train_validation_split(s.train, member.training)) for s in splits]
