"""What is needed to try the listener: a stream, and who is told, all of this machine."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TextIO


def eventually(what: Callable[[], object], within: float = 120.0) -> object:
    """Wait until something is true."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {within:g} s")


def pipe_of(pcm: bytes, folder: Path) -> TextIO:
    """A file that is read as a pipe is, in the place of `sys.stdin`."""
    path = folder / "piped.pcm"
    path.write_bytes(pcm)
    return path.open()


class ToldServer:
    """A web server that is told things, or refuses to be."""

    def __init__(self) -> None:
        self.told: list[dict] = []
        self.bodies: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        self.goes_on = False  # with an answer that never ends
        told = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if told.status < 300:
                    told.bodies.append((dict(self.headers), body))
                    told.told.append(json.loads(body))
                self.send_response(told.status)
                if told.goes_on:
                    self.end_headers()
                    with suppress(OSError):
                        while True:
                            self.wfile.write(bytes(1 << 16))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Tests speak for themselves."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/told"
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
