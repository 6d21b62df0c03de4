"""Who is let in, and with how much: before anything of a request is read."""

from __future__ import annotations

import hmac
from contextlib import suppress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mimimi.service.rest.problems import answer
from mimimi.service.rest.signature import is_signed
from mimimi.service.settings import ServeSettings

LOOPBACK = ("localhost", "127.0.0.1", "::1")
DOCS = "/docs"
_OPEN = ("/health", DOCS, "/openapi.json")  # tell nothing of machines
_ASKS = ("GET", "HEAD", "OPTIONS")


class Guard:
    """Stands before the application.

    Without a token only programs of this computer are let in. A page in its browser is one, too:
    so the `Host` must be this computer (a page whose name was pointed here, DNS rebinding, has
    another) and the `Origin` of what changes anything must be this server (a page that posts here
    has another).

    Args:
        app: behind it.
        settings: the token and the limits.
    """

    def __init__(self, app: ASGIApp, settings: ServeSettings) -> None:
        self._app, self._settings = app, settings
        self._sending = 0  # requests with a body that are not answered yet

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if refused := self._refused(scope, headers):
            status, why = refused
            extra = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}}
            await answer(status, why, extra.get(status))(scope, receive, send)
        elif scope["method"] in _ASKS:
            await self._app(scope, receive, send)
        else:
            self._sending += 1
            try:
                await self._app(scope, self._counted(receive), send)
            finally:
                self._sending -= 1

    def _refused(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        changes = scope["method"] not in _ASKS
        token, path = self._settings.token, scope["path"]
        host, origin = _host(headers.get("host", "")), headers.get("origin")
        if token is None and host not in LOOPBACK:
            return 403, f"This server answers to {' and '.join(LOOPBACK)} only, not to {host!r}."
        if changes and origin and urlsplit(origin).netloc != headers.get("host"):
            return 403, f"Pages of {origin} may change nothing here."
        if token is not None and path not in _OPEN and not path.startswith(f"{DOCS}/"):
            scheme, _, given = headers.get("authorization", "").partition(" ")
            given = given if scheme.lower() == "bearer" else ""
            known = hmac.compare_digest(given.encode(), token.encode())
            if not (known or (not changes and is_signed(token, path, scope["query_string"]))):
                return 401, "Give the token as:  Authorization: Bearer TOKEN"
        with suppress(ValueError):
            if int(headers.get("content-length", "0")) > self._most:
                return 413, self._too_much
        if changes and self._sending >= self._settings.waiting:
            return 503, f"{self._sending} requests wait already; try again in some seconds."
        return None

    def _counted(self, receive: Receive) -> Receive:
        """The same body, refused where it turns out larger than it may be."""
        came = 0

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > self._most:
                raise HTTPException(413, self._too_much)
            return message

        return counted

    @property
    def _most(self) -> int:
        return round(1e6 * self._settings.megabytes)

    @property
    def _too_much(self) -> str:
        most = self._settings.megabytes
        return f"This is more than {most:g} MB, the most that is taken at once; send less."


def _host(header: str) -> str:
    """The name in a `Host`, without its port.

    Example:
        >>> _host("localhost:8765"), _host("[::1]:8765"), _host("")
        ('localhost', '::1', '')
    """
    with suppress(ValueError):
        return urlsplit(f"//{header}").hostname or ""
    return ""
