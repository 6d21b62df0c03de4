"""What can be done with a detector of one's own: another name, and the end of it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mimimi.errors import UserError
from models import place
from state import keys, own_detectors
from state.detectors import Known
from texts import on_models


def offer(chosen: Known) -> None:
    """Two buttons that ask; nothing for a detector that is somebody else's."""
    if not own_detectors.is_own(chosen):
        return
    with st.popover("Rename", icon=":material/edit:"):
        _rename(chosen)
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown(on_models.delete(chosen.label))
        st.button(
            "Yes, delete it",
            key=f"delete_{chosen.name}",
            icon=":material/delete_forever:",
            on_click=_try,
            args=(lambda: _deleted(chosen),),
        )


def _rename(chosen: Known) -> None:
    key = keys.of(keys.NEW_NAME, chosen.name)
    name = chosen.ids[0] if chosen.learnt else chosen.name
    with st.form(f"rename_{chosen.name}", border=False):
        st.text_input("New name", name, key=key, max_chars=80)
        st.form_submit_button(
            "Rename", key=f"renamed_{chosen.name}", on_click=_try, args=(lambda: _named(chosen),)
        )


def _named(chosen: Known) -> str:
    wanted = st.session_state[keys.of(keys.NEW_NAME, chosen.name)].strip()
    name = own_detectors.rename(chosen, wanted)
    if st.session_state.get(keys.DETECTOR) == chosen.name:
        st.session_state[keys.DETECTOR] = name
    return on_models.renamed(chosen.label, wanted)


def _deleted(chosen: Known) -> str:
    own_detectors.delete(chosen)
    return on_models.deleted(chosen.label)


def _try(change: Callable[[], str]) -> None:
    try:
        place.say(change())
    except UserError as error:
        place.refuse(str(error))
