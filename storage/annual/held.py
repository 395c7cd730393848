"""Yearly reports as they are kept: each with where it came from, what was read of it and what its checks say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database, rows_affected, storable, take_lock, utcnow
from storage.formats.json_item import evidence_json, evidence_of
from storage.schema import Evidence


class Outcome(StrEnum):
    """What became of reading a report."""

    READ = "read"
    NOT_FETCHED = "not_fetched"  # the page names a file that we do not have
    SCANNED = "scanned"  # pictures of pages, without text
    LOCKED = "locked"  # with a password
    REFUSED = "refused"  # beyond a bound of size, time or memory
    UNREADABLE = "unreadable"  # damaged, or of a format that is not read
    NO_REPORT = "no_report"  # read, and it is no such report


@dataclass(frozen=True, kw_only=True)
class HeldReport:
    """One report. ``report`` is ``report.as_data`` of it, ``checks`` are ``rollup.Check`` as data; both None unread.

    ``sha256`` is that of the bytes read: the page's, or the file's. Moments in UTC, ``published_on`` as displayed.
    """

    id: str
    unit: str
    year: int | None
    source: str  # published, mail
    name: str
    format: str
    sha256: str
    outcome: Outcome
    reader: str
    read_at: dt.datetime
    url: str | None = None
    column: str | None = None
    item: str | None = None
    detail: str | None = None
    form: str | None = None
    published_on: dt.date | None = None
    first_seen: dt.datetime | None = None
    received_at: dt.datetime | None = None
    received_by: str | None = None
    note: str | None = None
    evidence: Evidence | None = None
    report: Mapping[str, Any] | None = None
    checks: Sequence[Mapping[str, Any]] | None = None
    replaced_at: dt.datetime | None = None


_OF_REPORT = [column for column in tables.annual_reports.c if column.name != "content"]


def keep(db: Database, report: HeldReport, *, content: bytes | None = None) -> bool:
    """Keeps a report as read; whether anything changed.

    A report that is known (its id) is written over by a new reading. Another of the same unit, year and source takes
    the place of the one that stood: the later, by when it was received or first seen, stands.

    :param content: the file, of a report that came by mail.
    """
    at = tables.annual_reports.c
    values = _values(report) | ({"content": content} if content is not None else {})
    with db.begin() as session:
        take_lock(session, "annual_reports")
        known = session.execute(sa.select(*_OF_REPORT).where(at.id == report.id)).mappings().first()
        if known is None:
            session.execute(sa.insert(tables.annual_reports).values(**values, replaced_at=None))
        else:
            same = all(known[name] == values[name] for name in values if name not in _OF_EACH_READING)
            if same:
                return False
            kept = {name: value for name, value in values.items() if name not in ("id", "replaced_at")}
            session.execute(sa.update(tables.annual_reports).where(at.id == report.id).values(**kept))
        _settle(session, report.unit, report.source)
    return True


def withdraw(db: Database, reports: Iterable[str], *, at: dt.datetime) -> int:
    """Says that these reports stand no more: their page was withdrawn, or holds something else now; how many did."""
    told = 0
    with db.begin() as session:
        take_lock(session, "annual_reports")
        for report in reports:
            changed = session.execute(
                sa.update(tables.annual_reports)
                .where(tables.annual_reports.c.id == report, tables.annual_reports.c.replaced_at.is_(None))
                .values(replaced_at=at)
            )
            told += cast("CursorResult[Any]", changed).rowcount
    return told


def stand(db: Database, unit: str, year: int, source: str, report: str | None, *, at: dt.datetime) -> bool:
    """Says which of a unit's reports of a year and source stands; None: none does. Whether anything changed."""
    here = tables.annual_reports.c
    these = (here.unit == unit, here.year == year, here.source == source)
    stands = here.replaced_at.is_(None)
    with db.begin() as session:
        take_lock(session, "annual_reports")
        gone = sa.update(tables.annual_reports).where(*these, stands, here.id != (report or ""))
        back = sa.update(tables.annual_reports).where(*these, sa.not_(stands), here.id == (report or ""))
        changed = rows_affected(session.execute(gone.values(replaced_at=at)))
        changed += rows_affected(session.execute(back.values(replaced_at=None)))
    return changed > 0


def of_items(db: Database) -> list[HeldReport]:
    """Every published report that was ever read, standing or not, without what was read of it; by item."""
    at = tables.annual_reports.c
    narrow = [column for column in _OF_REPORT if column.name not in ("report", "checks")]
    query = sa.select(*narrow).where(at.source == "published", at.item.is_not(None)).order_by(at.item)
    with db.read() as session:
        return [_report(row) for row in session.execute(query).mappings()]


def set_checks(db: Database, report: str, checks: Sequence[Mapping[str, Any]]) -> None:
    """Keeps what the checks say of a report, ``rollup.Check`` as data."""
    at = tables.annual_reports.c
    with db.begin() as session:
        session.execute(sa.update(tables.annual_reports).where(at.id == report).values(checks=storable(list(checks))))


def standing(
    db: Database, *, year: int | None = None, unit: str | None = None, source: str | None = None
) -> list[HeldReport]:
    """The reports that stand, by year, unit, source; of one unit and year at most one published and one by mail."""
    at = tables.annual_reports.c
    query = sa.select(*_OF_REPORT).where(at.replaced_at.is_(None)).order_by(at.year, at.unit, at.source.desc(), at.id)
    for column, value in ((at.year, year), (at.unit, unit), (at.source, source)):
        if value is not None:
            query = query.where(column == value)
    with db.read() as session:
        return [_report(row) for row in session.execute(query).mappings()]


def of_unit(db: Database, unit: str, year: int) -> list[HeldReport]:
    """Every report of a unit and year that was ever kept, the latest first."""
    at = tables.annual_reports.c
    query = sa.select(*_OF_REPORT).where(at.unit == unit, at.year == year)
    query = query.order_by(at.replaced_at.isnot(None), at.read_at.desc(), at.id)
    with db.read() as session:
        return [_report(row) for row in session.execute(query).mappings()]


def get(db: Database, report: str) -> HeldReport | None:
    """One report."""
    with db.read() as session:
        row = session.execute(sa.select(*_OF_REPORT).where(tables.annual_reports.c.id == report)).mappings().first()
    return None if row is None else _report(row)


def content(db: Database, report: str) -> bytes | None:
    """The file of a report that came by mail."""
    with db.read() as session:
        found: bytes | None = session.execute(
            sa.select(tables.annual_reports.c.content).where(tables.annual_reports.c.id == report)
        ).scalar()
        return found


_OF_EACH_READING: Final = frozenset(("id", "read_at", "checks", "replaced_at", "content"))


def _settle(session: Session, unit: str, source: str) -> None:
    """Of the reports of one unit and year and source the latest stands."""
    at = tables.annual_reports.c
    came = sa.func.coalesce(at.received_at, at.first_seen, at.read_at)
    rows = session.execute(
        sa.select(at.id, at.year, at.outcome, at.replaced_at)
        .where(at.unit == unit, at.source == source)
        .order_by(at.year, came.desc(), at.read_at.desc(), at.id)
    ).all()
    by_year: dict[int | None, list[Any]] = {}
    for row in rows:
        by_year.setdefault(row.year, []).append(row)
    for year, some in by_year.items():
        if year is None:
            continue
        # what is no report takes nobody's place
        real = [row for row in some if row.outcome != Outcome.NO_REPORT.value]
        for row in real[1:]:
            if row.replaced_at is None:
                session.execute(sa.update(tables.annual_reports).where(at.id == row.id).values(replaced_at=utcnow()))


def _values(report: HeldReport) -> dict[str, Any]:
    values = storable(
        {one.name: getattr(report, one.name) for one in fields(report) if one.name not in ("replaced_at", "evidence")}
    )
    kept: dict[str, Any] = values | {
        "outcome": report.outcome.value,
        "evidence": storable(evidence_json(report.evidence)) if report.evidence else None,
    }
    return kept


def _report(row: Mapping[Any, Any]) -> HeldReport:
    values = dict(row)
    evidence = values.pop("evidence")
    return HeldReport(
        **values | {"outcome": Outcome(row["outcome"])}, evidence=evidence_of(evidence) if evidence else None
    )
