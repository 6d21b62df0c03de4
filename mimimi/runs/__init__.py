"""A run on disk, as whoever makes it and whoever wants to know of it read and write its folder.

`run.json` what was asked and how it stands, `metrics.jsonl` how it goes, `train.log` what was
decided, `output.log` what its process printed.
"""

from mimimi.runs.record import State
from mimimi.runs.run import Run

__all__ = ["Run", "State"]
