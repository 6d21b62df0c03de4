"""All who are told, as the settings say."""

from __future__ import annotations

from collections.abc import Iterator

from mimimi.service.settings import ListenerSettings
from mimimi.service.telling.lines import Lines
from mimimi.service.telling.sink import Sink
from mimimi.service.telling.webhook import Webhook


def sinks(settings: ListenerSettings) -> Iterator[Sink]:
    """Standard output, the webhook, and whoever Apprise tells; the broker is the listener's own."""
    yield Lines()
    if settings.webhook:
        yield Webhook(settings.webhook)
    if settings.notify:
        from mimimi.service.telling.notify import Notify

        yield from map(Notify, settings.notify)
