"""The REST interface beside a listener, and the links to clips that lead to it."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

from mimimi.service.history.history import History
from mimimi.service.history.tables import folder
from mimimi.service.loaded import Loaded
from mimimi.service.notice import Notice
from mimimi.service.settings import ServeSettings


class Beside:
    """Serves what a listener hears.

    Args:
        settings: of the server.
        history: of the listener.
        loaded: its detectors.

    Raises:
        UserError: it cannot be served, or others could reach it without a token.
    """

    def __init__(self, settings: ServeSettings, history: History, loaded: Loaded) -> None:
        from mimimi.service.rest.backend import Backend
        from mimimi.service.rest.guard import LOOPBACK
        from mimimi.service.rest.server import Server

        self._server = Server(Backend(settings, history, folder() / "clips", loaded))
        self.address, self._token = self._server.address, settings.token
        if settings.address:
            self.address = settings.address
        elif settings.host not in LOOPBACK:
            self.address = f"http://{socket.gethostname()}:{self._server.port}"

    def start(self) -> None:
        """Serve from now on."""
        self._thread = self._server.start()

    def stop(self) -> None:
        """Serve no longer."""
        self._server.stop()
        self._thread.join()

    def linked(self, notice: Notice) -> Notice:
        """The same, with a link that opens its clip, if it has one."""
        from mimimi.service.rest.machines import address_of
        from mimimi.service.rest.signature import link

        if not notice.details.get("clip"):
            return notice
        clip = Path(notice.details["clip"])
        address = link(self.address, address_of(clip.parent.name, clip.name), self._token)
        return replace(notice, details={**notice.details, "link": address})
