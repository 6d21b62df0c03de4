"""`serve`: recordings judged and machines looked at over HTTP."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from mimimi.cli.console import NORMAL, say

if TYPE_CHECKING:
    from mimimi.cli.console import Verbs
    from mimimi.service.settings import ServeSettings

_TOKEN = "MIMIMI_TOKEN"


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser(
        "serve",
        help="judge recordings and show machines over HTTP",
        description="Serves a REST interface, described at /docs. Others than this computer are "
        f"let in with a token only, which stands in the environment as {_TOKEN}.",
    )
    verb.add_argument("--host", metavar="ADDRESS", help="to listen on (default 127.0.0.1)")
    verb.add_argument("--port", type=int, metavar="PORT", help="likewise (default 8765)")
    verb.add_argument(
        "--config", type=Path, metavar="FILE", help="its table [serve] and its history"
    )
    verb.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from mimimi.service.history.history import History
    from mimimi.service.history.tables import folder
    from mimimi.service.rest.backend import Backend
    from mimimi.service.rest.server import Server

    settings, address = _settings(options)
    history = History(address)
    try:
        server = Server(Backend(settings, history, folder() / "clips"))
        say(f"serving at {server.address}, described at {server.address}/docs")
        server.run()
    finally:
        history.close()
    return NORMAL


def _settings(options: argparse.Namespace) -> tuple[ServeSettings, str | None]:
    """Those of the server, and the address of the history."""
    from dataclasses import replace

    from mimimi.service.configuration import read, serving
    from mimimi.service.settings import ServeSettings

    settings, history = ServeSettings(), None
    if options.config:
        found = read(options.config)
        settings, history = found.serve or settings, found.history
    given = {
        "host": options.host,
        "port": options.port,
        "token": os.environ.get(_TOKEN) or None,
    }
    checked = serving({key: value for key, value in given.items() if value is not None})
    return replace(settings, **checked), history
