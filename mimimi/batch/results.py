"""Results on disk: a folder of Parquet parts that is added to, and gone on with after a kill.

A part is there whole or not at all, and says in its metadata what was asked, so that answers to two
questions never lie in one folder. `pandas.read_parquet(FOLDER)` reads them all as one table.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
_ASKED = b"mimimi"  # key of the metadata
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

    def add(self, rows: Sequence[Row]) -> None:
        """Append a part; nothing for no rows."""
        from pyarrow import parquet

        if rows:
            content = io.BytesIO()
            said = {_ASKED: json.dumps(self.asked, sort_keys=True)}
            parquet.write_table(as_table(rows).replace_schema_metadata(said), content)
            replace_file(self.folder / f"{uuid4().hex}.parquet", content.getvalue())

    def files(self) -> set[str]:
        """Those that have a row; see `plain`."""
        return {file for table in self._tables(["file"]) for file in table["file"].to_pylist()}

    def count(self) -> dict[str, int]:
        """How many rows there are, how many of them are anomalous, and how many are errors."""
        found = {"files": 0, "anomalous": 0, "errors": 0}
        for table in self._tables(["is_anomalous", "error"]):
            found["files"] += len(table)
            found["anomalous"] += sum(map(bool, table["is_anomalous"].to_pylist()))
            found["errors"] += len(table) - table["error"].null_count
        return found

    def check(self) -> None:
        """Look at what is there before anything is added.

        Raises:
            UserError: it answers another question, or is no table of ours.
        """
        from pyarrow import ArrowException, parquet

        for part in self._parts():
            try:
                metadata = parquet.read_metadata(part).metadata or {}
                asked = json.loads(metadata[_ASKED])
            except (ArrowException, KeyError, ValueError):
                raise UserError(
                    f"{part} was not written by MIMIMI; choose another folder for the results."
                ) from None
            if changed := sorted(key for key in self.asked if asked.get(key) != self.asked[key]):
                raise UserError(
                    f"{self.folder} holds results of another {', '.join(changed)}; ask as before "
                    "to go on, or choose another folder."
                )

    def _parts(self) -> list[Path]:
        return sorted(path for path in self.folder.glob("*.parquet") if path.name[0] != ".")

    def _tables(self, columns: list[str]) -> Iterator[Table]:
        from pyarrow import parquet

        return (parquet.read_table(part, columns=columns) for part in self._parts())


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
