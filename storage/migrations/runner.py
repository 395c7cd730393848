"""Runs the migrations on a connection whose transaction the caller holds: all of them happen, or none."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection


def config() -> Config:
    """Alembic's configuration for these migrations; no ini file is needed.

    A new revision: ``command.revision(config(), "what changes", autogenerate=True)`` on a migrated database, then read
    it by hand, raise ``HEAD`` and run the tests.
    """
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    return made


def known_revisions() -> tuple[str, ...]:
    """Every revision this code can read, newest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(config()).walk_revisions())


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Migrates up to ``revision`` within the connection's transaction."""
    command.upgrade(_on(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Migrates down to ``revision`` ("base" for an empty schema) within the connection's transaction."""
    command.downgrade(_on(connection), revision)


def _on(connection: Connection) -> Config:
    made = config()
    made.attributes["connection"] = connection
    return made
