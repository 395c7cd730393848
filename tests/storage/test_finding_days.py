"""The days of a deadline as the finding's page lays them out: the same that the rules count."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flows import telling_dues
from flows.compliance.calendar import WorkingDays
from storage.console.finding_pages import days_of
from tests.flows.compliance import case

DAYS = WorkingDays()
TOLD = telling_dues.days_off(case(as_of=dt.date(2026, 11, 1)))


def facts(start: dt.date, end: dt.date, limit: int) -> dict[str, Any]:
    """As a rule on working days tells them."""
    deadline = DAYS.add_working_days(start, limit).on
    return {
        "count_start": start.isoformat(),
        "count_end": end.isoformat(),
        "limit": limit,
        "deadline": deadline.isoformat(),
        "skipped": DAYS.skipped(start, deadline),
    }


@given(st.dates(dt.date(2024, 6, 1), dt.date(2026, 6, 1)), st.integers(1, 120), st.integers(1, 40))
def test_the_page_counts_as_the_rules_do(start: dt.date, length: int, limit: int) -> None:
    end = start + dt.timedelta(days=length)
    shown = days_of(facts(start, end, limit), TOLD)
    assert [day.on for day in shown] == [start + dt.timedelta(days=step) for step in range(1, length + 1)]
    assert sum(day.number is not None for day in shown) == DAYS.count(start, end).counted
    assert {day.on for day in shown if day.number is None} == {
        day.on for day in DAYS.days(start, end) if not day.working
    }


def test_without_a_calendar_the_days_end_with_the_last_one_in_time() -> None:
    start, end = dt.date(2026, 9, 21), dt.date(2026, 11, 20)
    told = facts(start, end, 20)
    for calendar in (None, {}, {**TOLD, "first": "2026-10-01"}, {**TOLD, "off": {}}):  # none, too short, another one
        shown = days_of(told, calendar)
        assert (shown[-1].on.isoformat(), shown[-1].number, shown[-1].sign) == (told["deadline"], 20, "★")
    over = days_of(told, TOLD)
    assert over[-1].on == end
    assert over[-1].sign == "!"
    assert next(day.why for day in over if day.on == dt.date(2026, 10, 1)) == "国庆节"
    assert next(day.number for day in over if day.on == dt.date(2026, 10, 10)) is not None  # a Saturday that is worked
