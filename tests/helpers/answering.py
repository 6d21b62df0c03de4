"""How the stand-in for the Hub answers: JSON, refusals in its own headers, and broken cables."""

from __future__ import annotations

import fcntl
import json
import socket
import struct
import termios
import threading
from http.server import BaseHTTPRequestHandler


def _on_its_way(connection: socket.socket) -> int:
    """How many bytes the other side has not received yet."""
    (count,) = struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)))
    return int(count)


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _json(self, content: object, status: int) -> None:
        self._answer(status, json.dumps(content).encode(), {"Content-Type": "application/json"})

    def _refuse(self, status: int, code: str | None = None, message: str | None = None) -> None:
        headers = {"X-Error-Code": code, "X-Error-Message": message}
        body = json.dumps({"error": message or code or "no"}).encode()
        self._answer(status, body, {key: value for key, value in headers.items() if value})

    def _answer(self, status: int, body: bytes, headers: dict, cut: bool = False) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self._break()

    def _break(self) -> None:
        """As if a cable was pulled."""
        self.wfile.flush()
        self.close_connection = True
        while _on_its_way(self.connection):  # it would be lost with the connection
            threading.Event().wait(0.001)
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def log_message(self, *args: object) -> None:
        """Tests speak for themselves."""
