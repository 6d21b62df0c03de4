"""Splits for recordings whose folders name none, by the rule of MIMII's baseline.

Source: Purohit et al. 2019, MIMII dataset.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from mimimi.data.find import natural
from mimimi.data.recording import UNDECIDED, Recording


def hold_out(
    recordings: Sequence[Recording],
    machine_folders: Mapping[Path, str],
    log: Callable[[str], None],
) -> list[Recording]:
    """Hold out as many normal clips of a machine as there are anomalous ones: "test" is both.

    Each folder of a machine is split by itself, in the order of the names: a clip of MIMII has
    the same name at each noise level, so that what is held out at one is held out at all. At
    least one normal clip is left for "train".

    Args:
        recordings: those of a split keep it.
        machine_folders: the folder of the machine, by path, of those of none.
        log: told what was decided.
    """
    decided = [r for r in recordings if r.split != UNDECIDED]
    machines: dict[str, list[Recording]] = defaultdict(list)
    for recording in recordings:
        if recording.split == UNDECIDED:
            machines[machine_folders[recording.path]].append(recording)
    splits: dict[str, Counter[str]] = defaultdict(Counter)
    for folder, clips in machines.items():
        normal = sorted(
            (r for r in clips if r.label == "normal"), key=lambda r: natural(str(r.path))
        )
        anomalous = [r for r in clips if r.label == "anomaly"]
        held_out = max(0, min(len(anomalous), len(normal) - 1))
        if held_out < len(anomalous):
            log(
                f"{folder}: {len(anomalous)} anomalous clips but only {len(normal)} normal ones, "
                f"so {held_out} are held out and {len(normal) - held_out} left for training."
            )
        test, train = [*normal[:held_out], *anomalous], normal[held_out:]
        decided += [replace(r, split="test") for r in test]
        decided += [replace(r, split="train") for r in train]
        splits[clips[0].machine_type].update(test=len(test), train=len(train))
    for machine_type, count in sorted(splits.items()):
        log(
            f"{machine_type}: the folders name no splits, so in each machine's folder as many "
            "normal clips are held out as there are anomalous ones (the MIMII baseline's rule): "
            f"{count['train']} clips train, {count['test']} test."
        )
    return decided
