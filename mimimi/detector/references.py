"""The normal recordings that a detector keeps to compare with: which one a recording is most like.

No sound is kept: of each recording its name, where it lies among the others, and its spectrum.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import normalize

from mimimi import audio
from mimimi.config import SAMPLE_RATE
from mimimi.detector.member import listen
from mimimi.errors import UserError
from mimimi.features.segments import split

if TYPE_CHECKING:
    from mimimi.detector.detector import Detector

MOST = 24
"""References of one machine."""
BANDS = 64

_N_FFT, _HOP = 1024, 512
_FLOOR = 1e-9  # of the loudest band
_NAME = re.compile(r"\w[\w .,+()-]{0,127}")
_UNSAFE = re.compile(r"[^\w .,+()-]")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Reference:
    """A normal recording that a detector learnt from.

    Args:
        machine_id: of the machine.
        name: of its file, without folders.
        sha256: of its file, `mimimi.audio.recording_hash`.
    """

    machine_id: str
    name: str
    sha256: str

    def as_config(self) -> dict[str, str]:
        """As `config.json` holds it."""
        return asdict(self)


@dataclass(frozen=True)
class Sound:
    """A recording as it is compared: `embedding` `(n,)` and `spectrum` `(64,)`, see `heard`."""

    embedding: Tensor
    spectrum: Tensor


@dataclass(frozen=True)
class References:
    """The sounds of a detector's references, in their order.

    `embeddings` is `(references, n)`, `spectra` is `(references, 64)`, in dB.
    """

    embeddings: Tensor
    spectra: Tensor

    @staticmethod
    def layout(count: int, n_classes: int) -> dict[str, Tensor]:
        """The tensors it is saved as, without memory of their own.

        Args:
            count: of the references.
            n_classes: of all networks together.
        """
        return {
            "references.embeddings": torch.empty(count, n_classes, device="meta"),
            "references.spectra": torch.empty(count, BANDS, device="meta"),
        }

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Tensor]) -> References:
        """Back from `as_tensors`."""
        return cls(tensors["references.embeddings"], tensors["references.spectra"])

    def as_tensors(self) -> dict[str, Tensor]:
        """As a detector's weights hold it."""
        return {
            "references.embeddings": self.embeddings,
            "references.spectra": self.spectra,
        }


def gather(
    detector: Detector, recordings: Mapping[str, Sequence[Path]]
) -> tuple[list[Reference], References | None]:
    """From normal recordings to what a detector keeps of them, in half precision as it is saved.

    Of a machine with more than `MOST` recordings those are kept that lie evenly in their order,
    which is that of time where recordings are numbered.

    Args:
        detector: trained, with the hashes of what it learnt from.
        recordings: paths by machine id. Left out are those that it did not learn from, and those
            that cannot be judged.
    """
    references, sounds = [], []
    for machine_id, paths in recordings.items():
        places = np.linspace(0, len(paths) - 1, min(MOST, len(paths))).round().astype(int)
        for path in (paths[place] for place in places):
            with suppress(UserError):
                sha256 = audio.recording_hash(path)
                if sha256 in detector.learnt:
                    sounds.append(heard(detector, audio.read(path)))
                    references.append(Reference(machine_id, plain(path.name), sha256))
    if not references:
        return [], None
    return references, References(
        torch.stack([sound.embedding for sound in sounds]).half().float(),
        torch.stack([sound.spectrum for sound in sounds]).half().float(),
    )


@torch.inference_mode()
def heard(detector: Detector, waveform: audio.Waveform) -> Sound:
    """What a recording is compared by.

    The embedding holds what each network makes of it: the logits of all its classes, mean over the
    recording, at unit length. The spectrum is the power in mel bands, mean over time, in dB against
    the median band: gain is left out, since it is the recorder's.

    Args:
        detector: whose networks listen.
        waveform: the recording.

    Raises:
        AudioError: it is shorter than one window.
    """
    samples = torch.from_numpy(np.stack([s.samples for s in split(waveform, detector.front_end)]))
    parts = []
    for member in detector.members:
        network = detector.networks[member.name]
        device = next(network.parameters()).device
        logits = [
            listen(network, member.front_end, one[None].to(device)).logits.mean(dim=1)[0]
            for one in samples
        ]
        parts.append(normalize(torch.stack(logits).mean(dim=0).float().cpu(), dim=0))
    return Sound(torch.cat(parts), _spectrum(torch.from_numpy(waveform.samples)))


def _spectrum(samples: Tensor) -> Tensor:
    window = torch.hann_window(_N_FFT)
    power = torch.stft(samples, _N_FFT, _HOP, window=window, return_complex=True).abs().square()
    bands = power.mean(dim=1) @ _filters()
    level = 10 * (bands + _FLOOR * bands.max() + 1e-30).log10()
    return level - level.median()


@cache
def _filters() -> Tensor:
    from torchaudio.functional import melscale_fbanks

    filters: Tensor = melscale_fbanks(
        _N_FFT // 2 + 1, 0.0, SAMPLE_RATE / 2, BANDS, SAMPLE_RATE, norm="slaney", mel_scale="htk"
    )
    return filters


def edges() -> NDArray[np.float64]:
    """Where the bands meet, `(65,)` in kHz: even in mel."""
    mel = np.linspace(0, 2595 * np.log10(1 + SAMPLE_RATE / 2 / 700), BANDS + 2)
    kilohertz = 0.7 * (10 ** (mel / 2595) - 1)
    return np.asarray((kilohertz[1:] + kilohertz[:-1]) / 2)


def plain(name: str) -> str:
    """A file's name in plain letters, that a page may show.

    Example:
        >>> plain("pump <b>3</b>.wav")
        'pump _b_3__b_.wav'
    """
    return _UNSAFE.sub("_", name)[-120:].lstrip(" .,+()-") or "recording"


def checked(found: Any, ids: Sequence[str], learnt: set[str]) -> list[Reference]:
    """References from `config.json`, read from strangers' files.

    Args:
        found: what stands there; none in detectors of old.
        ids: machines that the detector knows.
        learnt: hashes of the recordings that it has learnt from.

    Raises:
        ValueError: one is no recording that the detector learnt from, has a name that is not plain,
            or there are too many.
        TypeError: something is of the wrong kind.
    """
    if not isinstance(found, list) or len(found) > MOST * len(ids):
        raise ValueError("references")
    references = [Reference(**entry) for entry in found]
    for reference in references:
        if not all(isinstance(text, str) for text in asdict(reference).values()):
            raise ValueError("references")
        if (
            reference.machine_id not in ids
            or not _NAME.fullmatch(reference.name)
            or not _SHA256.fullmatch(reference.sha256)
            or reference.sha256 not in learnt
        ):
            raise ValueError("references")
    return references
