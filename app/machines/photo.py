"""The photo of a machine, taken or chosen."""

from __future__ import annotations

import streamlit as st

from mimimi.errors import UserError
from mimimi.logbook.logbook import Logbook
from state import device, keys, logbooks
from texts import on_machines
from texts.formats import plain


def show(name: str, label: str, book: Logbook) -> None:
    """It, and the way to another one."""
    if kept := book.photo:
        st.image(kept, width=180, alt=label)
    with st.popover(on_machines.PHOTO, icon=":material/photo_camera:"):
        file = st.file_uploader(
            on_machines.NEW_PHOTO,
            device.accepted(["jpg", "jpeg", "png", "webp"]),
            key=keys.of(keys.PHOTO, name, st.session_state.setdefault(keys.PHOTO_TIMES, 0)),
        )
        if kept and st.button(on_machines.NO_MORE_PHOTO, icon=":material/delete:"):
            book.keep_photo(None)
            st.rerun()
    if file:
        try:
            logbooks.keep_photo(book, file.getvalue())
        except UserError as error:
            st.error(plain(str(error)), icon=":material/block:")
            return
        st.session_state[keys.PHOTO_TIMES] += 1
        st.rerun()
