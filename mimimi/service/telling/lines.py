"""Lines of JSON on standard output."""

from __future__ import annotations

from mimimi.service.notice import Notice
from mimimi.service.telling.sink import NotToldError


class Lines:
    """One line a notice."""

    name = "standard output"

    def tell(self, number: int, notice: Notice) -> None:
        """See `Sink.tell`."""
        try:
            print(notice.as_json(number), flush=True)
        except OSError as error:
            raise NotToldError(error.strerror or str(error)) from None

    def close(self) -> None:
        """See `Sink.close`."""
