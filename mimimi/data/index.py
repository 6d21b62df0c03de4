"""Which recordings lie under a folder, and what each one is: machine, label, split."""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from mimimi.data.find import INDEX_NAME, Found, find, folders, is_recording
from mimimi.data.held_out import hold_out
from mimimi.data.layouts import Described, describe, noise_level
from mimimi.data.recording import Recording
from mimimi.data.table import COLUMNS, read_table
from mimimi.errors import CorpusError
from mimimi.terminal import Log

__all__ = ["COLUMNS", "INDEX_NAME", "Recording", "index"]

logger = logging.getLogger(__name__)


def index(
    roots: Sequence[str | Path],
    machine_type: str | None = None,
    log: Log = logger.info,
    *,
    splits: bool = True,
) -> list[Recording]:
    """List the recordings under one or several folders.

    What counts as a recording is said in `mimimi.data.find`. What each one is stands in a table
    `index.csv` (`mimimi.data.table`), which speaks for its whole folder, or in the names of
    folders and files (`mimimi.data.layouts`), side by side and at any depth. Where they name no
    splits, the rule of MIMII's baseline makes them (`mimimi.data.held_out`).

    Args:
        roots: folders; a machine type's own folder (`fan`) will do.
        machine_type: only recordings of this type.
        log: told, a sentence at a time, what was decided and what was left out.
        splits: whether recordings whose folders name no split are given one; else theirs is "".

    Returns:
        Each recording once, sorted by machine type, machine id, corpus and path.

    Raises:
        CorpusError: no recordings (of that type), a name that cannot be a machine's, or a table
            that cannot be followed.

    Example:
        >>> index(["no/such/folder"])
        Traceback (most recent call last):
        mimimi.errors.CorpusError: no/such/folder is not a folder; give one that holds recordings.
    """
    places = [Path(root) for root in roots]
    names = [Path(os.path.abspath(place)).name for place in places]
    listed: list[Recording] = []
    machine_folders: dict[Path, str] = {}
    for place, name in zip(places, names, strict=True):
        corpus = name if names.count(name) == 1 else str(place)
        listed += _under(place, corpus, machine_type, machine_folders, log)
    chosen = [r for r in listed if machine_type in (None, r.machine_type)]
    if not chosen:
        types = ", ".join(sorted({r.machine_type for r in listed}))
        raise CorpusError(f"No recordings of type {machine_type!r}; there are: {types}.")
    recordings = _each_once(chosen, log)
    if splits:
        recordings = hold_out(recordings, machine_folders, log)
    _say_what_is_one_machine(recordings, log)
    return sorted(
        recordings, key=lambda r: (r.machine_type, r.machine_id, r.corpus, r.path.as_posix())
    )


def _under(
    root: Path,
    corpus: str,
    machine_type: str | None,
    machine_folders: dict[Path, str],
    log: Log,
) -> list[Recording]:
    if not root.is_dir():
        raise CorpusError(f"{root} is not a folder; give one that holds recordings.")
    recordings: list[Recording] = []
    unplaced, unlabelled = [], 0
    found = Found()
    for folder, names in folders(str(root), found, stop_at=INDEX_NAME):
        if INDEX_NAME in names:
            recordings += _listed(Path(folder), corpus, machine_type, log)
            continue
        found.others += [os.path.join(folder, name) for name in names if not is_recording(name)]
        for path in (Path(folder, name) for name in filter(is_recording, names)):
            said = describe(Path(os.path.abspath(path)), Path(os.path.abspath(root)))
            if said is None:
                unplaced.append(path)
            else:
                recordings.append(_recording(path, said, corpus))
                machine_folders[path] = said.folder
                unlabelled += not said.labelled
    if not recordings:
        raise CorpusError(
            f"No recordings found in {root}: it needs an {INDEX_NAME}, or files like "
            "fan/id_00/normal/*.wav or fan/train/normal_id_00_*.wav"
            + (f"; sound files that fit no layout: {len(unplaced)}" if unplaced else "")
            + (f"; {found.left_out}" if found.left_out else "")
            + "."
        )
    if unplaced:
        log(f"{root}: sound files that fit no layout, left out: {len(unplaced)} ({unplaced[0]}).")
    if unlabelled:
        log(f"{root}: recordings without a label, taken as normal: {unlabelled}.")
    if found.left_out:
        log(f"{root}: {found.left_out}.")
    return recordings


def _recording(path: Path, said: Described, corpus: str) -> Recording:
    return Recording(
        path=path,
        machine_type=said.machine_type,
        machine_id=said.machine_id,
        label=said.label,
        split=said.split,
        corpus="MIMII" if noise_level(path) else corpus,
        domain=said.domain,
        attributes=said.attributes,
    )


def _listed(folder: Path, corpus: str, machine_type: str | None, log: Log) -> list[Recording]:
    """What a table says, and how many recordings in its folder it does not know."""
    recordings = read_table(folder / INDEX_NAME, corpus, machine_type)
    known = {os.path.abspath(recording.path) for recording in recordings}
    found = find([folder])
    unknown = [file for file in found.files if os.path.abspath(file) not in known]
    if unknown and not found.empty:
        log(
            f"{folder / INDEX_NAME}: recordings beside it that it does not name, left out: "
            f"{len(unknown)} ({unknown[0]})."
        )
    return recordings


def _each_once(recordings: Sequence[Recording], log: Log) -> list[Recording]:
    """Roots may overlap and links may meet, and a recording must not count twice."""
    unique: dict[str, Recording] = {}
    for recording in recordings:
        unique.setdefault(os.path.realpath(recording.path), recording)
    if len(unique) < len(recordings):
        log(f"{len(recordings) - len(unique)} recordings were given twice and count once.")
    return list(unique.values())


def _say_what_is_one_machine(recordings: Iterable[Recording], log: Log) -> None:
    corpora: dict[tuple[str, str], set[str]] = defaultdict(set)
    levels: dict[tuple[str, str], set[str]] = defaultdict(set)
    for recording in recordings:
        machine = (recording.machine_type, recording.machine_id)
        corpora[machine].add(recording.corpus)
        if level := noise_level(recording.path):
            levels[machine].add(f"{level} dB")
    for what, places in (("corpora", corpora), ("noise levels", levels)):
        for (machine_type, machine_id), names in sorted(places.items()):
            if len(names) > 1:
                log(
                    f"{machine_type} {machine_id} is in several {what} "
                    f"({', '.join(sorted(names))}) and taken for one machine."
                )
