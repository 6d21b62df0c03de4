"""The server of MIMIMI: `streamlit run app/main.py`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from guard import ahead, garbage, gone, settings
from guard.headers import Headers
from guard.hosts import Hosts
from guard.messages import Messages
from guard.uploads import Uploads
from mimimi import unexpected

_EVERY = 5.0  # s


@asynccontextmanager
async def sweeping(app: Any) -> AsyncIterator[None]:
    """Clear what visitors leave, from the start to the end of the server."""

    async def sweep() -> None:
        while True:
            try:
                gone.let_go()
                await asyncio.to_thread(_sweep_visits)
                garbage.set_code_aside()
            except Exception as error:  # such as a disk that is gone for a while
                unexpected.note(error)
            await asyncio.sleep(_EVERY)

    Thread(target=ahead.import_all, daemon=True).start()
    going_on = asyncio.create_task(sweep())
    yield
    going_on.cancel()


def _sweep_visits() -> None:
    from state import visits  # not before the server answers: it takes a while to import

    visits.sweep()


settings.settle()

app = st.App(
    "pages.py",
    lifespan=sweeping,
    middleware=[Middleware(Hosts), Middleware(Headers), Middleware(Messages), Middleware(Uploads)],
)
