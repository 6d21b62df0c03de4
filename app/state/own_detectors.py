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


def take_in(file: str, content: bytes) -> tuple[str, str | None]:
    """Keep a detector that was downloaded as one file.

    A machine that was learnt lies under its own name, as one that is taught does; where there is
    one of that name already, it gets another, since nobody could tell the two apart.

    Args:
        file: its name.
        content: from anybody.

    Returns:
        The detector's name, and what the machine was called before, where that was taken.

    Raises:
        UserError: it holds no detector, or this installation is full.
    """
    from mimimi.detector.one_file import unpack  # slow to import

    require(len(content))
    with turn():
        detector = unpack(content, file)
    known = detectors.known()
    taken = {*known, *(path.name for path in runs().glob("*"))}
    if not detector.ensemble.memory:
        stem = names.slug(PurePath(file).name.removesuffix(".zip")) or detector.machine_type
        candidates = (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3)))
        name = next(one for one in candidates if one not in taken)
        learnt.keep(name, detector)
        return name, None
    taken |= {names.slug(one.label) for one in known.values()}
    machine = detector.config.ids[0]
    short = machine[: names.LONGEST - len(" (999)")].rstrip()
    called = (machine, *(f"{short} ({n})" for n in range(2, len(taken) + 3)))
    free = next(one for one in called if names.slug(one) not in taken)
    learnt.keep(names.slug(free), detector if free == machine else detector.renamed(free))
    return names.slug(free), None if free == machine else machine


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
