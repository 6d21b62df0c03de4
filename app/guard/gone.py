"""Who has gone for longer than he may be away leaves nothing in memory, also where nobody follows.

Streamlit looks for those only when the next one leaves: until then a server at rest holds what the
last ones have handed in.
"""

from __future__ import annotations

from streamlit.runtime import Runtime
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager


def let_go() -> None:
    """Called every few seconds, by the event loop."""
    sessions = Runtime.instance()._session_mgr
    assert isinstance(sessions, WebsocketSessionManager)
    storage = sessions._session_storage
    assert isinstance(storage, MemorySessionStorage)
    for _, gone in storage._cache.expire():  # type: ignore[attr-defined]  # it is a TTLCache
        gone.session.shutdown()
