"""Fetching a detector from the Hugging Face Hub, by its name there.

A token is taken out of its field at once, used for this one fetch, and forgotten.
"""

from __future__ import annotations

import streamlit as st

from mimimi import deployment
from mimimi.detector.publishing.hub import REPO
from mimimi.errors import UserError
from state import detectors, hub_detectors


def offer(name: str | None, machine_id: str | None) -> None:
    """Fill in the detector that a link asks for, if it may be one of the Hub; fetch nothing."""
    if name and REPO.fullmatch(name):
        st.session_state["hub_offered"] = name, machine_id
        st.session_state["hub_name_machine"] = name


def form(key: str) -> None:
    """Name and token of a detector on the Hub.

    Args:
        key: of this form; `fetch` of the same key does what it asks.
    """
    name_key, token_key = f"hub_name_{key}", f"hub_token_{key}"
    with st.form(f"hub_form_{key}", border=False):
        st.text_input(
            "Its name on the Hugging Face Hub",
            key=name_key,
            placeholder="user/mimimi-fan",
            max_chars=200,
            help="As in its address, https://huggingface.co/user/mimimi-fan. A certain version of "
            "it: user/mimimi-fan@v1, with a branch, a tag or a commit.",
        )
        st.text_input(
            "Token, for a private one",
            key=token_key,
            type="password",
            autocomplete="off",
            help="Made at https://huggingface.co/settings/tokens. It is used for this fetch and "
            "not kept." + ("" if deployment.shared() else " Empty: the one of this computer."),
        )
        st.form_submit_button(
            "Fetch",
            icon=":material/cloud_download:",
            on_click=_ask,
            args=(key, name_key, token_key),
        )


def ask(key: str, name: str) -> None:
    """Ask for a public detector, where `fetch` of this key is drawn; only from a callback."""
    st.session_state[f"hub_asked_{key}"] = name, ""


def fetch(key: str) -> None:
    """Fetch what was asked for, here on the page, and go on with it."""
    state = st.session_state
    if asked := state.pop(f"hub_asked_{key}", None):
        try:
            hub_detectors.fetch(*asked)
            detectors.check(asked[0])
        except UserError as error:
            st.error(str(error), icon=":material/cloud_off:")
            return
        offered = state.pop("hub_offered", ("", None))
        state["hub_fetched"] = asked[0], offered[1] if offered[0] == asked[0] else None
        st.rerun()
    if key == "machine" and (offered := state.get("hub_offered")):
        st.info(
            f"This link asks for the detector {offered[0]} of the Hugging Face Hub. To use it, "
            "fetch it under “From the Hub”.",
            icon=":material/cloud_download:",
        )


def just_fetched() -> tuple[str, str | None] | None:
    """The detector that came with the last fetch, and the id a link asked for; said once."""
    fetched: tuple[str, str | None] | None = st.session_state.pop("hub_fetched", None)
    return fetched


def _ask(key: str, name_key: str, token_key: str) -> None:
    state = st.session_state
    state[f"hub_asked_{key}"] = state[name_key].strip(), state[token_key].strip()
    state[token_key] = ""
