"""A webhook: each notice as JSON by POST, signed so that it can be told from a forged one."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

import requests

from mimimi.service.notice import Notice
from mimimi.service.settings import WebhookSettings
from mimimi.service.telling.sink import NotToldError

SIGNATURE = "X-Mimimi-Signature"
_TIMEOUT = 10.0  # s


class Webhook:
    """Takes a notice to a web server; any answer of 2xx says that it has arrived.

    Args:
        settings: its address, and the secret that signs.
    """

    def __init__(self, settings: WebhookSettings) -> None:
        self._settings = settings
        self._session = requests.Session()
        self.name = f"webhook {urlsplit(settings.url).hostname}"

    def tell(self, number: int, notice: Notice) -> None:
        """See `Sink.tell`."""
        body = notice.as_json(number).encode()
        headers = {"Content-Type": "application/json"}
        if self._settings.secret:
            headers[SIGNATURE] = signature(self._settings.secret, body)
        try:
            # What is answered is not read: it need not end.
            with self._session.post(
                self._settings.url,
                data=body,
                headers=headers,
                timeout=_TIMEOUT,
                allow_redirects=False,
                stream=True,
            ) as answer:
                status = answer.status_code
        except requests.RequestException as error:
            raise NotToldError(type(error).__name__) from None
        if not 200 <= status < 300:
            raise NotToldError(f"it answers {status}")

    def close(self) -> None:
        """See `Sink.close`."""
        self._session.close()


def signature(secret: str, body: bytes) -> str:
    """HMAC-SHA-256 of a message, as the webhook's header holds it.

    Example:
        >>> signature("a secret", b"{}")[:15]
        'sha256=c424c6f5'
    """
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
