"""What happened since the last time, out of the store: steps of findings, the new day, what is amiss; notices kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flows.compliance.calendar import WorkingDays
from flows.compliance.regimes import load, of_city
from flows.compliance.regulation import Regulation, RegulationError
from flows.notices import deciding, faults, wording
from flows.notices.channels import Channels
from flows.notices.deciding import Event
from flows.notices.faults import Run
from flows.notices.table import FAULTS
from storage import catalogue, findings, notices, observations, outbox
from storage.console import queries
from storage.database import Database
from storage.findings import State
from storage.notices import Fault
from storage.schema import City, Finding, Subject
from storage.settings import Settings

STEPS = 1000  # of findings read at a time
_Told = Callable[[Finding], Mapping[str, Any]]


class Days:
    """The city's zone, its working days, its rules and what today is there."""

    def __init__(self, city: City, law: Regulation, now: dt.datetime) -> None:
        own = law.holidays
        self.law = law
        self.zone = ZoneInfo(city.timezone)
        self.calendar = WorkingDays(off=own.days_off, worked=own.days_worked, announced=own.announced)
        self.today = now.astimezone(self.zone).date()


def days_of(city: City, now: dt.datetime, settings: Settings) -> Days:
    """The days of a city at ``now``; by what holds everywhere where the city's own regulations are not understood.

    The assessment fails then, and it is just this run that tells the operator so.
    """
    try:
        law = of_city(city.code, settings.home)
    except RegulationError:
        law = load()
    return Days(city, law, now)


def gather(
    database: Database,
    city: City,
    channels: Channels,
    days: Days,
    now: dt.datetime,
    settings: Settings,
    runs: Iterable[Run] | None,
) -> int:
    """Keeps the notices of everything that happened since the last time; how many are new.

    :param runs: the last runs of the flows; None: nobody has looked, and nothing of them is over.
    """
    units = frozenset(one.id for one in city.units)
    number, count = notices.begin(database), 0
    while steps := findings.steps_after(database, number, STEPS):
        told = _telling(database, city, channels, days, [one.finding for one in steps])
        number = steps[-1].number
        new = deciding.addressed(deciding.of_steps(steps, told), channels, units)
        count += notices.keep(database, new, at=now, cursor=number)
    if notices.day(database) != days.today:
        new = deciding.addressed(_of_day(database, city, channels, days), channels, units)
        count += notices.keep(database, new, at=now, day=days.today)
    return count + _faults(database, city, channels, now, settings, runs, units)


def _of_day(database: Database, city: City, channels: Channels, days: Days) -> Iterator[Event]:
    waived = list(findings.iter_findings(database, State.WAIVED))
    mending = [
        one
        for state in (State.NOTIFIED, State.RECEIVED, State.FIXING)
        if channels.limits.mend_working_days is not None
        for one in findings.iter_findings(database, state)
    ]
    told = _telling(database, city, channels, days, [*waived, *mending])
    yield from deciding.of_day(waived, mending, city, days.today, channels.limits.waiver_days, told)


def _telling(database: Database, city: City, channels: Channels, days: Days, found: Sequence[Finding]) -> _Told:
    """How a finding reads: its rule, where, its last day, its address. Titles of items are asked for together."""
    units = {unit.id: unit for unit in city.units}
    items = sorted({one.item for one in found if one.item})
    titles: dict[str, str] = {}
    for start in range(0, len(items), STEPS):
        titles |= queries.titles(database, items[start : start + STEPS])

    def told(finding: Finding) -> Mapping[str, Any]:
        unit = units.get(finding.unit)
        column = next((one for one in unit.columns if one.id == finding.column), None) if unit else None
        rule = days.law.rules.get(finding.rule)
        at = deciding.notified_at(finding)
        due = None
        if at is not None:
            due = deciding.last_day(at, channels.limits.mend_working_days, _adding(days), days.zone)
        place = [column.name if column else finding.column, titles.get(finding.item or "")]
        return {
            "finding": finding.id,
            "unit_name": unit.name if unit else finding.unit,
            "rule": rule.title if rule else finding.rule,
            "rule_id": finding.rule,
            "place": "·".join(part for part in place if part) or "单位整体",
            "found_on": finding.opened_at.astimezone(days.zone).date().isoformat(),
            "until": finding.waived_until.isoformat() if finding.waived_until else None,
            "due": due,
        }

    return told


def _adding(days: Days) -> Callable[[dt.date, int], dt.date]:
    return lambda start, count: days.calendar.add_working_days(start, count).on


def _faults(
    database: Database,
    city: City,
    channels: Channels,
    now: dt.datetime,
    settings: Settings,
    runs: Iterable[Run] | None,
    units: frozenset[str],
) -> int:
    limits = channels.limits
    failing = {subject: observations.failing(database, subject) for subject in (Subject.COLUMN, Subject.HOME)}
    stand: list[Fault] = [
        *faults.of_looks(city, failing, limits),
        *faults.of_held(city, catalogue.held(database)),
        *faults.of_receivers(outbox.receivers(database).values(), outbox.drifts(database), limits, now),
        *faults.of_channels(notices.channels(database).values(), limits, now),
        *faults.of_templates(wording.check(settings.home), now),
        *(faults.of_runs(runs) if runs is not None else ()),
    ]
    looked_at = frozenset(FAULTS) - (frozenset() if runs is not None else {"flow_failed"})
    began, over = deciding.changes(stand, notices.faults(database), looked_at)
    if not began and not over:
        return 0
    new = list(deciding.addressed([deciding.of_fault(one) for one in began], channels, units))
    ended = list(deciding.addressed([deciding.of_fault(one, over=True) for one in over], channels, units))
    # that something is in order again is news only where it was heard that it was not
    heard = notices.sent_of(database, [deciding.begin_key(one) for one in ended])
    new += [one for one in ended if (deciding.begin_key(one), one.channel) in heard]
    return notices.keep(database, new, at=now, began=began, over=[one.key for one in over])
