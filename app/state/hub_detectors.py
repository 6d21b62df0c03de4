"""Detectors from the Hugging Face Hub: a namespace's defaults, and those that a visitor fetched.

The defaults are fetched once for all, and nobody waits long for a dead network. What a visitor
fetched is that visitor's; on a shared installation a private one lies in a folder that goes when
the visit ends, and the installation's own token and cache are not touched.
"""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from guard import room
from mimimi import deployment
from mimimi.config import MACHINE_TYPES
from mimimi.detector.publishing import hub
from mimimi.errors import UserError
from mimimi.files import home
from state import keys, visits

_WAIT = 3.0  # s that the first visitor gives the Hub
_AGAIN = 600  # s until a detector that was not to be had is asked for again


@dataclass(frozen=True)
class Fetched:
    """A detector's folder, and where it came from, in words."""

    folder: Path
    origin: str


def default(machine_type: str) -> Fetched | str | None:
    """The namespace's detector of a machine type.

    Returns:
        None where no namespace is set; why not, in words, where it is not to be had.
    """
    try:
        namespace = hub.namespace()
    except UserError as error:
        return str(error)
    if namespace is None:
        return None
    repo = f"{namespace}/mimimi-{machine_type}"
    kept = _kept()
    if repo not in kept:
        future = _asked(namespace)[machine_type]
        if not future.done():
            return f"{repo} is still being fetched"
        if failed := future.exception():
            return str(failed).removesuffix(".")
        kept[repo] = Fetched(future.result(), f"Hub {repo} at {future.result().name[:7]}")
    return kept[repo]


def fetch(name: str, token: str) -> None:
    """Fetch a detector for this visitor, with progress.

    Args:
        name: "user/repo" or "user/repo@revision".
        token: the visitor's own, or "".

    Raises:
        UserError: it is no name, or not to be had.
    """
    asked = hub.REPO.fullmatch(name)
    if not asked:
        raise UserError("This is no name on the Hub; give it as user/name.")
    room.require()
    shared = deployment.shared()
    cache = home() / "hub" if shared else None
    if shared and token:
        folder = TemporaryDirectory(dir=visits.folder())  # goes with the visitor's session
        st.session_state.setdefault(keys.PRIVATE_FOLDERS, []).append(folder)
        cache = Path(folder.name)
    share = [0.0]

    def fetching() -> Path:
        return hub.download(
            asked["repo"],
            asked["revision"],
            token=token or (False if shared else None),
            cache=cache,
            on_progress=lambda done: share.__setitem__(0, done),
        )

    with ThreadPoolExecutor(1) as pool:
        future, bar = pool.submit(fetching), st.empty()
        while not future.done():  # only this thread may draw
            bar.progress(share[0], f"Downloading {name} from the Hugging Face Hub …")
            time.sleep(0.1)
        bar.empty()
    snapshot = future.result()
    fetched()[name] = Fetched(snapshot, f"Hub {asked['repo']} at {snapshot.name[:7]}")


def fetched() -> dict[str, Fetched]:
    """What this visitor has fetched, by name."""
    found: dict[str, Fetched] = st.session_state.setdefault(keys.FETCHED, {})
    return found


@st.cache_resource
def _kept() -> dict[str, Fetched]:
    return {}


@st.cache_resource(ttl=_AGAIN, show_spinner="Looking for detectors on the Hugging Face Hub …")
def _asked(namespace: str) -> dict[str, Future[Path]]:
    shared = deployment.shared()
    pool = ThreadPoolExecutor(len(MACHINE_TYPES))
    futures = {
        machine_type: pool.submit(
            hub.download,
            f"{namespace}/mimimi-{machine_type}",
            token=False if shared else None,
            cache=home() / "hub" if shared else None,
            on_progress=lambda done: None,
        )
        for machine_type in MACHINE_TYPES
    }
    pool.shutdown(wait=False)
    wait(futures.values(), timeout=_WAIT)
    return futures
