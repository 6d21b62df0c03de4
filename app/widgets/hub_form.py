"""Fetching a detector from the Hugging Face Hub, by its name there.

A token is taken out of its field at once, used for this one fetch, and forgotten.
"""

from __future__ import annotations

import streamlit as st

from mimimi.detector.publishing.hub import REPO
from mimimi.errors import UserError
from state import detectors, hub_detectors, keys
from texts import on_models
from texts.formats import plain


def offer(name: str | None, machine_id: str | None) -> bool:
    """Fill in the detector that a link asks for, and whether it may be one of the Hub.

    Nothing is fetched.
    """
    if not name or not REPO.fullmatch(name):
        return False
    st.session_state[keys.HUB_OFFERED] = name, machine_id
    st.session_state[keys.of(keys.HUB_NAME, "machine")] = name
    return True


def form(key: str) -> None:
    """Name and token of a detector on the Hub.

    Args:
        key: of this form; `fetch` of the same key does what it asks.
    """
    with st.form(f"hub_form_{key}", border=False):
        st.text_input(
            "Its name on the Hugging Face Hub",
            key=keys.of(keys.HUB_NAME, key),
            placeholder="user/mimimi-fan",
            max_chars=200,
            help=on_models.HELP_OF_HUB_NAME,
        )
        st.text_input(
            "Token, for a private one",
            key=keys.of(keys.HUB_TOKEN, key),
            type="password",
            autocomplete="off",
            help=on_models.help_of_token("download"),
        )
        st.form_submit_button(
            "Download", icon=":material/cloud_download:", on_click=_ask, args=(key,)
        )


def ask(key: str, name: str) -> None:
    """Ask for a public detector, where `fetch` of this key is drawn; only from a callback."""
    st.session_state[keys.of(keys.HUB_ASKED, key)] = name, ""


def fetch(key: str) -> None:
    """Fetch what was asked for, here on the page, and go on with it."""
    state = st.session_state
    if asked := state.pop(keys.of(keys.HUB_ASKED, key), None):
        try:
            hub_detectors.fetch(*asked)
            detectors.check(asked[0])
        except UserError as error:
            st.error(plain(str(error)), icon=":material/cloud_off:")
            return
        offered = state.pop(keys.HUB_OFFERED, ("", None))
        state[keys.HUB_FETCHED] = asked[0], offered[1] if offered[0] == asked[0] else None
        st.rerun()
    if key == "machine" and (offered := state.get(keys.HUB_OFFERED)):
        st.info(on_models.link_asks_for(offered[0]), icon=":material/cloud_download:")


def just_fetched() -> tuple[str, str | None] | None:
    """The detector that came with the last fetch, and the id a link asked for; said once."""
    fetched: tuple[str, str | None] | None = st.session_state.pop(keys.HUB_FETCHED, None)
    return fetched


def _ask(key: str) -> None:
    state = st.session_state
    name, token = state[keys.of(keys.HUB_NAME, key)], state[keys.of(keys.HUB_TOKEN, key)]
    state[keys.of(keys.HUB_ASKED, key)] = name.strip(), token.strip()
    state[keys.of(keys.HUB_TOKEN, key)] = ""
