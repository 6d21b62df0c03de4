"""Streamlit's own settings, as a shared installation wants them; whoever has made others, wins."""

from __future__ import annotations

from typing import Any

from streamlit import config

from guard import hosts
from mimimi import deployment

_ON_SHARED = {
    "server.maxUploadSize": 50,  # MB a file: as long as Streamlit holds it, it is in memory
    "server.disconnectedSessionTTL": 30,  # s; a telephone that changes its network is back by then
}


def settle() -> None:
    """Make them; before there is a server."""
    wanted: dict[str, Any] = dict(_ON_SHARED) if deployment.shared() else {}
    if names := hosts.named():  # a proxy asks for the page under another name than the browser
        wanted["server.corsAllowedOrigins"] = sorted(f"https://{name}" for name in names)
    for name, value in wanted.items():
        if not config.is_manually_set(name):
            config.set_option(name, value, "MIMIMI")
