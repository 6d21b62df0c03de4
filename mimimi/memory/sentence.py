"""Why a segment is unusual, in words: the score is a sum over views and bands, so no gradient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mimimi.memory.bank import Heard, MemoryBank
from mimimi.memory.spectra import Array, envelope_hertz, mel_hertz
from mimimi.memory.views import VIEWS

DECIBEL = 10 / np.log(10)  # in a nat of power
AUDIBLE = 1.0  # dB: below it a difference is not worth a word
NEW_TONE = 6.0  # dB beyond the loudest a normal segment ever was at that hertz
RHYTHM_HERTZ = 8  # a step of the envelope's spectrum
NORMAL_DEVIATION = 1.0  # spreads: a view that finds no more has nothing to say


@dataclass(frozen=True)
class Reason:
    """One thing that is unusual about a segment."""

    view: str
    hertz: float  # where in the spectrum
    share: float  # of the anomaly score, 0 to 1
    text: str


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
    score, parts = heard.score, heard.contributions
    found = []
    for view in sorted(VIEWS, key=lambda view: -parts[view.name]):
        if heard.deviation[view.name] > NORMAL_DEVIATION:
            hertz, text = _WORDS[view.name](bank, heard)
            found.append(Reason(view.name, hertz, parts[view.name] / score, text))
    return found[:at_most]


Words = tuple[float, str]


def _lines(bank: MemoryBank, heard: Heard) -> Words:
    """The tone that changed most in the band that says most."""
    band, width = int(heard.shares["lines"].argmax()), heard.vectors["lines"].shape[1]
    now, usual = heard.vectors["lines"][band], bank.vectors["lines"][:, band]
    stronger, weaker = now - usual.max(axis=0), usual.min(axis=0) - now
    new = _new_tone(bank, heard, band * width, (band + 1) * width)
    if new is not None:
        return new
    if stronger.max() >= weaker.max():
        hertz = band * width + int(stronger.argmax())
        return hertz, f"a tone at {hertz:,} Hz stronger than usual"
    hertz = band * width + int(weaker.argmax())
    return hertz, f"a tone at {hertz:,} Hz weaker than usual"


def _new_tone(bank: MemoryBank, heard: Heard, low: float, high: float) -> Words | None:
    """A tone between two frequencies in Hz that no normal segment comes near."""
    least = max(int(low), 0)
    now = heard.vectors["lines"].ravel()[least : int(high) + 1]
    usual = bank.vectors["lines"].reshape(len(bank.recordings), -1)[:, least : int(high) + 1]
    excess = now - usual.max(axis=0)
    if not excess.size or excess.max() * DECIBEL < NEW_TONE:
        return None
    hertz = least + int(excess.argmax())
    return hertz, f"a tone at {hertz:,} Hz that was never there"


def _unrest(bank: MemoryBank, heard: Heard) -> Words:
    change = _beside_nearest(bank, heard, "unrest").ravel() * DECIBEL
    return _more_or_less(change, mel_hertz(), heard, "unrest", "more unrest", "less unrest")


def _peaks(bank: MemoryBank, heard: Heard) -> Words:
    change = _beside_nearest(bank, heard, "peaks").ravel() * DECIBEL
    middle = mel_hertz()
    hertz, text = _more_or_less(change, middle, heard, "peaks", "louder peaks", "softer peaks")
    at = int(np.abs(middle - hertz).argmin())
    below, above = middle[max(at - 1, 0)], middle[min(at + 1, len(middle) - 1)]
    return _new_tone(bank, heard, float(below), float(above)) or (hertz, text)


def _coherence(bank: MemoryBank, heard: Heard) -> Words:
    change = _beside_nearest(bank, heard, "coherence")
    band = int(heard.shares["coherence"].argmax())
    hertz = float(mel_hertz().reshape(len(change), -1).mean(axis=1)[band])
    more = "more" if change[band].mean() > 0 else "less"
    return hertz, f"the sound {around(hertz)} rises and falls {more} with the rest than usual"


def _rhythm(bank: MemoryBank, heard: Heard) -> Words:
    change = _beside_nearest(bank, heard, "rhythm") * DECIBEL
    band = int(heard.shares["rhythm"].argmax())
    step = int(np.abs(change[band]).argmax())
    stronger = "more" if change[band, step] > 0 else "less"
    hertz = float(envelope_hertz()[band])
    low, high = step * RHYTHM_HERTZ, (step + 1) * RHYTHM_HERTZ
    amount = f"{abs(change[band, step]):.0f} dB {stronger}"
    return hertz, f"{amount} beating {low} to {high} times a second {around(hertz)}"


_WORDS: dict[str, Callable[[MemoryBank, Heard], Words]] = {
    "lines": _lines,
    "unrest": _unrest,
    "peaks": _peaks,
    "coherence": _coherence,
    "rhythm": _rhythm,
}


def _beside_nearest(bank: MemoryBank, heard: Heard, view: str) -> Array:
    """The segment less, in each band, the normal segment nearest in it: `(band, value)`."""
    nearest = heard.nearest[view]
    change: Array = heard.vectors[view] - bank.vectors[view][nearest, np.arange(len(nearest))]
    return change


def _more_or_less(
    change: Array, hertz: Array, heard: Heard, view: str, more: str, less: str
) -> Words:
    """The largest change, in dB, within the band that says most."""
    band, width = int(heard.shares[view].argmax()), len(hertz) // len(heard.shares[view])
    within = slice(band * width, (band + 1) * width)
    at = band * width + int(np.abs(change[within]).argmax())
    amount, where = float(change[at]), float(hertz[at])
    word = more if amount > 0 else less
    size = f"{abs(amount):.0f} dB " if abs(amount) >= AUDIBLE else "slightly "
    return where, f"{size}{word} {around(where)}"


def around(hertz: float) -> str:
    """A place in the spectrum, no finer than it is known: "around 2 kHz"."""
    if hertz >= 1_000:
        return f"around {hertz / 1_000:.2g} kHz"
    return f"around {float(f'{hertz:.2g}'):.0f} Hz"
