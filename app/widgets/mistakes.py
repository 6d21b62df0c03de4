"""One boundary for all pages: what nobody expected is a sentence here, a traceback in a log."""

from __future__ import annotations

import streamlit as st
from streamlit import error_util

from mimimi import extras, unexpected
from texts import about_mistakes
from texts.formats import plain


def catch() -> None:
    """From now on, whatever a page, a callback or a fragment of any visitor raises is told so.

    Streamlit has one place in which it shows exceptions; a handler of one's own it takes only from
    those who bring a server of their own along.
    """
    error_util.show_uncaught_app_exception = _tell


def _tell(ex: BaseException) -> None:
    if isinstance(ex, OSError) and ex.errno in about_mistakes.DISK:
        st.error(about_mistakes.DISK[ex.errno], icon=":material/hard_drive:")
    elif missing := extras.missing(ex):
        st.error(plain(str(missing)), icon=":material/extension:")
    else:
        st.error(about_mistakes.sentence(unexpected.note(ex)), icon=":material/bug_report:")
