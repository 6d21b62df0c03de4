"""What the names of folders and files say of a recording, in the layouts that are known.

Three laws, tried in this order:

* DCASE since 2021: `fan/train/section_00_source_train_normal_0000_strength_1_ambient.wav`;
* DCASE 2020: `fan/train/normal_id_00_00000000.wav`;
* folders: machine type, machine id, and below them a label or a day; a split may stand anywhere.
  MIMII is laid out so: `fan/id_00/normal/0.wav`; so are `pump/north/2024-05-01/anomaly/1.wav`,
  `pump/test/north/normal/1.wav` and `pump/north/2024-05-01/1.wav`, which without a label is taken
  as normal.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import cast

from mimimi.data.recording import UNDECIDED, Label
from mimimi.errors import CorpusError, UserError
from mimimi.names import checked

LABELS: dict[str, Label] = {
    "normal": "normal",
    **dict.fromkeys(("abnormal", "anomaly", "anomalies", "anomalous"), "anomaly"),
}
_SPLITS = {"train", "test"}
_DAY = re.compile(r"\d{4}[-_. ]?\d\d[-_. ]?\d\d([-_. T]\d\d.*)?|\d\d[-_.]\d\d[-_.]\d{4}")
_FILES = (
    re.compile(
        r"(?P<id>section_\d+)_(?P<domain>source|target)_(?P<split>train|test)"
        r"_(?P<label>normal|anomaly)_\d+(?:_(?P<attributes>.*))?\.\w+"
    ),
    re.compile(r"(?P<label>normal|anomaly)_(?P<id>id_[^_]+)_.+"),
)
_NOISE_LEVEL = re.compile(r"/(-?\d+)_dB_[^/]+/")  # only MIMII is laid out by it


@dataclass(frozen=True)
class Described:
    """What a recording's path says.

    `folder` is that of its machine, in which splits are made where none are named.
    """

    machine_type: str
    machine_id: str
    label: Label
    folder: str
    split: str = UNDECIDED
    labelled: bool = True  # else only the day stands there
    domain: str = ""
    attributes: str = ""


def describe(path: PurePath, root: PurePath) -> Described | None:
    """What the path of a recording says; None where it fits no layout.

    Args:
        path: absolute, of the file.
        root: the folder that was given, in which or as which label and day must stand.

    Raises:
        CorpusError: a folder or file is named so that no machine can be.

    Example:
        >>> describe(PurePath("/d/fan/id_00/abnormal/1.wav"), PurePath("/d")).label
        'anomaly'
        >>> describe(PurePath("/d/fan/north/2024-05-01/1.wav"), PurePath("/d")).machine_id
        'north'
    """
    found = _by_file(path) or _by_folders(path, root)
    if found is None:
        return None
    try:
        names = {
            "machine_type": checked(found.machine_type, "a machine type"),
            "machine_id": checked(found.machine_id),
        }
    except UserError as error:
        raise CorpusError(f"{path}: {error}") from None
    return Described(**{**vars(found), **names})


def machine_within(path: PurePath) -> tuple[str, str]:
    """The machine that a path within an archive means, and the folder outside that one.

    Args:
        path: relative, of the file.

    Returns:
        The innermost folder that is no label, split or day, or the id in a file's name; and the
        next folder outside; each "" where there is none.

    Example:
        >>> machine_within(PurePath("fan/id_00/normal/0.wav"))
        ('id_00', 'fan')
        >>> machine_within(PurePath("north/2024-05-01/0.wav")), machine_within(PurePath("0.wav"))
        (('north', ''), ('', ''))
    """
    if found := _by_file(PurePath("/", path)):
        return found.machine_id, found.machine_type
    names = [part for part in path.parts[:-1] if not _is_beside(part)]
    machine, outside = [*reversed(names), "", ""][:2]
    return machine, outside


def noise_level(path: str | os.PathLike[str]) -> str | None:
    """The level in dB of a folder of MIMII's, "-6"; None elsewhere."""
    level = _NOISE_LEVEL.search(PurePath(os.path.abspath(path)).as_posix())
    return level[1] if level else None


def _by_file(path: PurePath) -> Described | None:
    split, kind = path.parent.name, path.parent.parent.name
    for law in _FILES:
        if kind and (said := law.fullmatch(path.name)):
            told = said.groupdict()
            if "split" not in told and split not in _SPLITS:
                continue
            return Described(
                machine_type=kind,
                machine_id=told["id"],
                label=cast(Label, told["label"]),
                folder=str(path.parent),
                split=told.get("split", split),
                domain=told.get("domain", ""),
                attributes=told.get("attributes") or "",
            )
    return None


def _by_folders(path: PurePath, root: PurePath) -> Described | None:
    """The machine is the innermost folder above label and day, its type the next."""
    parts = path.parts[:-1]
    within = len(root.parts) - 1 if path.is_relative_to(root) else len(parts)
    labels = [k for k, part in enumerate(parts) if k >= within and part.lower() in LABELS]
    days = [k for k, part in enumerate(parts) if k >= within and _DAY.fullmatch(part)]
    if labels:
        below = labels[-1]  # a folder for each kind of fault may follow
    elif days and all(map(_is_beside, parts[days[0] :])):
        below = days[0]
    else:
        return None
    names = [k for k in range(1, below) if not _is_beside(parts[k])][-2:]
    if len(names) < 2:
        return None
    kind, machine = names
    splits = [part.lower() for part in parts[kind:] if part.lower() in _SPLITS]
    return Described(
        machine_type=parts[kind],
        machine_id=parts[machine],
        label=LABELS[parts[below].lower()] if labels else "normal",
        folder=str(PurePath(*parts[: machine + 1])),
        split=splits[-1] if splits else UNDECIDED,
        labelled=bool(labels),
    )


def _is_beside(part: str) -> bool:
    """Whether a folder's name is that of a label, a split or a day, and so no machine's."""
    return part.lower() in LABELS or part.lower() in _SPLITS or bool(_DAY.fullmatch(part))
