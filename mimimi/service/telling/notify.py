"""Mail, Telegram, ntfy, Slack and a hundred more, through Apprise."""

from __future__ import annotations

import hashlib
from datetime import datetime
from urllib.parse import urlsplit

from apprise import Apprise, NotifyType

from mimimi.errors import UserError
from mimimi.service.notice import Notice
from mimimi.service.telling.sink import NotToldError


class Notify:
    """Tells one address.

    Args:
        address: as Apprise takes it, such as "ntfy://ntfy.sh/my-plant".
    """

    def __init__(self, address: str) -> None:
        self._apprise = Apprise()
        self._apprise.add(address)
        # Addresses hold passwords; of two of one kind each is known by its own mark.
        mark = hashlib.sha256(address.encode()).hexdigest()[:4]
        self.name = f"{urlsplit(address).scheme} {mark}"

    def tell(self, number: int, notice: Notice) -> None:
        """See `Sink.tell`."""
        kind = NotifyType.WARNING if notice.is_on else NotifyType.SUCCESS
        if not self._apprise.notify(message(notice), title=title(notice), notify_type=kind):
            raise NotToldError("it does not take the message")

    def close(self) -> None:
        """See `Sink.close`."""


def checked(address: str) -> str:
    """An address that Apprise knows.

    Raises:
        UserError: it knows none such.
    """
    if not Apprise().add(address):
        scheme, sign, _ = address.partition("://")  # what follows may be a password
        wrong = (
            f"{scheme}:// is no address that Apprise can tell"
            if sign
            else "an address begins with its service, such as ntfy://"
        )
        raise UserError(f"{wrong}; see https://appriseit.com/services/")
    return address


def title(notice: Notice) -> str:
    """What a telephone shows first.

    Example:
        >>> title(Notice("fan", "alarm", True, 60.0, 30.0, "fan sounds unusual."))
        'fan: alarm'
    """
    what = "alarm" if notice.about == "alarm" else "microphone"
    return f"{notice.machine}: {what}" if notice.is_on else f"{notice.machine}: {what} over"


def message(notice: Notice) -> str:
    """All that is known: what, since when by the clock on this wall, and where to hear it."""
    lines = [notice.text, f"Since {datetime.fromtimestamp(notice.since):%Y-%m-%d %H:%M:%S}."]
    if link := notice.details.get("link"):
        lines.append(f"Listen: {link}")
    return "\n".join(lines)
