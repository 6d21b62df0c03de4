"""The names of jobs, and the folders or links in `runs` that bear them."""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from pathlib import Path

from mimimi.detector.locate import bundled
from mimimi.errors import UserError
from mimimi.files import home
from mimimi.names import slug


def runs() -> Path:
    """The folder of all jobs."""
    return home() / "runs"


def job_name(text: str) -> str:
    """A name that can be a folder, an address and a word of a command.

    Raises:
        UserError: nothing is left of it.

    Example:
        >>> job_name("My pump, No. 2")
        'my-pump-no-2'
    """
    words = slug(text)
    if not words:
        raise UserError(f"{text!r} is no name for a job; use letters or digits.")
    return words


def folders() -> dict[str, Path]:
    """All folders in `runs`, by name; a link to a disk that is not there is left out."""
    if not runs().is_dir():
        return {}
    return {
        path.name: path
        for path in sorted(runs().iterdir())
        if not path.name.startswith(".") and path.is_dir()
    }


def free(name: str) -> str:
    """The slug of a name that no job and no bundled detector bears.

    Raises:
        UserError: it is taken.
    """
    wanted = job_name(name)
    if wanted in bundled():
        raise UserError(f"{wanted} is the name of a bundled detector; choose another name.")
    if (runs() / wanted).exists() or (runs() / wanted).is_symlink():
        raise UserError(f"There is a job called {wanted} already; choose another name.")
    return wanted


def register(folder: Path) -> None:
    """List a folder that lies elsewhere, under its own name or that with a number."""
    folder = folder.resolve()
    if folder in (path.resolve() for path in folders().values()):
        return
    with suppress(OSError, UserError):  # a list that cannot be written to stops no training
        runs().mkdir(parents=True, exist_ok=True)
        wanted = job_name(folder.name)
        for number in count(1):
            name = wanted if number == 1 else f"{wanted}-{number}"
            with suppress(FileExistsError):
                if name not in bundled():
                    (runs() / name).symlink_to(folder, target_is_directory=True)
                    return


def unregister(folder: Path) -> None:
    """Take back `register`, also of a folder that is gone."""
    for path in runs().glob("*"):
        if path.is_symlink() and path.resolve() == folder.resolve():
            path.unlink()
