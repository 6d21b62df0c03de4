"""Publishing a detector on the Hugging Face Hub, in its owner's name."""

from __future__ import annotations

import streamlit as st

from mimimi import deployment
from mimimi.detector.publishing.about import licence
from mimimi.errors import UserError
from state import detectors, keys


def publish(chosen: detectors.Known) -> None:
    """A form that publishes a detector.

    The token is taken out of its field at once, used for this one upload, and forgotten; that of a
    shared installation is never used.

    Args:
        chosen: what to publish.
    """
    name, shared = chosen.name, deployment.shared()
    st.markdown(
        "Weights, settings and a card that says what it is, how good and with what limits, go to "
        "the [Hugging Face Hub](https://huggingface.co), where others can use them."
    )
    if licence(detectors.about(chosen)) is None:
        st.warning(
            "It has learnt from recordings whose licence is not known. The card will say so; ask "
            "whoever made them before you pass it on.",
            icon=":material/copyright:",
        )
    with st.form(f"publish_{name}", border=False):
        st.text_input(
            "Name on the Hub",
            key=keys.publish(name, "repo"),
            placeholder=f"user/mimimi-{chosen.machine_type}",
            max_chars=200,
            help="Your user name or organisation, a slash, and a name of your choice.",
        )
        st.checkbox("Private: nobody else sees it", value=True, key=keys.publish(name, "private"))
        st.text_input(
            "Token that may write",
            key=keys.publish(name, "token"),
            type="password",
            autocomplete="off",
            help="Made at https://huggingface.co/settings/tokens. It is used for this upload and "
            "not kept." + ("" if shared else " Empty: the one of this computer."),
        )
        st.form_submit_button("Publish", icon=":material/publish:", on_click=_ask, args=(name,))
    if asked := st.session_state.pop(keys.publish(name, "asked"), None):
        _publish(chosen, *asked)


def _publish(chosen: detectors.Known, repo: str, private: bool, token: str) -> None:
    try:
        if deployment.shared() and not token:
            raise UserError(
                "Give a token of your own; this installation publishes nothing in its name."
            )
        with st.spinner(f"Publishing {repo} …"):
            detector = detectors.load(chosen.name)
            address = detector.push_to_hub(repo, private=private, token=token or None)
    except UserError as error:
        st.error(str(error), icon=":material/cloud_off:")
        return
    st.success(f"Published: [{repo}]({address.split('/commit/')[0]})", icon=":material/check:")


def _ask(name: str) -> None:
    state = st.session_state
    repo, private, token = (
        state[keys.publish(name, field)] for field in ("repo", "private", "token")
    )
    state[keys.publish(name, "asked")] = repo.strip(), private, token.strip()
    state[keys.publish(name, "token")] = ""
