"""A microphone that leaves the sound as it is; `st.audio_input` would filter and level it.

`microphone.js` and what follows it, `recorder.js` or `live.js`, run in the page itself (Streamlit's
components of version 2: no iframe, no build step, nothing fetched from elsewhere).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import streamlit as st

from mimimi.audio import Channel, Pair
from state import keys
from texts.formats import plain
from texts.on_live import browsers_own_recorder

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Recording:
    """A recording as a WAV file, and what the browser did to it."""

    wav: bytes
    settings: dict[str, Any]  # of the track, as `getSettings()` gives them

    @property
    def processing(self) -> list[str]:
        """The stages that stayed on although they were asked to be off."""
        stages = {
            "echoCancellation": "echo cancellation",
            "noiseSuppression": "noise suppression",
            "autoGainControl": "gain control",
        }
        return [name for key, name in stages.items() if self.settings.get(key)]


def component(name: str) -> Any:
    """The microphone's button and level meter, with what a script of this name does with it."""
    scripts = [(_HERE / f"{part}.js").read_text(encoding="utf-8") for part in ("microphone", name)]
    return st.components.v2.component(
        f"mimimi_{name}",
        html=(_HERE / "recorder.html").read_text(encoding="utf-8"),
        css=(_HERE / "recorder.css").read_text(encoding="utf-8"),
        js="\n".join(scripts),
    )


@dataclass(frozen=True)
class Wish:
    """What the recorder asks for."""

    hint: str
    shortest: float  # s; a shorter recording is refused on the spot
    longest: float  # s; then it stops by itself
    channels: int = 1  # 2: where a second microphone hears the hall


TO_JUDGE = Wish("At least 2.05 s, best 10 s. Hold the microphone close to the machine.", 2.05, 300)


def of(wish: Wish, channel: Channel | None) -> Wish:
    """The same with as many channels as are heard."""
    return replace(wish, channels=2 if isinstance(channel, Pair) else 1)


def record(
    key: str, on_recording: Callable[[Recording], None], wish: Wish = TO_JUDGE
) -> Recording | None:
    """Show the recorder; give a recording once, in the rerun that it causes.

    Args:
        key: of the component.
        on_recording: called with it before that rerun.
        wish: what is asked for.
    """
    if reason := st.session_state.get(keys.NO_RECORDER):
        return _browsers_own(key, reason, on_recording)

    def arrived() -> None:
        if recording := received(st.session_state[key]["recording"]):
            on_recording(recording)

    def give_up() -> None:
        st.session_state[keys.NO_RECORDER] = str(st.session_state[key]["unsupported"])

    state = component("recorder")(
        key=key, data=asdict(wish), on_recording_change=arrived, on_unsupported_change=give_up
    )
    return received(state.recording) if state.recording else None


def received(message: Any) -> Recording | None:
    """What came from the browser, which anybody may have written."""
    try:
        return Recording(base64.b64decode(message["wav"], validate=True), dict(message["settings"]))
    except (KeyError, TypeError, ValueError, binascii.Error):
        return None


def _browsers_own(
    key: str, reason: str, on_recording: Callable[[Recording], None]
) -> Recording | None:
    st.warning(browsers_own_recorder(plain(reason)), icon=":material/warning:")
    new: list[Recording] = st.session_state.pop(keys.of(keys.BROWSERS_OWN, key), [])

    def arrived() -> None:
        if sound := st.session_state[keys.of(key, "own")]:
            recording = Recording(sound.getvalue(), {})
            st.session_state[keys.of(keys.BROWSERS_OWN, key)] = [recording]
            on_recording(recording)

    label = "Record with the browser's recorder"
    st.audio_input(label, key=keys.of(key, "own"), on_change=arrived)
    return new[0] if new else None
