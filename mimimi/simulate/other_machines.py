"""Simulated machines to tell a single one apart from; no detector is asked about them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

from mimimi.config import MACHINE_TYPES
from mimimi.data.find import INDEX_NAME
from mimimi.files import made_once, replace_file
from mimimi.simulate import write_corpus

_IDS, _CLIPS = 3, 12


def others(
    folder: Path,
    machine_type: str,
    on_clip: Callable[[int, int], None] | None = None,
) -> Path:
    """A folder of normal clips of simulated machines; made once.

    They come with a price: microphone, room and noise of a recorded machine set it apart from
    simulated ones more easily than its own sound does, so that the detector may miss faults that
    a second real machine, recorded alike, would have taught it to hear.

    Args:
        folder: where such folders are kept, one a machine type.
        machine_type: as which they count; of a type that cannot be simulated they are fans.
        on_clip: called after each clip with (clips done, clips in all).
    """

    def make(corpus: Path) -> None:
        kind = machine_type if machine_type in MACHINE_TYPES else "fan"
        write_corpus(corpus, types=[kind], ids=_IDS, clips=_CLIPS, on_clip=on_clip)
        _as_helpers(corpus / INDEX_NAME, machine_type)

    return made_once(folder / machine_type, make)


def _as_helpers(index: Path, machine_type: str) -> None:
    """Normal clips only: figures on faults of simulated machines would say nothing of one's own."""
    with index.open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["label"] == "normal"]
    helpers = [
        row
        | {
            "machine_type": machine_type,
            "machine_id": f"simulated-{row['machine_id']}",  # nobody's own is called so
            "helper": "yes",
        }
        for row in rows
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(helpers[0]))
    writer.writeheader()
    writer.writerows(helpers)
    replace_file(index, text.getvalue().encode())
