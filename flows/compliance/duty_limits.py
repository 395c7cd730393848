"""When something must stand under a duty, by its limit: the days between which an entry meets it.

A recurring duty is missed only when a whole calendar period has gone by with nothing in it or since: who publishes
May's figures in June is in time. A yearly day is met by anything after the last year's day and up to it. A duty by the
day counts by the week, because days off and the hours of our looks make a single day no proof. What waits for an event
has no such days: nobody but the unit knows whether it happened.
"""

from __future__ import annotations

import datetime as dt

from flows.compliance.regulation import add_months
from storage.schema import DutyLimit, LimitKind, Period

_MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.HALF_YEAR: 6, Period.YEAR: 12}
WAITS = frozenset((LimitKind.EVENT, LimitKind.PROMPT, LimitKind.PRESCRIBED))


def is_recurring(limit: DutyLimit) -> bool:
    """Whether something new is due by a day, again and again."""
    return limit.kind is LimitKind.YEARLY_BY or (limit.kind is LimitKind.PERIODIC and limit.period is not None)


def window(limit: DutyLimit, on: dt.date) -> tuple[dt.date, dt.date] | None:
    """The first and the last day on which an entry meets what was due on ``on``; None where nothing is due by a day."""
    if limit.kind is LimitKind.YEARLY_BY:
        deadline = _deadline(limit, on.year)
        if on <= deadline:
            deadline = _deadline(limit, on.year - 1)
        return _deadline(limit, deadline.year - 1) + dt.timedelta(days=1), deadline
    if limit.kind is LimitKind.PERIODIC and limit.period is not None:
        this = _begin(limit.period, on)
        return _begin(limit.period, this - dt.timedelta(days=1)), on
    return None


def due_on(limit: DutyLimit, newest: dt.date | None, on: dt.date) -> dt.date | None:
    """The last day on which a recurring duty is met without anything new; None where nothing is due by a day, or for a
    period where nothing stands yet."""
    if limit.kind is LimitKind.YEARLY_BY:
        deadline = _deadline(limit, on.year)
        return deadline if on <= deadline else _deadline(limit, on.year + 1)
    if limit.kind is LimitKind.PERIODIC and limit.period is not None and newest is not None:
        following = _after(limit.period, _begin(limit.period, newest))
        return _after(limit.period, following) - dt.timedelta(days=1)
    return None


def _deadline(limit: DutyLimit, year: int) -> dt.date:
    assert limit.month is not None
    assert limit.day is not None
    return dt.date(year, limit.month, limit.day)


def _begin(period: Period, day: dt.date) -> dt.date:
    """The first day of the period that ``day`` lies in; weeks begin on Monday."""
    if period in (Period.DAY, Period.WEEK):
        return day - dt.timedelta(days=day.weekday())
    months = _MONTHS[period]
    return dt.date(day.year, day.month - (day.month - 1) % months, 1)


def _after(period: Period, begin: dt.date) -> dt.date:
    if period in (Period.DAY, Period.WEEK):
        return begin + dt.timedelta(days=7)
    return add_months(begin, _MONTHS[period])
