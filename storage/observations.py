"""Every look at a column, feed, article, home page or probe, kept as it came out.

Looks come in, in any order; the latest and the latest good one of each column are kept at hand, so that asking for
them costs the same after ten years.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database, among, insert_into, storable
from storage.formats.json_item import evidence_json, evidence_of
from storage.schema import Observation, Outcome, Subject

PAGE: Final = 1000
_STREAMED: Final = 5000  # slim rows fetched at a time
_Place = tuple[str, str | None]


def record(db: Database, observations: Iterable[Observation]) -> None:
    """Keeps looks, in one transaction; one that is there already (same id) is left as it is."""
    rows = [_row(one) for one in observations]
    if not rows:
        return
    with db.begin() as session:
        insert = insert_into(session, tables.observations)
        session.connection().execute(insert.on_conflict_do_nothing(index_elements=["id"]), rows)
        _move_heads(session, rows)


def latest_by_column(db: Database, subject: Subject, *, until: dt.datetime | None = None) -> dict[_Place, Observation]:
    """The latest look of this kind at each (unit, column); column None for looks at a unit's home page and probes.

    :param until: only looks at or before this moment.
    """
    return _heads(db, subject, "latest", until)


def latest_good_by_column(
    db: Database, subject: Subject, *, until: dt.datetime | None = None
) -> dict[_Place, Observation]:
    """The latest look of this kind that proves what the unit shows (ok, ok_empty, not_modified)."""
    return _heads(db, subject, "good", until)


def latest_good_with(db: Database, subject: Subject, fact: str, *, since: dt.datetime) -> dict[_Place, Observation]:
    """The latest look of this kind at each (unit, column), since ``since``, that is good and has this fact."""
    at = tables.observations.c
    places: dict[_Place, Observation] = latest_good_by_column(db, subject)
    lacking = {place for place, look in places.items() if look.facts.get(fact) is None}
    found = {place: look for place, look in places.items() if place not in lacking and look.at >= since}
    if not lacking:
        return found
    ranked = sa.select(
        at.id,
        sa.func.row_number().over(partition_by=(at.unit, at.column), order_by=(at.at.desc(), at.id.desc())).label("n"),
    ).where(
        at.subject == subject.value,
        at.at >= since,
        at.outcome.in_([one.value for one in Outcome if one.is_good]),
        at.facts[fact].as_string().is_not(None),
    )
    first = ranked.subquery()
    query = sa.select(tables.observations).join(first, sa.and_(first.c.id == at.id, first.c.n == 1))
    with db.read() as session:
        older = [_observation(row) for row in session.execute(query).mappings()]
    return found | {place: one for one in older if (place := (one.unit, one.column)) in lacking}


def last_good(db: Database, subject: Subject, unit: str, column: str | None = None) -> Observation | None:
    """The latest look of this kind at one place that proves what the unit shows; None before the first."""
    head, look = tables.observation_heads.c, tables.observations
    here = (head.unit == unit, head.column == (column or ""), head.subject == subject.value)
    query = sa.select(look).join(tables.observation_heads, head.good_id == look.c.id).where(*here)
    with db.read() as session:
        found = session.execute(query).mappings().first()
    return None if found is None else _observation(found)


def recent_good(
    db: Database, subject: Subject, unit: str, columns: Iterable[str], most: int
) -> dict[str, list[Observation]]:
    """The latest ``most`` good looks of this kind at each of a unit's columns, newest first."""
    at = tables.observations.c
    good = [one.value for one in Outcome if one.is_good]
    query = sa.select(tables.observations).order_by(at.at.desc(), at.id.desc()).limit(most)
    found = {}
    with db.read() as session:
        for column in columns:
            here = query.where(at.unit == unit, at.column == column, at.subject == subject.value, at.outcome.in_(good))
            found[column] = [_observation(row) for row in session.execute(here).mappings()]
    return found


@dataclass(frozen=True, kw_only=True)
class Row:
    """Looks at one place that failed in a row, since the last good one: how many, when the first, how the last."""

    count: int
    since: dt.datetime
    last: Observation


def failing(db: Database, subject: Subject) -> dict[_Place, Row]:
    """The places whose latest look of this kind was not good, with all looks there since the last that was."""
    head, look = tables.observation_heads, tables.observations
    here = sa.and_(
        look.c.unit == head.c.unit,
        sa.func.coalesce(look.c.column, "") == head.c.column,
        look.c.subject == head.c.subject,
        sa.or_(head.c.good_at.is_(None), look.c.at > head.c.good_at),
    )
    stands = (head.c.subject == subject.value, sa.or_(head.c.good_id.is_(None), head.c.latest_id != head.c.good_id))
    first = sa.func.min(look.c.at, type_=look.c.at.type)
    query = (
        sa.select(head.c.latest_id, sa.func.count(), first)
        .join(look, here)
        .where(*stands)
        .group_by(head.c.unit, head.c.column, head.c.latest_id)
    )
    with db.read() as session:
        rows = {row[0]: (row[1], row[2]) for row in session.execute(query)}
        found = session.execute(sa.select(look).where(among(session, look.c.id, list(rows)))).mappings()
        latest = [_observation(row) for row in found]
    return {(one.unit, one.column): Row(count=rows[one.id][0], since=rows[one.id][1], last=one) for one in latest}


def iter_observations(
    db: Database,
    *,
    unit: str | None = None,
    column: str | None = None,
    subject: Subject | None = None,
    since: dt.datetime | None = None,
) -> Iterator[Observation]:
    """Looks in the order of their time, in bounded memory."""
    at = tables.observations.c
    query = sa.select(tables.observations).order_by(at.at, at.id).limit(PAGE)
    for condition, value in ((at.unit, unit), (at.column, column), (at.subject, subject)):
        if value is not None:
            query = query.where(condition == str(value))
    if since is not None:
        query = query.where(at.at >= since)
    page = query
    while True:
        with db.read() as session:
            found = session.execute(page).mappings().all()
        yield from (_observation(row) for row in found)
        if len(found) < PAGE:
            return
        last = found[-1]
        page = query.where(sa.or_(at.at > last["at"], sa.and_(at.at == last["at"], at.id > last["id"])))


def get_many(db: Database, names: Sequence[str]) -> dict[str, Observation]:
    """The looks of these ids, by id."""
    if not names:
        return {}
    with db.read() as session:
        query = sa.select(tables.observations).where(among(session, tables.observations.c.id, names))
        found = [_observation(row) for row in session.execute(query).mappings()]
    return {one.id: one for one in found}


def iter_outcomes(
    db: Database, subject: Subject, since: dt.datetime
) -> Iterator[tuple[str, str | None, dt.datetime, Outcome]]:
    """Unit, column, moment (UTC) and outcome of every look of this kind since then; slim, streamed, in no order."""
    at = tables.observations.c
    query = sa.select(at.unit, at.column, at.at, at.outcome).where(at.subject == subject.value, at.at >= since)
    known = {one.value: one for one in Outcome}
    with db.snapshot() as session:
        for some in session.execute(query, execution_options={"yield_per": _STREAMED}).partitions():
            for unit, column, moment, outcome in some:
                yield unit, column, moment, known[outcome]


def first_at(db: Database) -> dt.datetime | None:
    """The moment of the first look of all, in UTC."""
    with db.read() as session:
        return session.execute(sa.select(sa.func.min(tables.observations.c.at, type_=tables.UtcDateTime))).scalar()


# ------------------------------------------------------------------ heads


def _move_heads(session: Session, rows: list[dict[str, Any]]) -> None:
    """The latest and the latest good look of each place move on, never back."""
    heads: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: (row["at"], row["id"])):
        place = (row["unit"], row["column"] or "", row["subject"])
        head = heads.setdefault(place, {"good_id": None, "good_at": None})
        head.update(zip(("unit", "column", "subject"), place, strict=True))
        head.update(latest_id=row["id"], latest_at=row["at"])
        if Outcome(row["outcome"]).is_good:
            head.update(good_id=row["id"], good_at=row["at"])
    insert = insert_into(session, tables.observation_heads)
    new, old = insert.excluded, tables.observation_heads.c
    later = new.latest_at >= old.latest_at
    better = sa.and_(new.good_at.is_not(None), sa.or_(old.good_at.is_(None), new.good_at >= old.good_at))
    moved = {
        "latest_id": sa.case((later, new.latest_id), else_=old.latest_id),
        "latest_at": sa.case((later, new.latest_at), else_=old.latest_at),
        "good_id": sa.case((better, new.good_id), else_=old.good_id),
        "good_at": sa.case((better, new.good_at), else_=old.good_at),
    }
    keys = ["unit", "column", "subject"]
    # in one order everywhere: two crawls that record looks at the same places do not wait for each other in a ring
    ordered = [heads[place] for place in sorted(heads)]
    session.connection().execute(insert.on_conflict_do_update(index_elements=keys, set_=moved), ordered)


def _heads(db: Database, subject: Subject, which: str, until: dt.datetime | None) -> dict[_Place, Observation]:
    look, head = tables.observations.c, tables.observation_heads.c
    if until is None:
        name = head.latest_id if which == "latest" else head.good_id
        query = sa.select(tables.observations).join(tables.observation_heads, name == look.id)
        query = query.where(head.subject == subject.value)
    else:
        ranked = sa.select(
            look.id,
            sa.func.row_number()
            .over(partition_by=(look.unit, look.column), order_by=(look.at.desc(), look.id.desc()))
            .label("place"),
        ).where(look.subject == subject.value, look.at <= until)
        if which == "good":
            ranked = ranked.where(look.outcome.in_([one.value for one in Outcome if one.is_good]))
        first = ranked.subquery()
        query = sa.select(tables.observations).join(first, sa.and_(first.c.id == look.id, first.c.place == 1))
    with db.read() as session:
        found = [_observation(row) for row in session.execute(query).mappings()]
    return {(one.unit, one.column): one for one in found}


# ------------------------------------------------------------------ rows


def _row(one: Observation) -> dict[str, Any]:
    return {
        "id": one.id,
        "unit": one.unit,
        "column": one.column,
        "subject": one.subject.value,
        "url": storable(one.url),
        "at": one.at,
        "seconds": one.seconds,
        "outcome": one.outcome.value,
        "status": one.status,
        "reason": one.reason,
        "detail": storable(one.detail),
        "facts": storable(dict(one.facts)),
        "evidence": storable([evidence_json(item) for item in one.evidence]),
    }


def _observation(row: Mapping[Any, Any]) -> Observation:
    known = {
        "subject": Subject(row["subject"]),
        "outcome": Outcome(row["outcome"]),
        "evidence": tuple(evidence_of(item) for item in row["evidence"]),
    }
    return Observation(**{**row, **known})
