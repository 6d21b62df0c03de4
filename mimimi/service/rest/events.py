"""What is told of machines, as a stream, while one listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent

from mimimi.service.history.tables import DatabaseAway
from mimimi.service.rest.backend import Backend
from mimimi.service.rest.problems import documented

_LOOK_EVERY = 0.5  # s
_LARGEST = 2**63 - 1  # number that a database knows


def router(backend: Backend) -> APIRouter:
    """The stream of events."""
    routes = APIRouter(tags=["machines"])
    history = backend.history

    @routes.get("/events", response_class=EventSourceResponse, responses=documented(401, 503))
    async def events(
        last_event_id: Annotated[int | None, Header(ge=0, le=_LARGEST)] = None,
        after: Annotated[int | None, Query(ge=0, le=_LARGEST, description="an event's id")] = None,
    ) -> AsyncIterator[ServerSentEvent]:
        """Each event as it is told, as server-sent events.

        From now on, or from after the event with the id that `Last-Event-ID` gives, as browsers do
        when they come back, so that none is missed.
        """
        known = last_event_id if last_event_id is not None else after
        if known is None:
            known = await run_in_threadpool(history.last_number)
        yield ServerSentEvent(comment="from now on")
        while True:
            with suppress(DatabaseAway):  # once it is back the stream goes on where it was
                for number, notice in await run_in_threadpool(history.told_after, known):
                    yield ServerSentEvent(
                        raw_data=notice.as_json(number), id=str(number), event=notice.about
                    )
                    known = number
            await asyncio.sleep(_LOOK_EVERY)

    return routes
