"""What is being judged: the recordings of one source, the one the visitor touched last."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import streamlit as st

from mimimi.audio import SUFFIXES, Channel, recording_hash
from mimimi.data.told_apart import told_apart
from state import device, examples, keys

FORMATS = [suffix.removeprefix(".") for suffix in SUFFIXES]
Source = Literal["upload", "recording", "example", "real"]
OWN: tuple[Source, ...] = ("upload", "recording")  # the visitor's own


@dataclass(frozen=True)
class Clip:
    """The bytes of a sound file, its name, and the hash by which its verdict is found again."""

    name: str
    content: bytes
    key: str
    channel: Channel = 0  # that is heard

    def heard(self, channel: Channel) -> Clip:
        """The same file, of which other channels are heard: another recording, to all that asks."""
        of_file, _, _ = self.key.partition(" ")
        key = of_file if channel == 0 else f"{of_file} {channel}"
        return replace(self, channel=channel, key=key)


def formats() -> list[str] | None:
    """What an uploader of sound takes; None: anything."""
    return device.accepted(FORMATS)


def touch(source: Source | None) -> None:
    """From now on this source is shown."""
    st.session_state[keys.SOURCE] = source
    st.session_state.pop(keys.RESULT, None)


def from_microphone(wav: bytes) -> Clip:
    """A recording, called after the time of the day."""
    return Clip(f"recording {datetime.now():%H.%M.%S}.wav", wav, recording_hash(wav))


def keep_recording(wav: bytes) -> None:
    """Show this recording from now on."""
    st.session_state[keys.RECORDING] = from_microphone(wav)
    touch("recording")


def keep_example(example: examples.Example) -> None:
    """Show this example from now on."""
    st.session_state[keys.EXAMPLE] = example
    touch("example")


def keep_real(name: str, content: bytes) -> None:
    """Show this recording of a real machine from now on."""
    st.session_state[keys.REAL] = Clip(name, content, recording_hash(content))
    touch("real")


def keep_uploads(files: list[Any]) -> None:
    """Show these uploaded files from now on; kept here, since an uploader forgets them.

    Args:
        files: what Streamlit's file uploader holds.
    """
    st.session_state[keys.UPLOADED] = from_uploader(files)
    touch("upload" if files else None)


def keep_clip(clip: Clip) -> None:
    """Show this file from now on, as if it had been uploaded."""
    st.session_state[keys.UPLOADED] = [clip]
    touch("upload")


def from_uploader(files: list[Any]) -> list[Clip]:
    """What Streamlit's file uploader holds, as clips, no two of one name."""
    names = told_apart([file.name for file in files])
    return [_uploaded(file, name) for file, name in zip(files, names, strict=True)]


def uploaded() -> list[Clip]:
    """The files that were uploaded last."""
    kept: list[Clip] = st.session_state.get(keys.UPLOADED, [])
    return kept


def current() -> list[Clip]:
    """The recordings of the source that was touched last."""
    match st.session_state.get(keys.SOURCE):
        case "upload":
            return uploaded()
        case "recording":
            return [st.session_state[keys.RECORDING]]
        case "real":
            return [st.session_state[keys.REAL]]
        case "example":
            return [of_example(st.session_state[keys.EXAMPLE])]
    return []


def _uploaded(file: Any, name: str) -> Clip:
    """Hash a file once, not at every rerun."""
    hashes: dict[str, str] = st.session_state.setdefault(keys.HASHES, {})
    content = file.getvalue()
    if file.file_id not in hashes:
        hashes[file.file_id] = recording_hash(content)
    return Clip(name, content, hashes[file.file_id])


@st.cache_data(max_entries=64, show_spinner="Simulating the example …")
def of_example(example: examples.Example) -> Clip:
    """Simulated on the spot."""
    content = examples.simulate(example)
    return Clip(example.file, content, recording_hash(content))
