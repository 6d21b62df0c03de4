"""Asking a web server one thing, and asking again while there is hope."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from http.client import responses

from requests import RequestException, Response, Session
from requests.adapters import HTTPAdapter
from urllib3 import Retry
from urllib3.exceptions import HTTPError, TimeoutError

from mimimi import __version__
from mimimi.errors import CorpusError

TIMEOUT = 30.0  # s of silence after which a connection counts as broken
PAUSES = (1.0, 2.0, 5.0, 15.0, 30.0)  # s before each further attempt
LONGEST_PAUSE = 120.0  # s that a server may ask for
PASSING = (408, 425, 429, *range(500, 512))  # answers that another attempt may change


class BrokenOff(Exception):
    """A connection failed, and another attempt may succeed.

    Args:
        why: a clause for the user.
        pause: seconds that the server asks to wait.
    """

    def __init__(self, why: str, pause: float = 0.0) -> None:
        super().__init__(why)
        self.pause = min(pause, LONGEST_PAUSE)


class RangeRefused(BrokenOff):
    """The server does not have the part of the file that was asked for."""


def session(attempts: int = 1) -> Session:
    """The one client for the web: it says who it is, and takes bytes as they are.

    Args:
        attempts: to get an answer, half a second, then twice as long apart; whoever has more
            patience, and can say so meanwhile, asks again himself, see `Patience`.
    """
    client = Session()
    client.headers.update({"User-Agent": f"mimimi/{__version__}", "Accept-Encoding": "identity"})
    again = Retry(
        attempts - 1,
        backoff_factor=0.5,
        status_forcelist=PASSING,
        raise_on_status=False,
        respect_retry_after_header=False,
    )
    for scheme in ("https://", "http://"):
        client.mount(scheme, HTTPAdapter(max_retries=again))
    return client


def ask(url: str, headers: Mapping[str, str] | None = None) -> Response:
    """Send a GET request, following redirections.

    Args:
        url: http or https; nothing else is opened, whatever a record says.
        headers: beside those that are always sent.

    Returns:
        The answer, to be closed, its body unread.

    Raises:
        BrokenOff: no answer, or one that may be another the next time.
        RangeRefused: answer 416.
        CorpusError: an answer that will stay as it is, such as 404.
    """
    try:
        with session() as client:
            answer = client.get(url, headers=headers, stream=True, timeout=TIMEOUT)
    except ValueError as error:
        raise CorpusError(f"{url} is no web address; it should begin with https://.") from error
    except (RequestException, HTTPError) as error:
        raise BrokenOff(broken_connection(error)) from error
    if answer.ok:
        return answer
    answer.close()
    why = f"the server answers {answer.status_code} {responses.get(answer.status_code, '')}"
    if answer.status_code == 416:
        raise RangeRefused(why)
    if answer.status_code in PASSING:
        wait = answer.headers.get("Retry-After", "")
        raise BrokenOff(why, float(wait) if wait.isdecimal() else 0.0)
    raise CorpusError(
        f"{url}: {why}; the data set may have moved, look for it on the web or update mimimi."
    )


def read_some(answer: Response, most: int) -> bytes:
    """What has come of a body, as soon as anything has; nothing at its end.

    Raises:
        BrokenOff: the connection failed.
    """
    try:
        block: bytes = answer.raw.read1(most, decode_content=False)
        return block
    except (OSError, HTTPError) as error:
        raise BrokenOff(broken_connection(error)) from error


def broken_connection(error: BaseException) -> str:
    """Say in a clause what befell a connection, in no words of the server's."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    if told := [c.strerror for c in causes if isinstance(c, OSError) and c.strerror]:
        return told[0]
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return f"nothing came for {TIMEOUT:.0f} s"
    return "the server's answer broke off or is no HTTP"


class Patience:
    """Wait longer after each failure in a row, and give up after the last pause.

    Args:
        what: of which the sentences speak.
        say: is told of each failure.
        reached: bytes that were there from the start; whoever comes further has not failed.
        pauses: seconds, one a further attempt; default `PAUSES`.
    """

    def __init__(
        self,
        what: str,
        say: Callable[[str], None],
        reached: int = 0,
        pauses: tuple[float, ...] | None = None,
    ) -> None:
        self._what, self._say, self._reached = what, say, reached
        self._pauses = PAUSES if pauses is None else pauses
        self._failures = 0

    def after(self, failure: BrokenOff, reached: int = 0) -> None:
        """Wait before the next attempt.

        Args:
            failure: of the attempt that was made.
            reached: bytes that are there after it.

        Raises:
            CorpusError: it was the last.
        """
        if reached > self._reached:
            self._reached, self._failures = reached, 0
        if self._failures == len(self._pauses):
            raise CorpusError(
                f"{self._what} could not be fetched ({failure}); look after the connection and "
                "give the same command again, it goes on where it stopped."
            ) from failure
        pause = max(self._pauses[self._failures], failure.pause)
        self._failures += 1
        self._say(f"{self._what}: {failure}; trying again in {pause:.0f} s.")
        time.sleep(pause)
