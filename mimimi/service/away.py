"""The watchdog: tells when nothing has come from a source for a while, and when it is back."""

from __future__ import annotations

import time
from collections.abc import Callable

from mimimi.service.notice import About, Notice
from mimimi.service.past import Past
from mimimi.service.settings import MachineSettings

_LIVE = 30.0  # s without sound until it is told, of a stream


class Away:
    """Watches that sound comes.

    Args:
        settings: of the machine.
        past: what was told before.
        clock: in s, one that nobody sets.
    """

    def __init__(
        self, settings: MachineSettings, past: Past, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._name, self._limit = settings.name, settings.nothing_after
        self._clock, self._heard = clock, clock()
        self._cool_down = 60 * settings.cool_down
        self._told: About | None = None
        for about in ("disconnected", "nothing_comes"):
            if past.told(about)[0]:
                self._told = about
        self._back: float | None = None  # when it last came back, by the clock
        self.reason: str | None = None  # why the source cannot be read, if that is known

    def expect_live(self) -> None:
        """Of a source that should never fall silent it is told by itself."""
        if self._limit is None:
            self._limit = _LIVE

    def back(self, now: float) -> list[Notice]:
        """Something came; `now` in s since 1970."""
        self._heard, self.reason = self._clock(), None
        if not self._told:
            return []
        about, self._told, self._back = self._told, None, self._heard
        return [Notice(self._name, about, False, now, now, f"{self._name}: sound comes again.")]

    def look(self, now: float) -> list[Notice]:
        """Whether to tell that nothing comes; `now` in s since 1970."""
        clock = self._clock()
        lasts = clock - self._heard
        held_back = self._back is not None and clock - self._back < self._cool_down
        if self._told or self._limit is None or lasts < self._limit or held_back:
            return []
        self._told = "disconnected" if self.reason else "nothing_comes"
        said = self.reason or "no sound comes from the source"
        text = f"{self._name}: {said}, for {lasts:.0f} s now."
        return [Notice(self._name, self._told, True, now, now - lasts, text)]
