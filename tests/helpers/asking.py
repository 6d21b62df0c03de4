"""Whoever asks a server of the REST interface, and what is wrong with an answer."""

from __future__ import annotations

import requests

TOKEN = "a token of this test"


class Client:
    """Asks one server."""

    def __init__(self, address: str, token: str | None) -> None:
        self.address = address
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, headers=None, **more) -> requests.Response:
        headers = self._headers | (headers or {})
        return requests.get(self.address + path, headers=headers, timeout=600, **more)

    def post(self, path: str, headers=None, **more) -> requests.Response:
        headers = self._headers | (headers or {})
        return requests.post(self.address + path, headers=headers, timeout=600, **more)


def problem(answer: requests.Response) -> tuple[int, str]:
    """What is wrong, as RFC 9457 has it."""
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == answer.status_code
    assert told["title"]
    assert told["type"] == "about:blank"
    return answer.status_code, told["detail"]
