"""Every number that shapes a detector, with its unit and default; no logic lives here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

MACHINE_TYPES = ("fan", "pump", "slider", "valve")
SAMPLE_RATE = 16_000
"""Sample rate of every waveform inside the package, in Hz."""

Norm = Literal["split", "modulus"]
Attention = Literal["softmax", "sigmoid"]
Precision = Literal["float32", "bfloat16"]
Schedule = Literal["constant", "cosine"]


@dataclass(frozen=True)
class FrontEnd:
    """From a waveform at 16 kHz to windows of a complex spectrum.

    The paper's brief: 16 kHz, Fourier length 1024, hop 512, Hann, 64 frames a window.
    A segment (the unit that is normalised, scored and calibrated) lasts 10 s, as a MIMII clip.
    `LINE_SPECTRUM` resolves frequency where this resolves time.
    """

    sample_rate: int = SAMPLE_RATE  # Hz
    n_fft: int = 1024  # samples
    hop_length: int = 512  # samples
    window_frames: int = 64  # spectral frames, 2.05 s
    segment_seconds: float = 10.0  # s
    centred: bool = True  # frame t lies around sample t * hop; else it begins there
    segment_hop_seconds: float = 5.0  # s, between segments of a longer recording

    @property
    def n_frequencies(self) -> int:
        """Number of frequency bins, 0 Hz and the Nyquist frequency included."""
        return self.n_fft // 2 + 1

    @property
    def window_samples(self) -> int:
        """Samples in a window: the shortest recording that can be judged."""
        if self.centred:
            return self.window_frames * self.hop_length
        return (self.window_frames - 1) * self.hop_length + self.n_fft

    @property
    def segment_samples(self) -> int:
        """Samples in a segment."""
        return round(self.segment_seconds * self.sample_rate)

    @property
    def segment_frames(self) -> int:
        """Spectral frames of a segment."""
        beyond = 0 if self.centred else self.n_fft
        return (self.segment_samples - beyond) // self.hop_length + 1


LINE_SPECTRUM = FrontEnd(n_fft=16_000, hop_length=8_000, window_frames=19, centred=False)
"""Bins of 1 Hz; one window is a whole segment."""


@dataclass(frozen=True)
class NetworkConfig:
    """The two choices that readings of the paper differ in, and how large the network is."""

    norm: Norm = "split"  # the brief; "modulus": one real variance, keeps phase
    attention: Attention = "softmax"  # the brief; "sigmoid": each channel weighed by itself
    width: float = 1.0  # factor on the paper's 45 and 90 channels
    first_stride: int = 2  # of the first block, along frequency and time; the paper's is 2


@dataclass(frozen=True)
class LineSpectrumConfig:
    """A network that reads the lines of a segment's mean power spectrum."""

    width: int = 96  # channels of each convolution
    embedding: int = 128  # numbers a segment is summed up in
    margin: float = 0.7  # rad, ArcFace's additive angle in training
    scale: float = 30.0  # of the cosines, ArcFace's s


AnyNetworkConfig = NetworkConfig | LineSpectrumConfig


@dataclass(frozen=True)
class Augmentation:
    """How training windows are varied; each is drawn anew by (seed, epoch, recording)."""

    mixup_alpha: float = 0.2  # Beta(alpha, alpha) of soft-label mixup; 0: none
    mask_frequencies: int = 32  # widest band set to zero, bins; 0: none
    mask_frames: int = 8  # longest stretch set to zero, frames; 0: none
    noise_snr_db: tuple[float, float] | None = (15.0, 40.0)  # white noise, dB; None: none
    shift_bins: int = 2  # largest shift along frequency, bins of 15.6 Hz; 0: none
    random_polarity: bool = True  # the sign of a microphone is an accident
    random_start: bool = True  # so is the moment a recording begins


@dataclass(frozen=True)
class TrainingConfig:
    """The optimisation of the brief: Adam 1e-4, batches of 32 windows, 30 epochs, patience 20."""

    learning_rate: float = 1e-4  # Adam
    schedule: Schedule = "constant"  # "cosine": falls to zero, and the last weights are kept
    weight_decay: float = 0.0  # AdamW's
    batch_size: int = 32  # windows
    epochs: int = 30  # at most
    patience: int = 20  # epochs without a better loss on the validation set
    holdout: float = 0.15  # share of each machine's training recordings in the validation set
    seed: int = 0
    precision: Precision = "float32"  # of the forward pass in training; judging is in float32
    augmentation: Augmentation = field(default_factory=Augmentation)


@dataclass(frozen=True)
class MemberRecipe:
    """One network of a detector and all that it takes to train it again."""

    name: str
    front_end: FrontEnd = field(default_factory=FrontEnd)
    network: AnyNetworkConfig = field(default_factory=NetworkConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    joint: bool = False  # learns the machines of all types at once, and serves each type


@dataclass(frozen=True)
class Recipe:
    """Everything that is needed to train a detector again, as plain data."""

    name: str
    members: tuple[MemberRecipe, ...]
    memories: bool = False  # of each machine's normal sound, judging beside the networks
