"""What visitors leave on the disk: a folder each, which goes when its visitor has gone.

All of it lies in `visits` of MIMIMI_HOME, a folder for each process that serves the page, which
that process holds locked: whatever killed it, the next one finds its folder open, and clears it.
Recordings that somebody's job still learns from stay until that job is over.
"""

from __future__ import annotations

import secrets
import shutil
import time
from contextlib import suppress
from pathlib import Path

import streamlit as st
from filelock import FileLock, Timeout
from streamlit import config

from mimimi import jobs
from mimimi.errors import UserError
from mimimi.files import home
from state import keys

_LOCK = ".lock"
_left: dict[Path, float] = {}  # visits whose visitor is gone, and since when
_held: dict[Path, FileLock] = {}  # this process's folder


def folder() -> Path:
    """This visit's own, made when it is first needed."""
    kept: str | None = st.session_state.get(keys.VISIT)
    if kept is None:
        made = _of_this_process() / secrets.token_hex(8)
        made.mkdir(mode=0o700)
        kept = st.session_state[keys.VISIT] = str(made)
    _here(kept)
    return Path(kept)


def go_on() -> None:
    """The visitor is here: called whenever the page is drawn."""
    if keys.VISIT in st.session_state:
        _here(st.session_state[keys.VISIT])


def sweep() -> None:
    """Clear what was left: by visitors who have gone, and by processes that have died."""
    gone = time.monotonic() - config.get_option("server.disconnectedSessionTTL")
    due = [place for place, since in list(_left.items()) if since < gone]
    for place in _root().glob("*"):
        if place not in _held:
            with suppress(Timeout), FileLock(place / _LOCK, timeout=0):
                due += [visit for visit in place.iterdir() if visit.name != _LOCK]
                if not any(visit.name != _LOCK for visit in place.iterdir()):
                    shutil.rmtree(place, ignore_errors=True)
    if not due:
        return
    with suppress(UserError):  # somebody else holds the list of jobs; next time
        going = [word for job in jobs.listed() if not job.is_over for word in job.arguments]
        for visit in due:
            if not any(Path(word).is_relative_to(visit) for word in going):
                shutil.rmtree(visit, ignore_errors=True)
                _left.pop(visit, None)


def _root() -> Path:
    return home() / "visits"


def _of_this_process() -> Path:
    for place in _held:
        if place.parent == _root() and place.is_dir():
            return place
    place = _root() / secrets.token_hex(8)
    place.mkdir(parents=True, mode=0o700)
    _held[place] = FileLock(place / _LOCK)
    _held[place].acquire()
    return place


def _leave(visit: str) -> None:
    _left[Path(visit)] = time.monotonic()


# Streamlit lets go of it when the visitor's connection ends; he may come back for a while.
@st.cache_resource(scope="session", on_release=_leave, show_spinner=False)
def _here(visit: str) -> str:
    _left.pop(Path(visit), None)
    return visit
