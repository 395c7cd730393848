"""The roll-up of each year is told to the console, after each assessment and when something was handed in.

Everything is read through storage's doors and brought together by ``rolling``; nothing is fetched, and nothing judged
that the rules do not judge. Told twice from the same rows it is the same, byte for byte. What was told already is not
worked out again: a few numbers say what it followed from.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from flows.annual.checking import check_all, check_every_year
from flows.annual.claims import IN_FORCE, Found, claims
from flows.annual.rolling import NOT_SUMMED, Year, counts_of, reported, roll
from flows.annual.standing import latest_due, standings
from flows.compliance.regimes import of_city
from flows.compliance.rules import annual_report
from flows.gathering.run import Run, run_of
from storage import catalogue, findings, outbox, progress, registry
from storage.annual import figures, held, told
from storage.annual.held import HeldReport, Outcome
from storage.annual.report import report_of
from storage.annual.rollup import Claim, Counts, Rollup, as_data
from storage.database import Database, utcnow
from storage.exceptions import UnknownTarget
from storage.settings import Settings

STAGE: Final = "annual_told"
VERSION: Final = 1  # of what is told: told again when it says more
FIRST: Final = 2008  # 条例 came into force on 2008-05-01


def tell(database: Database, known: Settings) -> list[int]:
    """Tells the last year due and every other year of which reports stand, where anything changed; which were told.

    Of a database without a city nothing.

    :raises SettingsError: the city's regulations file says something that is not understood.
    """
    run = _run(database, known)
    if run is None:
        return []
    check_every_year(run)
    last = latest_due(run)
    standing = held.standing(database)
    years = {one.year for one in standing if one.year is not None and FIRST <= one.year <= run.case.as_of.year}
    before = progress.read(database, STAGE)
    changed: dict[str, int] = {}
    for year in sorted({last, *years}):
        number = _followed_from(run, year, standing, moving=year >= last)
        if before.get(str(year)) != number:
            _tell(run, year)
            changed[str(year)] = number
    if changed:
        progress.note(database, STAGE, changed)
    return [int(year) for year in changed]


def tell_year(database: Database, known: Settings, year: int) -> Rollup:
    """Brings one year together and tells it.

    :raises UnknownTarget: no city was applied yet.
    :raises SettingsError: the city's regulations file says something that is not understood.
    """
    run = _run(database, known)
    if run is None:
        raise UnknownTarget("no city yet: run gongkai city apply FILE, then gongkai harvest and gongkai assess")
    check_all(database, known, year)
    return _tell(run, year)


def due_last(database: Database, known: Settings) -> int:
    """The latest year whose report some unit already owes; the last calendar year before a city is applied."""
    run = _run(database, known)
    return utcnow().year - 1 if run is None else latest_due(run)


def roll_year(run: Run, year: int) -> Rollup:
    """The roll-up of a year as the store has it now."""
    database = run.database
    now, before = held.standing(database, year=year), held.standing(database, year=year - 1)
    units = {unit.id for unit in run.city.units}
    counts = catalogue.year_counts(database, year)
    rollup = roll(
        Year(
            year=year,
            as_of=run.case.as_of,
            city=run.city,
            standings=standings(run, year),
            held=now,
            last=before,
            counts=counts_of(counts, run.columns, units),
            counts_last=_counts_before(run, year - 1, units),
            entered=figures.entered(database, year),
            days={one.id: run.day(at) for one in now if (at := one.received_at or one.first_seen) is not None},
        )
    )
    return rollup.model_copy(update={"claims": _claims(run, year, now, counts)})


def _run(database: Database, known: Settings) -> Run | None:
    """The run of the day judged last, or of today where nothing was judged yet."""
    city = registry.load_city(database)
    if city is None:
        return None
    as_of = max(findings.days_judged(database, annual_report.RULES), default=None)
    return run_of(database, city, of_city(city.code, known.home), as_of, utcnow(), known.archive)


def _tell(run: Run, year: int) -> Rollup:
    rollup = roll_year(run, year)
    stands = told.told(run.database, year)
    if stands is None or as_data(stands[0]) != as_data(rollup):
        told.tell(run.database, rollup)
    return rollup


def _counts_before(run: Run, year: int, units: set[str]) -> Counts | None:
    """The counts of the year before; None where the catalogue does not reach back to its beginning."""
    first = catalogue.first_published(run.database)
    if first is None or first > dt.date(year, 1, 1):
        return None
    return counts_of(catalogue.year_counts(run.database, year), run.columns, units)


def _claims(run: Run, year: int, now: Iterable[HeldReport], counts: Sequence[catalogue.YearCount]) -> tuple[Claim, ...]:
    reports = {
        unit: report_of(one.counted.report)
        for unit, one in reported(now).items()
        if one.counted is not None and one.counted.outcome is Outcome.READ and one.counted.report is not None
    }
    units = [unit for unit in run.city.units if unit.kind not in NOT_SUMMED]
    places = [place for place, column in run.columns.items() if column.kind in IN_FORCE.values()]
    seen = {place: run.day(at) for place, at in catalogue.seen_whole(run.database).items()}
    validity = catalogue.by_validity(run.database, places, dt.date(year, 12, 31))
    return claims(year, reports, units, Found(counts=counts, validity=validity, seen=seen))


def _followed_from(run: Run, year: int, standing: Iterable[HeldReport], *, moving: bool) -> int:
    """What a year's roll-up follows from, as a number that the database can keep.

    :param moving: it may follow from what is judged and published now, too.
    """
    reports = [(one.id, one.read_at, one.outcome, one.checks) for one in standing if one.year in (year, year - 1)]
    entered: list[Mapping[str, Any]] = [one.model_dump(mode="json") for one in figures.entered(run.database, year)]
    known: list[Any] = [VERSION, run.case.law.digest, repr(run.city), reports, entered]
    if moving:
        known += [run.case.as_of, findings.changes(run.database), outbox.head(run.database)]
    return int(hashlib.sha256(repr(known).encode("utf-8", "replace")).hexdigest()[:15], 16)
