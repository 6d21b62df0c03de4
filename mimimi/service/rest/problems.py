"""What is wrong, as problem JSON (RFC 9457), with the sentence that is said everywhere else."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from mimimi import unexpected
from mimimi.errors import UserError
from mimimi.service.history.tables import DatabaseAway, reason

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """Something that was wrong with a request, or here."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str

    @classmethod
    def of(cls, status: int, detail: str) -> Problem:
        """With the title that HTTP gives the status."""
        return cls(title=HTTPStatus(status).phrase, status=status, detail=detail)


def answer(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """A response that tells it."""
    told = Problem.of(status, detail).model_dump()
    return JSONResponse(told, status, headers, media_type=MEDIA_TYPE)


def documented(
    *problems: int, example: Any = None, status: int = 200
) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of the answers of an operation.

    Args:
        problems: statuses that it may meet.
        example: of what it answers.
        status: then.
    """
    told: dict[int | str, dict[str, Any]] = {}
    if example is not None:
        told[status] = {"content": {"application/json": {"example": example}}}
    for code in problems:
        shown = Problem.of(code, _EXAMPLES[code]).model_dump()
        told[code] = {
            "model": Problem,
            "description": HTTPStatus(code).phrase,
            "content": {MEDIA_TYPE: {"example": shown}},
        }
    return told


_EXAMPLES = {
    401: "Give the token as:  Authorization: Bearer TOKEN",
    404: "There is no detector 'press 4'; there are fan, pump, slider, valve.",
    409: "There is a detector press-4 already; tell it more, or choose another name.",
    413: "This is more than 100 MB, the most that is taken at once; send less.",
    422: "clip.wav: is not a sound file, or one that cannot be read; export it as WAV.",
    503: "16 requests wait already; try again in some seconds.",
}


def install(app: FastAPI) -> None:
    """Answer in this way whatever goes wrong."""

    @app.exception_handler(UserError)
    async def _user_error(_: Request, error: UserError) -> JSONResponse:
        return answer(422, str(error))

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> JSONResponse:
        return answer(error.status_code, error.detail, dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        said = "; ".join(
            f"{'.'.join(map(str, e['loc'][1:])) or 'the body'}: {e['msg']}" for e in error.errors()
        )
        return answer(422, f"The request cannot be right: {said}.")

    @app.exception_handler(DatabaseAway)
    async def _away(_: Request, error: DatabaseAway) -> JSONResponse:
        said = f"The history cannot be read ({reason(error)}); try again in some seconds."
        return answer(503, said, {"Retry-After": "5"})

    @app.exception_handler(Exception)
    async def _mistake_of_ours(_: Request, error: Exception) -> JSONResponse:
        return answer(500, unexpected.sentence(unexpected.note(error)))
