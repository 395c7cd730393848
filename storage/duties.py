"""What units say they owe: their own directories (主动公开基本目录) as imported, and where each row is to be found.

A new import is a new version; the ones before it are kept, and so is every correction with who, when and why. A
correction goes by the row's lasting key, so that it holds in later versions as well. What the rules said of the rows is
counted here too, because a share without its numerator and denominator is no share.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database, insert_many, storable, take_lock
from storage.exceptions import UnknownTarget
from storage.schema import Duty, DutyDirectory, DutyLimit, DutyMapping, LimitKind, Period, VerdictKind

RULE: Final = "CV-DIR"
CATEGORIES: Final = "CV-20-"  # the rules on the categories of 条例 第二十条 begin so

_TEXTS: Final = tuple(one.name for one in fields(Duty) if one.name not in ("row", "limit", "since"))


@dataclass(frozen=True, kw_only=True)
class Rate:
    """How much of what a unit owes is there: ``met`` of ``rows`` rows, of which ``unjudged`` could not be judged."""

    met: int
    rows: int
    unjudged: int
    as_of: dt.date

    def __str__(self) -> str:
        return f"{self.met} of {self.rows} met, {self.unjudged} could not be judged"


def store(
    db: Database,
    unit: str,
    rows: Sequence[tuple[Duty, DutyMapping]],
    *,
    source: str,
    sha256: str,
    in_force_from: dt.date,
    unread: Sequence[str],
    at: dt.datetime,
) -> DutyDirectory:
    """Keeps a directory as the unit's next version, in one transaction; it comes back as it holds now.

    A row that the version before has with the same limit goes on holding from when it did.
    """
    with db.begin() as session:
        take_lock(session, "duties")
        directory = tables.duty_directories.c
        last = session.execute(sa.select(sa.func.max(directory.version)).where(directory.unit == unit)).scalar() or 0
        told = {
            "unit": unit,
            "version": last + 1,
            "imported_at": at,
            "source": storable(source),
            "sha256": sha256,
            "in_force_from": in_force_from,
            "unread": storable(list(unread)),
        }
        session.execute(sa.insert(tables.duty_directories), [told])
        since = _since(session, unit, last)
        insert_many(
            session,
            tables.duties,
            [
                _row(
                    unit,
                    last + 1,
                    duty,
                    mapping,
                    min(in_force_from, since.get((duty.key, duty.limit_text), dt.date.max)),
                )
                for duty, mapping in rows
            ],
        )
    stored = current(db, unit)
    assert stored is not None
    return stored


def current(db: Database, unit: str) -> DutyDirectory | None:
    """The unit's latest directory with the corrections made since; None where none was imported."""
    return next(iter_current(db, unit), None)


def iter_current(db: Database, unit: str | None = None) -> Iterator[DutyDirectory]:
    """The latest directory of every unit that has one, or of one unit, in the order of the units' ids."""
    directory = tables.duty_directories.c
    latest = sa.select(directory.unit, sa.func.max(directory.version).label("version")).group_by(directory.unit)
    if unit is not None:
        latest = latest.where(directory.unit == unit)
    newest = latest.subquery()
    query = (
        sa.select(tables.duty_directories)
        .join(newest, sa.and_(newest.c.unit == directory.unit, newest.c.version == directory.version))
        .order_by(directory.unit)
    )
    with db.read() as session:
        heads = session.execute(query).mappings().all()
    for head in heads:
        with db.read() as session:
            yield _directory(session, head)


def versions(db: Database, unit: str) -> list[tuple[int, dt.datetime, str]]:
    """Number, time and source of every import of the unit's directory, the latest last."""
    directory = tables.duty_directories.c
    query = (
        sa.select(directory.version, directory.imported_at, directory.source)
        .where(directory.unit == unit)
        .order_by(directory.version)
    )
    with db.read() as session:
        return [(row.version, row.imported_at, row.source) for row in session.execute(query)]


def correct(
    db: Database, unit: str, key: str, *, columns: Sequence[str], who: str, why: str | None, at: dt.datetime
) -> DutyMapping:
    """Keeps a person's word on where a row is to be found; no column sets the row aside.

    :raises UnknownTarget: the unit's directory has no such row.
    """
    told = {
        "unit": unit,
        "key": key,
        "at": at,
        "who": storable(who),
        "why": storable(why) if why else None,
        "columns": list(columns),
    }
    with db.begin() as session:
        duty = tables.duties.c
        known = session.execute(sa.select(duty.key).where(duty.unit == unit, duty.key == key).limit(1)).scalar()
        if known is None:
            raise UnknownTarget(f"{unit}: its directory has no row {key}; see gongkai duties list --unit {unit}")
        session.execute(sa.insert(tables.duty_corrections), [told])
    return _corrected(told)


def corrections(db: Database, unit: str) -> list[tuple[str, DutyMapping]]:
    """Everything people said of the unit's rows, by key, the latest last; also of rows no longer there."""
    with db.read() as session:
        return [(row["key"], _corrected(row)) for row in _corrections(session, unit)]


def rates(db: Database, prefix: str = RULE) -> dict[str, Rate]:
    """By unit: what the rules whose ids begin with ``prefix`` said when they were last asked.

    A row to which nothing applies (disclosed on request, waived) is not counted at all.
    """
    verdict = tables.verdicts.c
    query = (
        sa.select(verdict.unit, verdict.verdict, sa.func.count(), sa.func.max(verdict.as_of))
        .where(verdict.rule.startswith(prefix, autoescape=True), verdict.verdict != VerdictKind.NOT_APPLICABLE.value)
        .group_by(verdict.unit, verdict.verdict)
        .order_by(verdict.unit)
    )
    counts: dict[str, dict[str, int]] = {}
    days: dict[str, dt.date] = {}
    with db.read() as session:
        for unit, kind, count, as_of in session.execute(query):
            counts.setdefault(unit, {})[kind] = count
            days[unit] = max(as_of, days.get(unit, as_of))
    return {
        unit: Rate(
            met=by_kind.get(VerdictKind.COMPLIANT.value, 0),
            rows=sum(by_kind.values()),
            unjudged=by_kind.get(VerdictKind.NOT_ASSESSABLE.value, 0),
            as_of=days[unit],
        )
        for unit, by_kind in counts.items()
    }


# ------------------------------------------------------------------ schema ↔ rows


def _since(session: Session, unit: str, version: int) -> dict[tuple[str, str | None], dt.date]:
    """From when each row of a version holds, by its key and the text of its limit."""
    duty = tables.duties.c
    query = sa.select(duty.key, duty.limit_text, duty.since).where(duty.unit == unit, duty.version == version)
    return {(row.key, row.limit_text): row.since for row in session.execute(query)}


def _row(unit: str, version: int, duty: Duty, mapping: DutyMapping, since: dt.date) -> dict[str, Any]:
    limit = None if duty.limit is None else {name: value for name, value in asdict(duty.limit).items() if value}
    return {
        "unit": unit,
        "version": version,
        "row": duty.row,
        **{name: storable(getattr(duty, name)) for name in _TEXTS},
        "limit": storable(limit),
        "since": since,
        "mapping": storable(
            {"how": mapping.how, "columns": mapping.columns, "keywords": mapping.keywords, "why": mapping.why}
        ),
    }


def _directory(session: Session, head: Mapping[Any, Any]) -> DutyDirectory:
    duty = tables.duties.c
    query = (
        sa.select(tables.duties).where(duty.unit == head["unit"], duty.version == head["version"]).order_by(duty.row)
    )
    said = {row["key"]: row for row in _corrections(session, head["unit"])}
    rows = tuple(
        (_duty(row), _mapping(row["mapping"], head["imported_at"], said.get(row["key"])))
        for row in session.execute(query).mappings()
    )
    known = {name: head[name] for name in ("unit", "version", "imported_at", "source", "sha256", "in_force_from")}
    return DutyDirectory(**known, duties=rows, unread=tuple(head["unread"]))


def _corrections(session: Session, unit: str) -> Sequence[Mapping[Any, Any]]:
    at = tables.duty_corrections.c
    return session.execute(sa.select(tables.duty_corrections).where(at.unit == unit).order_by(at.id)).mappings().all()


def _duty(row: Mapping[Any, Any]) -> Duty:
    limit = row["limit"]
    if limit is not None:
        period = limit.get("period")
        typed = {"kind": LimitKind(limit["kind"]), "period": Period(period) if period else None}
        limit = DutyLimit(**{**limit, **typed})
    return Duty(row=row["row"], limit=limit, since=row["since"], **{name: row[name] for name in _TEXTS})


def _mapping(found: Mapping[str, Any], at: dt.datetime, said: Mapping[Any, Any] | None) -> DutyMapping:
    """What the import found, or what a person said since; titles with the row's words speak for the unit all the same,
    unless the row is set aside."""
    if said is not None:
        keywords = tuple(found["keywords"]) if said["columns"] else ()
        return replace(_corrected(said), keywords=keywords)
    return DutyMapping(
        how=found["how"], columns=tuple(found["columns"]), keywords=tuple(found["keywords"]), why=found["why"], at=at
    )


def _corrected(row: Mapping[Any, Any]) -> DutyMapping:
    return DutyMapping(how="person", columns=tuple(row["columns"]), why=row["why"], by=row["who"], at=row["at"])
