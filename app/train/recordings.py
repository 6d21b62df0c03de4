"""Step 1: where the recordings come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from mimimi import deployment
from mimimi.data.index import Recording, index
from mimimi.errors import CorpusError
from state import keys
from texts import on_train
from texts.formats import plain
from train import made_by_jobs, own_machines


@dataclass(frozen=True)
class Source:
    """Folders of recordings, and what a run on them might be called."""

    roots: tuple[Path, ...]
    hint: str


@dataclass(frozen=True)
class Chosen:
    """Recordings of one machine type, and the folders they were found in."""

    source: Source
    machine_type: str
    recordings: list[Recording]


def choose() -> Chosen | None:
    """The recordings to train on; None as long as there are none."""
    st.markdown("## 1 · Recordings of machines that run well")
    ways: dict[str, Callable[[], Source | None]] = {
        "My own machines": _own_machines,
        "Simulated": lambda: _of_job("simulate"),
    }
    if not deployment.shared():
        ways |= {"Public data sets": lambda: _of_job("download"), "A folder": _folder}
    way = st.segmented_control(
        "Where do they come from?",
        list(ways),
        default=next(iter(ways)),
        key=keys.WAY,
        required=True,
    )
    source = ways[way]() if way in ways else None
    if source is None:
        return None
    try:
        found = _found(source.roots, tuple(map(_stamp, source.roots)))
    except CorpusError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return None
    types = sorted({recording.machine_type for recording in found})
    kind = types[0]
    if len(types) > 1:
        kind = st.selectbox("Machine type", types, key=keys.TRAIN_TYPE) or kind
    return Chosen(
        source, kind, [recording for recording in found if recording.machine_type == kind]
    )


def _own_machines() -> Source | None:
    folder = own_machines.collect()
    return Source((folder,), folder.name) if folder else None


def _of_job(kind: made_by_jobs.Kind) -> Source | None:
    job = made_by_jobs.choose(kind)
    return Source((job.data,), job.name) if job else None


def _folder() -> Source | None:
    path = st.text_input(
        "Folder on this computer",
        key=keys.TRAIN_FOLDER,
        placeholder="/data/fans",
        help=on_train.HELP_OF_FOLDER,
    ).strip()
    if not path:
        return None
    root = Path(path).expanduser()
    st.button("Look again", key="look_again", icon=":material/refresh:", on_click=_found.clear)
    return Source((root,), root.name)


@st.cache_data(max_entries=4, show_spinner="Looking for recordings …")
def _found(roots: tuple[Path, ...], stamps: tuple[int, ...]) -> list[Recording]:
    return index(roots, log=lambda line: None)


def _stamp(root: Path) -> int:
    """Another one where something changed that can be seen at a glance."""
    table = root / "index.csv"
    return max((path.stat().st_mtime_ns for path in (root, table) if path.exists()), default=0)
