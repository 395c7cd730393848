"""How fetching the articles behind the rows of a column went: validators, tries, and what was found unchanged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from storage import tables
from storage.addresses import address_key
from storage.database import Database
from storage.schema import Outcome

_CHUNK: Final = 500


@dataclass(frozen=True, kw_only=True)
class ArticleLook:
    """One fetch of an article from a column's row; the validators are for the next conditional request."""

    url: str
    outcome: Outcome
    etag: str | None = None
    last_modified: str | None = None


def record_articles(db: Database, unit: str, column: str, looks: Sequence[ArticleLook]) -> None:
    """Remembers how fetching the articles of a column's rows went: validators of good looks, tries of the others.

    A good look sets ``tries`` to 0; 304 keeps the validators where it brings none.
    """
    if not looks:
        return
    at, bind = tables.list_rows.c, sa.bindparam
    here = (at.unit == unit, at.column == column, at.address_key == bind("b_key"))
    update = sa.update(tables.list_rows).where(*here).values(last_outcome=bind("b_outcome"))
    fresh: list[dict[str, Any]] = []
    same: list[dict[str, Any]] = []
    bad: list[dict[str, Any]] = []
    for look in looks:
        row = {"b_key": address_key(look.url), "b_outcome": look.outcome.value}
        if not look.outcome.is_good:
            bad.append(row)
            continue
        group = same if look.outcome is Outcome.NOT_MODIFIED else fresh
        group.append({**row, "b_etag": look.etag, "b_modified": look.last_modified})
    with db.begin() as session:
        execute = session.connection().execute
        etag, modified = bind("b_etag", type_=sa.Text()), bind("b_modified", type_=sa.Text())
        if fresh:
            execute(update.values(tries=0, etag=etag, last_modified=modified), fresh)
        if same:
            kept = {"etag": sa.func.coalesce(etag, at.etag)}
            kept["last_modified"] = sa.func.coalesce(modified, at.last_modified)
            execute(update.values(tries=0, **kept), same)
        if bad:
            execute(update.values(tries=at.tries + 1), bad)


def touch(db: Database, unit: str, column: str, addresses: Iterable[str], seen_at: dt.datetime) -> None:
    """Articles of a column that were found unchanged (304): seen again, nothing else. Takes addresses or their keys."""
    keys = sorted({address_key(address) for address in addresses})
    at = tables.list_rows.c
    later = sa.or_(at.last_seen.is_(None), at.last_seen < seen_at)
    values = {"last_seen": seen_at, "tries": 0, "last_outcome": Outcome.NOT_MODIFIED.value}
    with db.begin() as session:
        for start in range(0, len(keys), _CHUNK):
            here = (at.unit == unit, at.column == column, at.address_key.in_(keys[start : start + _CHUNK]))
            session.execute(sa.update(tables.list_rows).where(*here, later).values(**values))
