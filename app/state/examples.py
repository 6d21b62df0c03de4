"""The built-in examples: machines that exist nowhere, simulated on the spot."""

from __future__ import annotations

import io
from dataclasses import dataclass

from mimimi.config import SAMPLE_RATE

# Simulated machines that the bundled detectors have met, those whose faults they hear best, in a
# take in which they hear all; the model cards say how often they do not. Of this severity they hear
# every fault of the other three in each of six takes, but of the fan's 24 of 36 in twelve.
MACHINE_IDS = {"fan": "id_53", "pump": "id_52", "slider": "id_50", "valve": "id_50"}
CLEAR = {
    "fan": "clogging",
    "pump": "contamination",
    "slider": "loose belt",
    "valve": "sticky contamination",
}  # of each a fault that is heard; tests see to it
TAKE = 5_000_003  # that no corpus holds, so that no detector was trained on it
NORMAL = "normal"
SEVERITY = 3.0  # at 1 a fault is meant to be hard to tell


@dataclass(frozen=True)
class Example:
    """A simulated recording; `condition` is "normal" or the name of a fault."""

    machine_type: str
    condition: str = NORMAL

    @property
    def machine_id(self) -> str:
        """The machine that made it."""
        return MACHINE_IDS[self.machine_type]

    @property
    def file(self) -> str:
        """A name to show and to save it under."""
        return f"simulated {self.machine_type} {self.machine_id}, {self.condition}.wav"


def conditions(machine_type: str) -> list[str]:
    """Normal first, then the faults that the simulator knows; none of a type it does not know."""
    from mimimi.simulate import FAULTS

    return [NORMAL, *FAULTS[machine_type]] if machine_type in FAULTS else []


def simulate(example: Example) -> bytes:
    """The example as a 16-bit WAV file of 10 s."""
    import soundfile

    from mimimi.simulate import simulate_clip

    samples = simulate_clip(
        example.machine_type,
        example.machine_id,
        clip=TAKE,
        fault=None if example.condition == NORMAL else example.condition,
        severity=SEVERITY,
    )
    file = io.BytesIO()
    soundfile.write(file, samples, SAMPLE_RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()
