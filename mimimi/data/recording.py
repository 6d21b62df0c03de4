"""One recording, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mimimi.audio import Channel

Label = Literal["normal", "anomaly"]
UNDECIDED = ""  # the split of a recording whose folders name none, until `held_out` has been asked


@dataclass(frozen=True)
class Recording:
    """One recording, whatever its number of channels, and what is known of it."""

    path: Path
    machine_type: str
    machine_id: str
    label: Label
    split: str  # "train", "test", or as an index.csv says ("dev", ...)
    corpus: str  # what an index.csv says, MIMII, or the name of the root folder
    fault: str = ""  # what is wrong with the machine, where an index.csv says so
    domain: str = ""  # "source" or "target" where a DCASE set of 2021 or later says so
    attributes: str = ""  # of the machine's state, as such a set says: "vel_6_loc_A"
    channel: Channel = 0  # that is judged; of two it is trained on what both give, else on each
    helper: bool = False  # its machine is there only for others to be told apart from

    @property
    def machine(self) -> str:
        """The machine among those of all types, such as "fan id_00"."""
        return f"{self.machine_type} {self.machine_id}"
