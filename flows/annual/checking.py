"""What the checks say is kept with each yearly report that stands, published or come by mail.

The rules accuse only what was published; this is for the roster, and for whoever mends a report before it is out. What
is kept already is not written again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from flows.compliance.annual.checking import GROUP, checks
from flows.compliance.regimes import of_city
from flows.compliance.rulebook import BY_SUBJECT
from flows.compliance.rules import annual_report
from flows.gathering.annual import known_of
from flows.gathering.run import Run, run_of
from storage import findings, progress, registry
from storage.annual import held
from storage.database import Database, utcnow
from storage.settings import Settings

STAGE: Final = "annual_checked"
_FIRST: Final = 2008  # 条例 came into force on 2008-05-01
_VERSIONS: Final = " ".join(f"{rule.id}={rule.version}" for rule in BY_SUBJECT["group"] if rule.module.GROUPS == GROUP)


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
    """Checks the reports of every year in which anything changed; of how many something else is said now."""
    noted = progress.read(run.database, STAGE)
    changed, last = 0, ""
    for year in range(_FIRST - 1, run.case.as_of.year + 1):
        standing = held.standing(run.database, year=year)
        now = _digest(one.id + one.sha256 + str(one.read_at) + one.outcome.value for one in standing)
        number = int(_digest((run.case.law.digest, _VERSIONS, _units(run), last, now))[:15], 16)
        if standing and (noted.get(str(year)) != number or any(one.checks is None for one in standing)):
            changed += check_year(run, year)
            progress.note(run.database, STAGE, {str(year): number})
        last = now
    return changed


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


def _units(run: Run) -> str:
    """What of the registry the checks rest on: who is registered, as what, and by which name."""
    return _digest(
        (run.city.name, *(f"{unit.id} {unit.name} {unit.kind} {unit.supervision}" for unit in run.city.units))
    )


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _same(kept: Iterable[object] | None, said: list[dict[str, object]]) -> bool:
    return kept is not None and list(kept) == said
