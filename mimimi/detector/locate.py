"""Where a detector lies: in a folder, bundled, in a run, or on the Hugging Face Hub."""

from __future__ import annotations

from pathlib import Path

import mimimi
from mimimi.detector.publishing import hub
from mimimi.errors import DetectorError
from mimimi.files import home
from mimimi.names import proposal, slug

_LISTED = 10  # names at most in a sentence


def bundled() -> dict[str, Path]:
    """The detectors that come with the package, by name.

    Example:
        >>> sorted(bundled())
        ['fan', 'pump', 'slider', 'valve']
    """
    here = Path(mimimi.__file__).resolve().parent
    # In an installed wheel they lie inside the package, in a clone beside it.
    found = (here / "checkpoints", here.parent / "checkpoints")
    return {
        path.parent.name: path.parent
        for checkpoints in found
        for path in sorted(checkpoints.glob("*/config.json"))
    }


def trained() -> dict[str, Path]:
    """The detectors that finished runs have left, by the run's name."""
    return {
        path.parent.name: path.parent
        for path in sorted((home() / "runs").glob("*/config.json"))
        if not path.parent.name.startswith(".")  # half written, or half deleted
    }


def locate(name: str | Path, revision: str | None = None) -> tuple[Path, str]:
    """Find a detector's folder, and say in words where it came from.

    Args:
        name: an existing folder, a bundled name (never asks the network), a run's name, or a Hub
            repo "user/repo" or "user/repo@revision"; looked up in this order.
        revision: branch, tag or commit of a Hub repo.

    Raises:
        DetectorError: there is none of that name, or the Hub does not give it.
    """
    folder, shipped = Path(name), bundled()
    if (folder / "config.json").is_file():
        return folder, f"folder {folder}"
    # A folder of recordings may bear a detector's name, as in DCASE's layout: it hides none.
    if str(name) in shipped:
        return shipped[str(name)], "bundled"
    run = home() / "runs" / slug(str(name))
    is_word = isinstance(name, str) and "/" not in name and "\\" not in name
    if is_word and run.is_dir() and (not folder.is_dir() or (run / "config.json").is_file()):
        return run, f"run {run.name}"
    if folder.is_dir():
        return folder, f"folder {folder}"
    if isinstance(name, str) and (asked := hub.REPO.fullmatch(name)):
        snapshot = hub.download(asked["repo"], revision or asked["revision"])
        return snapshot, f"Hub {asked['repo']} at {snapshot.name[:7]}"
    raise DetectorError(_nowhere(str(name)))


def _nowhere(name: str) -> str:
    """What there is instead."""
    own, shipped = list(trained()), list(bundled())
    meant = proposal(Path(name).name, own + shipped)
    meant = f"{meant} Give" if meant else ": give"
    listed = ", ".join(own[:_LISTED]) + (", ..." if len(own) > _LISTED else "")
    here = f"one of your own ({listed}), " if own else ""
    return (
        f"There is no detector {name!r}{meant} a folder, a Hub repo user/name, {here}"
        f"or a bundled one ({', '.join(shipped) or 'none'})."
    )
