"""Machines that exist nowhere: clips of fans, pumps, sliders and valves made from their physics.

Example:
    >>> from mimimi.simulate import FAULTS, simulate_clip
    >>> clip = simulate_clip("slider", "id_51", fault=FAULTS["slider"][0])
"""

from mimimi.simulate.clip import (
    FAULTS,
    MACHINE_TYPES,
    VERSION,
    simulate_clip,
    simulate_parts,
)
from mimimi.simulate.write import write_corpus, written_again

__all__ = [
    "FAULTS",
    "MACHINE_TYPES",
    "VERSION",
    "simulate_clip",
    "simulate_parts",
    "write_corpus",
    "written_again",
]
