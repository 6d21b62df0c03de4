"""The name under which a listener tells, which stays with its home."""

from __future__ import annotations

import secrets
import socket

from mimimi import files
from mimimi.service.history.tables import folder


def own_name() -> str:
    """That of the computer and four signs, as it was when a listener began in this home.

    How far everyone was told stands under it. A computer is called otherwise in another network, a
    container whenever it is made anew, and two homes of one computer may tell one broker.

    Raises:
        OSError: the home cannot be written to.
    """
    path = folder() / "listener"
    try:
        if known := path.read_text(encoding="utf-8").strip():
            return known
    except FileNotFoundError:
        pass
    name = socket.gethostname() or "listener"
    if not (folder() / "history.sqlite").exists():  # else an earlier version told under that
        name = f"{name}-{secrets.token_hex(2)}"
    files.replace_file(path, f"{name}\n".encode())
    return name
