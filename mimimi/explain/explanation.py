"""Where in time and frequency a recording's score comes from, and whether from magnitude or phase.

How networks are asked, and why so: `mimimi.explain.attribution`. Every sentence about what is
unusual, on the page, on the command line, in alarms and reports, is written from what is found
here (`mimimi.explain.account`).
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np

from mimimi import audio, extras
from mimimi.explain.by_memory import by_memory
from mimimi.explain.evidence import Explanation
from mimimi.explain.usual import usual_sound
from mimimi.memory import MemoryBank

if TYPE_CHECKING:
    from mimimi.detector.detector import Detector
    from mimimi.detector.measurement import Measurement

_HEARD = 1.0  # spreads above normal: less, and networks have nothing to explain


def explain(
    detector: Detector,
    source: audio.Source | audio.Waveform,
    machine_id: str,
    *,
    channel: audio.Channel | None = None,
    measured: Measurement | None = None,
) -> Explanation:
    """Say what raised the score of a recording.

    It takes some ten times as long as judging it, and memory for its map alone.

    Args:
        detector: that judged it.
        source: as for `Detector.analyse`, or a waveform that was read.
        machine_id: the machine it was judged as.
        channel: the one that was judged.
        measured: what the detector made of it, where that is known already.

    Raises:
        AudioError: the recording cannot be judged.
        UnknownMachineError: the detector does not know this id.
        DetectorError: the detector does not hold how its machines usually sound.
        MissingExtraError: networks alone judge, and torch, by which they explain, is missing.

    A memory of normal sound needs no gradient, see `mimimi.memory.reasons`, and next to no time.
    Where memories judge beside networks, these explain what they hear, in units of their own score,
    since they know the moment; a memory explains what they do not hear, or cannot put into words.

    Example:
        >>> from mimimi import Detector
        >>> from mimimi.simulate import simulate_clip
        >>> time = np.arange(160_000) / 16_000
        >>> beep = 0.1 * np.sin(2 * np.pi * 3_200 * time) * (time > 4) * (time < 6)
        >>> clip = simulate_clip("pump", "id_51", clip=900) + beep
        >>> found = explain(Detector.from_pretrained("pump"), (clip, 16_000), "id_51")
        >>> found.reason.split(" from ")[0]
        'louder than usual around 3.3 kHz'
    """
    detector.check_id(machine_id)
    waveform = source if isinstance(source, audio.Waveform) else detector.read(source, channel)
    measured = measured or detector.measure(waveform)
    bank = _memory(detector, machine_id)
    if bank and not _networks_hear(detector, measured, machine_id):
        return by_memory(detector, bank, waveform, measured, machine_id)
    extras.need("torch")
    from mimimi.explain.by_networks import by_networks
    from mimimi.explain.nearest import nearest

    beside = nearest(detector, measured, machine_id)
    found = by_networks(detector, waveform, machine_id, beside)
    if found.findings or bank is None:
        return found
    by_ear = by_memory(detector, bank, waveform, measured, machine_id)
    return by_ear if by_ear.findings else found


def require_explainable(detector: Detector) -> None:
    """See to it that `explain` can work.

    Raises:
        DetectorError: the detector does not hold how its machines usually sound.
    """
    if not detector.ensemble.memory and not detector.ensemble.memories:
        usual_sound(detector)


def may_take_long(detector: Detector) -> bool:
    """Whether the first explanation may have to import torch, which takes seconds."""
    by_gradients = detector.ensemble.networks and extras.installed("torch")
    return bool(by_gradients) and "torch" not in sys.modules


def _memory(detector: Detector, machine_id: str) -> MemoryBank | None:
    """What is remembered of a machine, where anything is."""
    if memory := detector.ensemble.memory:
        return memory.bank
    memories = detector.ensemble.memories
    return memories.banks[detector.ids.index(machine_id)] if memories else None


def _networks_hear(detector: Detector, measured: Measurement, machine_id: str) -> bool:
    """Whether there are networks that find it unusual, and can say where.

    Their gradients are torch's: where that is not installed, the memory explains.
    """
    if detector.ensemble.memory or detector.baseline is None or not extras.installed("torch"):
        return False
    which = detector.ids.index(machine_id)
    heard = [
        (float(measured.by_member[c.name][which]) - c.mean) / c.deviation
        for c in (member.config for member in detector.ensemble.networks)
    ]
    return float(np.mean(heard)) > _HEARD
