"""A server of the REST interface: in the foreground, or beside a listener."""

from __future__ import annotations

import socket
from threading import Thread

import uvicorn

from mimimi.errors import UserError
from mimimi.service.rest.app import application
from mimimi.service.rest.backend import Backend
from mimimi.service.rest.guard import LOOPBACK
from mimimi.service.settings import ServeSettings

_GOODBYE = 2  # s for what is still being answered; streams of events never end by themselves


class Server:
    """Serves until it is stopped.

    Args:
        backend: what it serves.

    Raises:
        UserError: its address is not to be had, or others could reach it without a token.
    """

    def __init__(self, backend: Backend) -> None:
        settings = backend.settings
        check(settings)
        self._socket = _bound(settings)
        self.port: int = self._socket.getsockname()[1]
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        self.address = f"http://{host}:{self.port}"
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                application(backend),
                log_level="warning",
                timeout_graceful_shutdown=_GOODBYE,
                server_header=False,
            )
        )

    def run(self) -> None:
        """Serve until SIGINT or SIGTERM, or until `stop`."""
        self._uvicorn.run(sockets=[self._socket])

    def start(self) -> Thread:
        """Serve in a thread of its own."""
        thread = Thread(target=self.run, daemon=True, name="server")
        thread.start()
        return thread

    def stop(self) -> None:
        """End soon."""
        self._uvicorn.should_exit = True


def check(settings: ServeSettings) -> None:
    """Refuse to let strangers in.

    Raises:
        UserError: others could reach it, and there is no token.
    """
    if settings.host not in LOOPBACK and not settings.token:
        raise UserError(
            f"Others can reach {settings.host}: set a token, of 16 signs or more, which they must "
            "give; or serve this computer alone, on 127.0.0.1."
        )


def _bound(settings: ServeSettings) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        raise UserError(
            f"Port {settings.port} of {settings.host} cannot be served: "
            f"{error.strerror or error}; choose another."
        ) from None
