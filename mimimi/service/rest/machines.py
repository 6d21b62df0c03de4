"""The machines that are listened to: how they are, how they were, and what people say of them."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from os.path import isfile
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field
from starlette.exceptions import HTTPException

from mimimi.names import slug
from mimimi.service.clips import kept
from mimimi.service.history import marks
from mimimi.service.history.trend import trend
from mimimi.service.history.why import why
from mimimi.service.judgement import Judgement
from mimimi.service.rest.backend import Backend
from mimimi.service.rest.examples import EVENT, MACHINE
from mimimi.service.rest.problems import documented
from mimimi.service.rest.signature import link

_DAY = 86_400.0  # s


def shown_everywhere(moment: datetime) -> datetime:
    """A time that each of this world's clocks can show; the first and the last year hold others."""
    if not 1970 <= moment.year < 9999:
        raise ValueError("give a time from the years 1970 to 9998")
    return moment


Moment = Annotated[
    AwareDatetime, AfterValidator(shown_everywhere), Query(examples=["2026-03-01T12:03:00Z"])
]


class MachineShown(BaseModel):
    """How a machine is: its newest segment, and what people said."""

    name: str
    heard_until: datetime | None
    score: float | None
    threshold: float | None
    p_value: float | None
    level: float | None = Field(description="dBFS")
    state: str | None
    microphone: str = Field(description="what is wrong with it; empty: nothing")
    alarm: str
    acknowledged: bool
    muted_until: datetime | None
    hours_run: float = Field(description="of the 24 h before")
    hours_in_states: dict[str, float] = Field(description="of these, where it has several")


class Mute(BaseModel):
    """Until when nobody is told of a machine."""

    until: AwareDatetime | None = Field(
        description="null: it is told of again", examples=["2026-03-02T06:00:00Z"]
    )


class PointShown(BaseModel):
    """A part of a stretch of time, of all that was heard in it."""

    at: datetime
    seconds: float
    segments: int
    unusual: int
    mean_score: float | None
    highest_score: float | None
    threshold: float | None
    level: float | None
    heard: float
    running: float
    alarm: float
    is_faulty: bool
    deeper: float
    brighter: float


class ClipShown(BaseModel):
    """Sound that is kept."""

    at: datetime
    seconds: float
    reason: str
    score: float
    address: str


def router(backend: Backend) -> APIRouter:
    """The operations on machines."""
    history = backend.history
    routes = APIRouter(tags=["machines"])

    def shown(name: str) -> MachineShown:
        newest: Judgement | None = history.newest(name)
        muted = marks.muted_until(history, name, time.time())
        ran = history.running(name, newest.end - _DAY) if newest else 0.0
        states = history.in_states(name, newest.end - _DAY) if newest else {}
        return MachineShown(
            name=name,
            heard_until=_utc(newest.end) if newest else None,
            score=newest.score if newest else None,
            threshold=newest.threshold if newest else None,
            p_value=newest.p_value if newest else None,
            level=newest.level if newest else None,
            state=newest.state if newest else None,
            microphone=newest.health if newest else "",
            alarm=newest.alarm if newest else "off",
            acknowledged=marks.is_acknowledged(history, name),
            muted_until=_utc(muted) if muted else None,
            hours_run=ran / 3600,
            hours_in_states={state: seconds / 3600 for state, seconds in states.items()},
        )

    @routes.get("/machines")
    def machines() -> list[MachineShown]:
        """All machines in the history, each as it is now."""
        return [shown(name) for name in history.machines()]

    @routes.get("/machines/{name}", responses=documented(401, 404, example=MACHINE))
    def machine(name: str) -> MachineShown:
        """One machine as it is now."""
        return shown(backend.machine(name))

    @routes.get("/machines/{name}/history", responses=documented(401, 404, 422))
    def past(
        name: str,
        start: Moment,
        end: Moment,
        points: Annotated[int, Query(ge=1, le=5000)] = 500,
    ) -> list[PointShown]:
        """How it was over a stretch of time, in so many points at most."""
        found = trend(history, backend.machine(name), start.timestamp(), end.timestamp(), points)
        return [PointShown(**{**vars(point), "at": _utc(point.at)}) for point in found]

    @routes.get("/machines/{name}/why", responses=documented(401, 404, 422))
    def explained(name: str, at: Moment) -> list[str]:
        """Why there was an alarm at a moment, or none."""
        return why(history, backend.machine(name), at.timestamp())

    @routes.get(
        "/machines/{name}/events",
        responses=documented(401, 404, 422, example=[EVENT]),
    )
    def events(
        name: str,
        before: Moment | None = None,
        most: Annotated[int, Query(ge=1, le=1000)] = 50,
    ) -> list[dict[str, Any]]:
        """What was told of it last, oldest first."""
        until = before.timestamp() if before else None
        found = history.notices(backend.machine(name), until, most)
        return [notice.as_dict(number) for number, notice in found]

    @routes.post(
        "/machines/{name}/acknowledge",
        responses=documented(401, 404, 422, example=MACHINE),
    )
    def acknowledge(name: str) -> MachineShown:
        """Its newest alarm has been seen."""
        machine = backend.machine(name)
        marks.acknowledge(history, machine, time.time())
        return shown(machine)

    @routes.post("/machines/{name}/mute", responses=documented(401, 404, 422, example=MACHINE))
    def mute(name: str, muted: Mute) -> MachineShown:
        """Tell nobody of it until a time; what still lasts then is told then."""
        machine, until = backend.machine(name), muted.until.timestamp() if muted.until else 0.0
        marks.mute(history, machine, until, time.time())
        return shown(machine)

    @routes.get("/machines/{name}/clips", responses=documented(401, 404))
    def clips(name: str) -> list[ClipShown]:
        """The sound that is kept of it."""
        token = backend.settings.token
        return [
            ClipShown(
                at=_utc(clip.at),
                seconds=clip.seconds,
                reason=clip.reason,
                score=clip.score,
                address=link("", address_of(clip.path.parent.name, clip.path.name), token),
            )
            for clip in kept(backend.clips, backend.machine(name))
        ]

    @routes.get("/clips/{folder}/{file}", response_class=FileResponse, responses=documented(404))
    def clip(folder: str, file: str) -> FileResponse:
        """A clip, as FLAC."""
        path = backend.clips / slug(folder) / file
        # os.path's, which says no of a name that no file can have
        if "/" in file or "\\" in file or path.suffix != ".flac" or not isfile(path):
            raise HTTPException(404, "There is no such clip, or it had to make room for others.")
        return FileResponse(path, media_type="audio/flac", filename=file)

    return routes


def address_of(folder: str, file: str) -> str:
    """The path of a clip on this server."""
    return f"/clips/{folder}/{file}"


def _utc(at: float) -> datetime:
    return datetime.fromtimestamp(at, timezone.utc)
