"""Links that open one clip, for whoever was told of it, without the token."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import parse_qs, quote


def link(base: str, path: str, token: str | None) -> str:
    """The address of a clip.

    Args:
        base: of the server, such as "http://plant.local:8765".
        path: there, not quoted.
        token: that signs it; None: none is asked for.

    Example:
        >>> link("http://plant.local:8765/", "/clips/fan 1.flac", None)
        'http://plant.local:8765/clips/fan%201.flac'
    """
    address = f"{base.rstrip('/')}{quote(path)}"
    return f"{address}?signature={_signature(token, path)}" if token else address


def is_signed(token: str, path: str, query: bytes) -> bool:
    """Whether a link was made by `link` for this path, not quoted.

    Example:
        >>> made = link("", "/clips/a", "a token").partition("?")[2].encode()
        >>> is_signed("a token", "/clips/a", made), is_signed("a token", "/clips/b", made)
        (True, False)
    """
    given = parse_qs(query.decode("latin-1")).get("signature", [""])[0]
    return path.startswith("/clips/") and hmac.compare_digest(
        given.encode(), _signature(token, path).encode()
    )


def _signature(token: str, path: str) -> str:
    return hmac.new(token.encode(), path.encode(), hashlib.sha256).hexdigest()[:32]
