"""The built-in examples: machines that exist nowhere, simulated on the spot."""

from __future__ import annotations

import io
from dataclasses import dataclass

from mimimi.config import SAMPLE_RATE

MACHINE_ID = "id_50"  # the first simulated machine, which the bundled detectors have met
TAKE = 5_000_000  # a take that no corpus holds, so that no detector has learnt from it
NORMAL = "normal"


@dataclass(frozen=True)
class Example:
    """A simulated recording; `condition` is "normal" or the name of a fault."""

    machine_type: str
    condition: str = NORMAL
    machine_id: str = MACHINE_ID

    @property
    def file(self) -> str:
        """A name to show and to save it under."""
        return f"simulated {self.machine_type} {self.machine_id}, {self.condition}.wav"


def conditions(machine_type: str) -> list[str]:
    """Normal first, then the faults that the simulator knows."""
    from mimimi.corpus.simulate import FAULTS

    return [NORMAL, *FAULTS[machine_type]]


def simulate(example: Example) -> bytes:
    """The example as a 16-bit WAV file of 10 s."""
    import soundfile

    from mimimi.corpus.simulate import simulate_clip

    samples = simulate_clip(
        example.machine_type,
        example.machine_id,
        clip=TAKE,
        fault=None if example.condition == NORMAL else example.condition,
    )
    file = io.BytesIO()
    soundfile.write(file, samples, SAMPLE_RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()
