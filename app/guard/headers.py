"""What a browser is told about every page: to fetch nothing from elsewhere, and whose frame it is.

Whatever text of a stranger's ends up on a page, in whatever way, no picture of his is fetched.
"""

from __future__ import annotations

import os

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from guard import hosts

# Streamlit makes scripts and styles on the fly; what matters is where anything may come from.
POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' blob: data:; connect-src 'self' ws: wss:; "
    "object-src 'none'; base-uri 'self'; form-action 'none'"
)


def policy() -> str:
    """With whose frames it may stand in: on a Space in anyone's, as Spaces are made to."""
    if os.environ.get("SPACE_ID"):
        return POLICY
    around = ["'self'", *(f"https://{name}" for name in sorted(hosts.named()))]
    return f"{POLICY}; frame-ancestors {' '.join(around)}"


class Headers:
    """Adds them to every answer.

    Args:
        app: what answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._policy = app, policy()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI asks."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = self._policy
                headers["Referrer-Policy"] = "no-referrer"
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        await self._app(scope, receive, sent)
