"""Opens the database and hands out sessions: a URL in, a ``Database`` at this code's schema out.

SQLite (the default) and PostgreSQL are used alike. A write is one transaction: all of it or nothing is kept. On SQLite
it begins IMMEDIATE, so that several processes take turns instead of failing half-way; readers never wait (WAL).
Every failure of the database itself becomes one ``DatabaseError`` that says what happened, where, and what to do.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.orm import Session, sessionmaker

from storage import settings, tables
from storage.exceptions import DatabaseError, DatabaseTooNew
from storage.migrations import HEAD

BUSY_S: Final = 60.0  # how long a writer waits for its turn; a batch takes well under a second
_WRITES: Final = "gongkai_writes"
_AT_ONCE: Final = "gongkai_at_once"
_Key = TypeVar("_Key", str, int)
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def utcnow() -> dt.datetime:
    """Now, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def dumps(value: object) -> str:
    """``value`` as compact JSON, Chinese left readable."""
    return _encode(value)


def storable(value: Any) -> Any:
    """``value`` (text, or a JSON structure) without NUL signs and lone surrogates, which no database holds."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {storable(name): storable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [storable(one) for one in value]
    return value


class Database:
    """An open database; safe to share between threads, not across a fork.

    ``name`` is how it is called in messages (a path, or a URL without its password); ``dialect`` is "sqlite" or
    "postgresql".
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.dialect = engine.dialect.name
        self.name = _shown(engine.url)
        # threads of one process queue here: SQLite's own waiting sleeps ever longer, and is for other processes
        self._turn = threading.RLock() if self.dialect == "sqlite" else contextlib.nullcontext()
        self._writer = sessionmaker(engine.execution_options(**{_WRITES: True}), expire_on_commit=False)
        self._hasty = sessionmaker(engine.execution_options(**{_WRITES: True, _AT_ONCE: True}), expire_on_commit=False)
        self._reader = sessionmaker(engine, expire_on_commit=False)

    @contextlib.contextmanager
    def begin(self) -> Iterator[Session]:
        """One write transaction: committed when the block ends, undone whole when it raises.

        :raises DatabaseError: the database is unreachable, locked, full or damaged; nothing of the block was kept.
        """
        with _explained(self.name), self._turn, self._writer.begin() as session:
            session.connection()  # the transaction begins here, not at the first statement
            yield session

    @contextlib.contextmanager
    def begin_at_once(self) -> Iterator[Session]:
        """Like :meth:`begin`, but does not wait on SQLite where somebody else is writing.

        On PostgreSQL writers do not exclude each other: there it is for the statements to ask not to wait.

        :raises DatabaseError: as there, and when it is not this caller's turn.
        """
        turn: Any = self._turn
        if self.dialect == "sqlite" and not turn.acquire(blocking=False):
            raise DatabaseError(f"{self.name}: another thread is writing")
        try:
            with _explained(self.name), self._hasty.begin() as session:
                session.connection()
                yield session
        finally:
            if self.dialect == "sqlite":
                turn.release()

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """One read transaction; what it sees does not change under it on SQLite.

        :raises DatabaseError: the database is unreachable or damaged.
        """
        with _explained(self.name), self._reader() as session:
            yield session

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Session]:
        """Like :meth:`read`, and what it sees does not change under it on PostgreSQL either, however long it takes.

        :raises DatabaseError: the database is unreachable or damaged.
        """
        with self.read() as session:
            if self.dialect == "postgresql":
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session

    def close(self) -> None:
        """Gives every connection back."""
        self.engine.dispose()


def open_database(url: str | None = None) -> Database:
    """The database at ``url`` (default: the settings'), made if it is not there and migrated up to this code's schema.

    :raises DatabaseTooNew: it was migrated by a newer version of this code.
    :raises DatabaseError: it cannot be made, reached or read.
    """
    database = connect_only(url)
    try:
        migrate(database)
    except BaseException:
        database.close()
        raise
    return database


def connect_only(url: str | None = None) -> Database:
    """The database as it is, its schema neither checked nor migrated.

    :raises DatabaseError: the URL cannot be used, or the folder of the file cannot be made.
    """
    target = _url(url or settings.load().database_url)
    if target.get_backend_name() == "sqlite":
        _make_folder(target)
    return Database(_engine(target))


def migrate(database: Database) -> None:
    """Brings the schema up to ``HEAD``; processes that open the same new database at once take turns.

    :raises DatabaseTooNew: the database is at a revision this code does not know.
    :raises DatabaseError: it holds tables that are not ours, or cannot be written.
    """
    with database.read() as session:
        if _version(session.connection()) == HEAD:
            return
    with database.begin() as session:
        take_lock(session, "migrations")
        connection = session.connection()
        version = _version(connection)
        if version == HEAD:
            return
        from storage.migrations import runner  # Alembic takes a tenth of a second to import, and is needed once

        if version is not None and version not in runner.known_revisions():
            raise DatabaseTooNew(
                f"{database.name} is at schema revision {version}, newer than the {HEAD} this program knows: "
                "use the version of gongkai that wrote it, or another database"
            )
        if version is None:
            foreign = set(sa.inspect(connection).get_table_names()) & set(tables.metadata.tables)
            if foreign:
                raise DatabaseError(
                    f"{database.name} already holds a table named {min(foreign)} that gongkai did not make: "
                    "give gongkai a database of its own (GONGKAI_DATABASE_URL)"
                )
        runner.upgrade(connection)


def insert_into(session: Session, table: sa.Table) -> Any:
    """An INSERT of the session's own dialect, so that ``on_conflict_do_update`` and ``excluded`` are there."""
    dialect = session.get_bind().dialect.name
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def insert_many(
    session: Session, table: sa.Table, rows: Sequence[Mapping[str, Any]], *, replacing: str | None = None
) -> None:
    """Inserts rows that each name every column of the table, by the driver's own ``executemany``.

    SQLAlchemy's works out anew for each row which parameter goes where, a third of the time of storing a batch.

    :param replacing: a unique column; a row that is there already under its value is overwritten.
    """
    if not rows:
        return
    connection = session.connection()
    dialect = connection.dialect
    names, values = [], []
    for column in table.c:
        process = column.type.dialect_impl(dialect).bind_processor(dialect)
        given = [row[column.name] for row in rows]
        names.append(dialect.identifier_preparer.quote(column.name))
        values.append(given if process is None else [process(value) for value in given])
    marks = ", ".join("?" if dialect.name == "sqlite" else "%s" for _ in names)
    statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 our own names
    if replacing is not None:
        key = dialect.identifier_preparer.quote(replacing)
        changed = ", ".join(f"{name} = excluded.{name}" for name in names if name != key)
        statement += f" ON CONFLICT ({key}) DO UPDATE SET {changed}"
    connection.exec_driver_sql(statement, list(zip(*values, strict=True)))


def among(session: Session, column: sa.ColumnElement[_Key], values: Sequence[_Key]) -> sa.ColumnElement[bool]:
    """Whether ``column`` is one of ``values``, however many.

    On SQLite they are one parameter, so that the statement is the same each time: with a parameter for each of them,
    writing the statement and having it read takes longer than looking the values up.
    """
    if session.get_bind().dialect.name != "sqlite":
        return column.in_(values)
    return column.in_(sa.select(sa.func.json_each(dumps(list(values))).table_valued("value").c.value))


def among_pairs(
    session: Session, columns: tuple[sa.ColumnElement[str], sa.ColumnElement[str]], values: Sequence[tuple[str, str]]
) -> sa.ColumnElement[bool]:
    """Whether two columns together are one of ``values``, however many.

    SQLite looks each of them up by an index where they come out of one parameter, but not where they are a list in the
    statement: there it reads the whole table. An ORDER BY leads it away from the index again.
    """
    if session.get_bind().dialect.name != "sqlite":
        return sa.tuple_(*columns).in_(values)
    one = sa.func.json_each(dumps([list(pair) for pair in values])).table_valued("value").c.value
    return sa.tuple_(*columns).in_(sa.select(sa.func.json_extract(one, "$[0]"), sa.func.json_extract(one, "$[1]")))


def take_lock(session: Session, name: str) -> None:
    """Waits until no other transaction holds ``name``, and holds it to the end of this one.

    Nothing to do on SQLite, where a write transaction is alone anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"gongkai {name}", 0))))


def rows_affected(result: sa.Result[Any]) -> int:
    """How many rows an UPDATE or DELETE wrote."""
    count = getattr(result, "rowcount", 0)
    return max(int(count), 0)


# ------------------------------------------------------------------ opening


def _url(text: str) -> URL:
    try:
        url = make_url(text)
    except sa.exc.ArgumentError as error:
        raise DatabaseError(
            f"{text!r} is not a database URL: expected sqlite:////path/to/file.db or "
            "postgresql://user:password@host/database (GONGKAI_DATABASE_URL)"
        ) from error
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseError(f"{_shown(url)}: only sqlite and postgresql are supported (GONGKAI_DATABASE_URL)")
    return url


def _shown(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return f"database {url.database or ':memory:'}"
    return f"database {url.render_as_string(hide_password=True)}"


def _make_folder(url: URL) -> None:
    if not url.database or url.database == ":memory:":
        return
    folder = Path(url.database).absolute().parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseError(
            f"the folder {folder} for the database cannot be made ({error.strerror}): "
            "make it writable, or set GONGKAI_HOME to a folder that is"
        ) from error


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        return sa.create_engine(
            url,
            json_serializer=dumps,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 10, "options": "-c TimeZone=UTC"},
        )
    engine = sa.create_engine(url, json_serializer=dumps, connect_args={"timeout": BUSY_S})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver would begin late and deferred; _begin_sqlite begins
    execute = connection.execute
    execute("PRAGMA page_size = 8192")  # of a new file: an item with its text fits on a page
    if execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        _retried(lambda: execute("PRAGMA journal_mode = WAL"))
    execute("PRAGMA foreign_keys = ON")
    execute("PRAGMA synchronous = NORMAL")  # with WAL a power cut may lose the last commits, never the file
    execute("PRAGMA cache_size = -32768")  # KiB
    execute("PRAGMA wal_autocheckpoint = 4000")  # pages, 32 MB: a batch of 500 items is about 500


def _retried(action: Callable[[], object]) -> None:
    """SQLite does not wait its busy timeout for the switch to WAL, which two first openers may both try."""
    for _ in range(50):
        try:
            action()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            time.sleep(0.1)
        else:
            return
    action()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get(_AT_ONCE):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(_WRITES) else "BEGIN")
        return
    connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(BUSY_S * 1000)}")


def _version(connection: Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


# ------------------------------------------------------------------ what went wrong, in words

_ADVICE: Final = (  # what the drivers say, a "|" between signs, and what the operator is told; the first that fits
    ("disk is full|no space left|could not extend file|disk full", "the disk is full: make room and run again"),
    (
        "database is locked|table is locked",
        "another process has been writing for over a minute: wait for it to end and run again",
    ),
    (
        "not a database|malformed|disk image",
        "the file is damaged or is not a gongkai database: put a backup in its place, or name another file",
    ),
    ("readonly|read-only", "it is read-only: give this user the right to write the file and its folder"),
    ("unable to open", "the file cannot be opened: check that its folder exists and may be written by this user"),
    ("disk i/o error", "the disk does not read or write: check it and run again"),
    ("does not exist", "the server answers but has no such database, role or table: create it, or correct the URL"),
    ("password", "the server refuses the user or the password: correct the URL"),
    (
        "refused|could not translate|connection failed|timeout|closed the connection|no such file|terminating"
        "|resolve host|name or service|server closed|not known",
        "the server does not answer: start it, or correct the URL",
    ),
)


@contextlib.contextmanager
def _explained(name: str) -> Iterator[None]:
    try:
        yield
    except sa.exc.DBAPIError as error:
        if not _is_outside(error):
            raise
        said = " ".join(str(error.orig).split())
        lowered = said.lower()
        for signs, advice in _ADVICE:
            if any(sign in lowered for sign in signs.split("|")):
                raise DatabaseError(f"{name}: {advice} ({said}); nothing of this step was kept") from error
        raise DatabaseError(f"{name}: the database failed ({said}); nothing of this step was kept") from error
    except sa.exc.TimeoutError as error:
        raise DatabaseError(f"{name}: every connection is in use: fewer workers at once, then run again") from error


def _is_outside(error: sa.exc.DBAPIError) -> bool:
    """Whether the world failed; a broken constraint or statement is a fault in our code and stays what it is."""
    outside = (sa.exc.OperationalError, sa.exc.InternalError, sa.exc.InterfaceError)
    return isinstance(error, outside) or type(error) is sa.exc.DatabaseError
