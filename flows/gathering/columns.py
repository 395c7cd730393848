"""What is known of every column: its rows, counted, and the looks at it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

from flows.compliance.facts import ColumnFacts, Looks
from flows.compliance.obligations import coverage
from flows.compliance.seen import saw_newest
from flows.gathering.run import Place, Run
from storage import catalogue, observations
from storage.schema import Observation, Subject


def gather_columns(run: Run) -> dict[tuple[str, str], ColumnFacts]:
    """What is known of every column of the registry; gathered once a run."""
    known: dict[tuple[str, str], ColumnFacts] | None = run.gathered.get("columns")
    if known is None:
        known = run.gathered["columns"] = _columns(run)
    return known


def _columns(run: Run) -> dict[tuple[str, str], ColumnFacts]:
    last = observations.latest_by_column(run.database, Subject.COLUMN)
    homes = observations.latest_by_column(run.database, Subject.HOME)
    watched = coverage_of(run, Subject.COLUMN)
    found = {}
    for stored in catalogue.column_facts(run.database, as_of=run.case.as_of):
        place = (stored.unit, stored.column)
        if place not in run.columns:
            continue  # applied after the city was read
        look = last.get(place)
        whole = [stored.last_complete_at]
        if look is not None and look.outcome.is_good and (look.facts.get("complete") or saw_newest(look)):
            whole.append(look.at)
        found[place] = ColumnFacts(
            unit=run.units[stored.unit],
            column=run.columns[place],
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
            moved_to=_moved(homes.get((stored.unit, None)), stored.column),
        )
    return found


def looks_of(run: Run, last: Observation | None, whole: dt.datetime | None, share: float | None) -> Looks:
    """Looks with their days in the city's time zone."""
    return Looks(
        last=last,
        last_on=run.day(last.at) if last is not None else None,
        whole_on=run.day(whole) if whole is not None else None,
        coverage=share,
    )


def _moved(home: Observation | None, column: str) -> str | None:
    moved = home.facts.get("moved") if home is not None and home.outcome.is_good else None
    return moved.get(column) if isinstance(moved, Mapping) else None


def coverage_of(run: Run, subject: Subject) -> dict[Place, float | None]:
    """The share of the days due with a good look, at each place looked at."""
    days = run.case.law.look.coverage_days
    first = dt.datetime.combine(run.case.as_of - dt.timedelta(days=days - 1), dt.time(), run.case.zone)
    good: dict[Place, set[dt.date]] = defaultdict(set)
    tried: dict[Place, set[dt.date]] = defaultdict(set)
    for look in observations.iter_observations(run.database, subject=subject, since=first.astimezone(dt.UTC)):
        place, day = (look.unit, look.column), run.day(look.at)
        tried[place].add(day)
        if look.outcome.is_good:
            good[place].add(day)
    return {place: coverage(good[place], tried[place], run.case.as_of, days) for place in tried}
