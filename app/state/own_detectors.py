"""What becomes of detectors of one's own: taken in from a file, renamed, deleted."""

from __future__ import annotations

from pathlib import PurePath

import streamlit as st

from guard.room import require
from mimimi import deployment, jobs, names
from mimimi.errors import UserError
from mimimi.jobs.names import runs
from state import detectors, keys, learnt
from state.detectors import Known
from state.measurements import turn
from texts import on_models


def is_own(chosen: Known) -> bool:
    """Whether this visitor may rename and delete it."""
    if deployment.shared():
        return chosen.name in detectors.of_this_visit()
    return chosen.group in ("mine", "trained")


def take_in(file: str, content: bytes) -> str:
    """Keep a detector that was downloaded as one file; gives its name.

    Args:
        file: its name.
        content: from anybody.

    Raises:
        UserError: it holds no detector, or this installation is full.
    """
    from mimimi.detector.one_file import unpack  # slow to import

    require(len(content))
    with turn():
        detector = unpack(content, file)
    stem = names.slug(PurePath(file).name.removesuffix(".zip")) or detector.machine_type
    taken = {*detectors.known(), *(path.name for path in runs().glob("*"))}
    candidates = (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3)))
    name = next(one for one in candidates if one not in taken)
    learnt.keep(name, detector)
    return name


def rename(chosen: Known, wanted: str) -> str:
    """Give it another name; gives that under which it is found from now on.

    Raises:
        UserError: the name is taken, or can be none.
    """
    if not is_own(chosen):
        raise UserError(on_models.NOT_YOURS)
    visit = st.session_state.get(keys.LEARNT, {})
    if chosen.name not in visit:
        return (jobs.rename if chosen.learnt else jobs.rename_run)(chosen.name, wanted)
    name = names.slug(names.checked(wanted))
    if name != chosen.name and (name in detectors.known() or not name):
        raise UserError(on_models.taken(wanted))
    if chosen.learnt:
        detector = detectors.load(chosen.name).renamed(wanted)
        detector.save_pretrained(visit[chosen.name].name)
    visit[name] = visit.pop(chosen.name)
    return name


def delete(chosen: Known) -> None:
    """Forget it for good.

    Raises:
        UserError: it is not the visitor's own, or its training runs.
    """
    if not is_own(chosen):
        raise UserError(on_models.NOT_YOURS)
    visit = st.session_state.get(keys.LEARNT, {})
    if chosen.name in visit:
        visit.pop(chosen.name).cleanup()
    else:
        jobs.delete(chosen.name)
