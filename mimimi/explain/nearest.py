"""The normal recording that a recording is most like, and how the two differ."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mimimi.detector.references import BANDS, Reference, References, edges
from mimimi.explain.finding import Finding
from mimimi.explain.region import band_in_words

if TYPE_CHECKING:
    from mimimi.detector.detector import Detector
    from mimimi.detector.measurement import Measurement

Array = NDArray[np.floating[Any]]

_BEYOND = 3.0  # times what two normal recordings differ by in a band: worth a word
_LEAST = 2.0  # dB that are worth a word
_NARROWEST = 2  # bands: a single one proves nothing where a handful of recordings is known
_SMOOTH = 5  # bands that share one usual difference, for the same reason
_MOST_SAID = 2
_LEAST_EMBEDDED, _LEAST_HEARD = 0.01, 0.1  # a usual distance, and one in dB: less is rounding


@dataclass(frozen=True)
class Neighbour:
    """A recording beside the normal one of its machine that sounds most like it.

    Args:
        reference: the normal recording.
        distance: in embedding and spectrum; at 1 it is as near as another normal one usually is.
        apart: RMS difference of the two spectra, in dB.
        usually_apart: the same of each normal recording of the machine and the one most like it.
        frequencies: edges of the mel bands, in kHz: one more than there are bands.
        spectrum: of the recording, in dB against its median band; gain is left out.
        its_spectrum: of the normal one.
        usual: by how much a band may differ between normal recordings, in dB.
        differences: where the two differ by more than is usual, the plainest first.
    """

    reference: Reference
    distance: float
    apart: float
    usually_apart: tuple[float, ...]
    frequencies: Array
    spectrum: Array
    its_spectrum: Array
    usual: Array
    differences: tuple[Finding, ...]


def nearest(detector: Detector, measured: Measurement, machine_id: str) -> Neighbour | None:
    """Find the normal recording of a machine that sounds most like a recording.

    Most like it is the one that the detector's networks make the most similar things of and whose
    spectrum is the nearest, each in units of what is usual between normal recordings. By spectra
    alone, far more recordings would lie next to another machine; by embeddings alone, the spectra
    that are shown would differ more (`benchmarks/claims/nearest.py`), and networks that have met
    two machines embed all that is normal in one place. What is usual is taken from each normal
    recording and the one most like it among the others.

    Args:
        detector: that judges.
        measured: the recording; one that the detector was trained on is compared with the others.
        machine_id: the machine it was judged as.

    Returns:
        None where the detector keeps fewer than two other recordings of the machine.

    Raises:
        UnknownMachineError: the detector does not know this id.

    Example:
        >>> from mimimi import Detector, audio
        >>> from mimimi.simulate import simulate_clip
        >>> fan = Detector.from_pretrained("fan")
        >>> clip = audio.from_array(simulate_clip("fan", "id_50", clip=900), 16_000)
        >>> nearest(fan, fan.measure(clip), "id_50").reference.machine_id
        'id_50'
    """
    detector.check_id(machine_id)
    kept = detector.references.of_machine(machine_id, other_than=measured.fingerprint)
    if len(kept.entries) < 2:
        return None
    between, distances = _distances(kept, measured)
    which = int(distances.argmin())

    spectrum, spectra = measured.spectrum, kept.spectra
    among_normal = spectra - spectra[between.argmin(axis=1)]
    usual = np.maximum(_BEYOND * _rms(_smooth(among_normal), axis=(0, 2)), _LEAST)
    apart, usually_apart = float(_rms(spectrum - spectra[which])), _rms(among_normal, axis=1)
    reference = kept.entries[which]
    return Neighbour(
        reference=reference,
        distance=float(distances[which]),
        apart=apart,
        usually_apart=tuple(usually_apart.tolist()),
        frequencies=edges(),
        spectrum=spectrum,
        its_spectrum=spectra[which],
        usual=usual,
        differences=differences(spectrum - spectra[which], usual, edges()),
    )


def _distances(kept: References, measured: Measurement) -> tuple[Array, Array]:
    """Between recordings that are kept, infinite from each to itself, and from one to each.

    In units of what a recording usually is from the nearest other one, in embedding and in spectrum
    alike: root of the mean of the two squares.
    """
    between, distances = [], []
    for there, here, least in (
        (kept.embeddings, measured.embedding, _LEAST_EMBEDDED),
        (kept.spectra, measured.spectrum, _LEAST_HEARD * BANDS**0.5),
    ):
        squares = np.square(there[:, None] - there).sum(axis=-1)
        np.fill_diagonal(squares, np.inf)
        nearest = np.sort(squares.min(axis=1))
        usual = max(float(nearest[(len(nearest) - 1) // 2]), least**2)
        between.append(squares / usual)
        distances.append(np.square(there - here).sum(axis=1) / usual)
    return _root_mean(between), _root_mean(distances)


def _root_mean(squares: list[Array]) -> Array:
    return np.asarray(np.sqrt(np.mean(squares, axis=0)))


def differences(difference: Array, usual: Array, frequencies: Array) -> tuple[Finding, ...]:
    """Where one spectrum differs from another by more than is usual, in words.

    Args:
        difference: of each band, in dB.
        usual: that is nothing unusual, in dB.
        frequencies: edges of the bands, in kHz.

    Example:
        >>> [one] = differences(np.array([0, 6, 6, -1.0]), np.full(4, 2.0), np.arange(5.0))
        >>> one.text
        '6 dB louder from 1 kHz to 3 kHz'
        >>> differences(np.zeros(4), np.full(4, 2.0), np.arange(5.0))
        ()
    """
    sides = np.sign(difference) * (np.abs(difference) > usual)
    bounds = [0, *(np.flatnonzero(np.diff(sides)) + 1), len(sides)]
    runs = [(a, b) for a, b in pairwise(bounds) if sides[a] and b - a >= _NARROWEST]
    runs.sort(key=lambda run: -float((np.abs(difference) - usual)[slice(*run)].sum()))
    return tuple(
        _difference(difference[a:b], (float(frequencies[a]), float(frequencies[b])))
        for a, b in runs[:_MOST_SAID]
    )


def _difference(decibels: Array, band: tuple[float, float]) -> Finding:
    amount = float(np.median(decibels))
    words = f"{abs(amount):.0f} dB {'louder' if amount > 0 else 'quieter'}{band_in_words(*band)}"
    return Finding(words, 1 if amount > 0 else -1, band)


def _smooth(differences: Array) -> Array:
    """Each band with its neighbours, `(recording, band, 5)`."""
    side = _SMOOTH // 2
    padded = np.pad(differences, ((0, 0), (side, side)), mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, _SMOOTH, axis=1)


def _rms(values: Array, axis: int | tuple[int, ...] | None = None) -> Array:
    return np.asarray(np.sqrt(np.square(values).mean(axis=axis)))
