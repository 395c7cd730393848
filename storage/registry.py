"""The registry: which city this is, which units owe what, which columns are watched.

A ``City`` comes in (from a city file, or a form), a ``Plan`` of what differs goes out, and applying it leaves the
registry as the city says. Nothing is deleted: a unit, column or waiver that is no longer named gets ``left_at`` and
keeps its rows, items and findings; named again, it is back with its history.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database, among_pairs, dumps, insert_into, storable, take_lock, utcnow
from storage.schema import City, Column, ColumnKind, Confirmed, Contact, Supervision, Unit, UnitKind, Waiver


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that would change.

    ``what`` is city, unit, column or waiver; ``key`` names it ("田禾区" is ``tianhe-qu``, its column
    ``tianhe-qu/tzgg``). ``before`` None: added, or ``returned`` after it had left. ``after`` None: it left.
    Otherwise both hold the fields that differ, and only those.
    """

    what: str
    key: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    returned: bool = False


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What applying a city would change, in the order of the city file."""

    changes: tuple[Change, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the registry already says what the city says."""
        return not self.changes


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """One unit, column or waiver: its table, its primary key, its order, what is said of it."""

    table: sa.Table
    key: str
    where: Mapping[str, Any]
    position: int
    facts: Mapping[str, Any]
    present: bool = True


_Entries = dict[tuple[str, str], _Entry]


def kinds(db: Database) -> dict[tuple[str, str], tuple[UnitKind, ColumnKind]]:
    """The kind of every unit and of its column, by the ids of both; those that left too, for their items stay."""
    unit, column = tables.units.c, tables.columns.c
    query = sa.select(column.unit, column.id, unit.facts, column.facts).join(tables.units, unit.id == column.unit)
    with db.read() as session:
        return {
            (unit_id, column_id): (UnitKind(of_unit["kind"]), ColumnKind(of_column["kind"]))
            for unit_id, column_id, of_unit, of_column in session.execute(query)
        }


def plan(db: Database, city: City) -> Plan:
    """What applying ``city`` would change; writes nothing."""
    with db.read() as session:
        return Plan(changes=tuple(_changes(session, city)))


def apply(db: Database, city: City) -> Plan:
    """Makes the registry say what ``city`` says, in one transaction; what changed comes back. Idempotent."""
    with db.begin() as session:
        take_lock(session, "registry")
        return _apply(session, city)


def edit(db: Database, change: Callable[[City | None], City]) -> Plan:
    """Changes the city as it is now (None: there is none yet), in one transaction; no other change comes between.

    What ``change`` raises undoes it.
    """
    with db.begin() as session:
        take_lock(session, "registry")
        return _apply(session, change(_load(session)))


def _apply(session: Session, city: City) -> Plan:
    now = utcnow()
    changes = tuple(_changes(session, city))
    facts = _facts(city, "units")
    insert = insert_into(session, tables.city).values(id=1, facts=facts, applied_at=now)
    session.execute(
        insert.on_conflict_do_update(index_elements=["id"], set_={"facts": facts, "applied_at": now})
        if changes
        else insert.on_conflict_do_nothing()
    )
    stored, wanted = _stored(session), _wanted(city)
    for table in (tables.units, tables.columns, tables.waivers):
        _write(session, table, stored, wanted, now)
    return Plan(changes=changes)


def load_city(db: Database) -> City | None:
    """The city with the units, columns and waivers that are in the registry now; None before the first apply."""
    with db.read() as session:
        return _load(session)


def _load(session: Session) -> City | None:
    facts = session.execute(sa.select(tables.city.c.facts)).scalar()
    if facts is None:
        return None
    present = [entry for entry in _stored(session).values() if entry.present]
    columns: dict[str, list[Column]] = {}
    waivers: dict[str, list[Waiver]] = {}
    for entry in present:
        if entry.table is tables.columns:
            unit, column = entry.where["unit"], entry.where["id"]
            columns.setdefault(unit, []).append(_column(unit, column, entry.facts))
        elif entry.table is tables.waivers:
            waivers.setdefault(entry.where["unit"], []).append(_waiver(entry.facts))
    return City(
        **facts,
        units=tuple(
            _unit(entry.where["id"], entry.facts, columns, waivers) for entry in present if entry.table is tables.units
        ),
    )


def outline(db: Database) -> City | None:
    """The city with its units, their columns and waivers left out: all that a page of the whole city needs of it."""
    at = tables.units.c
    with db.read() as session:
        facts = session.execute(sa.select(tables.city.c.facts)).scalar()
        if facts is None:
            return None
        rows = session.execute(sa.select(at.id, at.facts).where(at.left_at.is_(None)).order_by(at.position)).all()
    return City(**facts, units=tuple(_unit(row.id, row.facts, {}, {}) for row in rows))


def columns_at(db: Database, places: Sequence[tuple[str, str]]) -> list[Column]:
    """The columns of these units and ids that are in the registry now; those of one unit in its order."""
    at = tables.columns.c
    if not places:
        return []
    with db.read() as session:
        query = sa.select(at.unit, at.id, at.facts, at.position)
        found = session.execute(query.where(among_pairs(session, (at.unit, at.id), places), at.left_at.is_(None)))
        rows = sorted(found, key=lambda row: (row.unit, row.position))
    return [_column(row.unit, row.id, row.facts) for row in rows]


# ------------------------------------------------------------------ what differs


def _changes(session: Session, city: City) -> Iterator[Change]:
    before = session.execute(sa.select(tables.city.c.facts)).scalar()
    after = _facts(city, "units")
    if before is None:
        yield Change(what="city", key=city.code, before=None, after=after)
    elif before != after:
        yield _changed("city", city.code, before, after)
    stored, wanted = _stored(session), _wanted(city)
    for key, entry in wanted.items():
        what = _what(entry)
        known = stored.get(key)
        if known is None or not known.present:
            returned = known is not None
            yield Change(what=what, key=entry.key, before=None, after=entry.facts, returned=returned)
        elif known.facts != entry.facts:
            yield _changed(what, entry.key, known.facts, entry.facts)
    for key, entry in stored.items():
        if entry.present and key not in wanted:
            yield Change(what=_what(entry), key=entry.key, before=entry.facts, after=None)


def _changed(what: str, key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Change:
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return Change(
        what=what,
        key=key,
        before={name: before.get(name) for name in names},
        after={name: after.get(name) for name in names},
    )


def _what(entry: _Entry) -> str:
    return {"units": "unit", "columns": "column", "waivers": "waiver"}[entry.table.name]


def _wanted(city: City) -> _Entries:
    found: _Entries = {}

    def add(entry: _Entry) -> None:
        found[entry.table.name, _identity(entry)] = entry

    for place, unit in enumerate(city.units):
        facts = _facts(unit, "id", "columns", "waivers")
        add(_Entry(table=tables.units, key=unit.id, where={"id": unit.id}, position=place, facts=facts))
        for at, column in enumerate(unit.columns):
            where = {"unit": unit.id, "id": column.id}
            facts = _facts(column, "unit", "id")
            add(_Entry(table=tables.columns, key=f"{unit.id}/{column.id}", where=where, position=at, facts=facts))
        for at, waiver in enumerate(unit.waivers):
            key = _waiver_key(unit.id, waiver.column, waiver.rule)
            where = {"unit": unit.id}
            add(_Entry(table=tables.waivers, key=key, where=where, position=at, facts=_facts(waiver)))
    return found


def _stored(session: Session) -> _Entries:
    found: _Entries = {}
    for table in (tables.units, tables.columns, tables.waivers):
        for row in session.execute(sa.select(table).order_by(table.c.left_at.is_(None), table.c.position)).mappings():
            where = {name: row[name] for name in ("unit", "id") if name in row}
            key = "/".join(str(where[name]) for name in where)
            if table is tables.waivers:
                key = _waiver_key(row["unit"], row["facts"]["column"], row["facts"]["rule"])
            entry = _Entry(
                table=table,
                key=key,
                where=where,
                position=row["position"],
                facts=row["facts"],
                present=row["left_at"] is None,
            )
            found[table.name, _identity(entry)] = entry
    return found


def _identity(entry: _Entry) -> str:
    """A unit or column is its id; a waiver is all it says: another reason or date is another approval."""
    if entry.table is tables.waivers:
        return f"{entry.where['unit']}/{dumps(sorted(entry.facts.items()))}"
    return entry.key


def _waiver_key(unit: str, column: str | None, rule: str | None) -> str:
    return f"{unit}/{column or '*'}/{rule or '*'}"


# ------------------------------------------------------------------ writing


def _write(session: Session, table: sa.Table, stored: _Entries, wanted: _Entries, now: dt.datetime) -> None:
    """Makes one table say what is wanted; the order of the file is kept even where nothing else differs."""
    new, old = [], []
    for key, entry in wanted.items():
        known = stored.get(key)
        values = {"position": entry.position, "facts": entry.facts, "left_at": None}
        if entry.table is not table:
            continue
        if known is None:
            new.append({**entry.where, **values, "since": now})
        elif not known.present or known.facts != entry.facts or known.position != entry.position:
            old.append({**_primary_key(known), **values})
    left = [
        {**_primary_key(entry), "position": entry.position, "facts": entry.facts, "left_at": now}
        for key, entry in stored.items()
        if entry.table is table and entry.present and key not in wanted
    ]
    if new:
        session.execute(sa.insert(table), new)
    if old or left:
        here = [table.c[column.name] == sa.bindparam(f"pk_{column.name}") for column in table.primary_key]
        session.connection().execute(sa.update(table).where(*here), [*old, *left])


def _primary_key(entry: _Entry) -> dict[str, Any]:
    return {f"pk_{column.name}": entry.where[column.name] for column in entry.table.primary_key}


# ------------------------------------------------------------------ schema ↔ JSON


def _facts(thing: City | Unit | Column | Waiver, *without: str) -> dict[str, Any]:
    facts = {one.name: getattr(thing, one.name) for one in fields(thing) if one.name not in without}
    if "contacts" in facts:
        facts["contacts"] = [asdict(contact) for contact in facts["contacts"]]
    if "until" in facts:
        facts["until"] = facts["until"].isoformat()
    if (confirmed := facts.get("confirmed")) is not None:
        facts["confirmed"] = {"by": confirmed.by, "on": confirmed.on.isoformat()}
    known: dict[str, Any] = storable(facts)
    return known


def _unit(
    unit: str, facts: Mapping[str, Any], columns: Mapping[str, list[Column]], waivers: Mapping[str, list[Waiver]]
) -> Unit:
    known = {
        "kind": UnitKind(facts["kind"]),
        "supervision": Supervision(facts["supervision"]),
        "contacts": tuple(Contact(**contact) for contact in facts["contacts"]),
        "columns": tuple(columns.get(unit, ())),
        "waivers": tuple(waivers.get(unit, ())),
    }
    return Unit(**{**facts, **known, "id": unit})


def _column(unit: str, column: str, facts: Mapping[str, Any]) -> Column:
    told = facts["confirmed"]
    known = {
        "kind": ColumnKind(facts["kind"]),
        "confirmed": Confirmed(by=told["by"], on=dt.date.fromisoformat(told["on"])) if told else None,
    }
    return Column(**{**facts, **known, "unit": unit, "id": column})


def _waiver(facts: Mapping[str, Any]) -> Waiver:
    return Waiver(**{**facts, "until": dt.date.fromisoformat(facts["until"])})
