"""What is summed, of whom, and who lacks and why: tables of cases, and sums that are their parts whatever comes in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.annual.claims import Found, claims
from flows.annual.rolling import Standing, Year, counts_of, roll
from storage.annual.forms import Form, figures_of
from storage.annual.held import HeldReport, Outcome
from storage.annual.rollup import Check, Published, Rollup, Sum, as_data, rollup_of
from storage.catalogue import Validity, YearCount
from storage.schema import Category, City, Column, ColumnKind, Supervision, Unit, UnitKind
from tests.flows.annual.reports import held, report, report_of

GRANTED = "3/granted/natural"


def unit(name: str, kind: str = "department", *columns: str) -> Unit:
    return Unit(
        id=name,
        name=f"青禾市{name}",
        kind=UnitKind(kind),
        supervision=Supervision.LOCAL,
        home=f"http://{name}.invalid/",
        columns=tuple(
            Column(id=one, unit=name, name=one, kind=ColumnKind(one), url=f"http://{name}.invalid/{one}/")
            for one in columns
        ),
    )


UNITS = (unit("a"), unit("b"), unit("c"), unit("qu", "district"), unit("zhen", "township"))
CITY = City(name="青禾市", code="629900", contact="mailto:office@example.invalid", units=UNITS)
OWING = {one.id: Standing(published=Published.IN_TIME, rule="TM-10") for one in UNITS}


def rolled(held: Sequence[HeldReport], year: int = 2025, **facts: Any) -> Rollup:
    known: dict[str, Any] = {"standings": OWING}
    return roll(Year(year=year, as_of=dt.date(2026, 4, 1), city=CITY, held=held, **{**known, **facts}))


def said(one: Sum) -> tuple[int | None, dict[str, int], dict[str, str]]:
    value = None if one.value is None else int(one.value)
    return value, {name: int(part) for name, part in one.parts.items()}, {lack.unit: lack.why for lack in one.lacks}


NOBODY = {"c": "no_report", "qu": "no_report"}
CASES = {
    "both say a number": (
        [held("a", report_of({GRANTED: 3})), held("b", report_of({GRANTED: 4}))],
        (7, {"a": 3, "b": 4}, NOBODY),
    ),
    "a blank is no nought": (
        [held("a", report_of({GRANTED: None})), held("b", report_of({GRANTED: 4}))],
        (4, {"b": 4}, {"a": "blank"} | NOBODY),
    ),
    "a slash and a word are none": (
        [held("a", report_of({GRANTED: "/"})), held("b", report_of({GRANTED: "若干"}))],
        (None, {}, {"a": "slash", "b": "text"} | NOBODY),
    ),
    "a nought is a number": ([held("a", report_of({GRANTED: 0}))], (0, {"a": 0}, {"b": "no_report"} | NOBODY)),
    "what was not read says nothing": (
        [held("a", Outcome.SCANNED), held("b", report_of({GRANTED: 4}))],
        (4, {"b": 4}, {"a": "not_read"} | NOBODY),
    ),
    "another form has other rows": (
        [held("a", report(Form.F2019)), held("b", report_of({GRANTED: 4}))],
        (4, {"b": 4}, {"a": "other_form"} | NOBODY),
    ),
    "what is no report is none": (
        [held("a", Outcome.NO_REPORT)],
        (None, {}, {"a": "no_report", "b": "no_report"} | NOBODY),
    ),
    "the published one before the mailed one": (
        [held("a", report_of({GRANTED: 3})), held("a", report_of({GRANTED: 9}), source="mail")],
        (3, {"a": 3}, {"b": "no_report"} | NOBODY),
    ),
    "the mailed one where the published one cannot be read": (
        [held("a", Outcome.LOCKED), held("a", report_of({GRANTED: 9}), source="mail")],
        (9, {"a": 9}, {"b": "no_report"} | NOBODY),
    ),
    "a township's are in its district's": (
        [held("qu", report_of({GRANTED: 5})), held("zhen", report_of({GRANTED: 2}))],
        (5, {"qu": 5}, {"a": "no_report", "b": "no_report", "c": "no_report"}),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_figure_is_summed_over_who_says_a_number(name: str) -> None:
    reports, expected = CASES[name]
    assert said(rolled(reports).sums[GRANTED]) == expected


def test_a_unit_that_owes_none_and_has_none_lacks_nothing() -> None:
    found = rolled([], standings={"a": Standing(published=Published.MISSING)})
    assert {lack.unit for lack in found.sums[GRANTED].lacks} == {"a"}
    assert {line.unit: line.published.value for line in found.lines} == {
        "a": "missing",
        **dict.fromkeys(("b", "c", "qu", "zhen"), "not_owed"),
    }


LAST = {
    "the same form": (2025, Form.F2021, Form.F2021, GRANTED, 6),
    "part three means the same in both forms": (2021, Form.F2021, Form.F2019, GRANTED, 6),
    "part two does not": (2021, Form.F2021, Form.F2019, "2/normative/in_force", None),
    "a row that the form before had not": (2021, Form.F2021, Form.F2019, "3/other_other/natural", None),
}


@pytest.mark.parametrize("name", LAST)
def test_the_year_before_is_summed_where_the_figure_means_the_same(name: str) -> None:
    year, form, before, figure, expected = LAST[name]
    last = [held("a", report_of({figure: 2}, form=before)), held("b", report_of({figure: 4}, form=before))]
    one = rolled([held("a", report_of({figure: 1}, form=form))], year, last=last).sums[figure]
    assert (one.last, one.last_counted) == (expected, 2 if expected else 0)


def test_before_2019_there_is_no_form_to_sum() -> None:
    assert rolled([held("a", report(Form.INDICATORS))], 2017).sums == {}


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.sampled_from("abc"), st.one_of(st.none(), st.integers(0, 10**6))))
def test_a_sum_is_its_parts_and_every_unit_is_in_it_or_lacks(values: dict[str, int | None]) -> None:
    one = rolled([held(name, report_of({GRANTED: value})) for name, value in values.items()]).sums[GRANTED]
    told = {name: value for name, value in values.items() if value is not None}
    assert {name: int(part) for name, part in one.parts.items()} == told
    assert one.value == (sum(told.values()) if told else None)
    assert one.counted == len(told)
    assert {*one.parts, *(lack.unit for lack in one.lacks)} == {"a", "b", "c", "qu"}


def test_every_figure_of_the_form_is_summed_and_comes_back_from_its_data() -> None:
    found = rolled([held("a"), held("b")])
    assert list(found.sums) == list(figures_of(Form.F2021))
    assert rollup_of(as_data(found)) == found


def test_a_line_says_what_is_counted_and_what_its_checks_say() -> None:
    check = {"rule": "AR-11", "verdict": "breach", "reason": None, "facts": {"alike": [ALIKE]}}
    public = held("a", checks=[check], url="http://a.invalid/1.html", published_on=dt.date(2026, 1, 20))
    mail = held("a", source="mail", received_by="李敏", received_at=public.first_seen)
    days = {public.id: dt.date(2026, 1, 21), mail.id: dt.date(2026, 1, 10)}
    line = rolled([public, mail], days=days).lines[0]
    assert (line.report, line.source, line.form, line.outcome) == (public.id, "published", "2021", "read")
    assert (line.url, line.title) == ("http://a.invalid/1.html", public.name)
    assert (line.published_on, line.first_seen_on) == (dt.date(2026, 1, 20), dt.date(2026, 1, 21))
    assert (line.received_on, line.received_by) == (dt.date(2026, 1, 10), "李敏")
    assert line.checks == (Check(rule="AR-11", verdict="breach", facts={"alike": [ALIKE]}),)
    assert [one.model_dump() for one in line.alike] == [ALIKE]


ALIKE = {"report": "x", "unit": "b", "name": "青禾市b", "year": 2025, "share": 0.97}


# ------------------------------------------------------------------ the catalogue


def count(of: str, column: str, number: int, category: Category = Category.NEWS, **facts: Any) -> YearCount:
    return YearCount(unit=of, column=column, category=category, statutory=facts.get("statutory"), count=number)


def test_counts_by_class_statutory_class_and_unit_all_sum_to_the_whole() -> None:
    columns = {("a", "gb"): Column(id="gb", unit="a", name="公报", kind=ColumnKind.GAZETTE, url="http://a.invalid/gb/")}
    some = [
        count("a", "gb", 3, Category.POLICIES, statutory="20-01"),
        count("a", "yw", 5),
        count("b", "yw", 7, statutory="20-11"),
        count("left", "yw", 100),
    ]
    told = counts_of(some, columns, {"a", "b", "c"})
    assert told.total == 15
    assert {name: number for name, number in told.by_category.items() if number} == {"政策法规": 3, "新闻": 12}
    assert told.by_statutory == {"20-01": 3, "20-11": 7, "none": 5}
    assert told.by_channel == {"website": 15, "gazette": 3}
    assert told.by_unit == {"a": 8, "b": 7, "c": 0}
    assert told.by_unit_category == {"a": {"政策法规": 3, "新闻": 5}, "b": {"新闻": 7}}
    assert "gazette" not in counts_of(some, {}, {"a"}).by_channel


SEEN = {("a", "normative"): dt.date(2026, 2, 1), ("a", "permits"): dt.date(2025, 12, 31)}


@pytest.mark.parametrize(
    ("what", "claimed", "found", "why"),
    [
        ("2/normative/in_force", 214, 5, None),
        ("2/normative/made", 28, 4, None),
        ("2/permits/decisions", 10, None, "not_seen_since"),
        ("2/penalties/decisions", 10, None, "no_column"),
    ],
)
def test_a_claim_is_held_against_what_was_seen_whole(what: str, claimed: int, found: int | None, why: str) -> None:
    owner = unit("a", "department", "normative", "permits")
    known = Found(
        counts=[count("a", "normative", 4, Category.POLICIES), count("a", "permits", 9), count("b", "normative", 99)],
        validity=[
            Validity(unit="a", column="normative", validity=None, count=3),
            Validity(unit="a", column="normative", validity="有效", count=2),
            Validity(unit="a", column="normative", validity="失效", count=50),
        ],
        seen=SEEN,
    )
    [one] = [one for one in claims(2025, {"a": report_of({what: claimed})}, [owner], known) if one.what == what]
    assert (one.claimed, one.found, (one.why or "").partition(":")[0] or None) == (Decimal(claimed), found, why)


def test_a_blank_claims_nothing() -> None:
    known = Found(counts=[], validity=[], seen=SEEN)
    blank = report_of(dict.fromkeys(figures_of(Form.F2021)))
    assert claims(2025, {"a": blank}, [unit("a", "department", "normative")], known) == ()
