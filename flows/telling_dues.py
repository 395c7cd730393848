"""The due dates of the whole city are gathered and told to the console, with the days off of the year; after assessing.

Verdicts are asked for by rule and documents by their columns' index, so a run costs what is due and not what is stored.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from flows.compliance.coming import AHEAD, ASKED, INTERPRETED, Fresh, coming
from flows.compliance.facts import Case
from flows.gathering.run import Run
from storage import catalogue, due_dates, duties, findings
from storage.due_dates import DueDate
from storage.schema import Verdict

_LOOK_BACK: Final = dt.timedelta(days=31)  # the longest interpretation limit a city may set, days off included
_BEHIND: Final = dt.timedelta(days=1200)  # of days off that are told: findings count so far back
_MOST: Final = 2000  # documents of the last days, city-wide


def tell(run: Run) -> None:
    """Keeps what every unit owes by a day, in place of what was told before."""
    due_dates.tell(run.database, dates(run))


def dates(run: Run) -> Iterator[DueDate]:
    """What every unit of the city owes by a day."""
    database, case = run.database, run.case
    verdicts: dict[str, list[Verdict]] = defaultdict(list)
    for rule in ASKED:
        for one in findings.iter_verdicts(database, rule=rule):
            verdicts[one.unit].append(one)
    directories = {one.unit: one for one in duties.iter_current(database)}
    documents: dict[str, list[Fresh]] = defaultdict(list)
    places = [place for place, column in run.columns.items() if column.kind in INTERPRETED]
    for row in catalogue.listed_since(database, places, case.as_of - _LOOK_BACK, case.as_of, limit=_MOST):
        documents[row.unit].append(
            Fresh(unit=row.unit, column=row.column, item=row.item, title=row.title, published_on=row.shown_on)
        )
    for unit in run.city.units:
        yield from coming(
            unit, case, verdicts[unit.id], directory=directories.get(unit.id), documents=documents[unit.id]
        )


def days_off(case: Case) -> dict[str, Any]:
    """The days around the one judged on which the week does not say whether it is worked; JSON-safe.

    ``off`` and ``worked`` are day → name; ``announced`` the years whose days are known; ``first`` and ``last`` the days
    between which they are told.
    """
    first, last = case.as_of - _BEHIND, case.as_of + dt.timedelta(days=AHEAD)
    days = [day for day in case.days.days(first, last) if day.working == (day.on.weekday() >= 5)]
    return {
        "off": {day.on.isoformat(): day.name for day in days if not day.working},
        "worked": {day.on.isoformat(): day.name for day in days if day.working},
        "announced": sorted(case.days.announced),
        "first": first.isoformat(),
        "last": last.isoformat(),
    }
