"""Freezes a period: its scoreboard as the store has it now, with everything that it follows from."""

from __future__ import annotations

import datetime as dt
import os
import zoneinfo
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from flows.compliance.periods import Span, span_of
from flows.compliance.regimes import of_city
from flows.report import board_of, known_city
from flows.reports import scoreboard
from harvesters import city_file
from storage import periods
from storage.database import Database, dumps, utcnow
from storage.exceptions import PeriodRefused
from storage.export import verdict_of
from storage.periods import Period
from storage.schema import City


def freeze(
    database: Database,
    home: Path,
    name: str,
    *,
    by: str,
    note: str | None = None,
    early: bool = False,
    now: dt.datetime | None = None,
) -> Period:
    """Freezes a period as the store has it now.

    :param home: the data folder.
    :param by: who freezes it.
    :param early: also where the period is not over.
    :param now: the moment of freezing, aware.
    :raises UnknownTarget: there is no such period, or no city.
    :raises PeriodRefused: it is frozen already, is not over, or the store is not assessed as of one day within it.
    :raises ExportError: the file of its verdicts cannot be written; nothing is frozen.
    """
    span, now = span_of(name), now or utcnow()
    city = known_city(database)
    law = of_city(city.code, home)
    if not by.strip():
        raise PeriodRefused(f"{name}: say who freezes it (--by)")
    if (standing := periods.find(database, name)) is not None:
        raise periods.already_frozen(standing)
    today = now.astimezone(zoneinfo.ZoneInfo(city.timezone)).date()
    if today < span.first:
        raise PeriodRefused(f"{name} has not begun: its first day is {span.first.isoformat()}")
    if today <= span.last and not early:
        raise PeriodRefused(f"{name} is not over: it ends on {span.last.isoformat()}; --early freezes it all the same")
    staged = home / periods.FOLDER / f".{name}.{os.getpid()}.jsonl.gz"
    try:
        written = periods.write_verdicts(database, staged)
        # the board is made from the file, so that it follows from it whatever is assessed meanwhile
        as_of = _day_within(span, today, {row["as_of"] for row in periods.read_verdicts(staged) if row["item"] is None})
        board = board_of(database, city, law, (verdict_of(row) for row in periods.read_verdicts(staged)))
        period = Period(
            name=name,
            first=span.first,
            last=span.last,
            as_of=as_of,
            early=today <= span.last,
            frozen_at=now,
            frozen_by=by,
            note=note,
            board=dumps(scoreboard.as_json(board)),
            regulation=law.canonical,
            regulation_digest=law.digest,
            city=city_file.dump(_without_contacts(city)),
            file=f"{periods.FOLDER}/{name}.verdicts.jsonl.gz",
            rows=written.rows,
            digest=written.digest,
            sha256=written.sha256,
        )
        periods.freeze(database, period, staged, home)
    finally:
        with suppress(OSError):
            staged.unlink(missing_ok=True)
    return period


def _day_within(span: Span, today: dt.date, days: set[str]) -> dt.date:
    """The one day that was judged.

    :raises PeriodRefused: there is none, there are several, or it lies outside the period.
    """
    last = min(span.last, today).isoformat()
    again = f"run gongkai assess --as-of {last} first, which judges what is known now by the calendar of that day"
    if not days:
        raise PeriodRefused(f"{span.name}: nothing was judged yet: {again}")
    if len(days) > 1:
        raise PeriodRefused(
            f"{span.name}: the store holds verdicts as of {', '.join(sorted(days))} side by side, as after an "
            f"assessment that broke off: {again}"
        )
    day = dt.date.fromisoformat(days.pop())
    if not span.first <= day <= span.last:
        where = "after its end" if day > span.last else "before its first day"
        raise PeriodRefused(f"{span.name}: the store is assessed as of {day.isoformat()}, {where}: {again}")
    return day


def _without_contacts(city: City) -> City:
    """Whom to write to is nothing a score rests on."""
    return replace(city, units=tuple(replace(unit, contacts=()) for unit in city.units))
