"""Where sound comes from: a stream, a sound card, standard input, a folder that is filled."""

from __future__ import annotations

import re
import sys

from mimimi.audio import Channel
from mimimi.errors import UserError
from mimimi.service.settings import MachineSettings
from mimimi.service.sources.address import Address, is_address
from mimimi.service.sources.card import Card
from mimimi.service.sources.folder import Folder, Judged
from mimimi.service.sources.pipe import Pipe
from mimimi.service.sources.source import Source

_CREDENTIALS = re.compile(r"//.*@")  # a password may hold any sign


def source_of(settings: MachineSettings, judged: Judged, channel: Channel) -> Source:
    """The source that a machine's settings name.

    Args:
        settings: of the machine.
        judged: tells which recordings of a folder have been judged before.
        channel: what is heard of a stream.

    Raises:
        UserError: there is no such folder, or standard input is closed.
    """
    if settings.source == "-":
        if sys.stdin is None:
            raise UserError("standard input is closed; send sound to it through a pipe.")
        # Not sys.stdin itself: a thread that waits for it would keep Python from closing it, and
        # so from ending, when the listener is stopped.
        pipe = open(sys.stdin.fileno(), "rb", closefd=False)  # noqa: SIM115
        return Pipe(pipe, settings.rate, settings.channels, channel)
    if is_address(settings.source):
        return Address(settings.source, channel)
    if settings.source.partition(":")[0] == "card":
        return Card(settings.source.partition(":")[2] or None, channel)
    return Folder(settings.source, judged)


def shown(source: str) -> str:
    """A source as it may be shown: without name and password, which cameras take in a query, too.

    Example:
        >>> shown("rtsp://user:p@ss@camera.local/1"), shown("http://camera.local/1?password=secret")
        ('rtsp://camera.local/1', 'http://camera.local/1')
    """
    if is_address(source):
        return re.split(r"[?&;#]", _CREDENTIALS.sub("//", source))[0]
    return "standard input" if source == "-" else source
