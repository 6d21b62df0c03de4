"""By which names this installation may be asked: a page elsewhere cannot make a browser its own.

A page of an attacker's can have its name resolve to this computer (DNS rebinding); the browser then
takes the two for one, and what it sends here still says that name. Addresses in digits cannot be
taken over so, nor can the name that this computer itself goes by.
"""

from __future__ import annotations

import ipaddress
import os
import platform
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from texts import on_guard

HOSTS = "MIMIMI_HOSTS"


def named() -> set[str]:
    """The names under which others reach it, as its environment says."""
    names = [*os.environ.get(HOSTS, "").split(","), os.environ.get("SPACE_HOST", "")]
    return {name.strip().lower().rstrip(".") for name in names} - {""}


def is_allowed(host: str | None) -> bool:
    """Whether a request may name this host, with a port or without.

    Example:
        >>> is_allowed("localhost:8501"), is_allowed("[::1]:8501"), is_allowed("evil.example:8501")
        (True, True, False)
    """
    name = _name(f"//{host}") if host else None
    if name is None:
        return False
    own = platform.node().lower()
    return name in {"localhost", own, f"{own}.local"} | named() or _is_address(name)


class Hosts:
    """Refuses requests and web sockets under another name, and from pages of other places.

    Args:
        app: what is asked where nothing speaks against it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI asks."""
        if scope["type"] == "lifespan" or _may(Headers(scope=scope)):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(code=1008)(scope, receive, send)
        else:
            await PlainTextResponse(on_guard.WRONG_HOST, 421)(scope, receive, send)


def _may(headers: Headers) -> bool:
    host, origin = headers.get("host"), headers.get("origin")
    if len(headers.getlist("host")) != 1 or not is_allowed(host):
        return False
    # Behind a proxy the page's own address may be another than the one that is asked here.
    return origin is None or urlsplit(origin).netloc == host or _name(origin) in named()


def _name(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is none
    except ValueError:
        return None
    if parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment:
        return None
    return (parts.hostname or "").rstrip(".") or None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
