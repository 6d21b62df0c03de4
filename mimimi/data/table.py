"""A table `index.csv` that says of the recordings in its folder what they are."""

from __future__ import annotations

import csv
import os
import re
import unicodedata
from collections.abc import Iterator
from itertools import chain
from pathlib import Path, PurePath

from mimimi.data.layouts import LABELS, noise_level
from mimimi.data.recording import Recording
from mimimi.errors import CorpusError, UserError
from mimimi.names import checked

COLUMNS = ("path", "machine_type", "machine_id", "label", "split")
_SEPARATORS = ",;\t"
_SAYS_SEPARATOR = re.compile(r'"?sep=.?"?', re.IGNORECASE)  # the first line of some spreadsheets


def read_table(table: Path, corpus: str, machine_type: str | None = None) -> list[Recording]:
    """The recordings that a table names.

    Fields are set apart by commas, semicolons or tabs; blanks around them, capitals of columns,
    labels, splits and files, and the slashes of another system are forgiven.

    Args:
        table: UTF-8, with `COLUMNS`; corpus, fault, domain, attributes and helper are read
            where they are.
        corpus: of recordings of which the table does not say it.
        machine_type: only recordings of this type must be there.

    Raises:
        CorpusError: it cannot be followed, or says two things of one recording.
    """
    try:
        files = _Files(table.parent)
        rows = [
            (line, _recording(row, f"{table}, line {line}", files, corpus, machine_type))
            for line, row in _rows(table)
        ]
    except (UnicodeDecodeError, csv.Error) as error:
        raise CorpusError(
            f"{table} is not a table of UTF-8 text; save it as “CSV UTF-8” (.csv)."
        ) from error
    _refuse_contradictions(table, rows)
    return [recording for _, recording in rows]


class _Files:
    """The files of a table's folder, by names as another system writes them.

    Windows separates folders otherwise and does not tell capitals apart, a Mac composes umlauts
    otherwise.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._names: dict[Path, dict[str, str]] = {}  # by folder: names as they are, by their key

    def meant(self, written: str) -> Path:
        """The file of that name; where there is none, as it is written."""
        plain = written.replace("\\", "/")
        for way in (written, plain):
            if os.path.isfile(self.folder / way):
                return self.folder / way
        found = self.folder
        for part in PurePath(plain).parts:
            name = self._inside(found).get(_key(part))
            if name is None:
                return self.folder / plain
            found /= name
        return found

    def _inside(self, folder: Path) -> dict[str, str]:
        if folder not in self._names:
            names = sorted(os.listdir(folder)) if folder.is_dir() else []
            self._names[folder] = {_key(name): name for name in names}
        return self._names[folder]


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _rows(table: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Number of the line, and its fields by the names of the columns; empty lines are skipped."""
    with table.open(encoding="utf-8-sig", newline="") as lines:
        before, header = 0, lines.readline()
        while header and (not header.strip() or _SAYS_SEPARATOR.fullmatch(header.strip())):
            before, header = before + 1, lines.readline()
        separator = max(_SEPARATORS, key=lambda sign: len(set(COLUMNS) & set(_names(header, sign))))
        reader = csv.reader(chain([header], lines), delimiter=separator)
        columns = [name.strip().lower() for name in next(reader, [])]
        if missing := [name for name in COLUMNS if name not in columns]:
            line = before + 1 if header else 1
            raise CorpusError(f"{table}, line {line}: missing column {', '.join(missing)}.")
        for fields in reader:
            told = [field.strip() for field in fields]
            if any(told):
                told += [""] * (len(columns) - len(told))
                yield before + reader.line_num, dict(zip(columns, told, strict=False))


def _names(header: str, separator: str) -> list[str]:
    return [name.strip(' "\r\n').lower() for name in header.split(separator)]


def _recording(
    row: dict[str, str], where: str, files: _Files, corpus: str, machine_type: str | None
) -> Recording:
    if empty := [name for name in COLUMNS if not row[name]]:
        raise CorpusError(f"{where}: nothing stands under {', '.join(empty)}.")
    label = LABELS.get(row["label"].lower())
    if label is None:
        raise CorpusError(f"{where}: the label must be normal or anomaly, not {row['label']!r}.")
    try:
        kind, machine = checked(row["machine_type"], "a machine type"), checked(row["machine_id"])
    except UserError as error:
        raise CorpusError(f"{where}: {error}") from None
    folder, path = files.folder, files.meant(row["path"])
    if not Path(os.path.abspath(path)).is_relative_to(os.path.abspath(folder)):
        raise CorpusError(
            f"{where}: {row['path']} lies outside the folder {os.path.abspath(folder)}."
        )
    # A part of a corpus may be at hand: only what is asked for must be there.
    if machine_type in (None, kind) and not os.path.isfile(path):
        raise CorpusError(f"{where}: the file {row['path']} does not exist.")
    return Recording(
        path=path,
        machine_type=kind,
        machine_id=machine,
        label=label,
        split=row["split"].lower(),
        corpus=row.get("corpus")
        or ("simulated" if row.get("simulator_version") else None)
        or ("MIMII" if noise_level(path) else corpus),
        fault=row.get("fault", ""),
        domain=row.get("domain", ""),
        attributes=row.get("attributes", ""),
        helper=bool(row.get("helper")),
    )


def _refuse_contradictions(table: Path, rows: list[tuple[int, Recording]]) -> None:
    first: dict[str, tuple[int, Recording]] = {}
    for line, recording in rows:
        place = os.path.realpath(recording.path)
        before, known = first.setdefault(place, (line, recording))
        if _facts(recording) != _facts(known):
            raise CorpusError(
                f"{table}, lines {before} and {line}: {recording.path.name} is "
                f"{_facts(known)} in one and {_facts(recording)} in the other; leave one of them."
            )


def _facts(recording: Recording) -> str:
    said = (recording.machine, recording.label, recording.split, recording.fault)
    return ", ".join(filter(None, (*said, recording.domain, recording.attributes)))
