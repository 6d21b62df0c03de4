"""A network that reads the lines of a segment's mean power spectrum, a hertz apart."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from mimimi.config import LineSpectrumConfig
from mimimi.features.tensors import lines_of
from mimimi.networks.architecture import CONVOLUTIONS, PLACES
from mimimi.networks.output import NetworkOutput


class LineSpectrumNetwork(nn.Module):
    """Tells machines apart by the line spectrum of a segment.

    Line spectrum (`mimimi.features.line_spectrum`) -> three strided convolutions -> embedding ->
    cosine to a centre of each class. A machine's turning parts draw lines that a short spectrum
    smears; where they lie, to a hertz, tells it from others.

    Args:
        n_classes: number of machines.
        config: width, embedding, margin and scale.

    Shape:
        `(batch, 1, 8001)`, mean power of each hertz, to `NetworkOutput` with `total` alone.

    Source: after the spectral branch of Wilkinghoff 2023 (Design choices for learning embeddings
    from auxiliary tasks for domain generalization in anomalous sound detection), which reads one
    spectrum of a whole clip; margin: Deng et al. 2019, ArcFace.

    Example:
        >>> network = LineSpectrumNetwork(4, LineSpectrumConfig(width=4)).eval()
        >>> network(torch.rand(2, 1, 8001)).total.shape
        torch.Size([2, 4])
    """

    def __init__(self, n_classes: int, config: LineSpectrumConfig) -> None:
        super().__init__()
        self.margin, self.scale = config.margin, config.scale
        layers: list[nn.Module] = []
        channels = 1
        for kernel, stride in CONVOLUTIONS:
            layers += [
                nn.Conv1d(channels, config.width, kernel, stride),
                nn.BatchNorm1d(config.width),
                nn.ReLU(),
            ]
            channels = config.width
        self.lines = nn.Sequential(*layers)
        self.embedding = nn.Sequential(
            nn.Flatten(),
            nn.Linear(PLACES * channels, config.embedding),
            nn.BatchNorm1d(config.embedding),
            nn.ReLU(),
            nn.Linear(config.embedding, config.embedding),
        )
        self.centres = nn.Parameter(torch.randn(n_classes, config.embedding))

    def forward(self, power: Tensor) -> NetworkOutput:
        """Classify segments; shapes as the class says."""
        return self.classify(lines_of(power))

    def classify(self, lines: Tensor) -> NetworkOutput:
        """Classify line spectra `(batch, 1, 8001)`, which several networks may share."""
        embedded = normalize(self.embedding(self.lines(lines)))
        # Not a matrix product, which mixed precision would round: angles are small differences.
        cosines = (embedded.float()[:, None] * normalize(self.centres)).sum(dim=-1)
        return NetworkOutput(self.scale * cosines)

    def losses(self, output: NetworkOutput, labels: Tensor) -> dict[str, Tensor]:
        """Cross-entropy after the angle to the right centre was widened by the margin.

        Args:
            output: of `forward`.
            labels: soft labels `(batch, classes)`; the margin counts as far as a label does.
        """
        cosines = (output.total.float() / self.scale).clamp(-1 + 1e-6, 1 - 1e-6)
        harder = (cosines.acos() + self.margin).cos()
        logits = self.scale * (labels * harder + (1 - labels) * cosines)
        return {"total": nn.functional.cross_entropy(logits, labels)}
