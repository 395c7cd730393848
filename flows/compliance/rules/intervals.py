"""A column holds so many items, one of the last weeks, and none of the latest came long after the one before: UP-10.

Practice of a county's monitor (at least 4 items, the newest of the last 90 days, at most 90 days between two); off
until a city adopts it. Of the gaps those among the newest items count, as many as must be there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Any

from pydantic import Field

from flows.compliance.facts import About, Case, ColumnDates
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.regulation import RuleText
from flows.compliance.seen import column_seen

RULES = ("UP-10",)
SUBJECT = "group"
GROUPS = "column_dates"
VERSION = "1"


class Text(RuleText):
    """How many items at least, and how many calendar days at most since the newest and between two."""

    least_items: Annotated[int, Field(ge=1)]
    newest_within_days: Annotated[int, Field(ge=1)]
    gap_days: Annotated[int, Field(ge=1)]


def judge(dates: ColumnDates, case: Case) -> Iterator[About]:
    """Whether the column was fed regularly, up to the day it was last seen whole."""
    facts = dates.column
    if case.text(Text).asks_column(facts.column):
        judged = _judged(dates, case)
        yield About(unit=facts.unit, judgement=judged, column=facts.column.id, coverage=facts.looks.coverage)


def _judged(dates: ColumnDates, case: Case) -> Judgement:
    column, text = dates.column, case.text(Text)
    seen = column_seen(column, case.law, case.as_of)
    if seen.gap is not None:
        return seen.gap
    if column.rows == 0:
        return not_applicable("blank", "judged under UP-06")
    if column.dated + column.later < column.rows:
        words = f"{column.rows - column.dated - column.later} rows show no date that is known"
        return not_assessable("undated_rows", words, rows=column.rows)
    days = sorted((day for day in dates.newest if day <= seen.on), reverse=True)[: text.least_items]
    if not days:
        return not_assessable("later_dates", f"the only dates displayed are later than {seen.on}")
    due = days[0] + dt.timedelta(days=text.newest_within_days)
    facts: dict[str, Any] = {"rows": column.rows, "newest_on": days[0], "due_on": due, "judged_on": seen.on}
    gap, after = max((((newer - older).days, older) for newer, older in pairwise(days)), default=(0, days[0]))
    facts |= {"least_items": text.least_items, "gap_days": gap, "gap_after": after}
    if column.rows < text.least_items or seen.on > due or gap > text.gap_days:
        return breach(**facts)
    return compliant(**facts)
