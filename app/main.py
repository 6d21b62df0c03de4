"""The server of MIMIMI: `streamlit run app/main.py`."""

from __future__ import annotations

import streamlit as st
from starlette.middleware import Middleware

from guard import settings
from guard.headers import Headers
from guard.hosts import Hosts
from guard.messages import Messages
from guard.uploads import Uploads

settings.settle()

app = st.App(
    "pages.py",
    middleware=[Middleware(Hosts), Middleware(Headers), Middleware(Messages), Middleware(Uploads)],
)
