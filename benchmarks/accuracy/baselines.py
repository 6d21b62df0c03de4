"""Baselines on standard parts: log-mel statistics, and the autoencoder of DCASE 2020 Task 2."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.covariance import LedoitWolf
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler
from torch import Tensor, nn
from torchaudio.transforms import AmplitudeToDB, MelSpectrogram

from benchmarks.accuracy.clips import Clips, Scores
from mimimi import audio
from mimimi.config import SAMPLE_RATE

Array = NDArray[np.float64]
Distance = Callable[[Array, Array], Array]  # of clips `(clip, 2 mel)` to the normal ones

STACKED = 5  # frames
EPOCHS, BATCH, LEARNING_RATE = 100, 512, 1e-3  # as the challenge's baseline

# librosa's default, which the challenge's baseline uses: Slaney's mel scale and normalisation.
_mel = MelSpectrogram(
    SAMPLE_RATE, n_fft=1024, hop_length=512, n_mels=128, norm="slaney", mel_scale="slaney"
)
_decibel = AmplitudeToDB("power")


def log_mel(samples: audio.Samples) -> Tensor:
    """Level in dB of 128 mel bands, `(mel, frame)`."""
    level: Tensor = _decibel(_mel(torch.from_numpy(samples)))
    return level


def channels(path: Path) -> Iterator[audio.Samples]:
    """Every channel of a recording."""
    first = audio.read(path)
    yield first.samples
    for channel in range(1, first.source_channels):
        yield audio.read(path, channel=channel).samples


def statistics(samples: audio.Samples) -> Array:
    """Mean and deviation over time of each band, `(2 mel,)`."""
    bands = log_mel(samples)
    return torch.cat((bands.mean(dim=1), bands.std(dim=1))).double().numpy()


@cache
def of_channels(path: Path) -> Array:
    """Statistics of every channel of a file, `(channel, 2 mel)`: read once for all systems."""
    return np.stack([statistics(samples) for samples in channels(path)])


def mahalanobis(clips: Clips, seed: int) -> Scores:
    """Distance to a machine's normal statistics under their shrunk covariance."""
    return _by_machine(clips, lambda normal, x: LedoitWolf().fit(normal).mahalanobis(x))


def nearest(clips: Clips, seed: int) -> Scores:
    """Distance to the nearest of a machine's normal statistics."""
    return _by_machine(
        clips, lambda normal, x: NearestNeighbors(n_neighbors=1).fit(normal).kneighbors(x)[0][:, 0]
    )


def _by_machine(clips: Clips, distance: Distance) -> Scores:
    scores: Scores = {}
    for name in clips.machines:
        normal = np.concatenate([of_channels(r.path) for r in clips.learn if r.machine == name])
        report = [r for r in clips.report if r.machine == name]
        if not report:
            continue
        x = np.stack([of_channels(r.path)[0] for r in report])
        scaler = StandardScaler().fit(normal)
        found = distance(scaler.transform(normal), scaler.transform(x))
        scores |= dict(zip(map(clips.name, report), found.tolist(), strict=True))
    return scores


def autoencoder(clips: Clips, seed: int) -> Scores:
    """Mean squared error of stacked frames rebuilt by their machine type's autoencoder."""
    scores: Scores = {}
    for machine_type in sorted({r.machine_type for r in clips.learn}):
        learn = [r for r in clips.learn if r.machine_type == machine_type]
        network = _train(
            torch.cat([stacked(samples) for r in learn for samples in channels(r.path)]), seed
        )
        with torch.inference_mode():
            for recording in (r for r in clips.report if r.machine_type == machine_type):
                x = stacked(audio.read(recording.path).samples)
                scores[clips.name(recording)] = float((network(x) - x).square().mean())
    return scores


def stacked(samples: audio.Samples) -> Tensor:
    """Every five neighbouring log-mel frames as one vector, `(frame, 5 mel)`."""
    return log_mel(samples).T.unfold(0, STACKED, 1).transpose(1, 2).flatten(1)


def layers(widths: Sequence[int] = (128, 128, 128, 128, 8, 128, 128, 128, 128)) -> nn.Sequential:
    """640 to 8 to 640: linear layers, each but the last with batch norm and ReLU behind it.

    Source: Koizumi et al. 2020, DCASE 2020 Task 2, and its published baseline.
    """
    ends = 128 * STACKED
    network = nn.Sequential()
    for before, after in pairwise((ends, *widths)):
        network.extend([nn.Linear(before, after), nn.BatchNorm1d(after), nn.ReLU()])
    return network.append(nn.Linear(widths[-1], ends))


def _train(x: Tensor, seed: int) -> nn.Sequential:
    torch.manual_seed(seed)
    network = layers()
    optimiser = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
    for _ in range(EPOCHS):
        for batch in torch.split(x[torch.randperm(len(x))], BATCH):
            if len(batch) < 2:
                continue  # no batch statistics
            loss = (network(batch) - batch).square().mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return network.eval()
