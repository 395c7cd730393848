"""Stored rows and looks become verdicts: facts are gathered, pure rules judge them, findings open and close.

Everything is read through storage's doors, judged by ``flows.compliance`` and handed to ``storage.findings.settle``.
Columns and units are judged afresh each time, because time alone makes them late; an item is judged again only when
it changed, or when the rules, their limits, the calendar, the registry or a waiver did. So a run costs what changed,
and running it again changes nothing. What is held at one time is the registry and one batch of verdicts.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import zoneinfo
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property

from prefect import flow

from flows.compliance import RULES, availability, judge_column, judge_item, judge_unit
from flows.compliance.annual_report import may_be_report
from flows.compliance.calendar import WorkingDays
from flows.compliance.catalogue_fields import shown_fields
from flows.compliance.facts import ColumnFacts, ItemCase, ItemContext, Looks, ProbeDay, Report, UnitFacts
from flows.compliance.obligations import coverage
from flows.compliance.regulation import Regulation, of_city
from flows.compliance.seen import saw_newest
from flows.compliance.site_counts import Sites
from flows.compliance.timely_item import is_displayed
from storage import catalogue, findings, observations, outbox, progress, registry, settings
from storage.database import Database, open_database, utcnow
from storage.schema import City, Column, ColumnKind, Item, Observation, Subject, Unit, Verdict, VerdictKind

STAGE = "assess"
COLUMN_AND_UNIT_RULES = tuple(rule.id for rule in RULES.values() if rule.subject != "item")
GONE = "the rule, the unit or the column is judged no more"

Place = tuple[str, str | None]  # unit and column; None: its home page


@dataclass(frozen=True, kw_only=True)
class Assessed:
    """What one run judged and changed. ``items`` are those judged in this run; the others stand as judged before."""

    as_of: dt.date | None
    columns: int = 0
    units: int = 0
    items: int = 0
    verdicts: Mapping[str, int] = field(default_factory=dict)
    opened: int = 0
    closed: int = 0
    reopened: int = 0

    def __str__(self) -> str:
        if self.as_of is None:
            return "nothing to assess: no city has been applied (gongkai city apply FILE)"
        said = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in self.verdicts.items())
        return (
            f"assessed {self.columns} columns, {self.units} units and {self.items} changed items as of {self.as_of}: "
            f"{said}; findings: {self.opened} opened, {self.reopened} reopened, {self.closed} closed"
        )


@dataclass(frozen=True, kw_only=True)
class Case:
    """What every step of one run needs."""

    database: Database
    city: City
    law: Regulation
    days: WorkingDays
    zone: dt.tzinfo
    as_of: dt.date

    @cached_property
    def units(self) -> dict[str, Unit]:
        """The city's units by id."""
        return {unit.id: unit for unit in self.city.units}

    @cached_property
    def columns(self) -> dict[tuple[str, str], Column]:
        """The city's columns by unit and id."""
        return {(unit.id, column.id): column for unit in self.city.units for column in unit.columns}

    @cached_property
    def shown(self) -> dict[tuple[str, str], frozenset[str]]:
        """Unit and column → the fields the entries there show; see flows/compliance/catalogue_fields.py."""
        kinds = self.law.rules["CT-01"].columns
        found = {}
        for one in catalogue.entry_counts(self.database):
            column = self.columns.get((one.unit, one.column))
            if column is None or column.kind not in kinds:
                continue
            told = {"index_number": one.index_number, "summary": one.summary, "formed_on": one.formed_on}
            found[one.unit, one.column] = shown_fields(one.items, told)
        return found

    def day(self, moment: dt.datetime) -> dt.date:
        """The day of a moment in the city's time zone."""
        return moment.astimezone(self.zone).date()


@flow(name="assess")
def assess(as_of: dt.date | None = None, now: dt.datetime | None = None) -> Assessed:
    """Judges what is stored.

    :param as_of: the day judged, in the city's time zone; by default today there.
    :param now: the moment of the run, aware; findings open and close at it.
    :raises SettingsError: the city's regulations file says something that is not understood.
    """
    known = settings.load()
    with closing(open_database(known.database_url)) as database:
        return assess_database(database, known, as_of=as_of, now=now)


def assess_database(
    database: Database, known: settings.Settings, *, as_of: dt.date | None = None, now: dt.datetime | None = None
) -> Assessed:
    """Judges what one database holds; see :func:`assess`."""
    now = now or utcnow()
    city = registry.load_city(database)
    if city is None:
        return Assessed(as_of=None)
    case = case_of(database, city, of_city(city.code, known.home), as_of, now)
    seen = _Seen()
    columns = gather_columns(case)
    told = findings.settle(database, seen.counted(column_and_unit_verdicts(case, columns)), at=now)
    told += findings.retire(database, COLUMN_AND_UNIT_RULES, as_of=case.as_of, at=now, note=GONE)
    watched = {place: facts.looks.coverage for place, facts in columns.items()}
    told += _judge_items(case, seen, watched, now)
    if seen.conditions_changed or seen.changed:
        told += findings.settle(database, retired_verdicts(case, seen), at=now)
    return Assessed(
        as_of=case.as_of,
        columns=len(columns),
        units=len(case.units),
        items=seen.items,
        verdicts={kind.value: seen.verdicts[kind] for kind in VerdictKind},
        opened=told.opened,
        closed=told.closed,
        reopened=told.reopened,
    )


@dataclass
class _Seen:
    """What went by in this run: counts, and as much as is needed to tell what was judged no more."""

    verdicts: Counter[VerdictKind] = field(default_factory=Counter)
    items: int = 0
    conditions_changed: bool = False
    judged: set[tuple[str, str, str | None]] = field(default_factory=set)  # rule, unit, column: items left out
    changed: dict[str, str] = field(default_factory=dict)  # items of more than one revision: where they stand now

    def counted(self, verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
        for one in verdicts:
            self.verdicts[one.verdict] += 1
            if one.item is None:
                self.judged.add((one.rule, one.unit, one.column))
            yield one


def case_of(database: Database, city: City, law: Regulation, as_of: dt.date | None, now: dt.datetime) -> Case:
    """The case of one run; ``as_of`` None is the city's day at ``now``."""
    zone = zoneinfo.ZoneInfo(city.timezone)
    own = law.holidays
    return Case(
        database=database,
        city=city,
        law=law,
        days=WorkingDays(off=own.days_off, worked=own.days_worked, announced=own.announced),
        zone=zone,
        as_of=as_of or now.astimezone(zone).date(),
    )


# ------------------------------------------------------------------ columns


def gather_columns(case: Case) -> dict[tuple[str, str], ColumnFacts]:
    """What is known of every column of the registry."""
    last = observations.latest_by_column(case.database, Subject.COLUMN)
    homes = observations.latest_by_column(case.database, Subject.HOME)
    watched = coverage_of(case, Subject.COLUMN)
    found = {}
    for stored in catalogue.column_facts(case.database, as_of=case.as_of):
        place = (stored.unit, stored.column)
        if place not in case.columns:
            continue  # applied after the city was read
        look = last.get(place)
        whole = [stored.last_complete_at]
        if look is not None and look.outcome.is_good and (look.facts.get("complete") or saw_newest(look)):
            whole.append(look.at)
        found[place] = ColumnFacts(
            unit=case.units[stored.unit],
            column=case.columns[place],
            looks=looks_of(case, look, max(filter(None, whole), default=None), watched.get(place)),
            rows=stored.rows,
            ever=stored.rows + stored.missing,
            read=stored.read + stored.row_only,
            dated=stored.dated - stored.after_as_of,
            later=stored.after_as_of,
            unread_undated=stored.rows - stored.dated - stored.undated,
            newest_on=stored.newest_on,
            newest_url=stored.newest_url,
            newest_item=stored.newest_item,
            held=stored.held_since is not None,
            moved_to=_moved(homes.get((stored.unit, None)), stored.column),
        )
    return found


def looks_of(case: Case, last: Observation | None, whole: dt.datetime | None, share: float | None) -> Looks:
    """Looks with their days in the city's time zone."""
    return Looks(
        last=last,
        last_on=case.day(last.at) if last is not None else None,
        whole_on=case.day(whole) if whole is not None else None,
        coverage=share,
    )


def _moved(home: Observation | None, column: str) -> str | None:
    moved = home.facts.get("moved") if home is not None and home.outcome.is_good else None
    return moved.get(column) if isinstance(moved, Mapping) else None


def coverage_of(case: Case, subject: Subject) -> dict[Place, float | None]:
    """The share of the days due with a good look, at each place looked at."""
    days = case.law.look.coverage_days
    first = dt.datetime.combine(case.as_of - dt.timedelta(days=days - 1), dt.time(), case.zone)
    good: dict[Place, set[dt.date]] = defaultdict(set)
    tried: dict[Place, set[dt.date]] = defaultdict(set)
    for look in observations.iter_observations(case.database, subject=subject, since=first.astimezone(dt.UTC)):
        place, day = (look.unit, look.column), case.day(look.at)
        tried[place].add(day)
        if look.outcome.is_good:
            good[place].add(day)
    return {place: coverage(good[place], tried[place], case.as_of, days) for place in tried}


def probes_of(case: Case) -> Mapping[str, tuple[ProbeDay, ...]]:
    """How the probes of every unit's front door went, by day, in the days that the sampling rule asks for."""
    first = case.as_of - dt.timedelta(days=case.law.rules["AV-01"].sampling.days)
    since = dt.datetime.combine(first, dt.time(), case.zone).astimezone(dt.UTC)
    looks = observations.iter_observations(case.database, subject=Subject.PROBE, since=since)
    return availability.probe_days((availability.probe_of(look, case.law) for look in looks), case.zone)


# ------------------------------------------------------------------ columns and units


def column_and_unit_verdicts(case: Case, columns: Mapping[tuple[str, str], ColumnFacts]) -> Iterator[Verdict]:
    """The verdicts on every column and every unit, in the order of the registry, then those on every site."""
    homes = observations.latest_by_column(case.database, Subject.HOME)
    watched = coverage_of(case, Subject.HOME)
    probes = probes_of(case)
    sites = Sites(case.city.units)
    for unit in case.city.units:
        own = {column.id: columns[unit.id, column.id] for column in unit.columns if (unit.id, column.id) in columns}
        for facts in own.values():
            for one in judge_column(facts, case.law, case.as_of):
                sites.add(one, facts.column)
                yield _with_newest(case, one, facts)
        home = homes.get((unit.id, None))
        whole = home.at if home is not None and home.outcome.is_good else None
        looks = looks_of(case, home, whole, watched.get((unit.id, None)))
        known = UnitFacts(
            unit=unit,
            home=looks,
            columns=own,
            reports=tuple(_reports_in_columns(case, unit)),
            probes=probes.get(unit.id, ()),
        )
        yield from _unit_verdicts(case, known)
    yield from sites.verdicts(case.law, case.as_of)


def _with_newest(case: Case, one: Verdict, facts: ColumnFacts) -> Verdict:
    """A breach of freshness shows the newest item beside the list it stands in."""
    if one.verdict is not VerdictKind.BREACH or "newest_on" not in one.facts or facts.newest_item is None:
        return one
    item = catalogue.get_item(case.database, facts.newest_item)
    if item is None or item.evidence is None or item.evidence in one.evidence:
        return one
    return replace(one, evidence=(*one.evidence, item.evidence))


def _unit_verdicts(case: Case, known: UnitFacts) -> list[Verdict]:
    """A unit's verdicts; before its report is called missing, all its other items are looked through for it."""
    verdicts = list(judge_unit(known, case.law, case.as_of, case.city.name))
    lacks_report = any(
        one.rule in ("TM-10", "TM-11")
        and (one.facts.get("missing") or (one.reason or "").startswith(("no_column", "whose_report")))
        for one in verdicts
    )
    if lacks_report and (elsewhere := tuple(_reports_elsewhere(case, known.unit))):
        known = replace(known, reports=known.reports + elsewhere)
        verdicts = list(judge_unit(known, case.law, case.as_of, case.city.name))
    return verdicts


def _reports_in_columns(case: Case, unit: Unit) -> Iterator[Report]:
    """What stands in the unit's annual report columns, read or not."""
    for column in unit.columns:
        if column.kind is not ColumnKind.ANNUAL_REPORTS:
            continue
        items = {item.id: item for item in catalogue.iter_items(case.database, unit=unit.id, column=column.id)}
        for row in catalogue.known_rows(case.database, unit.id, column.id).values():
            item = None
            if row.item is not None:
                item = items.get(row.item) or catalogue.get_item(case.database, row.item)
            if item is not None:
                yield _report(case, item, column.id, row.date)
            else:
                yield Report(
                    title=row.title,
                    url=row.url,
                    column=column.id,
                    published_on=row.date,
                    first_seen_on=None,
                    title_whole=not _is_cut(row.title),
                )


def _reports_elsewhere(case: Case, unit: Unit) -> Iterator[Report]:
    """Items of the unit outside those columns that by their title may be such a report."""
    own = {column.id for column in unit.columns if column.kind is ColumnKind.ANNUAL_REPORTS}
    for item in catalogue.iter_items(case.database, unit=unit.id):
        if item.column not in own and item.withdrawn_at is None and may_be_report(item.title, in_report_column=False):
            yield _report(case, item, item.column, None)


def _report(case: Case, item: Item, column: str, row_date: dt.date | None) -> Report:
    return Report(
        title=item.title,
        url=item.url,
        column=column,
        published_on=item.published_on if is_displayed(item) else row_date,
        first_seen_on=case.day(item.first_seen) if item.first_seen is not None else None,
        title_whole=item.page_read or not _is_cut(item.title),
        evidence=(item.evidence,) if item.evidence is not None else (),
    )


def _is_cut(title: str) -> bool:
    return title.rstrip().endswith(("…", "...", "．．．"))


# ------------------------------------------------------------------ items


def digest_of(case: Case) -> str:
    """Changes whenever something changes that an item's verdict depends on beside the item."""
    city = case.city
    parts = {
        "shown": [[*place, *sorted(names)] for place, names in sorted(case.shown.items())],
        "rules": {rule.id: rule.version for rule in RULES.values() if rule.subject == "item"},
        "law": case.law.digest,
        "calendar": sorted(case.days.announced),
        "city": [city.name, city.timezone],
        "units": [
            [unit.id, unit.name, unit.home, [[column.id, column.kind, column.url] for column in unit.columns]]
            for unit in city.units
        ],
        "waivers": [
            [unit.id, asdict(waiver)] for unit in city.units for waiver in unit.waivers if case.as_of <= waiver.until
        ],
    }
    return hashlib.sha256(json.dumps(parts, default=str, ensure_ascii=False).encode()).hexdigest()


def _judge_items(
    case: Case, seen: _Seen, watched: Mapping[tuple[str, str], float | None], now: dt.datetime
) -> findings.SettleResult:
    """Judges the items that changed since the last run under the same conditions, or all of them.

    Where the run got to is noted when its last verdict is kept; one that breaks off is done again from where it
    began, which changes nothing that was kept.
    """
    digest = int(digest_of(case)[:15], 16)  # 60 bits: a number the database can keep
    before = progress.read(case.database, STAGE)
    head = outbox.head(case.database)
    seen.conditions_changed = before.get("conditions") != digest
    after = 0 if seen.conditions_changed else before["items"]
    items = catalogue.iter_items(case.database, changed_after=after)
    verdicts = item_verdicts(case, seen, items, watched, again=bool(before))
    told = findings.settle(case.database, seen.counted(verdicts), at=now)
    numbers = {"conditions": digest, "items": head}
    if before != numbers:
        progress.note(case.database, STAGE, numbers)
    return told


def item_verdicts(
    case: Case,
    seen: _Seen,
    items: Iterable[Item],
    watched: Mapping[tuple[str, str], float | None],
    *,
    again: bool,
) -> Iterator[Verdict]:
    """The verdicts on items. One whose column left the registry is judged no more.

    :param watched: the coverage of each column.
    :param again: verdicts of an earlier run may stand on these items, so that a rule that asks nothing of them any
        more must say so.
    """
    contexts = {
        place: ItemContext(
            unit=case.units[place[0]],
            column=column,
            city=case.city.name,
            coverage=watched.get(place),
            shown=case.shown.get(place, frozenset()),
        )
        for place, column in case.columns.items()
    }
    judged_by = ItemCase(law=case.law, days=case.days, as_of=case.as_of, zone=case.zone)
    for item in items:
        context = contexts.get((item.unit, item.column))
        if context is None:
            continue
        seen.items += 1
        if item.revision > 1:
            seen.changed[item.id] = item.column
        all_rules = again or item.revision > 1
        yield from judge_item(item, context, judged_by, all_rules=all_rules)


# ------------------------------------------------------------------ what is judged no more


def retired_verdicts(case: Case, seen: _Seen) -> Iterator[Verdict]:
    """Open findings whose rule, unit, column or place is judged no more: nothing is asked there now, so they close."""
    for finding in findings.iter_findings(case.database, state="open"):
        if finding.item is None:
            stands = (finding.rule, finding.unit, finding.column) in seen.judged
        else:
            text = case.law.rules.get(finding.rule)
            stands = text is not None and text.enabled and (finding.unit, finding.column) in case.columns
            stands = stands and seen.changed.get(finding.item, finding.column) == finding.column
        if not stands:
            yield Verdict(
                rule=finding.rule,
                rule_version=finding.rule_version,
                unit=finding.unit,
                column=finding.column,
                item=finding.item,
                verdict=VerdictKind.NOT_APPLICABLE,
                reason=f"retired: {GONE}, or the item stands in another column",
                as_of=case.as_of,
                basis=finding.basis,
            )
