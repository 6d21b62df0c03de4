"""From the recordings that networks were trained on to the memories that judge beside them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mimimi import audio
from mimimi.data.index import Recording
from mimimi.detector.memories_member import MemoriesMember
from mimimi.detector.references import evenly
from mimimi.errors import AudioError
from mimimi.memory import MemoryBank
from mimimi.memory.blocks import thinned
from mimimi.terminal import Log
from mimimi.training.split import DataSplit

MOST_SEGMENTS = 12
"""Of a machine, two minutes: 0.3 MB. From there on no simulated fault was below chance."""


def remember(
    plan: DataSplit, kept_for_thresholds: Collection[Recording], log: Log
) -> MemoriesMember | None:
    """Memories of all machines of a type, or of none.

    The channel that is judged is remembered: the first one, or what two give.

    Args:
        plan: of the machine type.
        kept_for_thresholds: recordings that must not be remembered, or they would seem to be usual
            beyond all others.
        log: told what was decided.
    """
    banks = {}
    for machine_id in plan.ids:
        own = [r for r in plan.train if r.machine_id == machine_id and r not in kept_for_thresholds]
        try:
            banks[f"{plan.machine_type} {machine_id}"] = _bank(own, log)
        except AudioError as error:
            log(f"no memories beside the networks, because of {machine_id}: {error}")
            return None
    segments = sum(len(bank.recordings) for bank in banks.values())
    log(f"memories beside the networks: {segments} segments of normal sound")
    return MemoriesMember.of(banks)


def _bank(recordings: Sequence[Recording], log: Log) -> MemoryBank:
    sounds = []
    for recording in evenly(recordings, MOST_SEGMENTS):
        try:
            sounds.append(audio.read(recording.path, channel=recording.channel).samples)
        except AudioError as error:
            log(f"left out: {error}")
    bank = MemoryBank.learn(sounds)
    kept = thinned(len(bank.recordings), MOST_SEGMENTS)
    return MemoryBank({n: of[kept] for n, of in bank.vectors.items()}, bank.recordings[kept])
