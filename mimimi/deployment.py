"""What an installation allows its visitors, as its environment says.

    MIMIMI_SHARED=1            many people use it; also where SPACE_ID is set (a Hugging Face Space)
    MIMIMI_TRAINING=off        nobody trains here
    MIMIMI_MONITOR=on          what the listener heard is shown to everyone; where shared, off
    MIMIMI_MAX_MINUTES=30      of sound that a run may learn from
    MIMIMI_MAX_CLIPS=400       recordings that a run may learn from, or an evaluation judge
    MIMIMI_MAX_MEGABYTES=200   that one visitor may upload
    MIMIMI_MAX_JOBS=3          that may wait or run at a time
    MIMIMI_MAX_LIVE=20         microphones that are listened to at a time
    MIMIMI_MAX_JOB_HOURS=2     that one of them may take
    MIMIMI_MAX_RECORDING=60    minutes of one recording
    MIMIMI_MAX_HOME=5          GB that MIMIMI_HOME may hold

Without a number there is no limit, on a shared installation those of the example.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from mimimi.errors import UserError

_YES, _NO = {"1", "on", "yes", "true"}, {"0", "off", "no", "false"}


@dataclass(frozen=True)
class Limits:
    """The most that a run may take; None: as much as there is."""

    minutes: float | None = None  # of sound to learn from
    clips: float | None = None  # to learn from, or to evaluate on
    megabytes: float | None = None  # uploaded by one visitor
    jobs: float | None = None  # waiting or running
    live: float | None = None  # microphones at a time
    job_hours: float | None = None  # of one of them
    recording: float | None = None  # minutes of one
    home: float | None = None  # GB in all


ON_SHARED = Limits(
    minutes=30, clips=400, megabytes=200, jobs=3, live=20, job_hours=2, recording=60, home=5
)


def shared() -> bool:
    """Whether many people use this installation, and its disk and names are nobody's own.

    There folders of the server cannot be read, runs of others cannot be stopped or deleted, and
    nothing is published in the installation's name.

    Raises:
        UserError: MIMIMI_SHARED is neither on nor off.
    """
    return _switch("MIMIMI_SHARED", otherwise=bool(os.environ.get("SPACE_ID")))


def training() -> bool:
    """Whether one can train here.

    Raises:
        UserError: MIMIMI_TRAINING is neither on nor off.
    """
    return _switch("MIMIMI_TRAINING", otherwise=True)


def monitor() -> bool:
    """Whether the page shows what the listener heard.

    On a shared installation only where its operator says so: names of machines, their hours and
    their sound are nobody else's business.

    Raises:
        UserError: MIMIMI_MONITOR is neither on nor off.
    """
    return _switch("MIMIMI_MONITOR", otherwise=not shared())


def limits() -> Limits:
    """What a run may take here.

    Raises:
        UserError: a limit is no number.
    """
    usual = ON_SHARED if shared() else Limits()
    return Limits(
        minutes=_number("MIMIMI_MAX_MINUTES", usual.minutes),
        clips=_number("MIMIMI_MAX_CLIPS", usual.clips),
        megabytes=_number("MIMIMI_MAX_MEGABYTES", usual.megabytes),
        jobs=_number("MIMIMI_MAX_JOBS", usual.jobs),
        live=_number("MIMIMI_MAX_LIVE", usual.live),
        job_hours=_number("MIMIMI_MAX_JOB_HOURS", usual.job_hours),
        recording=_number("MIMIMI_MAX_RECORDING", usual.recording),
        home=_number("MIMIMI_MAX_HOME", usual.home),
    )


def _switch(name: str, *, otherwise: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value and value not in _YES | _NO:
        raise UserError(f"{name} must be on or off, not {value!r}; ask who runs this installation.")
    return value in _YES if value else otherwise


def _number(name: str, otherwise: float | None) -> float | None:
    value = os.environ.get(name, "").strip()
    if not value:
        return otherwise
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not number >= 0:
        raise UserError(f"{name} must be a number, not {value!r}; ask who runs this installation.")
    return number
