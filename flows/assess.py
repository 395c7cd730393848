"""Stored rows and looks become verdicts: facts are gathered, pure rules judge them, findings open and close.

``flows/gathering`` reads through storage's doors, ``flows/compliance`` judges, ``storage.findings.settle`` keeps.
Columns, units, sites and groups are judged afresh each time, because time alone makes them late; an item is judged
again only when it changed, or when the rules, their limits, the calendar, the registry or a waiver did. So a run costs
what changed, and running it again changes nothing. What is held at one time is the registry and one batch of verdicts.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace

from prefect import flow

from flows.annual.checking import check_every_year
from flows.annual.reading import read_published
from flows.annual.telling import tell
from flows.compliance.facts import ColumnFacts, ItemContext, UnitFacts
from flows.compliance.regimes import of_city
from flows.compliance.rulebook import (
    BY_SUBJECT,
    RULES,
    Asked,
    Rule,
    asked_of,
    judge_asked,
    judge_column,
    judge_group,
    judge_unit,
)
from flows.compliance.sites import Sites
from flows.gathering.columns import gather_columns
from flows.gathering.groups import GATHERERS
from flows.gathering.items import contexts, digest_of
from flows.gathering.run import Run, run_of
from flows.gathering.units import gather_units, with_reports_elsewhere
from flows.publishing import publish
from storage import catalogue, findings, outbox, progress, registry, settings
from storage.database import Database, open_database, utcnow
from storage.schema import Item, Verdict, VerdictKind

STAGE = "assess"
AFRESH = tuple(rule.id for rule in RULES.values() if rule.subject != "item")
_ITEMS = 500  # items of which it is asked at a time what verdicts stand on them
GONE = "the rule, the unit or the column is judged no more"


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


@flow(name="assess")
def assess(as_of: dt.date | None = None, now: dt.datetime | None = None) -> Assessed:
    """Reads the yearly reports that changed, judges what is stored, and tells the console.

    :param as_of: the day judged, in the city's time zone; by default today there.
    :param now: the moment of the run, aware; findings open and close at it.
    :raises SettingsError: the city's regulations file says something that is not understood.
    """
    known = settings.load()
    with closing(open_database(known.database_url)) as database:
        read_published(database, known)
        assessed = assess_database(database, known, as_of=as_of, now=now)
        publish(database, known)
        tell(database, known)
        return assessed


def assess_database(
    database: Database, known: settings.Settings, *, as_of: dt.date | None = None, now: dt.datetime | None = None
) -> Assessed:
    """Judges what one database holds; see :func:`assess`."""
    now = now or utcnow()
    city = registry.load_city(database)
    if city is None:
        return Assessed(as_of=None)
    run = run_of(database, city, of_city(city.code, known.home), as_of, now, known.archive)
    seen = _Seen()
    columns = gather_columns(run)
    run = replace(run, column_facts=columns)
    told = findings.settle(database, seen.counted(verdicts_afresh(run, columns)), at=now)
    told += findings.retire(database, AFRESH, as_of=run.case.as_of, at=now, note=GONE)
    told += _judge_items(run, seen, columns, now)
    told += findings.settle(database, retired_verdicts(run, seen), at=now)
    check_every_year(run)
    return Assessed(
        as_of=run.case.as_of,
        columns=len(columns),
        units=len(run.units),
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
    afresh: set[tuple[str, str, str | None, str | None]] = field(default_factory=set)  # rule, unit, column, item
    changed: dict[str, str] = field(default_factory=dict)  # items of more than one revision: where they stand now

    def counted(self, verdicts: Iterable[Verdict], *, afresh: bool = True) -> Iterator[Verdict]:
        for one in verdicts:
            self.verdicts[one.verdict] += 1
            if afresh:
                self.afresh.add((one.rule, one.unit, one.column, one.item))
            yield one


# ------------------------------------------------------------------ judged afresh


def verdicts_afresh(run: Run, columns: Mapping[tuple[str, str], ColumnFacts]) -> Iterator[Verdict]:
    """The verdicts on every column and unit, in the order of the registry, then on every site and every group."""
    sites = Sites(run.city.units)
    for known in gather_units(run, columns):
        for facts in known.columns.values():
            for one in judge_column(facts, run.case):
                sites.add(one, facts.column)
                yield _with_newest(run, one, facts)
        yield from _unit_verdicts(run, known)
    yield from sites.verdicts(run.case)
    yield from _group_verdicts(run)


def _group_verdicts(run: Run) -> Iterator[Verdict]:
    """What the rules in use say of groups; groups that several rules ask for are brought together once."""
    asking: dict[str, list[Rule]] = defaultdict(list)
    for rule in BY_SUBJECT["group"]:
        if run.case.law.rules[rule.id].enabled:
            asking[rule.module.GROUPS].append(rule)
    for name, rules in asking.items():
        for group in GATHERERS[name](run):
            for rule in rules:
                yield from judge_group(rule, group, run.case)


def _with_newest(run: Run, one: Verdict, facts: ColumnFacts) -> Verdict:
    """A breach of freshness shows the newest item beside the list it stands in."""
    if one.verdict is not VerdictKind.BREACH or "newest_on" not in one.facts or facts.newest_item is None:
        return one
    item = catalogue.get_item(run.database, facts.newest_item)
    if item is None or item.evidence is None or item.evidence in one.evidence:
        return one
    return replace(one, evidence=(*one.evidence, item.evidence))


def _unit_verdicts(run: Run, known: UnitFacts) -> list[Verdict]:
    """A unit's verdicts; before its report is called missing, all its other items are looked through for it."""
    verdicts = list(judge_unit(known, run.case))
    lacks_report = any(
        one.rule in ("TM-10", "TM-11")
        and (one.facts.get("missing") or (one.reason or "").startswith(("no_column", "whose_report")))
        for one in verdicts
    )
    if lacks_report:
        wider = with_reports_elsewhere(run, known)
        if wider.reports != known.reports:
            verdicts = list(judge_unit(wider, run.case))
    return verdicts


# ------------------------------------------------------------------ items


def _judge_items(
    run: Run, seen: _Seen, columns: Mapping[tuple[str, str], ColumnFacts], now: dt.datetime
) -> findings.SettleResult:
    """Judges the items that changed since the last run under the same conditions, or all of them.

    Where the run got to is noted when its last verdict is kept; one that breaks off is done again from where it
    began, which changes nothing that was kept.
    """
    known = contexts(run, {place: facts.looks.coverage for place, facts in columns.items()})
    digest = int(digest_of(run, known)[:15], 16)  # 60 bits: a number the database can keep
    before = progress.read(run.database, STAGE)
    head = outbox.head(run.database)
    after = before["items"] if before.get("conditions") == digest else 0
    items = catalogue.iter_items(run.database, changed_after=after)
    verdicts = item_verdicts(run, seen, items, known, again=bool(before))
    told = findings.settle(run.database, seen.counted(verdicts, afresh=False), at=now)
    numbers = {"conditions": digest, "items": head}
    if before != numbers:
        progress.note(run.database, STAGE, numbers)
    return told


def item_verdicts(
    run: Run, seen: _Seen, items: Iterable[Item], known: Mapping[tuple[str, str], ItemContext], *, again: bool
) -> Iterator[Verdict]:
    """The verdicts on items. One whose column left the registry is judged no more.

    :param again: verdicts of an earlier run may stand on these items, so that a rule that asks nothing of them any
        more must say so. Where none stands none is kept: of most rules there is nothing to say of most items.
    """
    asked: dict[tuple[str, str], tuple[Asked, ...]] = {}
    stream = iter(items)
    while some := list(itertools.islice(stream, _ITEMS)):
        stands = findings.rules_on(run.database, [item.id for item in some if again or item.revision > 1])
        for item in some:
            place = (item.unit, item.column)
            context = known.get(place)
            if context is None:
                continue
            if place not in asked:
                asked[place] = asked_of(context, run.case)
            seen.items += 1
            if item.revision > 1:
                seen.changed[item.id] = item.column
            yield from judge_asked(item, context, asked[place], stands=stands.get((*place, item.id), frozenset()))


# ------------------------------------------------------------------ what is judged no more


def retired_verdicts(run: Run, seen: _Seen) -> Iterator[Verdict]:
    """Open findings whose rule, unit, column or place is judged no more: nothing is asked there now, so they close."""
    for finding in findings.iter_findings(run.database, state="open"):
        rule, text = RULES.get(finding.rule), run.case.law.rules.get(finding.rule)
        if rule is None or text is None or not text.enabled:
            stands = False
        elif rule.subject != "item":
            stands = (finding.rule, finding.unit, finding.column, finding.item) in seen.afresh
        else:
            stands = (finding.unit, finding.column) in run.columns
            stands = stands and seen.changed.get(finding.item or "", finding.column) == finding.column
        if not stands:
            yield Verdict(
                rule=finding.rule,
                rule_version=finding.rule_version,
                unit=finding.unit,
                column=finding.column,
                item=finding.item,
                verdict=VerdictKind.NOT_APPLICABLE,
                reason=f"retired: {GONE}, or the item stands in another column",
                as_of=run.case.as_of,
                basis=finding.basis,
            )
