"""One listener a home: two would tell everything twice."""

from __future__ import annotations

from contextlib import ExitStack

from filelock import FileLock, Timeout

from mimimi.errors import UserError
from mimimi.service.history.tables import folder


def alone(while_open: ExitStack) -> None:
    """Let no other listener run in this home, until a stack is closed.

    Raises:
        UserError: one runs already, or nothing can be written there.
    """
    try:
        folder().mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder() / "listen.lock", thread_local=False)
        lock.acquire(timeout=0)
    except Timeout:
        raise UserError(
            f"Another listener runs with {folder()}; put all machines in one file, or set "
            "MIMIMI_HOME to another folder for this one."
        ) from None
    except OSError as error:
        raise UserError(
            f"{error.filename or folder()}: {error.strerror}; set MIMIMI_HOME."
        ) from None
    while_open.callback(lock.release)
