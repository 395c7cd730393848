"""What is known of every unit: its home page, columns, guides, what may be an annual report of its, probes by day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from flows.compliance.facts import ColumnFacts, Guide, Looks, ProbeDay, Report, UnitFacts
from flows.compliance.rules import availability, local_matters, statutory_categories
from flows.compliance.rules.annual_report import may_be_report
from flows.compliance.working_day_limit import is_displayed, is_unsure
from flows.gathering.blank_pages import blank_pages
from flows.gathering.columns import coverage_of, gather_columns, looks_of
from flows.gathering.guides import guides_of
from flows.gathering.pages import pages_of
from flows.gathering.run import Run
from storage import catalogue, observations
from storage.catalogue import Listed
from storage.schema import ColumnKind, Item, Subject, Unit

_UNITS = 50  # units whose guides and reports are held at a time


def gather_units(run: Run, columns: Mapping[tuple[str, str], ColumnFacts]) -> Iterator[UnitFacts]:
    """What is known of every unit of the registry, in its order."""
    homes = observations.latest_by_column(run.database, Subject.HOME)
    watched = coverage_of(run, Subject.HOME)
    probes = probes_of(run)
    pages = pages_of(run, Subject.HOME)
    loads, newest = _loads(run, probes), _newest_by_host(columns)
    fronts = frozenset(_host(unit.home) for unit in run.city.units)
    for unit, guides, reports in _with_papers(run):
        home = homes.get((unit.id, None))
        whole = home.at if home is not None and home.outcome.is_good else None
        known = UnitFacts(
            unit=unit,
            home=looks_of(run, home, whole, watched.get((unit.id, None))),
            columns={c.id: columns[unit.id, c.id] for c in unit.columns if (unit.id, c.id) in columns},
            reports=reports,
            probes=probes.get(unit.id, ()),
            page=pages.get((unit.id, None)),
            guides=guides,
            others_load_s=_of_the_others(loads, _host(unit.home)),
            fronts=fronts,
            **_of_a_neighbour(unit, newest),
        )
        yield with_notes(run, known)


def with_notes(run: Run, known: UnitFacts) -> UnitFacts:
    """The unit, its columns asked for notes that there is nothing to disclose, where a rule depends on them."""
    rules = (statutory_categories, local_matters)
    asked = {column.column.id: column for rule in rules for column in rule.in_question(known, run.case)}
    if not asked:
        return known
    titles = {
        name: catalogue.row_titles(run.database, known.unit.id, name) for name, column in asked.items() if column.rows
    }
    return replace(known, blank=blank_pages(run, asked.values()), titles=titles)


def _with_papers(run: Run) -> Iterator[tuple[Unit, tuple[Guide, ...], tuple[Report, ...]]]:
    """Every unit of the registry with its guides and its reports, so many units held at a time."""
    for start in range(0, len(run.city.units), _UNITS):
        some = run.city.units[start : start + _UNITS]
        guides, reports = guides_of(run, some), _reports_in_columns(run, some)
        yield from ((unit, guides.get(unit.id, ()), reports.get(unit.id, ())) for unit in some)


def reporting_units(run: Run, units: Sequence[Unit]) -> Iterator[UnitFacts]:
    """Of these units what the rules on their yearly reports ask: their report columns, and what stands there."""
    if not units:
        return
    columns = gather_columns(run)
    for start in range(0, len(units), _UNITS):
        some = units[start : start + _UNITS]
        reports = _reports_in_columns(run, some)
        for unit in some:
            own = {
                column.id: columns[unit.id, column.id]
                for column in unit.columns
                if column.kind is ColumnKind.ANNUAL_REPORTS and (unit.id, column.id) in columns
            }
            yield UnitFacts(unit=unit, home=Looks(), columns=own, reports=reports.get(unit.id, ()))


def _newest_by_host(columns: Mapping[tuple[str, str], ColumnFacts]) -> dict[str, dict[str, tuple[dt.date, str]]]:
    """Host → unit → the newest date in the unit's columns there, and the address of what shows it."""
    found: dict[str, dict[str, tuple[dt.date, str]]] = defaultdict(dict)
    for (unit, _), facts in columns.items():
        if facts.newest_on is not None:
            by_unit, shown = found[_host(facts.column.url)], (facts.newest_on, facts.newest_url or "")
            by_unit[unit] = max(shown, by_unit.get(unit, shown))
    return found


def _of_a_neighbour(unit: Unit, newest: Mapping[str, Mapping[str, tuple[dt.date, str]]]) -> dict[str, Any]:
    """The newest date in a column that another unit keeps on the host of this unit's home page."""
    by_unit = newest.get(_host(unit.home), {})
    shown = max((one for other, one in by_unit.items() if other != unit.id), default=None)
    return {"neighbour_on": shown[0], "neighbour_url": shown[1] or None} if shown is not None else {}


def _loads(run: Run, probes: Mapping[str, tuple[ProbeDay, ...]]) -> Mapping[str, float]:
    """The median load time of every host that was probed; the units of one host together."""
    found: dict[str, list[float]] = defaultdict(list)
    for unit, days in probes.items():
        if unit in run.units:
            found[_host(run.units[unit].home)] += [load for day in days for load in day.loads]
    return {host: median(loads) for host, loads in found.items() if loads}


def _of_the_others(loads: Mapping[str, float], host: str) -> float | None:
    others = [load for other, load in loads.items() if other != host]
    return round(median(others), 2) if others else None


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower().removeprefix("www.")


def with_reports_elsewhere(run: Run, known: UnitFacts) -> UnitFacts:
    """The unit, all its other items looked through for what may be its annual report."""
    return replace(known, reports=(*known.reports, *_reports_elsewhere(run, known.unit)))


def probes_of(run: Run) -> Mapping[str, tuple[ProbeDay, ...]]:
    """How the probes of every unit's front door went, by day, in the days that the sampling rule asks for."""
    sampling = run.case.law.text("AV-01", availability.Text).sampling
    first = run.case.as_of - dt.timedelta(days=sampling.days)
    since = dt.datetime.combine(first, dt.time(), run.case.zone).astimezone(dt.UTC)
    looks = observations.iter_observations(run.database, subject=Subject.PROBE, since=since)
    return availability.probe_days((availability.probe_of(look, sampling.slow_s) for look in looks), run.case.zone)


def _reports_in_columns(run: Run, units: Iterable[Unit]) -> dict[str, tuple[Report, ...]]:
    """Unit → what stands in its annual report columns, read or not."""
    places = [
        (unit.id, column.id) for unit in units for column in unit.columns if column.kind is ColumnKind.ANNUAL_REPORTS
    ]
    listed = catalogue.listed_in(run.database, places)
    found: dict[str, tuple[Report, ...]] = {}
    for unit, column in places:
        reports = (_listed(run, row) for row in listed.get((unit, column), ()))
        found[unit] = (*found.get(unit, ()), *reports)
    return found


def _listed(run: Run, row: Listed) -> Report:
    if row.item is not None:
        return _report(run, row.item, row.column, row.date)
    return Report(
        title=row.title,
        url=row.url,
        column=row.column,
        published_on=row.date,
        first_seen_on=None,
        title_whole=not is_cut(row.title),
    )


def _reports_elsewhere(run: Run, unit: Unit) -> Iterator[Report]:
    """Items of the unit outside those columns that by their title may be such a report."""
    own = {column.id for column in unit.columns if column.kind is ColumnKind.ANNUAL_REPORTS}
    for item in catalogue.iter_items(run.database, unit=unit.id):
        if item.column not in own and item.withdrawn_at is None and may_be_report(item.title, in_report_column=False):
            yield _report(run, item, item.column, None)


def _report(run: Run, item: Item, column: str, row_date: dt.date | None) -> Report:
    return Report(
        title=item.title,
        url=item.url,
        column=column,
        published_on=item.published_on if is_displayed(item) else row_date,
        first_seen_on=run.day(item.first_seen) if item.first_seen is not None else None,
        title_whole=item.page_read or not is_cut(item.title),
        date_sure=not is_unsure(item, "published_on", run.case.law),
        item=item.id,
        evidence=(item.evidence,) if item.evidence is not None else (),
    )


def is_cut(title: str) -> bool:
    """Whether a row cut the title short."""
    return title.rstrip().endswith(("…", "...", "．．．"))
