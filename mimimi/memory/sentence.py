"""Why a segment is unusual, in words: the score is a sum over views and bands, so no gradient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from mimimi.memory.bank import Heard, MemoryBank
from mimimi.memory.spectra import Array, envelope_edges, envelope_hertz, mel_edges, mel_hertz
from mimimi.memory.views import VIEWS

Level = Literal[-1, 0, 1]
DECIBEL = 10 / np.log(10)  # in a nat of power
AUDIBLE = 1.0  # dB: below it an amount is not worth a word
NEW_TONE = 6.0  # dB beyond the loudest that a normal segment ever was at that hertz
LOWEST_TONE = 20  # Hz: what is below is not heard as a tone
RHYTHM_HERTZ = 8  # a step of the envelope's spectrum
NORMAL_DEVIATION = 1.0  # spreads: a view that finds no more has nothing to say


@dataclass(frozen=True)
class Reason:
    """One thing that is unusual about a segment."""

    view: str
    low: float  # Hz, where in the spectrum
    hertz: float  # Hz, the middle of it
    high: float  # Hz
    share: float  # of the anomaly score, 0 to 1
    text: str
    level: Level  # whether the words say that there is more sound, or less


@dataclass(frozen=True)
class Change:
    """What a view found: where in the spectrum, in Hz, and in words."""

    low: float
    hertz: float
    high: float
    text: str
    level: Level = 0


def reasons(bank: MemoryBank, heard: Heard, at_most: int = 2) -> list[Reason]:
    """What is unusual about a segment, the largest part of its score first; none where none is.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> bank = MemoryBank.learn([rng.normal(size=160_000) for _ in range(3)])
        >>> hum = np.sin(2 * np.pi * 1_240 * np.arange(160_000) / 16_000)
        >>> [first, *_] = reasons(bank, bank.hear(rng.normal(size=160_000) + hum))
        >>> first.text
        'a tone at 1,240 Hz that was never there'
    """
    parts = heard.contributions
    found: dict[str, Reason] = {}
    for view in VIEWS:
        if heard.deviation[view.name] <= NORMAL_DEVIATION:
            continue
        if (change := _CHANGES[view.name](bank, heard)) is None:
            continue
        change = _new_tone(bank, heard, change) or change
        share = parts[view.name] / heard.score
        if change.text in found:  # two views found the same
            before = found[change.text]
            found[change.text] = replace(before, share=before.share + share)
        else:
            found[change.text] = Reason(
                *(view.name, change.low, change.hertz, change.high),
                *(share, change.text, change.level),
            )
    return sorted(found.values(), key=lambda reason: -reason.share)[:at_most]


def _new_tone(bank: MemoryBank, heard: Heard, where: Change) -> Change | None:
    """A tone near a change that no normal segment comes near: the plainest cause it can have."""
    within = slice(max(int(where.low), LOWEST_TONE), int(where.high) + 1)
    now = heard.vectors["lines"].ravel()[within]
    usual = bank.vectors["lines"].reshape(len(bank.recordings), -1)[:, within]
    excess = now - usual.max(axis=0)
    if not excess.size or excess.max() * DECIBEL < NEW_TONE:
        return None
    hertz = within.start + int(excess.argmax())
    return Change(hertz, hertz, hertz, f"a tone at {hertz:,} Hz that was never there", 1)


def _lines(bank: MemoryBank, heard: Heard) -> Change | None:
    """The tone that changed most in the band that says most; None where no audible one did."""
    band, width = int(heard.shares["lines"].argmax()), heard.vectors["lines"].shape[1]
    now, usual = heard.vectors["lines"][band], bank.vectors["lines"][:, band]
    stronger, weaker = now - usual.max(axis=0), usual.min(axis=0) - now
    if band == 0:  # it begins at 0 Hz
        stronger[:LOWEST_TONE] = weaker[:LOWEST_TONE] = -np.inf
    more = stronger.max() >= weaker.max()
    if band == 0 and max(stronger.max(), weaker.max()) <= 0:
        return None
    hertz = band * width + int((stronger if more else weaker).argmax())
    text = f"a tone at {hertz:,} Hz {'stronger' if more else 'weaker'} than usual"
    return Change(band * width, hertz, (band + 1) * width - 1, text, 1 if more else -1)


def _unrest(bank: MemoryBank, heard: Heard) -> Change:
    low, hertz, high, amount = _mel_band(bank, heard, "unrest")
    size = f"{_size(amount)}{'more' if amount > 0 else 'less'}"
    return Change(low, hertz, high, f"the level {around(hertz)} varies {size} than usual")


def _peaks(bank: MemoryBank, heard: Heard) -> Change:
    low, hertz, high, amount = _mel_band(bank, heard, "peaks")
    more = amount > 0
    text = f"{_size(amount)}{'louder' if more else 'softer'} peaks {around(hertz)}"
    return Change(low, hertz, high, text, 1 if more else -1)


def _mel_band(bank: MemoryBank, heard: Heard, view: str) -> tuple[float, float, float, float]:
    """The mel band that changed most within the band that says most, in Hz, and by how many dB."""
    change = _beside_nearest(bank, heard, view) * DECIBEL
    band = int(heard.shares[view].argmax())
    at = band * change.shape[1] + int(np.abs(change[band]).argmax())
    low, hertz, high = mel_edges()[at], mel_hertz()[at], mel_edges()[at + 2]
    return float(low), float(hertz), float(high), float(change.ravel()[at])


def _size(amount: float) -> str:
    return f"{abs(amount):.0f} dB " if abs(amount) >= AUDIBLE else "slightly "


def _coherence(bank: MemoryBank, heard: Heard) -> Change:
    change = _beside_nearest(bank, heard, "coherence")
    band, width = int(heard.shares["coherence"].argmax()), len(mel_hertz()) // len(change)
    more = "more" if change[band].mean() > 0 else "less"
    low, high = (float(mel_edges()[at * width + 1]) for at in (band, band + 1))
    hertz = (low + high) / 2
    text = f"the sound {around(hertz)} rises and falls {more} in step with the rest than usual"
    return Change(low, hertz, high, text)


def _rhythm(bank: MemoryBank, heard: Heard) -> Change:
    change = _beside_nearest(bank, heard, "rhythm") * DECIBEL
    band = int(heard.shares["rhythm"].argmax())
    step = int(np.abs(change[band]).argmax())
    amount, hertz = float(change[band, step]), float(envelope_hertz()[band])
    size = f"{abs(amount):.0f} dB {'more' if amount > 0 else 'less'}"
    first, last = step * RHYTHM_HERTZ, (step + 1) * RHYTHM_HERTZ
    text = f"{size} beating {first} to {last} times a second {around(hertz)}"
    return Change(float(envelope_edges()[band]), hertz, float(envelope_edges()[band + 1]), text)


_CHANGES: dict[str, Callable[[MemoryBank, Heard], Change | None]] = {
    "lines": _lines,
    "unrest": _unrest,
    "peaks": _peaks,
    "coherence": _coherence,
    "rhythm": _rhythm,
}


def _beside_nearest(bank: MemoryBank, heard: Heard, view: str) -> Array:
    """The segment less, in each band, the normal segment nearest in it: `(band, value)`."""
    nearest = heard.distances[view].argmin(axis=0)
    change: Array = heard.vectors[view] - bank.vectors[view][nearest, np.arange(len(nearest))]
    return change


def around(hertz: float) -> str:
    """A place in the spectrum, no finer than it is known: "around 2 kHz"."""
    if hertz >= 1_000:
        return f"around {hertz / 1_000:.2g} kHz"
    return f"around {float(f'{hertz:.2g}'):.0f} Hz"
