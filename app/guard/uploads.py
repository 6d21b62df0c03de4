"""How much one visitor, and all together, may leave in the server's memory."""

from __future__ import annotations

import re

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime import get_instance
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from mimimi import deployment
from texts import on_guard

_UPLOAD = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+$")
_ALL = 5  # times what one visitor may, for all together


class Uploads:
    """Refuses files beyond what a visitor may hand in; `MIMIMI_MAX_MEGABYTES` says how much.

    Args:
        app: what takes them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._coming: dict[str, int] = {}  # bytes that are on their way, by session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI asks."""
        found = _UPLOAD.search(scope["path"]) if scope["type"] == "http" else None
        most = deployment.limits().megabytes
        if found is None or scope["method"] != "PUT" or most is None:
            await self._app(scope, receive, send)
            return
        session, size = found[1], _size(scope)
        held = _held()
        of_visitor = held.get(session, 0) + self._coming.get(session, 0)
        of_all = sum(held.values()) + sum(self._coming.values())
        if size is None or of_visitor + size > most * 1e6 or of_all + size > _ALL * most * 1e6:
            await PlainTextResponse(on_guard.too_much(most), 413)(scope, receive, send)
            return
        self._coming[session] = self._coming.get(session, 0) + size
        try:
            await self._app(scope, receive, send)
        finally:
            self._coming[session] -= size
            if not self._coming[session]:
                del self._coming[session]


def _size(scope: Scope) -> int | None:
    """As its header says, and the server sees to it that no more comes; None where it says none."""
    said = dict(scope["headers"]).get(b"content-length", b"")
    return int(said) if said.isdigit() else None


def _held() -> dict[str, int]:
    kept = get_instance().uploaded_file_mgr
    assert isinstance(kept, MemoryUploadedFileManager)
    return {
        session: sum(len(file.data) for file in list(files.values()))
        for session, files in list(kept.file_storage.items())
    }
