"""Verdicts: each is found only once in a session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from mimimi.detector.verdict import Verdict
from mimimi.errors import UserError
from state import detectors, keys
from state.clips import Clip
from state.measurements import measure
from state.turns import Told, telling
from texts.formats import plain

if TYPE_CHECKING:
    from mimimi.detector.detector import Detector

Judged = dict[tuple[str, str, str | None], Verdict]


def judge(
    clips: list[Clip], name: str, machine_id: str | None, progress: Callable[[float, str], object]
) -> list[Verdict]:
    """A verdict for each clip, those of earlier reruns included.

    Each is stored as soon as it is found, so that a click in the middle goes on from there.

    Args:
        clips: the recordings.
        name: of the detector.
        machine_id: the machine they are said to be; None: the most similar one.
        progress: told the share that is done, and what is being done.

    Raises:
        DetectorError: the detector is missing or damaged.
    """
    judged: Judged = st.session_state.setdefault(keys.VERDICTS, {})
    stamp = detectors.known()[name].stamp
    waiting = {clip.key: clip for clip in clips if (clip.key, stamp, machine_id) not in judged}
    if waiting:
        detector = detectors.load(name)
        for n, clip in enumerate(waiting.values()):
            share, which = n / len(waiting), f"{plain(clip.name)} ({n + 1} of {len(waiting)})"
            progress(share, f"Listening to {which} …")
            judged[clip.key, stamp, machine_id] = _judged(
                detector,
                clip,
                name,
                machine_id,
                telling(progress, share),
            )
    return [replace(judged[clip.key, stamp, machine_id], file=clip.name) for clip in clips]


def found(clip: Clip, stamp: str, machine_id: str | None) -> Verdict | None:
    """What a detector that bore this stamp made of a recording, if it heard it."""
    judged: Judged = st.session_state.get(keys.VERDICTS, {})
    return judged.get((clip.key, stamp, machine_id))


def _judged(
    detector: Detector, clip: Clip, name: str, machine_id: str | None, tell: Told
) -> Verdict:
    try:
        return detector.judge(measure(clip, name, tell), machine_id)
    except UserError as error:
        return Verdict(clip.name, detector.machine_type, machine_id, error=str(error))
