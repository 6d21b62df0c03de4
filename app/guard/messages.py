"""What a browser may ask of Streamlit: not what its developers' menu asks for, which hits all."""

from __future__ import annotations

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

# Empties the caches of all visitors; runs files anew that were changed; ends the server.
FOR_DEVELOPERS = ("clear_cache", "set_run_on_save", "debug_shutdown_runtime", "load_git_info")


class Messages:
    """Passes over what only developers ask for.

    Args:
        app: what is asked.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI asks."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return

        async def received() -> Message:
            while _is_for_developers(message := await receive()):
                pass
            return message

        await self._app(scope, received, send)


def _is_for_developers(message: Message) -> bool:
    if not message.get("bytes"):
        return False
    asked = BackMsg()
    try:
        asked.ParseFromString(message["bytes"])
    except DecodeError:
        return False  # Streamlit says what is wrong with it
    return asked.WhichOneof("type") in FOR_DEVELOPERS
