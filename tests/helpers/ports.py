"""Ports of this machine for servers that take no socket, only a number."""

from __future__ import annotations

import random
import socket
from contextlib import suppress

# Of these the system gives none away by itself; of lower ones Ray does.
_BELOW_EPHEMERAL = range(20_000, 32_000)


def free_port() -> int:
    """One that nobody has, nor is given before the server takes it."""
    chance = random.SystemRandom()  # of each process its own
    while True:
        port = chance.choice(_BELOW_EPHEMERAL)
        with socket.socket() as one, suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port
