"""Columns whose changes are held back (law 7): since when, why, and who has let one through after looking.

A hold stands until a look as usual ends it, or until a person accepts the change. An acceptance is for what was held
when it was given: it lets the next look of that sort through once, whatever that shows, and the guard is back.
Who accepted, when and why is kept for good, with what came of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database, insert_into, storable
from storage.exceptions import StepRefused, UnknownTarget

ROWS_GONE: Final = "rows_gone"
DATES_GONE: Final = "dates_gone"
OF_LISTS: Final = (ROWS_GONE, DATES_GONE)  # what a walk finds; anything else is a field that articles lost
LEAST_LOST: Final = 5  # fewer losses are never a mass change: a column of three may lose two
SAMPLE: Final = 5  # of what is gone that are kept, to look at
_GONE: Final = "_gone"


def reason_of(field: str) -> str:
    """The reason of a hold because articles no longer state ``field``."""
    return f"{field}{_GONE}"


def is_mass(lost: int, of: int, share: float) -> bool:
    """Whether so many lost of so many are a mass change."""
    return lost >= LEAST_LOST and lost > share * of


@dataclass(frozen=True, kw_only=True)
class Gone:
    """One of what is gone: a row, or an article that lost a field."""

    title: str
    url: str
    date: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """A person's word that a change which was held is real. ``used_at``: when a look ended it, to what ``outcome``."""

    unit: str
    column: str
    reason: str
    lost: int
    of: int
    who: str
    why: str
    at: dt.datetime
    used_at: dt.datetime | None = None
    outcome: str | None = None


@dataclass(frozen=True, kw_only=True)
class Held:
    """A column that is held: ``lost`` of ``of`` rows or articles, for ``reason``; ``accepted``: the next may pass."""

    unit: str
    column: str
    since: dt.datetime
    reason: str
    lost: int
    of: int
    sample: tuple[Gone, ...] = ()
    accepted: Acceptance | None = None


def held(db: Database) -> list[Held]:
    """The columns that are held, the longest first."""
    at = tables.column_looks.c
    query = sa.select(tables.column_looks).where(at.held_since.is_not(None)).order_by(at.held_since, at.unit, at.column)
    with db.read() as session:
        waiting = {(one.unit, one.column, one.reason): one for one in _acceptances(session, waiting=True)}
        return [_held(row, waiting) for row in session.execute(query).mappings()]


def acceptances(db: Database) -> list[Acceptance]:
    """Everything that was ever accepted, the latest first."""
    with db.read() as session:
        return list(_acceptances(session, waiting=False))


def accept(db: Database, unit: str, column: str, *, who: str, why: str, at: dt.datetime) -> Acceptance:
    """Lets what is held of a column through at its next look, once.

    :raises UnknownTarget: the column is not held.
    :raises StepRefused: nobody, or no reason, is named; or it is accepted already and waits for the next look.
    """
    who, why = storable(who.strip()), storable(why.strip())
    if not who or not why:
        raise StepRefused("an accepted change needs who says so, and why")
    looks = tables.column_looks.c
    with db.begin() as session:
        query = sa.select(tables.column_looks).where(looks.unit == unit, looks.column == column)
        row = session.execute(query.with_for_update()).mappings().first()
        if row is None or row["held_since"] is None:
            raise UnknownTarget(f"{unit}/{column} is not held; gongkai catalogue held lists the columns that are")
        if _waiting(session, unit, column, row["held_reason"]) is not None:
            raise StepRefused(f"{unit}/{column} is accepted already: the next full harvest takes it over")
        given = {"unit": unit, "column": column, "reason": row["held_reason"], "who": who, "why": why, "at": at}
        given |= {"lost": row["held_lost"] or 0, "of": row["held_of"] or 0}
        session.execute(sa.insert(tables.accepted_changes).values(**given))
    return Acceptance(**given)


# ------------------------------------------------------------------ within the transaction of a look


def hold(session: Session, found: Held) -> None:
    """Notes that a column is held; since when it is stays, as long as it is held for one reason."""
    looks = tables.column_looks.c
    query = sa.select(looks.held_since, looks.held_reason).where(looks.unit == found.unit, looks.column == found.column)
    before = session.execute(query).first()
    was = None if before is None or before.held_reason != found.reason else before.held_since
    told = [{"title": one.title, "url": one.url, "date": one.date and one.date.isoformat()} for one in found.sample]
    values = {"held_since": was or found.since, "held_reason": found.reason, "held_sample": storable(told)}
    values |= {"held_lost": found.lost, "held_of": found.of}
    insert = insert_into(session, tables.column_looks).values(unit=found.unit, column=found.column, **values)
    session.execute(insert.on_conflict_do_update(index_elements=["unit", "column"], set_=values))


def release(session: Session, unit: str, column: str, reasons: Sequence[str]) -> None:
    """Ends a hold for one of these reasons, if there is one."""
    looks = tables.column_looks.c
    names = ("held_since", "held_reason", "held_lost", "held_of", "held_sample")
    here = (looks.unit == unit, looks.column == column, looks.held_reason.in_(list(reasons)))
    session.execute(sa.update(tables.column_looks).where(*here).values(**dict.fromkeys(names)))


def use_acceptance(session: Session, unit: str, column: str, reason: str, at: dt.datetime) -> bool:
    """Whether a person has let this change through; that word is used up by it."""
    found = _waiting(session, unit, column, reason)
    if found is not None:
        _end(session, [found], at, "taken_over")
    return found is not None


def expire_acceptances(session: Session, unit: str, column: str, reasons: Sequence[str], at: dt.datetime) -> None:
    """A look as usual needed no acceptance: what waits for one of these reasons is for nothing later."""
    found = [name for reason in reasons if (name := _waiting(session, unit, column, reason)) is not None]
    if found:
        _end(session, found, at, "not_needed")


def _waiting(session: Session, unit: str, column: str, reason: str) -> int | None:
    one = tables.accepted_changes.c
    here = (one.unit == unit, one.column == column, one.reason == reason, one.used_at.is_(None))
    found: int | None = session.execute(sa.select(one.id).where(*here).order_by(one.id).limit(1)).scalar()
    return found


def _end(session: Session, names: Sequence[int], at: dt.datetime, outcome: str) -> None:
    one = tables.accepted_changes.c
    values = {"used_at": at, "outcome": outcome}
    session.execute(sa.update(tables.accepted_changes).where(one.id.in_(list(names))).values(**values))


def _acceptances(session: Session, *, waiting: bool) -> Iterator[Acceptance]:
    one = tables.accepted_changes.c
    query = sa.select(tables.accepted_changes).order_by(one.at.desc(), one.id.desc())
    if waiting:
        query = query.where(one.used_at.is_(None))
    for row in session.execute(query).mappings():
        yield Acceptance(**{name: value for name, value in row.items() if name != "id"})


def _held(row: Any, waiting: dict[tuple[str, str, str], Acceptance]) -> Held:
    return Held(
        unit=row["unit"],
        column=row["column"],
        since=row["held_since"],
        reason=row["held_reason"] or ROWS_GONE,
        lost=row["held_lost"] or 0,
        of=row["held_of"] or 0,
        sample=tuple(
            Gone(
                title=one["title"],
                url=one["url"],
                date=dt.date.fromisoformat(one["date"]) if one["date"] else None,
            )
            for one in row["held_sample"] or ()
        ),
        accepted=waiting.get((row["unit"], row["column"], row["held_reason"])),
    )
