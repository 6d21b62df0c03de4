"""A run: its folder, its record `run.json`, and the one place where its state is changed."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from mimimi import unexpected
from mimimi.errors import UserError
from mimimi.files import replace_file
from mimimi.runs import process, record
from mimimi.runs.log import OUTPUT
from mimimi.runs.record import State
from mimimi.terminal import sentence

RECORD = "run.json"
_LOCK = ".lock"
_SPARE = ".spare"  # room to say that the disk is full
_SPARE_SIZE = 1 << 16  # bytes
_PATIENCE = 10.0  # s; whoever only looks at the lock lets go of it at once


class Run:
    """A run, known by its folder.

    It is queued, then running, and at its end finished, stopped or failed, as its own process
    writes down; or interrupted, as others do who find that process gone. As long as it is
    `launched`, it was started by others and has not been heard of since.

    Args:
        folder: of the run, whether there is one yet or not.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as place:
        ...     run = Run(Path(place) / "monday")
        ...     with run.working():
        ...         during = run.read()["state"]
        ...     during, run.read()["state"]
        ('running', 'finished')
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self) -> dict[str, Any]:
        """The record; empty where there is none."""
        return record.read(self.folder / RECORD)

    def update(self, **fields: Any) -> None:
        """Change fields of the record; None takes a field away."""
        told = {"format": 1, **self.read(), **fields}
        kept = {name: value for name, value in told.items() if value is not None}
        replace_file(self.folder / RECORD, (json.dumps(kept, indent=1) + "\n").encode())

    def queue(self, **asked: Any) -> None:
        """It waits, for the first time or again."""
        self._enter("queued", submitted=now(), ray_job=None, **asked)

    def launch(self, identity: Mapping[str, Any] | None = None) -> None:
        """Others have started it, as this process of this machine, if they know."""
        self._enter("running", launched=True, process=identity)

    def end(self, state: State, error: str | None = None) -> None:
        """It is over."""
        self._enter(state, error=error)

    def _enter(self, state: State, **fields: Any) -> None:
        since = datetime.now(timezone.utc).isoformat(timespec="seconds")
        self.update(**{"state": state, "since": since, "error": None, "launched": None} | fields)

    def lock(self) -> FileLock:
        """Held by the process that works on it, and released by the system at that one's death."""
        return FileLock(self.folder / _LOCK, timeout=0)

    def require_empty(self) -> None:
        """Refuse a folder that holds something that is not ours to write over.

        Raises:
            UserError: it is not empty.
        """
        if self.folder.exists() and any(self.folder.iterdir()):
            raise UserError(
                f"{self.folder} is not empty; choose another folder, or continue with --resume."
            )

    @contextmanager
    def working(self) -> Iterator[None]:
        """This process alone works on it within, and how that ends is written down.

        Nested, the outermost one counts. A new run that fails by a user's mistake before it has
        made anything leaves nothing behind.

        Raises:
            UserError: another process works on it.
        """
        before, me = self.read(), process.identity()
        nested = before.get("state") == "running" and "launched" not in before
        if nested and before.get("process") == me:
            yield
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            lock = self.lock().acquire(_PATIENCE)
        except Timeout:
            raise UserError(f"{self.folder} is being worked on by another process.") from None
        with lock:
            spare = self.folder / _SPARE
            spare.write_bytes(os.urandom(_SPARE_SIZE))
            self._enter("running", process=me)
            try:
                yield
                self.end("finished")
            except BaseException as error:
                spare.unlink(missing_ok=True)
                if not before and isinstance(error, UserError) and self._made_nothing():
                    for name in (RECORD, _LOCK):
                        (self.folder / name).unlink()
                    self.folder.rmdir()
                elif isinstance(error, KeyboardInterrupt):
                    self.end("stopped")
                else:
                    self.end("failed", self._explain(error))
                raise
            finally:
                spare.unlink(missing_ok=True)

    def _made_nothing(self) -> bool:
        return set(os.listdir(self.folder)) == {RECORD, _LOCK}

    def _explain(self, error: BaseException) -> str:
        if isinstance(error, UserError):
            return str(error)
        if isinstance(error, OSError):
            return sentence(error)
        with suppress(OSError), (self.folder / OUTPUT).open("a") as file:
            traceback.print_exception(error, file=file)
        reference = unexpected.note(error)
        return f"Something went wrong that should not have (reference {reference}); try again."


def now() -> str:
    """The time, fine enough to tell what came first."""
    return datetime.now(timezone.utc).isoformat(timespec="microseconds")
