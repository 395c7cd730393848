"""A deadline is counted day by day, and the days say what the number says."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.compliance.calendar import WorkingDays
from flows.compliance.counting import day_count
from flows.compliance.rules import timely_item
from tests.flows.compliance import case, context, item

CALENDAR = WorkingDays(until=2026)
CASE = case("TM-01", days=CALENDAR)
DATES = st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 1))


@given(formed=DATES, took=st.integers(30, 200))
def test_the_days_of_a_breach_add_up_to_its_count(formed: dt.date, took: int) -> None:
    late = item(formed_on=formed, published_on=formed + dt.timedelta(days=took), issuer="青禾市教育局")
    facts = timely_item.judge(late, context(), CASE).facts
    if "count_start" not in facts:
        return
    count = day_count(facts, CALENDAR)
    assert count is not None
    assert count.counted == facts["counted"]
    numbers = [day.number for day in count.days if day.number is not None]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(count.days) == (count.end - count.start).days
    [last] = [day for day in count.days if day.is_last]
    assert (last.on.isoformat(), last.number) == (facts["deadline"], facts["limit"])


@pytest.mark.parametrize(
    ("facts", "unit", "counted", "last"),
    [
        pytest.param(
            {"newest_on": "2026-09-25", "due_on": "2026-10-09", "judged_on": "2026-10-12"},
            "calendar days",
            17,
            "2026-10-09",
            id="a window counts holidays too",
        ),
        pytest.param(
            {"deadline": "2026-01-31", "days_over": 3}, "days late", 3, None, id="a day fixed by law is not moved"
        ),
        pytest.param(
            {"count_start": "2026-01-20", "count_end": "2026-03-05", "count_of": "calendar days", "limit_days": 40},
            "calendar days",
            44,
            "2026-03-01",
            id="a limit of calendar days counts every day",
        ),
        pytest.param(
            {
                "count_start": "2026-01-31",
                "count_end": "2026-05-05",
                "count_of": "calendar days",
                "due_on": "2026-04-30",
            },
            "calendar days",
            94,
            "2026-04-30",
            id="months have their last day named",
        ),
        pytest.param(
            {"count_start": "2026-03-01", "count_end": "2026-03-13", "count_of": "working days"},
            "working days",
            10,
            None,
            id="a period that must be so long has no last day in time",
        ),
        pytest.param(
            {"count_start": "2026-09-30", "count_end": "2026-10-10", "limit": 20},
            "working days",
            3,
            None,
            id="the holiday week does not count, the Saturday worked for it does",
        ),
    ],
)
def test_what_counts(facts: dict[str, Any], unit: str, counted: int, last: str | None) -> None:
    count = day_count(facts, CALENDAR)
    assert count is not None
    assert (count.unit, count.counted) == (unit, counted)
    assert [day.on.isoformat() for day in count.days if day.is_last] == ([last] if last else [])


def test_a_year_not_announced_is_provisional() -> None:
    facts = {"count_start": "2027-02-01", "count_end": "2027-03-10", "limit": 20}
    count = day_count(facts, CALENDAR)
    assert count is not None
    assert count.provisional
    assert all(day.number is None for day in count.days if day.on.weekday() >= 5)


@pytest.mark.parametrize("facts", [{}, {"missing": ["guide"]}, {"rows": 0, "judged_on": "2026-10-12"}])
def test_no_deadline_no_count(facts: dict[str, Any]) -> None:
    assert day_count(facts, CALENDAR) is None
