"""What nobody expected: one sentence and a reference for the user, the traceback in a log."""

from __future__ import annotations

import logging
import secrets
import sys
import threading
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from mimimi.errors import NoHomeError
from mimimi.files import home

_LARGEST = 1 << 20  # bytes of a log; one older is kept
_REFERENCE = "mimimi_reference"  # attribute of an exception that was noted
_one_at_a_time = threading.Lock()
logger = logging.getLogger(__name__)


def log() -> Path:
    """Where tracebacks are written."""
    return home() / "errors.log"


def note(error: BaseException) -> str:
    """Write down an exception that no front end should have met.

    Where the log cannot be written, it is printed on standard error.

    Returns:
        The reference under which it is found again, six letters and digits.

    Example:
        >>> reference = note(ZeroDivisionError("by zero"))
        >>> reference in log().read_text()
        True
    """
    if known := getattr(error, _REFERENCE, None):  # on its way out of a job
        return str(known)
    reference = secrets.token_hex(3)
    with suppress(AttributeError):
        setattr(error, _REFERENCE, reference)
    with _one_at_a_time:
        handler = _handler()
        handler.setFormatter(logging.Formatter("%(asctime)s  reference %(message)s"))
        logger.addHandler(handler)
        try:
            logger.error(reference, exc_info=error)
        finally:
            logger.removeHandler(handler)
            handler.close()
    return reference


def sentence(reference: str) -> str:
    """What the user is told on the command line."""
    try:
        place = f"in {log()}"
    except NoHomeError:
        place = "above"
    return (
        "Something went wrong that should not have; try again, and if it happens again report it "
        f"with what stands under reference {reference} {place}."
    )


def _handler() -> logging.Handler:
    try:
        log().parent.mkdir(parents=True, exist_ok=True)
        return RotatingFileHandler(log(), maxBytes=_LARGEST, backupCount=1, encoding="utf-8")
    except OSError:
        return logging.StreamHandler(sys.stderr)
