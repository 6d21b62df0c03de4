"""A web server of this machine that answers as a test tells it to, honestly or not."""

from __future__ import annotations

import hashlib
import json
import socket
import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """One answer to one request; by default an honest one from a server that knows ranges."""

    body: bytes = b""
    status: int = 200
    etag: str | None = '"first"'
    modified: str | None = None
    ranges: bool = True
    heeds_if_range: bool = True
    starts_at: int | None = None  # another place than was asked for
    total: int | None = None  # another total than is true, in a Content-Range
    length: int | None = None  # another Content-Length than is true; -1: none at all
    cut: int | None = None  # bytes after which the connection ends ...
    reset: bool = False  # ... as if a cable was pulled
    stall: bool = False  # nothing more comes, and the connection stays open
    content_type: str = "application/zip"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    path: str
    headers: Mapping[str, str]


class LocalServer:
    """Answers each path with its answers in turn, and with the last one from then on."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.requests: list[Request] = []
        self.bytes_sent = 0
        self.let_go = threading.Event()
        handler = type("Handler", (_Handler,), {"local": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.let_go.set()
        self._http.shutdown()
        self._http.server_close()

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]

    def publish(self, record: int, files: Mapping[str, bytes]) -> None:
        """Answer as Zenodo does: a record, and under the addresses in it the files."""
        entries = []
        for name, body in files.items():
            path = f"/api/records/{record}/files/{name}/content"
            checksum = f"md5:{hashlib.md5(body).hexdigest()}"
            links = {"self": self.url + path}
            entries.append({"key": name, "size": len(body), "checksum": checksum, "links": links})
            self.answers[path] = [Answer(body, etag=f'"{checksum}"')]
        listing = json.dumps({"id": record, "files": entries}).encode()
        self.answers[f"/api/records/{record}"] = [Answer(listing, content_type="application/json")]


class _Handler(BaseHTTPRequestHandler):
    local: LocalServer

    def do_GET(self) -> None:
        self.local.requests.append(Request(self.path, dict(self.headers)))
        answers = self.local.answers.get(self.path, [Answer(status=404)])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        start, end = self._range(answer)
        body = answer.body[start:end]
        self.send_response(206 if start is not None else answer.status)
        if start is not None:
            total = answer.total or len(answer.body)
            self.send_header("Content-Range", f"bytes {start}-{start + len(body) - 1}/{total}")
        if answer.length != -1:
            self.send_header("Content-Length", str(answer.length or len(body)))
        if answer.etag:
            self.send_header("ETag", answer.etag)
        if answer.modified:
            self.send_header("Last-Modified", answer.modified)
        self.send_header("Content-Type", answer.content_type)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body[: answer.cut])
            self.local.bytes_sent += len(body[: answer.cut])
        except OSError:
            return  # the client did not want the rest
        if answer.stall:
            self.local.let_go.wait(120)
        if answer.reset:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()

    def _range(self, answer: Answer) -> tuple[int | None, int | None]:
        """The part of the body that is the answer; (None, None) where all of it is."""
        asked = self.headers.get("Range")
        same = self.headers.get("If-Range") in (None, answer.etag, answer.modified)
        if not (asked and answer.ranges and answer.status == 200):
            return None, None
        if not same and answer.heeds_if_range:
            return None, None
        if answer.starts_at is not None:
            return answer.starts_at, None
        first, _, last = asked.removeprefix("bytes=").partition("-")
        if not first:
            return max(0, len(answer.body) - int(last)), None
        return int(first), int(last) + 1 if last else None

    def log_message(self, *args: object) -> None:
        """Tests speak for themselves."""
