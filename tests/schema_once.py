"""The schema of a new SQLite database, migrated once a process and from then on made by the same statements again.

Hundreds of tests open a database of their own; Alembic takes 0.065 s of processor time for one, the statements alone
0.015 s. What tests the migrations themselves runs them by ``real_upgrade``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.migrations import runner

real_upgrade: Callable[..., None] = runner.upgrade
_statements: list[tuple[str, Any]] = []


def upgrade(connection: Connection, revision: str = "head") -> None:
    """What ``runner.upgrade`` does; on a SQLite database with nothing in it by what the first one was made with."""
    new = connection.dialect.name == "sqlite" and revision == "head" and not _count(connection)
    if not new:
        real_upgrade(connection, revision)
    elif _statements:
        cursor = connection.connection.cursor()
        for statement, values in _statements:
            cursor.execute(statement, values)
        cursor.close()
    else:
        kept: list[tuple[str, Any]] = []

        def note(_c: object, _cursor: object, statement: str, values: Any, _context: object, many: bool) -> None:
            if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA")):
                kept.extend((statement, one) for one in (values if many else [values]))

        sa.event.listen(connection, "before_cursor_execute", note)
        try:
            real_upgrade(connection, revision)
        finally:
            sa.event.remove(connection, "before_cursor_execute", note)
        _statements.extend(kept)


def _count(connection: Connection) -> int:
    found: int = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
    return found
