"""The lines of a segment's mean power spectrum, a hertz apart: the tones of what turns."""

from __future__ import annotations

import numpy as np

from mimimi.features.spectrum import Real

FLOOR = 1e-6  # of the mean power: silence has no logarithm
SMOOTH = 100  # bins: what varies slower is the envelope of a spectrum, not a line


def line_spectrum(power: Real) -> Real:
    """How strong each bin is against those within 50 Hz.

    The mean over frames (Welch 1967) makes the level of a bin of noise steady enough to compare.

    Args:
        power: `(batch, frequency, time)`; its scale does not matter.

    Returns:
        `(batch, 1, frequency)`, in nats of power.

    Example:
        >>> from mimimi.config import LINE_SPECTRUM
        >>> from mimimi.features.spectrum import complex_spectrum, power
        >>> hum = np.sin(2 * np.pi * 120 * np.arange(160_000) / 16_000)
        >>> noisy = hum + 0.1 * np.random.default_rng(0).standard_normal(160_000)
        >>> int(line_spectrum(power(complex_spectrum(noisy, LINE_SPECTRUM))).argmax())
        120
    """
    mean = power.mean(axis=-1)
    level = np.log(mean / mean.mean(axis=-1, keepdims=True) + np.float32(FLOOR))
    bins, steps = level.shape[-1], level.shape[-1] // SMOOTH
    means = level[:, : steps * SMOOTH].reshape(len(level), steps, SMOOTH).mean(axis=-1)
    # Between the middles of the steps, spread evenly over all bins.
    where = (np.arange(bins) + 0.5) * steps / bins - 0.5
    envelope = np.stack([np.interp(where, np.arange(steps), of) for of in means])
    lines: Real = (level - envelope.astype(np.float32))[:, None]
    return lines
