"""A microphone that leaves the sound as it is; `st.audio_input` would filter and level it.

`microphone.js` and what follows it, `recorder.js` or `live.js`, run in the page itself (Streamlit's
components of version 2: no iframe, no build step, nothing fetched from elsewhere).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from state import keys
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


def record(key: str, on_recording: Callable[[], None]) -> Recording | None:
    """Show the recorder; give a recording once, in the rerun that it causes.

    Args:
        key: of the component.
        on_recording: called before that rerun.
    """
    if reason := st.session_state.get(keys.NO_RECORDER):
        return _browsers_own(reason, on_recording)

    def give_up() -> None:
        st.session_state[keys.NO_RECORDER] = str(st.session_state[key]["unsupported"])

    state = component("recorder")(
        key=key, on_recording_change=on_recording, on_unsupported_change=give_up
    )
    return received(state.recording) if state.recording else None


def received(message: Any) -> Recording | None:
    """What came from the browser, which anybody may have written."""
    try:
        return Recording(base64.b64decode(message["wav"], validate=True), dict(message["settings"]))
    except (KeyError, TypeError, ValueError, binascii.Error):
        return None


def _browsers_own(reason: str, on_recording: Callable[[], None]) -> Recording | None:
    st.warning(browsers_own_recorder(reason), icon=":material/warning:")
    sound = st.audio_input("Record with the browser's recorder", on_change=on_recording)
    if sound is None or st.session_state.get(keys.BROWSERS_OWN) == sound.file_id:
        return None
    st.session_state[keys.BROWSERS_OWN] = sound.file_id
    return Recording(sound.getvalue(), {})
