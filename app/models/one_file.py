"""A detector as one file: taken along from here, taken in elsewhere."""

from __future__ import annotations

import streamlit as st

from mimimi.errors import UserError
from models import place
from state import detectors, device, keys, own_detectors
from state.detectors import Known
from texts import on_models


def download(chosen: Known) -> None:
    """The file is made when it is asked for."""

    def packed() -> bytes:
        from mimimi.detector.one_file import pack  # slow to import

        return pack(detectors.load(chosen.name))

    st.download_button(
        "Download",
        packed,
        f"{chosen.name.replace('/', '-')}.zip",
        "application/zip",
        key=f"download_{chosen.name}",
        icon=":material/download:",
        on_click="ignore",
        help=on_models.HELP_OF_ONE_FILE,
    )


def take_in() -> None:
    """Take in such a file; the uploader is emptied afterwards."""
    count = st.session_state.setdefault(keys.FILES_TAKEN_IN, 0)
    file = st.file_uploader(
        on_models.ONE_FILE,
        device.accepted(["zip"]),
        key=keys.of(keys.DETECTOR_FILE, count),
        help=on_models.HELP_OF_TAKING_IN,
    )
    if file is None:
        return
    st.session_state[keys.FILES_TAKEN_IN] = count + 1
    try:
        with st.spinner("Looking at it …"):
            name, before = own_detectors.take_in(file.name, file.getvalue())
        known = detectors.known()[name]
        st.session_state[keys.NEXT_MODELS_TYPE] = known.machine_type
        place.say(on_models.taken_in(known.label, before))
    except UserError as error:
        place.refuse(str(error))
    st.rerun()
