"""Which recordings can be trained on: found out before any is set aside to serve for something."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mimimi.data.decoded import decode
from mimimi.data.index import Recording
from mimimi.errors import UserError
from mimimi.terminal import Log


def usable(recordings: Sequence[Recording], decoded: Path, log: Log) -> list[Recording]:
    """Recordings without those of the training set that cannot be trained on.

    Left out later, they could have been all that was set aside to validate by.

    Args:
        recordings: all there are; those that nothing is trained on are not opened.
        decoded: where decoded recordings are kept for the training.
        log: told what had to be left out.

    Raises:
        UserError: of a machine nothing is left.
    """
    kept = []
    reasons: dict[str, UserError] = {}
    for recording in recordings:
        try:
            if recording.split == "train" and recording.label == "normal":
                decode(recording.path, decoded)
            kept.append(recording)
        except UserError as error:
            log(f"left out: {error}")
            reasons.setdefault(recording.machine, error)
    left = {r.machine for r in kept if r.split == "train" and r.label == "normal"}
    for machine, reason in reasons.items():
        if machine not in left:
            raise UserError(
                f"None of the recordings of {machine} can be trained on ({str(reason).rstrip('.')})"
                "; record it again, or leave the machine out."
            )
    return kept
