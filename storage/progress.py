"""How far a stage has come in what it reads: a few numbers by name, kept between its runs.

For stages that go on where they stopped and are no consumer of the outbox: nothing is owed to them, and their
numbers may go back when everything is to be done again.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from storage import tables
from storage.database import Database, insert_into, utcnow


def read(db: Database, stage: str) -> dict[str, int]:
    """The numbers the stage noted; empty before its first run."""
    at = tables.counters.c
    prefix = f"{stage}."
    with db.read() as session:
        rows = session.execute(sa.select(at.name, at.value).where(at.name.startswith(prefix, autoescape=True)))
        return {name.removeprefix(prefix): int(value) for name, value in rows}


def note(db: Database, stage: str, numbers: Mapping[str, int]) -> None:
    """Keeps the numbers (each within 63 bits), in one transaction."""
    now = utcnow()
    rows = [{"name": f"{stage}.{name}", "value": value, "stamped_at": now} for name, value in sorted(numbers.items())]
    with db.begin() as session:
        insert = insert_into(session, tables.counters)
        changed = {"value": insert.excluded.value, "stamped_at": insert.excluded.stamped_at}
        session.connection().execute(insert.on_conflict_do_update(index_elements=["name"], set_=changed), rows)
