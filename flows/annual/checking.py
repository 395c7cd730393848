"""What the checks say is kept with each yearly report that stands, published or come by mail.

The rules accuse only what was published; this is for the roster, and for whoever mends a report before it is out. What
is kept already is not written again.
"""

from __future__ import annotations

from collections.abc import Iterable

from flows.compliance.annual.checking import checks
from flows.compliance.regimes import of_city
from flows.compliance.rules import annual_report
from flows.gathering.annual import known_of
from flows.gathering.run import Run, run_of
from storage import findings, registry
from storage.annual import held
from storage.database import Database, utcnow
from storage.settings import Settings


def check_all(database: Database, known: Settings, year: int) -> int:
    """Checks every report of the year that stands; of how many something else is said now. None without a city.

    :raises SettingsError: the city's regulations file says something that is not understood.
    """
    city = registry.load_city(database)
    if city is None:
        return 0
    as_of = max(findings.days_judged(database, annual_report.RULES), default=None)
    return check_year(run_of(database, city, of_city(city.code, known.home), as_of, utcnow(), known.archive), year)


def check_every_year(run: Run) -> int:
    """Checks the reports of every year of which one stands; of how many something else is said now."""
    years = {one.year for one in held.standing(run.database) if one.year is not None}
    return sum(check_year(run, year) for year in sorted(years))


def check_year(run: Run, year: int) -> int:
    """Checks the reports of one year in this run."""
    before = {one.id: one.checks for one in held.standing(run.database, year=year)}
    changed = 0
    for known in known_of(run, year):
        said = [one.model_dump(mode="json") for one in checks(known, run.case)]
        if _same(before.get(known.id), said):
            continue
        held.set_checks(run.database, known.id, said)
        changed += 1
    return changed


def _same(kept: Iterable[object] | None, said: list[dict[str, object]]) -> bool:
    return kept is not None and list(kept) == said
