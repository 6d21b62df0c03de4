"""A player for one sound, or for two between which one switches in the middle (A/B).

Streamlit's own player cannot go on in another recording at the same moment.
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mimimi.config import SAMPLE_RATE

_HERE = Path(__file__).parent
_LOUDNESS = 0.1  # root mean square of full scale, which leaves room for peaks
_PEAK = 0.98


def play(sounds: Mapping[str, NDArray[np.float32]], key: str) -> None:
    """Show it. All are made equally loud, since loudness is the microphone's and judged by nobody.

    Args:
        sounds: by label, each `(time,)` at 16 kHz; the first one is heard at first.
        key: of the element.
    """
    player = st.components.v2.component(
        "mimimi_player",
        html=(_HERE / "player.html").read_text(encoding="utf-8"),
        css=(_HERE / "player.css").read_text(encoding="utf-8"),
        js=(_HERE / "player.js").read_text(encoding="utf-8"),
    )
    loudness = min(_LOUDNESS, *map(_loudest, sounds.values()))
    wavs = {label: _wav(samples, loudness) for label, samples in sounds.items()}
    of = hashlib.sha256("".join(wavs.values()).encode()).hexdigest()
    player(
        key=key,
        data={"of": of, "sounds": [{"label": label, "wav": wav} for label, wav in wavs.items()]},
    )


def _loudest(samples: NDArray[np.float32]) -> float:
    """The loudness at which its peak is not yet cut off."""
    peak = float(np.abs(samples).max(initial=1e-9))
    return _PEAK * _rms(samples) / peak


def _rms(samples: NDArray[np.float32]) -> float:
    return max(float(np.sqrt(np.mean(np.square(samples)))), 1e-9)


def _wav(samples: NDArray[np.float32], loudness: float) -> str:
    """As a 16-bit WAV file, in Base64."""
    import soundfile

    file = io.BytesIO()
    louder = samples * (loudness / _rms(samples))
    soundfile.write(file, louder, SAMPLE_RATE, format="WAV", subtype="PCM_16")
    return base64.b64encode(file.getvalue()).decode()
