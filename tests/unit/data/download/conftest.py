"""What the tests of downloading share: a server of this machine, and pauses that take no time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from local_server import LocalServer

from mimimi.data.download import web


@pytest.fixture
def server() -> Iterator[LocalServer]:
    server = LocalServer()
    yield server
    server.close()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Nobody waits, but how long one would have waited is written down."""
    waited: list[float] = []
    monkeypatch.setattr(web.time, "sleep", waited.append)
    return waited
