"""The tables of the history, and how its database is opened.

Times are s since 1970, UTC.
"""

from __future__ import annotations

import hashlib
import math
import os
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Dialect,
    Engine,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    create_engine,
    event,
    false,
    inspect,
)
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from mimimi import files
from mimimi.errors import UserError
from mimimi.memory.states import STATES

DatabaseAway = OperationalError
"""What is raised while a database is full, locked, or cannot be reached."""

_SQLITE, _POSTGRESQL = "sqlite:///", "postgresql://"
_BUSY = 10.0  # s that one writer waits for another
_Id = BigInteger().with_variant(Integer, "sqlite")  # which counts up by itself only so


class _Given(TypeDecorator[str]):
    """Text from outside, such as the name of a file, in the way that every database takes it.

    Linux allows bytes in names that are no text, and names longer than a column.
    """

    impl, cache_ok = String, True

    def __init__(self, longest: int | None = None) -> None:
        super().__init__(longest)
        self._longest = longest

    def process_bind_param(self, value: str | None, _: Dialect) -> str | None:
        """As it is written and looked for; what is too long ends in a hash of all of it."""
        if value is None:
            return None
        text = value.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
        if self._longest is None or len(text) <= self._longest:
            return text
        return f"{text[: self._longest - 17]} {hashlib.sha256(text.encode()).hexdigest()[:16]}"


metadata = MetaData()

judgements = Table(
    "judgements",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("machine", String(80), nullable=False),
    Column("at", Float(53), nullable=False),
    Column("seconds", Float(53), nullable=False),
    Column("new", Float(53), nullable=False),
    Column("score", Float(53)),
    Column("threshold", Float(53)),
    Column("p_value", Float(53)),
    Column("is_unusual", Boolean, nullable=False),
    Column("level", Float(53)),
    Column("state", String(8)),
    Column("health", String(80), nullable=False),
    Column("unusual", Integer, nullable=False),
    Column("rule", String(12), nullable=False),
    Column("alarm", String(12), nullable=False),
    Column("error", _Given()),
    Index("judgements_of_machine", "machine", "at"),
    Index("judgements_in_order", "machine", "id"),
)
"""One segment of sound a row; the names are those of `Judgement`."""

summaries = Table(
    "summaries",
    metadata,
    Column("machine", String(80), primary_key=True),
    Column("at", Float(53), primary_key=True),
    Column("seconds", Integer, primary_key=True),  # 60 or 3600
    Column("segments", Integer, nullable=False),  # judged in it
    Column("unusual", Integer, nullable=False),  # of them
    Column("mean_score", Float(53)),
    Column("highest_score", Float(53)),
    Column("threshold", Float(53)),  # of the highest score
    Column("mean_level", Float(53)),  # dBFS
    Column("heard", Float(53), nullable=False),  # s of sound
    Column("running", Float(53), nullable=False),  # s of it in which the machine ran
    Column("alarm", Float(53), nullable=False),  # s of it in which the alarm was on
    Column("health", String(80), nullable=False),
    *(Column(state, Float(53), nullable=False, server_default="0") for state in STATES),
)
"""What is left of older rows: a minute or an hour a row."""

notices = Table(
    "notices",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("listener", String(80), nullable=False),
    Column("machine", String(80), nullable=False),
    Column("about", String(20), nullable=False),
    Column("is_on", Boolean, nullable=False),
    Column("at", Float(53), nullable=False),
    Column("since", Float(53), nullable=False),
    Column("text", Text, nullable=False),
    Column("details", Text, nullable=False),  # JSON
    Column("is_held", Boolean, nullable=False, server_default=false()),  # not told, while muted
    Index("notices_of_machine", "machine", "about", "id"),
    sqlite_autoincrement=True,
)
"""The outbox: written with the judgements that they come of, told from here in order."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("listener", String(80), primary_key=True),
    Column("sink", _Given(80), primary_key=True),
    Column("told", _Id, nullable=False),  # id of the last notice that arrived
)
"""How far each sink has been told."""

recordings = Table(
    "recordings",
    metadata,
    Column("machine", String(80), primary_key=True),
    Column("path", _Given(600), primary_key=True),  # an index takes no longer ones
    Column("size", BigInteger, primary_key=True),
    Column("changed", Float(53), primary_key=True),
)
"""The recordings of folders that have been judged."""


marks = Table(
    "marks",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("machine", String(80), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("made", Float(53), nullable=False),
    Column("at", Float(53), nullable=False),
    Column("until", Float(53), nullable=False),
    Column("text", Text, nullable=False),
    Index("marks_of_machine", "machine", "kind", "id"),
)
"""What people said; the names are those of `Mark`."""

machines = Table(
    "machines",
    metadata,
    Column("machine", String(80), primary_key=True),
    Column("detector", Text, nullable=False),
    Column("machine_id", String(80), nullable=False),
    Column("false_alarm_rate", Float(53)),
)
"""By what each was judged last; the names are those of `JudgedBy`."""


def default_address() -> str:
    """`MIMIMI_HISTORY`, such as `postgresql://...`; else SQLite under `MIMIMI_HOME`."""
    chosen = os.environ.get("MIMIMI_HISTORY", "").strip()
    return chosen or f"{_SQLITE}{folder() / 'history.sqlite'}"


def is_there(address: str) -> bool:
    """Whether there is a history to read; opening one makes it. A server is asked at once."""
    return not address.startswith(_SQLITE) or Path(address.removeprefix(_SQLITE)).exists()


def folder() -> Path:
    """Where history, clips and the listener's lock lie."""
    return files.home() / "history"


def opened(address: str | None) -> Engine:
    """A database, its tables made where they are missing.

    SQLite writes ahead (WAL), so that readers never wait, and syncs each commit to the disk
    (synchronous FULL): with NORMAL, SIGKILL would lose nothing either, but a power cut would lose
    the last commits, of which somebody may have been told.

    Args:
        address: of a database, `postgresql://...` or `sqlite:///...`; None: `default_address`.

    Raises:
        UserError: it cannot be opened.
    """
    address = address or default_address()
    if address.startswith(_SQLITE):
        try:
            Path(address.removeprefix(_SQLITE)).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"{error.filename}: {error.strerror}; set MIMIMI_HOME.") from None
    elif not address.startswith("postgresql"):  # or postgresql+psycopg, as an engine calls it
        raise UserError(f"The address of a history begins with {_POSTGRESQL} or {_SQLITE}.")
    try:
        engine = _engine(address)
        metadata.create_all(engine)
        _bring_up_to_date(engine)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        raise UserError(f"The history cannot be opened: {reason(error)}.") from None
    return engine


def _engine(address: str) -> Engine:
    if address.startswith(_SQLITE):
        engine = create_engine(address, connect_args={"timeout": _BUSY})
        event.listen(engine, "connect", _set_up_sqlite)
        return engine
    psycopg = address.replace(_POSTGRESQL, "postgresql+psycopg://", 1)
    # The encoding is said: of a cluster made without a locale it would be none, and text bytes.
    told = {"connect_timeout": 10, "client_encoding": "utf8"}
    return create_engine(psycopg, pool_pre_ping=True, connect_args=told)


def _bring_up_to_date(engine: Engine) -> None:
    """Of a database of an earlier version: columns and indexes came, none ever went."""
    with engine.begin() as connection:
        for index in judgements.indexes:
            index.create(connection, checkfirst=True)
        default = "false" if engine.dialect.name == "postgresql" else "0"
        _add(connection, "notices", "is_held", f"BOOLEAN NOT NULL DEFAULT {default}")
        for state in STATES:
            _add(connection, "summaries", state, "DOUBLE PRECISION NOT NULL DEFAULT 0")


def _add(connection: Connection, table: str, column: str, kind: str) -> None:
    """A column, where it is missing."""
    if column not in {known["name"] for known in inspect(connection).get_columns(table)}:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")


def reason(error: Exception) -> str:
    """What a database says is wrong, in one line."""
    cause = getattr(error, "orig", None) or error
    return " ".join(str(cause).split()).rstrip(".")


def _set_up_sqlite(connection: Any, _: Any) -> None:
    connection.create_function(
        "floor", 1, math.floor, deterministic=True
    )  # not built in everywhere
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()
