"""Judges as of a day that is past, and writes nothing: no finding opens or closes for it.

What every assessment judges afresh is judged by what is known now and the calendar of that day, as ``gongkai assess
--as-of`` would; verdicts on items stand as they are stored.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterator
from typing import Any

from flows.compliance.regulation import Regulation
from flows.compliance.rulebook import RULES
from flows.gathering.columns import gather_columns
from flows.gathering.run import run_of
from storage import export
from storage.database import Database, storable
from storage.findings import verdict_key
from storage.schema import City

AFRESH = frozenset(rule.id for rule in RULES.values() if rule.subject != "item")


def judged(
    database: Database, city: City, law: Regulation, as_of: dt.date, now: dt.datetime
) -> Iterator[dict[str, Any]]:
    """Every verdict as of that day, as exported and in the order of an export."""
    from flows.assess import verdicts_afresh  # brings Prefect, which takes a second to import

    run = run_of(database, city, law, as_of, now)
    given = (storable(export.verdict_json(one)) for one in verdicts_afresh(run, gather_columns(run)))
    afresh = {_key(row): row for row in given}
    stored = (row for row in export.iter_rows(database, "verdicts") if row["rule"] not in AFRESH)
    yield from heapq.merge((afresh[key] for key in sorted(afresh)), stored, key=_key)


def _key(row: dict[str, Any]) -> str:
    return verdict_key(row["rule"], row["unit"], row["column"], row["item"])
