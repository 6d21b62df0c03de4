"""Results on disk: a folder of Parquet parts that is added to, and gone on with after a kill.

A part is there whole or not at all, and says in its metadata what was asked, so that answers to two
questions never lie in one folder. `pandas.read_parquet(FOLDER)` reads them all as one table.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from filelock import FileLock, Timeout

from mimimi.detector.verdict import COLUMNS
from mimimi.errors import UserError
from mimimi.files import replace_file

if TYPE_CHECKING:
    from pyarrow import Schema, Table

Row = Mapping[str, Any]  # by COLUMNS
_ASKED, _STATES, _SEAL = b"mimimi", b"mimimi.states", b"mimimi.seal"  # keys of the metadata
_PARQUET = b"PAR1"  # what such files begin and end with
_FLOATS = {"score", "threshold", "false_alarm_rate", "p_value", "seconds"}
_FLAGS = {"machine_id_given", "is_anomalous", "recognised"}
_COUNTS = {"calibration_clips"}


class Results:
    """The rows of one question; see `opened`.

    Args:
        folder: of the parts.
        asked: all that a row depends on beside its file, as JSON types.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> from mimimi.detector.verdict import Verdict, as_row
        >>> with TemporaryDirectory() as place, opened(Path(place), {}) as results:
        ...     results.add([as_row(Verdict("a.wav", "fan", error="a.wav is empty."))])
        ...     sorted(results.files())
        ['a.wav']
    """

    def __init__(self, folder: Path, asked: Mapping[str, Any]) -> None:
        self.folder, self.asked = folder, dict(asked)

    def add(self, rows: Sequence[Row], states: Mapping[str, str] | None = None) -> None:
        """Append a part; nothing for no rows.

        Args:
            rows: by `COLUMNS`.
            states: of files as they were judged, see `state`.
        """
        if rows:
            names = [plain(row["file"]) for row in rows]
            kept = {name: (states or {}).get(name, "") for name in names}
            said = {_ASKED: json.dumps(self.asked, sort_keys=True), _STATES: json.dumps(kept)}
            self._write(f"{uuid4().hex}.parquet", as_table(rows).replace_schema_metadata(said))

    def drop(self, files: Collection[str]) -> None:
        """Take away the rows of files; see `plain`."""
        for part in self._parts() if files else []:
            table = _table(part)
            stays = [file not in files for file in table["file"].to_pylist()]
            if not all(stays):
                self._write(part.name, table.filter(stays))

    def files(self) -> set[str]:
        """Those that have a row; see `plain`."""
        return set(self.states())

    def states(self) -> dict[str, str]:
        """Those that have a row, with their state when they were judged; "" where unknown."""
        found: dict[str, str] = {}
        for table in self._tables(["file"]):
            kept = json.loads((table.schema.metadata or {}).get(_STATES, "{}"))
            found |= {file: kept.get(file, "") for file in table["file"].to_pylist()}
        return found

    def count(self) -> dict[str, int]:
        """How many rows there are, how many of them are anomalous, and how many are errors."""
        found = {"files": 0, "anomalous": 0, "errors": 0}
        for table in self._tables(["is_anomalous", "error"]):
            found["files"] += len(table)
            found["anomalous"] += sum(map(bool, table["is_anomalous"].to_pylist()))
            found["errors"] += len(table) - table["error"].null_count
        return found

    def check(self) -> None:
        """Look at what is there before anything is added; earlier versions had fewer columns.

        Raises:
            UserError: it answers another question, is damaged, or is no table of ours.
        """
        for part in self._parts():
            table = _whole(part)
            asked = json.loads(table.schema.metadata[_ASKED])
            if changed := sorted(key for key in self.asked if asked.get(key) != self.asked[key]):
                raise UserError(
                    f"{self.folder} holds results of another {', '.join(changed)}; ask as before "
                    "to go on, or choose another folder."
                )
            if table.column_names != list(COLUMNS):
                rows = [dict.fromkeys(COLUMNS) | row for row in table.to_pylist()]
                whole = as_table(rows).replace_schema_metadata(table.schema.metadata)
                self._write(part.name, whole)

    def _write(self, name: str, table: Table) -> None:
        from pyarrow import parquet

        table = table.replace_schema_metadata(table.schema.metadata | {_SEAL: _seal(table)})
        content = io.BytesIO()
        parquet.write_table(table, content)
        replace_file(self.folder / name, content.getvalue())

    def _parts(self) -> list[Path]:
        return sorted(path for path in self.folder.glob("*.parquet") if path.name[0] != ".")

    def _tables(self, columns: list[str]) -> Iterator[Table]:
        return (_table(part, columns) for part in self._parts())


def _whole(part: Path) -> Table:
    """What a part holds, every byte of it as it was written.

    Raises:
        UserError: it is not, or it is no part of ours.
    """
    from pyarrow import ArrowException

    damaged = UserError(f"{part} is damaged; delete it, and what was in it is judged again.")
    try:
        table = _table(part)
    except (ArrowException, OSError):
        content = part.read_bytes()
        if _PARQUET in (content[:4], content[-4:]):
            raise damaged from None
        table = None
    metadata = (table.schema.metadata or {}) if table is not None else {}
    if not metadata.keys() & {_ASKED, _STATES, _SEAL}:
        raise UserError(f"{part} was not written by MIMIMI; choose another folder for the results.")
    # Parts of earlier versions have no seal.
    if _ASKED not in metadata or metadata.get(_SEAL) not in (None, _seal(table)):
        raise damaged
    return table


def _table(part: Path, columns: list[str] | None = None) -> Table:
    from pyarrow import parquet

    return parquet.read_table(part, columns=columns)


def _seal(table: Table) -> bytes:
    """By what to know that a disk has changed a byte of a part."""
    said = {str(key): str(value) for key, value in (table.schema.metadata or {}).items()}
    said.pop(str(_SEAL), None)
    rows = json.dumps([said, table.to_pylist()], sort_keys=True, default=str)
    return hashlib.sha256(rows.encode()).hexdigest().encode()


@contextmanager
def opened(folder: Path, asked: Mapping[str, Any]) -> Iterator[Results]:
    """Results that nobody else adds to.

    Args:
        folder: made where it is missing.
        asked: all that a row depends on beside its file, as JSON types.

    Raises:
        UserError: they answer another question, or another process adds to them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    results = Results(folder, asked)
    try:
        lock = FileLock(folder / ".lock", timeout=0).acquire()
    except Timeout:
        raise UserError(f"Another process is writing to {folder}; wait for it to end.") from None
    with lock:
        for cut in folder.glob(".*.parquet.*"):  # what a kill left of a part
            cut.unlink()
        results.check()
        yield results


def as_table(rows: Iterable[Row]) -> Table:
    """Rows as an Arrow table with the types of the columns, whatever they hold."""
    from pyarrow import Table

    strings = [{key: _text(value) for key, value in row.items()} for row in rows]
    return Table.from_pylist(strings, schema=_schema())


def state(file: str) -> str:
    """By what to know that a file has changed since: its size and time; of a missing one "gone"."""
    try:
        found = os.stat(file)
        return f"{found.st_size} {found.st_mtime_ns}"
    except (OSError, ValueError):
        return "gone"


def plain(name: str) -> str:
    r"""A file's name as a table can hold it: what is not UTF-8 in it as an escape.

    Example:
        >>> plain("fan \udcff.wav")
        'fan \\xff.wav'
    """
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _text(value: Any) -> Any:
    return plain(value) if isinstance(value, str) else value


def _schema() -> Schema:
    import pyarrow as pa

    types = {
        **dict.fromkeys(_FLOATS, pa.float64()),
        **dict.fromkeys(_FLAGS, pa.bool_()),
        **dict.fromkeys(_COUNTS, pa.int64()),
    }
    return pa.schema([(column, types.get(column, pa.string())) for column in COLUMNS])
