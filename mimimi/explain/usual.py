"""How the machines that a detector knows usually sound: what an explanation starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mimimi.detector.spectral_baseline import SpectralBaseline
from mimimi.errors import DetectorError

if TYPE_CHECKING:
    from mimimi.detector.detector import Detector


def usual_sound(detector: Detector) -> SpectralBaseline:
    """How the machines that a detector knows usually sound.

    Raises:
        DetectorError: the detector was saved without it.
    """
    if detector.baseline is None:
        raise DetectorError(
            "This detector does not hold how its machines usually sound, so it cannot say where a "
            "recording is unusual; train it again with this version."
        )
    return detector.baseline
