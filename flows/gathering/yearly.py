"""What of each unit comes every year: its reports and budgets by their titles, and the rows of its budget columns.

The catalogue is asked once, for all units and all the rules that share the words; a paper that stands among another
unit's items and names this one in its title is this one's too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache

from flows.compliance.bodies import is_same
from flows.compliance.facts import ColumnDates, Paper, Yearly
from flows.compliance.rules import budget, intervals, yearly_report
from flows.compliance.yearly import body_of
from flows.gathering.run import Run
from flows.gathering.units import is_cut
from storage import catalogue
from storage.catalogue import Titled
from storage.schema import ColumnKind


def gather_yearly(run: Run) -> Iterator[Yearly]:
    """Every unit of the registry, in its order."""
    papers: dict[str, list[Paper]] = defaultdict(list)
    named = _units_named(run)
    words = {*budget.WORDS, *yearly_report.WORDS}
    for one in catalogue.titled(run.database, words, read=budget.approval_in, read_words=budget.WORDS):
        if not yearly_report.is_one(one.title) and not budget.is_one(one.title):
            continue
        if one.unit in run.units:
            papers[one.unit].append(_paper(run, one))
        body = body_of(one.title)
        for other in named(body) if body else ():
            if other != one.unit:
                papers[other].append(_paper(run, one, elsewhere=True))
    places = [place for place, column in run.columns.items() if column.kind is ColumnKind.BUDGET]
    rows: dict[str, list[Paper]] = defaultdict(list)
    for row in catalogue.rows_in(run.database, places):
        rows[row.unit].append(_paper(run, row))
    for unit in run.city.units:
        columns = {
            column: run.column_facts[unit.id, column]
            for place, column in places
            if place == unit.id and (unit.id, column) in run.column_facts
        }
        yield Yearly(unit=unit, papers=tuple(papers[unit.id]), columns=columns, rows=tuple(rows[unit.id]))


def gather_column_dates(run: Run) -> Iterator[ColumnDates]:
    """Every column with the newest days its rows display."""
    newest = catalogue.newest_days(run.database, run.case.law.text("UP-10", intervals.Text).least_items)
    for place, column in run.column_facts.items():
        yield ColumnDates(column=column, newest=newest.get(place, ()))


def _units_named(run: Run) -> Callable[[str], tuple[str, ...]]:
    """The units that a name is exactly the name of; asked once a name."""
    city, units = run.city.name, [(unit.id, unit.name) for unit in run.city.units]

    @cache
    def named(body: str) -> tuple[str, ...]:
        return tuple(unit for unit, name in units if is_same(body, name, city) and is_same(name, body, city))

    return named


def _paper(run: Run, one: Titled, *, elsewhere: bool = False) -> Paper:
    approved, replied = one.said or (None, None)
    return Paper(
        title=one.title,
        url=one.url,
        column=one.column,
        published_on=one.published_on,
        first_seen_on=run.day(one.first_seen) if one.first_seen is not None else None,
        title_whole=one.page_read or not is_cut(one.title),
        date_sure=one.confidence >= run.case.law.dates.least_confidence,
        item=one.item,
        evidence=(one.evidence,) if one.evidence is not None else (),
        issuer=one.issuer,
        elsewhere=elsewhere,
        approved_on=approved,
        replied_on=replied,
    )
