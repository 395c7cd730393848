"""Alembic's entry: runs on the connection it is handed, or, called by the ``alembic`` command, on the settings'."""

from __future__ import annotations

from alembic import context
from sqlalchemy.engine import Connection

from storage import database, tables


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=tables.metadata,
        render_as_batch=connection.dialect.name == "sqlite",  # SQLite alters a table by making it anew
        compare_type=True,
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.run_migrations()


_given = context.config.attributes.get("connection")
if _given is not None:
    _run(_given)
else:
    _opened = database.connect_only()
    with _opened.begin() as _session:
        _run(_session.connection())
    _opened.close()
