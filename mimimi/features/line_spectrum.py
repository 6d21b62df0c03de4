"""The lines of a segment's mean power spectrum, a hertz apart: the tones of what turns."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import avg_pool1d, interpolate

_FLOOR = 1e-6  # of the mean power: silence has no logarithm
_SMOOTH = 100  # bins: what varies slower is the envelope of a spectrum, not a line


def line_spectrum(spectrum: Tensor) -> Tensor:
    """How strong each bin is against those within 50 Hz.

    The mean over frames (Welch 1967) makes the level of a bin of noise steady enough to compare.

    Args:
        spectrum: real `(batch, 2, frequency, time)`, real part first; its scale does not matter.

    Returns:
        `(batch, 1, frequency)`, in nats of power.

    Example:
        >>> import torch
        >>> from mimimi.config import LINE_SPECTRUM
        >>> from mimimi.features.spectrum import as_real, complex_spectrum
        >>> hum = torch.sin(2 * torch.pi * 120 * torch.arange(160_000) / 16_000)
        >>> noisy = (hum + 0.1 * torch.randn(160_000))[None]
        >>> int(line_spectrum(as_real(complex_spectrum(noisy, LINE_SPECTRUM))).argmax())
        120
    """
    real, imaginary = spectrum.unbind(dim=1)
    power = (real.square() + imaginary.square()).mean(dim=-1, keepdim=True).transpose(1, 2)
    level = (power / power.mean(dim=-1, keepdim=True) + _FLOOR).log()
    envelope = interpolate(avg_pool1d(level, _SMOOTH), level.shape[-1], mode="linear")
    return level - envelope
