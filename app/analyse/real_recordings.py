"""Recordings of real machines: clips of MIMII, fetched from Zenodo one by one, when asked for."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from mimimi.data.download.public_sets import TYPES
from mimimi.data.download.remote_clip import IDS, SNR, PublishedClip, RemoteArchive, keep
from mimimi.errors import CorpusError
from state import clips, detectors, keys
from texts.formats import plain
from texts.on_analyse import SOURCE_OF_REAL_RECORDINGS
from widgets import machine

CONDITIONS: dict[Literal["normal", "abnormal"], tuple[str, str]] = {
    "normal": ("running well", ":material/check_circle:"),
    "abnormal": ("going wrong", ":material/warning:"),
}


def offer(chosen: machine.Machine) -> None:
    """The choosers; nothing is asked of the network before a button is pressed."""
    if chosen.machine_type not in TYPES["mimii"]:
        return
    with st.expander(f"A real {chosen.machine_type}", icon=":material/cloud_download:"):
        row = st.container(horizontal=True)
        machine_id = str(row.selectbox("Real machine", IDS, key=keys.REAL_ID))
        number = row.number_input("Recording", min_value=0, step=1, key=keys.REAL_NUMBER)
        buttons = st.container(horizontal=True)
        for condition, (label, icon) in CONDITIONS.items():
            if buttons.button(label, key=f"real_{condition}", icon=icon):
                clip = PublishedClip(chosen.machine_type, machine_id, condition, int(number))
                _show(clip, chosen.detector)
        st.caption(SOURCE_OF_REAL_RECORDINGS)


def _show(clip: PublishedClip, detector: detectors.Known) -> None:
    """From now on it is judged, as the machine it is of; or a sentence why not."""
    try:
        with st.spinner("Downloading it from Zenodo …"):
            content = _content(clip)
    except CorpusError as error:
        st.error(plain(str(error)), icon=":material/cloud_off:")
        return
    clips.keep_real(f"MIMII {SNR} dB {clip.path.replace('/', ' ')}", content)
    known = clip.machine_id in detector.ids
    machine.select_temporarily_next(detector.name, clip.machine_id if known else None)
    st.rerun()


def _content(clip: PublishedClip) -> bytes:
    if clip.cached.is_file():
        return clip.cached.read_bytes()
    try:
        content = _archive(clip.archive).read(clip)
    except CorpusError:
        _archive.clear()  # a connection that failed is not gone on with
        raise
    keep(clip, content)
    return content


@st.cache_resource(ttl=3600, max_entries=4, show_spinner=False)
def _archive(name: str) -> RemoteArchive:
    """Its list of files is fetched once for all visitors."""
    return RemoteArchive(name)
