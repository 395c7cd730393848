"""The rules in words, as they hold for the city: told by assessing, read by the console.

A text is one entry of ``gongkai rules --json``: id, title, says, subject, status, kind, severity, confidence, limits,
basis …
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.database import Database, dumps, insert_many, take_lock, utcnow


def tell(db: Database, texts: Iterable[Mapping[str, Any]]) -> None:
    """Keeps the texts in place of those before, where they differ."""
    wanted = {str(one["id"]): dict(one) for one in texts}
    with db.begin() as session:
        take_lock(session, "rule texts")
        known = session.execute(sa.select(tables.rule_texts.c.rule, tables.rule_texts.c.text)).tuples().all()
        if dumps(dict(sorted(known))) == dumps(dict(sorted(wanted.items()))):
            return
        session.execute(sa.delete(tables.rule_texts))
        now = utcnow()
        insert_many(
            session,
            tables.rule_texts,
            [{"rule": rule, "text": text, "told_at": now} for rule, text in wanted.items()],
        )


def all_texts(db: Database) -> dict[str, Mapping[str, Any]]:
    """Every rule's text by its id, in the order of the ids; empty before the first assessment."""
    at = tables.rule_texts.c
    with db.read() as session:
        return dict(session.execute(sa.select(at.rule, at.text).order_by(at.rule)).tuples().all())


def get(db: Database, rule: str) -> Mapping[str, Any] | None:
    """One rule's text."""
    at = tables.rule_texts.c
    with db.read() as session:
        found: Mapping[str, Any] | None = session.execute(sa.select(at.text).where(at.rule == rule)).scalar()
        return found
