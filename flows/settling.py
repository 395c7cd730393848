"""After a harvest and before a delivery the catalogue is settled: what is gone is withdrawn, copies are joined.

Both go on from where they stopped and do again what was cut off; a run in which nothing changed costs next to nothing.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from storage import catalogue, settings
from storage.database import Database, open_database, utcnow


@dataclass(frozen=True, kw_only=True)
class Settled:
    """How many items were withdrawn, found to be copies at other units, and found to be none any more."""

    withdrawn: int = 0
    merged: int = 0
    parted: int = 0

    def __str__(self) -> str:
        told = ((self.withdrawn, "withdrawn"), (self.merged, "copies of others' joined"), (self.parted, "parted"))
        return ", ".join(f"{count} {word}" for count, word in told if count)


def settle() -> Settled:
    """Settles the catalogue that the settings name.

    :raises DatabaseError: the database failed; the next run goes on.
    """
    with closing(open_database(settings.load().database_url)) as database:
        return settle_database(database)


def settle_database(database: Database) -> Settled:
    """Withdraws what is due and unites what changed.

    :raises DatabaseError: the database failed; the next run goes on.
    """
    withdrawn = catalogue.withdraw_due(database, utcnow())
    united = catalogue.unite(database)
    return Settled(withdrawn=withdrawn, merged=united.merged, parted=united.parted)
