"""Publishing a detector on the Hugging Face Hub, in its owner's name."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from mimimi import deployment
from mimimi.detector.publishing.about import licence
from mimimi.errors import UserError
from state import detectors, keys
from texts import on_models
from texts.formats import plain


def form(chosen: detectors.Known) -> None:
    """A form that publishes a detector.

    The token is taken out of its field at once, used for this one upload, and forgotten; that of a
    shared installation is never used.

    Args:
        chosen: what to publish.
    """
    name = chosen.name
    st.markdown(on_models.WHAT_IS_PUBLISHED)
    unknown = licence(detectors.about(chosen)) is None
    with st.form(f"publish_{name}", border=False):
        if unknown:
            st.markdown(on_models.LICENCE_NOT_KNOWN)
            st.selectbox(
                "Licence of the recordings",
                list(on_models.LICENCES),
                index=None,
                placeholder="Choose",
                format_func=on_models.LICENCES.__getitem__,
                key=keys.of(keys.LICENCE, name),
            )
        st.text_input(
            "Name on the Hub",
            key=keys.of(keys.PUBLISH, name, "repo"),
            placeholder=f"user/mimimi-{chosen.machine_type}",
            max_chars=200,
            help=on_models.HELP_OF_PUBLISHED_NAME,
        )
        st.checkbox(
            "Private: nobody else sees it", value=True, key=keys.of(keys.PUBLISH, name, "private")
        )
        st.text_input(
            "Access token with write permission",
            key=keys.of(keys.PUBLISH, name, "token"),
            type="password",
            autocomplete="off",
            help=on_models.help_of_token("upload"),
        )
        st.form_submit_button("Publish", icon=":material/publish:", on_click=_ask, args=(name,))
    if asked := st.session_state.pop(keys.of(keys.PUBLISH, name, "asked"), None):
        _publish(chosen, *asked)


def _publish(
    chosen: detectors.Known, repo: str, private: bool, token: str, said: str | None
) -> None:
    try:
        if deployment.shared() and not token:
            raise UserError(on_models.TOKEN_NEEDED)
        if licence(detectors.about(chosen)) is None and not said:
            raise UserError(on_models.LICENCE_NEEDED)
        with st.spinner(f"Publishing {plain(repo)} …"):
            detector = detectors.load(chosen.name)
            if said:
                about = detector.config.about | {"licence": said}
                detector = replace(detector, config=replace(detector.config, about=about))
            address = detector.push_to_hub(repo, private=private, token=token or None)
    except UserError as error:
        st.error(plain(str(error)), icon=":material/cloud_off:")
        return
    st.success(f"Published: [{repo}]({address.split('/commit/')[0]})", icon=":material/check:")


def _ask(name: str) -> None:
    state = st.session_state
    repo, private, token = (
        state[keys.of(keys.PUBLISH, name, field)] for field in ("repo", "private", "token")
    )
    said = state.get(keys.of(keys.LICENCE, name))  # of the recordings, where it was not known
    state[keys.of(keys.PUBLISH, name, "asked")] = repo.strip(), private, token.strip(), said
    state[keys.of(keys.PUBLISH, name, "token")] = ""
