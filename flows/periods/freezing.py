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
from flows.periods.judging import AFRESH, judged
from flows.report import board_of, known_city
from flows.reports import scoreboard
from harvesters import city_file
from storage import findings, observations, periods
from storage.database import Database, dumps, utcnow
from storage.exceptions import PeriodRefused
from storage.export import iter_rows, verdict_of
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
    """Freezes a period: as the store has it where it is assessed as of a day in the period, else as of its last day.

    :param home: the data folder.
    :param by: who freezes it.
    :param early: also where the period is not over.
    :param now: the moment of freezing, aware.
    :raises UnknownTarget: there is no such period, or no city.
    :raises PeriodRefused: it is frozen already or is not over; or nothing in it was assessed, or not whole.
    :raises ExportError: the file of its verdicts cannot be written; nothing is frozen.
    """
    span, now = span_of(name), now or utcnow()
    city = known_city(database)
    law = of_city(city.code, home)
    if not by.strip():
        raise PeriodRefused(f"{name}: say who freezes it (--by)")
    if (standing := periods.find(database, name)) is not None:
        raise periods.already_frozen(standing)
    zone = zoneinfo.ZoneInfo(city.timezone)
    today = now.astimezone(zone).date()
    if today < span.first:
        raise PeriodRefused(f"{name} has not begun: its first day is {span.first.isoformat()}")
    if today <= span.last and not early:
        raise PeriodRefused(f"{name} is not over: it ends on {span.last.isoformat()}; --early freezes it all the same")
    assessed = _day_assessed(span, findings.days_judged(database, AFRESH))
    as_of = min(assessed, span.last)
    if assessed > span.last:
        _must_have_looked(name, as_of, observations.first_at(database), zone)
    staged = home / periods.FOLDER / f".{name}.{os.getpid()}.jsonl.gz"
    try:
        if assessed > span.last:
            written = periods.write_verdicts(judged(database, city, law, as_of, now), staged)
        else:
            written = periods.write_verdicts(iter_rows(database, "verdicts"), staged)
        # from here on the file is what counts
        if {row["as_of"] for row in periods.read_verdicts(staged) if row["rule"] in AFRESH} != {as_of.isoformat()}:
            raise PeriodRefused(f"{name}: an assessment went on meanwhile: freeze it again when it is done")
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


def _day_assessed(span: Span, days: set[dt.date]) -> dt.date:
    """The one day that was judged.

    :raises PeriodRefused: there is none, there are several, or it lies before the period.
    """
    if not days:
        raise PeriodRefused(f"{span.name}: nothing was judged yet: run gongkai assess first")
    if len(days) > 1:
        raise PeriodRefused(
            f"{span.name}: verdicts as of {', '.join(day.isoformat() for day in sorted(days))} stand side by side, as "
            "after an assessment that broke off: run gongkai assess first"
        )
    [day] = days
    if day < span.first:
        raise PeriodRefused(
            f"{span.name}: the last assessment was as of {day.isoformat()}, before its first day: run gongkai assess "
            "first"
        )
    return day


def _must_have_looked(name: str, day: dt.date, first: dt.datetime | None, zone: dt.tzinfo) -> None:
    if first is None or first.astimezone(zone).date() > day:
        raise PeriodRefused(f"{name}: nothing was looked at by {day.isoformat()}: of that day nothing is known")


def _without_contacts(city: City) -> City:
    """Whom to write to is nothing a score rests on."""
    return replace(city, units=tuple(replace(unit, contacts=()) for unit in city.units))
