"""Which recordings can be trained on: found out before any is set aside to serve for something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from mimimi.data.decoded import decode
from mimimi.data.index import Recording
from mimimi.errors import UserError
from mimimi.terminal import Log


def usable(
    recordings: Sequence[Recording], machine_types: Sequence[str], decoded: Path, log: Log
) -> list[Recording]:
    """Recordings without those of the training set that cannot be trained on.

    Left out later, they could have been all that was set aside to validate by.

    Args:
        recordings: all there are; those that nothing is trained on are not opened.
        machine_types: for which detectors are made; of others a machine may be missing.
        decoded: where decoded recordings are kept for the training.
        log: told what had to be left out, and what is wrong with the others.

    Raises:
        UserError: of a machine of these types nothing is left.
    """
    kept = []
    noticed: dict[str, list[str]] = defaultdict(list)
    reasons: dict[tuple[str, str], UserError] = {}  # by machine type and id
    for recording in recordings:
        try:
            if recording.split == "train" and recording.label == "normal":
                for problem in decode(recording.path, decoded, recording.channel).problems:
                    noticed[problem.kind].append(f"{recording.path}: {problem.text}")
            kept.append(recording)
        except UserError as error:
            log(f"left out: {error}")
            reasons.setdefault((recording.machine_type, recording.machine_id), error)
    for told in noticed.values():
        more = f" (and so in {len(told) - 1} more recordings)" if len(told) > 1 else ""
        log(f"{told[0]}{more}")
    left = {
        (r.machine_type, r.machine_id) for r in kept if r.split == "train" and r.label == "normal"
    }
    for (machine_type, machine_id), reason in reasons.items():
        if machine_type in machine_types and (machine_type, machine_id) not in left:
            raise UserError(
                f"None of the recordings of {machine_type} {machine_id} can be trained on "
                f"({str(reason).rstrip('.')}); record it again, or leave the machine out."
            )
    return kept
