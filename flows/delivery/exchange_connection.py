"""The connection to an exchange database: how it is opened, and what goes wrong there in words for an operator."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url

from flows.delivery.exchange_tables import Unfit
from storage.exceptions import DeliveryFailed

WRITES: Final = "gongkai_writes"


def url_of(name: str, text: str) -> URL:
    """The URL that the secret of the receiver ``name`` holds.

    :raises DeliveryFailed: it is none, or of a database that cannot be written.
    """
    try:
        url = make_url(text)
    except (sa.exc.ArgumentError, ValueError) as problem:
        raise DeliveryFailed(
            f"{name}: the secret is not the URL of a database: expected postgresql://user:password@host/database "
            "or sqlite:////path/to/file.db"
        ) from problem
    drivers = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "sqlite": "sqlite"}
    url = url.set(drivername=drivers.get(url.get_backend_name(), url.drivername))
    if url.get_backend_name() not in ("postgresql", "sqlite"):
        raise DeliveryFailed(f"{name}: {url.get_backend_name()} is not supported: only PostgreSQL and SQLite are")
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise DeliveryFailed(f"{name}: an exchange database in memory is read by nobody: name a file")
    return url


def engine_of(url: URL, timeout_s: float) -> Engine:
    """Connections to the database; a transaction begins as a writing one where the option ``WRITES`` says so.

    :param timeout_s: for a lock of the other side; a statement may take twice as long.
    """
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(url, connect_args={"timeout": timeout_s})
        sa.event.listen(engine, "connect", _let_us_begin)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine
    ms = int(timeout_s * 1000)
    options = (
        # what was answered for must outlive the server, whatever its own default is
        "-c TimeZone=UTC -c synchronous_commit=on "
        f"-c lock_timeout={ms} -c statement_timeout={2 * ms} "
        # should this machine die in a transaction, its locks are given back
        f"-c idle_in_transaction_session_timeout={10 * ms}"
    )
    told = url.query.get("options", "")
    return sa.create_engine(
        url,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": max(2, min(10, int(timeout_s))),
            "application_name": "gongkai",
            "client_encoding": "UTF8",
            "options": f"{told if isinstance(told, str) else ' '.join(told)} {options}".strip(),
            "tcp_user_timeout": ms,
            "keepalives_idle": 30,
            "prepare_threshold": None,  # a pooler between the two may give each transaction another session
        },
    )


def _let_us_begin(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver would begin late and deferred


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


# ------------------------------------------------------------------ what went wrong, in words

_BY_STATE: Final = (  # SQLSTATE or the beginning of it, and what the operator is told; the first that fits
    ("28", "the server refuses the user or the password: correct the secret"),
    ("3D000", "the server has no such database: create it, or correct the secret"),
    ("3F000", "there is no such schema: create it (gongkai deliver ddl prints how)"),
    ("42501", "this user may not do that: have their DBA run what gongkai deliver ddl prints"),
    ("42", "its tables are not as they were made: put them back as gongkai deliver ddl prints them"),
    ("25006", "it is read-only: it may be a standby, or be closed for maintenance"),
    ("25P03", "the transaction waited too long and was ended"),
    ("53100", "its disk is full: their DBA must make room"),
    ("53300", "it takes no more connections: their DBA must raise the limit, or others must end"),
    ("55P03", "somebody else holds a lock on the tables: have it given back"),
    ("57014", "a statement took too long and was stopped, or somebody stopped it"),
    ("57P", "the server is stopping or starting, or ended the connection"),
    ("40", "another transaction was in the way"),
    ("08", "the connection broke"),
)
_BY_WORDS: Final = (  # where there is no SQLSTATE: what the driver says, a "|" between signs
    ("disk is full|no space left|disk full", "its disk is full: make room"),
    ("is locked", "somebody else has been writing for too long: have that end"),
    ("not a database|malformed", "the file is damaged or is no database: put a backup in its place"),
    ("readonly|read-only", "it is read-only: give this user the right to write the file and its folder"),
    ("unable to open", "the file cannot be opened: its folder must exist and may be written by this user"),
    ("disk i/o", "the disk does not read or write"),
    ("no such table|no such column|has no column", "its tables are not as they were made: put them back"),
    ("password|role", "the server refuses the user or the password: correct the secret"),
    ('database "', "the server has no such database: create it, or correct the secret"),
)


def words(problem: sa.exc.DBAPIError) -> str:
    """What went wrong and what to do, with what the driver said."""
    said = " ".join(str(problem.orig).split())
    state = getattr(problem.orig, "sqlstate", None)
    advice = next((words for sign, words in _BY_STATE if state and state.startswith(sign)), None)
    if advice is None and not state:
        lowered = said.lower()
        fits = (words for signs, words in _BY_WORDS if any(sign in lowered for sign in signs.split("|")))
        server = "the server does not answer, or the connection broke: start it, or correct the secret"
        advice = next(fits, server if hasattr(problem.orig, "sqlstate") else "it failed")
    return f"{advice or 'it failed'} ({said}); nothing is lost, the same is sent again"


def refusal(problem: Exception) -> str | None:
    """Why the tables will not hold this one change; None where the problem is not the change's."""
    if isinstance(problem, Unfit):
        return str(problem)
    if not isinstance(problem, sa.exc.DBAPIError):
        return None
    state = getattr(problem.orig, "sqlstate", None)
    raised_there = state == "P0001"  # RAISE EXCEPTION of a trigger of theirs
    if isinstance(problem, sa.exc.DataError | sa.exc.IntegrityError) or raised_there:
        told = getattr(getattr(problem.orig, "diag", None), "message_primary", None)
        return str(told or " ".join(str(problem.orig).split()))
    return None
