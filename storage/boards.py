"""The scoreboard as assessing tells it, day by day: what the console shows without working anything out.

A board is what ``flows/reports/scoreboard.py`` says as JSON, with the units' lines apart: one row a unit and day, so
that a page reads what it shows and no more. A day that is judged again replaces what was told of it; the lost points
of days before the last are dropped, for a frozen period has them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.database import Database, insert_many, take_lock, utcnow


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One unit's line on one day.

    ``line`` is its part of the scoreboard's JSON without the losses; ``cells`` are its verdicts, counted: rule → kind
    of verdict → number; ``losses`` every lost point, None where they were not asked for or are kept no more.
    """

    day: dt.date
    unit: str
    line: Mapping[str, Any]
    cells: Mapping[str, Mapping[str, int]]
    losses: tuple[Mapping[str, Any], ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Board:
    """The city on one day; ``board`` is the scoreboard's JSON without the units' lines. ``told_at`` in UTC."""

    day: dt.date
    told_at: dt.datetime
    board: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Day:
    """What a curve shows of one day: open findings, coverage (good, due, percent), and points by unit.

    ``mean`` is that of the units with points, of ``units`` in all; None where none has, or where it was not told yet.
    """

    day: dt.date
    open: int
    coverage: Mapping[str, Any] | None
    mean: float | None
    units: int
    points: Mapping[str, float]


def tell(db: Database, day: dt.date, board: Mapping[str, Any], standings: Iterable[Standing]) -> None:
    """Keeps the board of a day in place of what was told of it, in one transaction."""
    at = tables.standings.c
    rows = [
        {"day": day, "unit": one.unit, "line": one.line, "cells": one.cells, "losses": list(one.losses or ())}
        for one in standings
    ]
    with db.begin() as session:
        take_lock(session, "boards")
        session.execute(sa.delete(tables.standings).where(at.day == day))
        session.execute(sa.delete(tables.boards).where(tables.boards.c.day == day))
        session.execute(sa.insert(tables.boards).values(day=day, told_at=utcnow(), board=dict(board)))
        insert_many(session, tables.standings, rows)
        session.execute(
            sa.update(tables.standings).where(at.day < day, at.losses.is_not(None)).values(losses=sa.null())
        )


def latest(db: Database, *, until: dt.date | None = None) -> Board | None:
    """The board of the last day told, or of the last one up to ``until``."""
    at = tables.boards.c
    query = sa.select(tables.boards).order_by(at.day.desc()).limit(1)
    if until is not None:
        query = query.where(at.day <= until)
    with db.read() as session:
        row = session.execute(query).mappings().first()
    return None if row is None else Board(**row)


def standings(db: Database, day: dt.date) -> list[Standing]:
    """Every unit's line of a day, without losses, by unit."""
    at = tables.standings.c
    query = sa.select(at.day, at.unit, at.line, at.cells).where(at.day == day).order_by(at.unit)
    with db.read() as session:
        return [Standing(**row) for row in session.execute(query).mappings()]


def lines(db: Database, day: dt.date) -> dict[str, Mapping[str, Any]]:
    """Every unit's line of a day by unit, without its cells and losses."""
    at = tables.standings.c
    with db.read() as session:
        return dict(session.execute(sa.select(at.unit, at.line).where(at.day == day)).tuples().all())


def standing(db: Database, unit: str, day: dt.date | None = None) -> Standing | None:
    """One unit's line of a day (default: of its last), with its losses."""
    at = tables.standings.c
    query = sa.select(tables.standings).where(at.unit == unit).order_by(at.day.desc()).limit(1)
    if day is not None:
        query = query.where(at.day == day)
    with db.read() as session:
        row = session.execute(query).mappings().first()
    if row is None:
        return None
    losses = None if row["losses"] is None else tuple(row["losses"])
    return Standing(**{**row, "losses": losses})


def days(db: Database, *, limit: int = 400) -> list[dt.date]:
    """The days that boards were told of, oldest first; at most the last ``limit``."""
    query = sa.select(tables.boards.c.day).order_by(tables.boards.c.day.desc()).limit(limit)
    with db.read() as session:
        return sorted(session.execute(query).scalars())


def trend(db: Database, until: dt.date, *, limit: int = 60) -> list[Day]:
    """The last days told up to ``until``, oldest first, without the lines of units."""
    at = tables.boards.c
    query = sa.select(at.day, at.board["open_findings"], at.board["coverage"], at.board["trend"])
    with db.read() as session:
        rows = session.execute(query.where(at.day <= until).order_by(at.day.desc()).limit(limit)).tuples().all()
    return [
        Day(
            day=day,
            open=sum((kinds or {}).values()),
            coverage=covered,
            mean=(told or {}).get("mean"),
            units=(told or {}).get("units", 0),
            points=(told or {}).get("points", {}),
        )
        for day, kinds, covered, told in reversed(rows)
    ]


def history(db: Database, unit: str, *, limit: int = 400) -> Iterator[Standing]:
    """One unit's lines, newest first, without losses."""
    at = tables.standings.c
    query = sa.select(at.day, at.unit, at.line, at.cells).where(at.unit == unit).order_by(at.day.desc()).limit(limit)
    with db.read() as session:
        rows = session.execute(query).mappings().all()
    yield from (Standing(**row) for row in rows)
