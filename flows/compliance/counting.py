"""Every day of a deadline, one by one, so that nobody has to believe a number.

The facts of a verdict come in, the days go out: from the day after the start to the day it was judged by, each with
its name and its number where it counts. Working days count as the calendar has them, windows, periods of days or months
and yearly deadlines count every day. Which it is shows in the facts: ``count_start`` and ``count_end`` are of working
days, or of what ``count_of`` says; ``newest_on`` and ``judged_on`` are of a window, ``deadline`` alone of a day fixed
by law. ``due_on``, or the day numbered ``limit`` or ``limit_days``, is the last day in time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from flows.compliance.calendar import WorkingDays


@dataclass(frozen=True, kw_only=True)
class CountedDay:
    """One day of a count: its number, or None where it does not count; ``is_last`` is the last day in time."""

    on: dt.date
    name: str  # 周三, 国庆节, 国庆节调休上班 …
    number: int | None
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class DayCount:
    """A count with all its days. ``provisional``: holidays of its days have not been announced yet."""

    unit: Literal["working days", "calendar days", "days late"]
    start: dt.date
    end: dt.date
    days: tuple[CountedDay, ...]
    provisional: bool = False

    @property
    def counted(self) -> int:
        """How many days count."""
        return sum(day.number is not None for day in self.days)


def day_count(facts: Mapping[str, Any], calendar: WorkingDays) -> DayCount | None:
    """The count behind a verdict's facts; None where they hold no deadline."""
    start, end = _day(facts, "count_start"), _day(facts, "count_end")
    limit = facts.get("limit")
    if start is not None and end is not None and facts.get("count_of") == "calendar days":
        due = _day(facts, "due_on")
        if due is None and isinstance(days := facts.get("limit_days", limit), int):
            due = start + dt.timedelta(days=days)
        return DayCount(unit="calendar days", start=start, end=end, days=_calendar(start, end, due, calendar))
    if start is not None and end is not None:
        return DayCount(
            unit="working days",
            start=start,
            end=end,
            days=_working(start, end, limit if isinstance(limit, int) else None, calendar),
            provisional=calendar.count(start, end).provisional,
        )
    newest, judged = _day(facts, "newest_on"), _day(facts, "judged_on")
    if newest is not None and judged is not None:
        due = _day(facts, "due_on")
        return DayCount(unit="calendar days", start=newest, end=judged, days=_calendar(newest, judged, due, calendar))
    deadline, over = _day(facts, "deadline"), facts.get("days_over")
    if deadline is not None and isinstance(over, int):
        end = deadline + dt.timedelta(days=over)
        return DayCount(unit="days late", start=deadline, end=end, days=_calendar(deadline, end, None, calendar))
    return None


def _working(start: dt.date, end: dt.date, limit: int | None, calendar: WorkingDays) -> tuple[CountedDay, ...]:
    found = []
    number = 0
    for day in calendar.days(start, end):
        number += day.working
        last = day.working and number == limit
        found.append(CountedDay(on=day.on, name=day.name, number=number if day.working else None, is_last=last))
    return tuple(found)


def _calendar(start: dt.date, end: dt.date, due: dt.date | None, calendar: WorkingDays) -> tuple[CountedDay, ...]:
    return tuple(
        CountedDay(on=day.on, name=day.name, number=number, is_last=day.on == due)
        for number, day in enumerate(calendar.days(start, end), 1)
    )


def _day(facts: Mapping[str, Any], name: str) -> dt.date | None:
    value = facts.get(name)
    return dt.date.fromisoformat(value[:10]) if isinstance(value, str) else None
