"""What is needed to try the listener: a stream, and who is told, all of this machine."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np


def eventually(what: Callable[[], object], within: float = 120.0) -> object:
    """Wait until something is true."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {within:g} s")


class ToldServer:
    """A web server that is told things, or refuses to be."""

    def __init__(self) -> None:
        self.told: list[dict] = []
        self.bodies: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        told = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if told.status < 300:
                    told.bodies.append((dict(self.headers), body))
                    told.told.append(json.loads(body))
                self.send_response(told.status)
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


class RtspServer:
    """Just enough of RTSP (RFC 2326) for a camera's microphone: L16 over TCP, 20 ms a packet.

    Args:
        sound: `(time,)`, within -1 to 1.
        rate: in Hz.
        port: 0: any that is free.
        lost: packets that never arrive, though time goes on.
        pace: how many times as fast as real time.
    """

    def __init__(
        self,
        sound: np.ndarray,
        rate: int = 16_000,
        port: int = 0,
        lost: tuple[int, ...] = (),
        pace: float = 50.0,
    ) -> None:
        self._sound = np.round(sound * 32_767).astype(">i2")
        self._rate, self._lost, self._pace = rate, lost, pace
        self._listening = socket.create_server(("127.0.0.1", port))
        self.port = self._listening.getsockname()[1]
        self.url = f"rtsp://127.0.0.1:{self.port}/live"
        self._connections: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """As if its plug was pulled."""
        for connection in (self._listening, *self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self._connections.append(connection)
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        file = connection.makefile("rb")
        try:
            while line := file.readline().decode():
                headers = {}
                while header := file.readline().decode().strip():
                    key, _, value = header.partition(":")
                    headers[key.lower()] = value.strip()
                verb, body, more = line.split()[0], "", ""
                if verb == "OPTIONS":
                    more = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
                elif verb == "DESCRIBE":
                    more = "Content-Type: application/sdp\r\n"
                    body = (
                        "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=live\r\n"
                        "c=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                        f"m=audio 0 RTP/AVP 96\r\na=rtpmap:96 L16/{self._rate}/1\r\n"
                        "a=control:audio\r\n"
                    )
                elif verb == "SETUP":
                    more = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n"
                elif verb == "PLAY":
                    more = "Session: 1\r\n"
                answer = f"RTSP/1.0 200 OK\r\nCSeq: {headers.get('cseq', '0')}\r\n{more}"
                connection.sendall(f"{answer}Content-Length: {len(body)}\r\n\r\n{body}".encode())
                if verb == "PLAY":
                    self._play(connection)
        except OSError:
            return

    def _play(self, connection: socket.socket) -> None:
        frames, began = self._rate // 50, time.monotonic()
        for number in range(len(self._sound) // frames):
            if number in self._lost:
                continue
            ahead = number / 50 / self._pace - (time.monotonic() - began)
            if ahead > 0.01:
                time.sleep(ahead)
            stamp = number * frames
            packet = struct.pack(">BBHII", 0x80, 96, number & 0xFFFF, stamp & 0xFFFFFFFF, 1)
            packet += self._sound[stamp : stamp + frames].tobytes()
            connection.sendall(struct.pack(">cBH", b"$", 0, len(packet)) + packet)
        connection.shutdown(socket.SHUT_RDWR)
