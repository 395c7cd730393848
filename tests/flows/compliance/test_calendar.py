"""Working days: known stretches, what counting must always satisfy, and how far an unannounced year can be trusted."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.compliance.calendar import WorkingDays

DAYS = WorkingDays()
LAST = max(DAYS.announced)

dates = st.dates(dt.date(2004, 1, 1), dt.date(LAST + 3, 12, 31))
known_dates = st.dates(dt.date(2004, 1, 1), dt.date(LAST, 12, 20))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "end", "counted", "why"),
    [
        ("2024-05-06", "2024-05-07", 1, "the first day is not counted, the last is"),
        ("2024-05-07", "2024-05-07", 0, "the same day"),
        ("2024-05-08", "2024-05-07", 0, "the end before the start"),
        ("2024-05-10", "2024-05-13", 2, "Saturday 11 May 2024 was worked for Labour Day"),
        ("2024-09-30", "2024-10-08", 1, "National Day week"),
        ("2024-02-08", "2024-02-19", 3, "Spring Festival; New Year's Eve and Sunday 18 February were worked"),
        ("2023-12-29", "2024-01-02", 1, "the new year's holiday began in the old year"),
        ("2015-09-02", "2015-09-07", 2, "two days given once, and Sunday the 6th worked for them"),
    ],
)
def test_stretches_of_the_yearly_notices(start: str, end: str, counted: int, why: str) -> None:
    assert DAYS.count(day(start), day(end)).counted == counted, why


@settings(max_examples=60)
@given(known_dates, st.integers(0, 200))
def test_the_count_is_the_day_by_day_listing(start: dt.date, length: int) -> None:
    end = start + dt.timedelta(days=length)
    assert DAYS.count(start, end).counted == sum(one.working for one in DAYS.days(start, end))
    assert len(DAYS.skipped(start, end)) == length - DAYS.count(start, end).counted


@given(st.lists(dates, min_size=3, max_size=3).map(sorted))
def test_counts_add_up_and_never_fall(three: list[dt.date]) -> None:
    first, middle, last = three
    one, two, whole = DAYS.count(first, middle), DAYS.count(middle, last), DAYS.count(first, last)
    assert one.counted + two.counted == whole.counted
    assert one.counted <= whole.counted
    assert one.at_least <= whole.at_least <= whole.counted


@given(dates, st.integers(0, 300))
def test_adding_working_days_is_counting_them_back(start: dt.date, days: int) -> None:
    deadline = DAYS.add_working_days(start, days)
    assert DAYS.count(start, deadline.on).counted == days
    assert days == 0 or DAYS.is_working(deadline.on)


def test_no_negative_working_days() -> None:
    with pytest.raises(ValueError, match="expected 0 or more"):
        DAYS.add_working_days(day("2024-05-06"), -1)


@pytest.mark.parametrize("year", sorted(DAYS.announced - {2004}))
def test_no_real_notice_undercuts_the_least_count_of_its_year_unannounced(year: int) -> None:
    """Every past year taken as unannounced: what really came is never below what was said to be the least."""
    before = WorkingDays(until=year - 1)
    start = dt.date(year - 1, 12, 1)
    for begin in range(0, 396, 9):
        for length in (5, 20, 28, 31, 45, 90, 200, 365):
            first = start + dt.timedelta(days=begin)
            last = min(first + dt.timedelta(days=length), dt.date(year, 12, 25))
            if last > first:
                assert before.count(first, last).at_least <= DAYS.count(first, last).counted


def test_a_year_without_its_notice_is_provisional_and_no_error() -> None:
    before = WorkingDays(until=2023)
    quiet = before.count(day("2024-07-01"), day("2024-07-31"))
    golden = before.count(day("2024-09-20"), day("2024-10-20"))
    assert (quiet.provisional, quiet.counted, quiet.at_least) == (True, 22, 19)
    assert golden.provisional
    assert golden.at_least <= DAYS.count(day("2024-09-20"), day("2024-10-20")).counted < golden.counted
    assert before.add_working_days(day("2024-07-01"), 5).provisional
    assert not before.count(day("2023-03-01"), day("2023-03-31")).provisional


def test_the_last_days_of_a_year_wait_for_the_next_notice() -> None:
    assert WorkingDays(until=2023).count(day("2023-12-20"), day("2023-12-29")).provisional
    assert not WorkingDays(until=2024).count(day("2023-12-20"), day("2023-12-29")).provisional


def test_a_city_may_keep_days_of_its_own() -> None:
    own = WorkingDays(off={day("2024-04-11"): "三月三"}, worked={day("2024-04-13"): "三月三调休上班"})
    count = own.count(day("2024-04-10"), day("2024-04-13"))
    assert count.counted == 2
    assert own.skipped(day("2024-04-10"), day("2024-04-13")) == ["2024-04-11 三月三"]


def test_a_notice_newer_than_the_data_can_be_entered() -> None:
    year = LAST + 1
    entered = WorkingDays(announced=(year, year + 1), off={dt.date(year, 10, 1): "国庆节"})
    assert not entered.count(dt.date(year, 3, 1), dt.date(year, 11, 1)).provisional
    assert not entered.is_working(dt.date(year, 10, 1))


def test_skipped_days_say_why() -> None:
    assert DAYS.skipped(day("2024-09-13"), day("2024-09-18")) == [
        "2024-09-15 中秋节",
        "2024-09-16 中秋节",
        "2024-09-17 中秋节",
    ]
    assert DAYS.day(day("2024-09-14")).name == "中秋节调休上班"
