"""What is known of every column: its rows, counted, and the looks at it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from flows.compliance.facts import ColumnFacts, Looks
from flows.compliance.obligations import looks_due
from flows.compliance.seen import saw_newest
from flows.gathering.pages import article_tags, pages_of
from flows.gathering.places import Places
from flows.gathering.run import Place, Run
from storage import catalogue, observations
from storage.schema import Observation, Subject

_GONE_TOLD = 5  # examples of a column


def gather_columns(run: Run) -> dict[tuple[str, str], ColumnFacts]:
    """What is known of every column of the registry; gathered once a run."""
    known: dict[tuple[str, str], ColumnFacts] | None = run.gathered.get("columns")
    if known is None:
        known = run.gathered["columns"] = _columns(run)
    return known


def _columns(run: Run) -> dict[tuple[str, str], ColumnFacts]:
    last = observations.latest_by_column(run.database, Subject.COLUMN)
    homes = observations.latest_good_by_column(run.database, Subject.HOME)
    places = Places(run)
    gone: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for row in catalogue.gone_rows(run.database, _GONE_TOLD):
        gone[row.unit, row.column].append((row.title, row.url))
    watched = coverage_of(run, Subject.COLUMN)
    pages, tags = pages_of(run, Subject.COLUMN), article_tags(run)
    counted = list(catalogue.column_facts(run.database, as_of=run.case.as_of))
    new = catalogue.appeared(run.database, [(one.unit, one.column) for one in counted if _is_stale(run, one)])
    found = {}
    for stored in counted:
        place = (stored.unit, stored.column)
        if place not in run.columns:
            continue  # applied after the city was read
        look = last.get(place)
        whole = [stored.last_complete_at]
        if look is not None and look.outcome.is_good and (look.facts.get("complete") or saw_newest(look)):
            whole.append(look.at)
        unit, column, home = run.units[stored.unit], run.columns[place], homes.get((stored.unit, None))
        found[place] = ColumnFacts(
            unit=unit,
            column=column,
            looks=looks_of(run, look, max(filter(None, whole), default=None), watched.get(place)),
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
            page=pages.get(place),
            tags=tags.get(place),
            moved_to=places.moved_to(column, home),
            placed=places.of(column, unit, home),
            appeared_on=run.day(new[place]) if place in new else None,
            tried=stored.tried,
            gone=stored.gone,
            gone_examples=tuple(gone.get(place, ())),
        )
    return found


def _is_stale(run: Run, stored: catalogue.ColumnFacts) -> bool:
    """Whether no date of a column lies within its window, so that it matters what came without one."""
    column = run.columns.get((stored.unit, stored.column))
    window = run.case.law.window(column.kind) if column is not None else None
    return window is not None and stored.newest_on is not None and window[1].due(stored.newest_on) < run.case.as_of


def looks_of(run: Run, last: Observation | None, whole: dt.datetime | None, share: float | None) -> Looks:
    """Looks with their days in the city's time zone."""
    return Looks(
        last=last,
        last_on=run.day(last.at) if last is not None else None,
        whole_on=run.day(whole) if whole is not None else None,
        coverage=share,
    )


def coverage_of(run: Run, subject: Subject) -> dict[Place, float | None]:
    """The share of the days due with a good look, at each place looked at."""
    return {place: good / due if due else None for place, (good, due) in looks_due_at(run, subject).items()}


def looks_due_at(run: Run, subject: Subject) -> dict[Place, tuple[int, int]]:
    """On how many of the days due a good look was had, and how many were due, at each place looked at."""
    days = run.case.law.look.coverage_days
    first = dt.datetime.combine(run.case.as_of - dt.timedelta(days=days - 1), dt.time(), run.case.zone)
    good: dict[Place, set[dt.date]] = defaultdict(set)
    tried: dict[Place, set[dt.date]] = defaultdict(set)
    for unit, column, at, outcome in observations.iter_outcomes(run.database, subject, first.astimezone(dt.UTC)):
        place, day = (unit, column), run.day(at)
        tried[place].add(day)
        if outcome.is_good:
            good[place].add(day)
    return {place: looks_due(good[place], tried[place], run.case.as_of, days) for place in tried}
