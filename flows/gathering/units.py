"""What is known of every unit: its home page, its columns, what may be an annual report of its, probes by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace

from flows.compliance.facts import ColumnFacts, ProbeDay, Report, UnitFacts
from flows.compliance.rules import availability, local_matters, statutory_categories
from flows.compliance.rules.annual_report import may_be_report
from flows.compliance.rules.timely_item import is_displayed
from flows.gathering.blank_pages import blank_pages
from flows.gathering.columns import coverage_of, looks_of
from flows.gathering.run import Run
from storage import catalogue, observations
from storage.schema import ColumnKind, Item, Subject, Unit


def gather_units(run: Run, columns: Mapping[tuple[str, str], ColumnFacts]) -> Iterator[UnitFacts]:
    """What is known of every unit of the registry, in its order."""
    homes = observations.latest_by_column(run.database, Subject.HOME)
    watched = coverage_of(run, Subject.HOME)
    probes = probes_of(run)
    for unit in run.city.units:
        home = homes.get((unit.id, None))
        whole = home.at if home is not None and home.outcome.is_good else None
        known = UnitFacts(
            unit=unit,
            home=looks_of(run, home, whole, watched.get((unit.id, None))),
            columns={c.id: columns[unit.id, c.id] for c in unit.columns if (unit.id, c.id) in columns},
            reports=tuple(_reports_in_columns(run, unit)),
            probes=probes.get(unit.id, ()),
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


def _reports_in_columns(run: Run, unit: Unit) -> Iterator[Report]:
    """What stands in the unit's annual report columns, read or not."""
    for column in unit.columns:
        if column.kind is not ColumnKind.ANNUAL_REPORTS:
            continue
        items = {item.id: item for item in catalogue.iter_items(run.database, unit=unit.id, column=column.id)}
        for row in catalogue.known_rows(run.database, unit.id, column.id).values():
            item = None
            if row.item is not None:
                item = items.get(row.item) or catalogue.get_item(run.database, row.item)
            if item is not None:
                yield _report(run, item, column.id, row.date)
            else:
                yield Report(
                    title=row.title,
                    url=row.url,
                    column=column.id,
                    published_on=row.date,
                    first_seen_on=None,
                    title_whole=not _is_cut(row.title),
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
        title_whole=item.page_read or not _is_cut(item.title),
        evidence=(item.evidence,) if item.evidence is not None else (),
    )


def _is_cut(title: str) -> bool:
    return title.rstrip().endswith(("…", "...", "．．．"))
