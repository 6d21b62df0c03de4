"""The REST interface, put together."""

from __future__ import annotations

from typing import Literal

from fastapi import FastAPI, Security
from fastapi.security import HTTPBearer
from fastapi_offline import FastAPIOffline
from pydantic import BaseModel

from mimimi import __version__
from mimimi.service.rest import events, machines, metrics, problems, recordings
from mimimi.service.rest.backend import Backend
from mimimi.service.rest.guard import DOCS, Guard

_ABOUT = """Tells from its sound whether a machine is going wrong.

What is wrong with a request is said as problem JSON (RFC 9457). Where the server has a token, give
it as `Authorization: Bearer TOKEN`."""


class Health(BaseModel):
    """The server answers, and the history can be read."""

    status: Literal["ok"] = "ok"
    version: str = __version__


def application(backend: Backend) -> FastAPI:
    """The application that a server runs; its description is at /openapi.json and /docs."""
    described = [Security(HTTPBearer(auto_error=False))]  # it is the guard that asks for it
    app = FastAPIOffline(  # what draws /docs comes from here: a plant's network may be closed
        title="MIMIMI",
        version=__version__,
        description=_ABOUT,
        dependencies=described if backend.settings.token else [],
        redoc_url=None,
        static_url=f"{DOCS}/files",
    )
    problems.install(app)

    @app.get("/health", tags=["service"], responses=problems.documented(503))
    def health() -> Health:
        """Whether all is well with the server itself."""
        backend.history.last_number()
        return Health()

    for part in (recordings, machines, events, metrics):
        app.include_router(part.router(backend))
    app.add_middleware(Guard, settings=backend.settings)
    return app
