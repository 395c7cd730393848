"""What appeared between two looks appeared on the day that favours the unit: every rule with a date, as tables.

An item was not there at ``not_before`` and was there at ``first_seen``; when it came in between nobody knows. A
deadline is met if the earlier end meets it, a column is fresh if the later one is. What is missing at a look before the
deadline may have come in time, and what a look did not see whole is not missing.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from flows.compliance.facts import ColumnFacts, Looks, Report
from flows.compliance.rules import annual_report, back_dated, freshness, home_page, timely_item
from tests.flows.compliance import TODAY, at, case, column, context, facts, home, item, look, looks, unit, unit_facts

# formed on Friday 2024-03-01: the twentieth working day is 2024-03-29
TIMELY: list[tuple[str, dict[str, Any], str]] = [
    ("appeared within the limit", {"not_before": at("2024-03-20"), "first_seen": at("2024-03-21")}, "compliant"),
    ("appeared around it", {"not_before": at("2024-03-29"), "first_seen": at("2024-04-15")}, "no_published_date"),
    ("there at the first look, after it", {"first_seen": at("2024-04-15")}, "no_published_date"),
    (
        "not yet there a working day after it",
        {"not_before": at("2024-04-01"), "first_seen": at("2024-04-15")},
        "breach",
    ),
    (
        "shows a late date, and was seen before it",
        {"published_on": "2024-04-15", "not_before": at("2024-03-20"), "first_seen": at("2024-03-29")},
        "compliant",
    ),
    (
        "shows a late date, and may have been there before it",
        {"published_on": "2024-04-15", "not_before": at("2024-03-20"), "first_seen": at("2024-04-20")},
        "breach",  # the date is the unit's own word
    ),
    (
        "shows a date in time, and appeared late: FK-01 asks a person",
        {"published_on": "2024-03-28", "not_before": at("2024-04-10"), "first_seen": at("2024-04-11")},
        "compliant",
    ),
]


@pytest.mark.parametrize(("given", "expected"), [one[1:] for one in TIMELY], ids=[one[0] for one in TIMELY])
def test_an_item_in_time(given: dict[str, Any], expected: str) -> None:
    found = timely_item.judge(item(formed_on="2024-03-01", **given), context(), case("TM-01"))
    assert (found.reason or found.verdict.value).split(":")[0] == expected


@pytest.mark.parametrize(
    ("published", "not_before", "expected"),
    [
        ("2026-06-10", "2026-06-10", "compliant"),
        ("2026-06-09", "2026-06-10", "compliant"),  # a look shortly after midnight
        ("2026-06-08", "2026-06-10", "review"),
        ("2026-06-08", None, "no_look_before"),
    ],
)
def test_a_claimed_date_before_a_look_that_did_not_show_it(
    published: str, not_before: str | None, expected: str
) -> None:
    seen = {"not_before": at(not_before), "first_seen": at("2026-06-20")} if not_before else {}
    found = back_dated.judge(item(published_on=published, **seen), context(), case("FK-01"))
    assert (found.reason or found.verdict.value).split(":")[0] == expected


REPORTS = column("annual_reports", "nb", name="政府信息公开年报")
LAST_YEARS = "青禾市教育局2025年政府信息公开工作年度报告"  # due on 2026-01-31


def reports(seen: Looks, *known: Report, as_of: dt.date) -> str:
    of = unit(REPORTS)
    kept = ColumnFacts(unit=of, column=REPORTS, looks=seen, rows=3, ever=3, read=3, dated=3)
    found = annual_report.judge(unit_facts(of, columns={"nb": kept}, reports=known), case("TM-10", as_of))
    return (found.reason or found.verdict.value).split(":")[0]


def report(published: str | None, first_seen: str | None) -> Report:
    days = [dt.date.fromisoformat(day) if day else None for day in (published, first_seen)]
    return Report(
        title=LAST_YEARS, url="http://a.invalid/nb/1.html", column="nb", published_on=days[0], first_seen_on=days[1]
    )


FEBRUARY = dt.date(2026, 2, 2)


@pytest.mark.parametrize(
    ("looked", "whole", "expected"),
    [
        ("2026-02-02", "2026-02-02", "breach"),
        ("2026-02-01", "2026-02-01", "breach"),
        ("2026-01-31", "2026-01-31", "not_seen_since"),  # it may have come later that day
        ("2026-01-28", "2026-01-28", "not_seen_since"),
        ("2026-02-02", "2026-01-30", "not_seen_since"),  # a quick pass read the first pages only
    ],
)
def test_a_report_is_missing_only_where_a_whole_look_after_the_deadline_did_not_show_it(
    looked: str, whole: str, expected: str
) -> None:
    day = dt.date.fromisoformat(looked)
    last = look(day=day, facts={"complete": looked == whole, "full": False})
    seen = Looks(last=last, last_on=day, whole_on=dt.date.fromisoformat(whole))
    assert reports(seen, as_of=FEBRUARY) == expected


@pytest.mark.parametrize(
    ("published", "first_seen", "expected"),
    [
        (None, "2026-01-31", "compliant"),
        (None, "2026-02-02", "undated"),  # it may have stood there in time
        ("2026-02-01", "2026-01-31", "compliant"),
        ("2026-02-01", "2026-02-02", "breach"),
    ],
)
def test_a_report_in_time(published: str | None, first_seen: str, expected: str) -> None:
    assert reports(looks(day=FEBRUARY), report(published, first_seen), as_of=FEBRUARY) == expected


@pytest.mark.parametrize(
    ("looked", "newest", "appeared", "expected"),
    [
        ("2026-06-30", "2026-06-16", None, "early_warning"),
        ("2026-06-30", "2026-06-15", None, "breach"),
        ("2026-06-29", "2026-06-15", None, "early_warning"),  # fresh when it was seen; what came since is not known
        ("2026-06-30", "2026-06-01", "2026-06-28", "appeared"),  # an update, whatever date it shows
        ("2026-06-30", "2026-06-01", "2026-06-15", "breach"),
        ("2026-06-26", "2026-06-01", "2026-06-28", "breach"),  # not there yet on the day that is judged
    ],
)
def test_a_column_is_fresh_by_the_later_end(looked: str, newest: str, appeared: str | None, expected: str) -> None:
    since: dict[str, Any] = {"appeared_on": dt.date.fromisoformat(appeared)} if appeared else {}
    known = facts("news", newest=newest, looks=looks(day=dt.date.fromisoformat(looked)), **since)
    found = freshness.judge(known, case("UP-02"))
    assert (found.reason or found.verdict.value).split(":")[0] == expected


@pytest.mark.parametrize(
    ("seen_since", "expected"),
    [("2026-06-16", "undated_rows"), ("2026-06-15", "breach")],
)
def test_an_undated_link_is_as_new_as_the_look_that_found_it(seen_since: str, expected: str) -> None:
    """It appeared between that look and the one before; the later end is the unit's."""
    shown = {"newest": {"on": "2026-05-01", "url": "http://a.invalid/1.html"}, "undated": {seen_since: ["ab"]}}
    found = home_page.judge(unit_facts(unit(), home=home({"front": shown}, day=TODAY)), case("UP-01"))
    assert (found.reason or found.verdict.value).split(":")[0] == expected
