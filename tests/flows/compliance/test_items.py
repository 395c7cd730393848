"""The item rules as tables: published in time (TM-01), the four catalogue fields (CT-01), and whose document it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from flows.compliance.bodies import is_same
from flows.compliance.calendar import WorkingDays
from flows.compliance.rulebook import BY_SUBJECT, judge_item
from flows.compliance.rules import catalogue_fields, timely_item
from storage.schema import FindingKind, Provenance, Relation, VerdictKind
from tests.flows.compliance import CITY, DAYS, TODAY, at, case, column, context, item, unit

CASE = case("TM-01")

# 2024-03-01 (a Friday) + 20 working days = 2024-03-29
LATE = {"formed_on": "2024-03-01", "published_on": "2024-04-01"}
FULL = {"index_number": "014416330/2018-04736", "summary": "部署校园安全检查。", "formed_on": "2026-06-01"}


def read_from(origin: str, confidence: float = 0.9) -> Provenance:
    return Provenance(origin=origin, raw="x", confidence=confidence)


TIMELY: list[tuple[dict[str, Any], str, str | None]] = [
    # not applicable
    ({"formed_on": "2019-05-14", "published_on": "2020-01-01"}, "not_applicable", "before_force"),
    ({**LATE, "issuer": "霁省人民政府办公厅"}, "not_applicable", "other_issuer"),
    ({**LATE, "issuer": "青禾市人民政府"}, "not_applicable", "other_issuer"),
    ({**LATE, "issuer": "市财政局 市教育局"}, "not_applicable", "other_issuer"),
    ({**LATE, "document_number": "国办发〔2024〕3号"}, "not_applicable", "other_issuer"),
    ({**LATE, "relations": (Relation(kind="reposts", target="http://b.invalid/"),)}, "not_applicable", "other_issuer"),
    ({**LATE, "withdrawn_at": at("2024-05-01")}, "not_applicable", "withdrawn"),
    # compliant
    ({"formed_on": "2024-03-01", "published_on": "2024-03-29"}, "compliant", None),
    ({"formed_on": "2024-03-01", "published_on": "2024-03-01"}, "compliant", None),
    ({"formed_on": "2024-09-10", "published_on": "2024-10-12"}, "compliant", None),  # 中秋 and 国庆 between
    ({"formed_on": "2024-03-01", "published_on": "2024-02-20"}, "compliant", None),
    ({**LATE, "first_seen": at("2024-03-20")}, "compliant", None),  # we saw it before it says it came out
    ({"formed_on": "2024-03-01", "first_seen": at("2024-03-20")}, "compliant", None),
    # breach
    (LATE, "breach", None),
    ({**LATE, "issuer": "青禾市教育局"}, "breach", None),
    ({**LATE, "issuer": "市教育局办公室"}, "breach", None),
    ({**LATE, "issuer": "市教育局、市财政局"}, "breach", None),
    ({**LATE, "document_number": "青教发〔2024〕3号"}, "breach", None),
    ({"formed_on": "2019-05-15", "published_on": "2020-01-01"}, "breach", None),
    ({**LATE, "first_seen": at("2024-04-02")}, "breach", None),
    (
        {"formed_on": "2024-03-01", "not_before": at("2024-04-01"), "first_seen": at("2024-04-02")},
        "breach",
        None,
    ),
    # not assessable
    ({"published_on": "2024-04-01"}, "not_assessable", "no_formed_date"),
    ({"formed_on": "2024-03-01"}, "not_assessable", "no_published_date"),
    ({"formed_on": "2024-03-01", "first_seen": at("2024-04-02")}, "not_assessable", "no_published_date"),
    (
        {"formed_on": "2024-03-01", "not_before": at("2024-03-28"), "first_seen": at("2024-04-02")},
        "not_assessable",
        "no_published_date",
    ),
    ({**LATE, "provenance": {"published_on": read_from("address")}}, "not_assessable", "no_published_date"),
    ({**LATE, "provenance": {"formed_on": read_from("body", 0.3)}}, "not_assessable", "unsure_date"),
]


@pytest.mark.parametrize(("given", "verdict", "reason"), TIMELY)
def test_timely_item(given: dict[str, Any], verdict: str, reason: str | None) -> None:
    found = timely_item.judge(item(**given), context(), CASE)
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason)


def test_a_late_item_carries_its_count() -> None:
    given = item(formed_on="2024-09-10", published_on="2024-10-31")
    found = next(one for one in judge_item(given, context(), CASE) if one.rule == "TM-01")
    assert found.verdict is VerdictKind.BREACH
    assert found.kind is FindingKind.UNTIMELY
    facts = found.facts
    assert (facts["counted"], facts["limit"], facts["days_over"], facts["deadline"]) == (33, 20, 13, "2024-10-14")
    assert "2024-10-01 国庆节" in facts["skipped"]
    assert "2024-09-14 周六" not in facts["skipped"]  # worked for 中秋
    assert [one.url for one in found.evidence] == ["http://a.invalid/tzgg/"]
    days = list(DAYS.days(dt.date(2024, 9, 10), dt.date(2024, 10, 14)))
    assert [f"{day.on} {day.name}" for day in days if not day.working] == facts["skipped"]
    assert sum(day.working for day in days) == 20


def test_published_before_it_was_formed_is_told_and_not_judged() -> None:
    found = timely_item.judge(item(formed_on="2024-03-01", published_on="2024-02-20"), context(), CASE)
    assert found.facts["published_before_formed"] is True


def test_an_unannounced_year_needs_the_least_count_over_the_limit() -> None:
    early = WorkingDays(until=2023)
    near = item(formed_on="2024-03-01", published_on="2024-04-02")  # 22 without holidays; 清明 could take some
    far = item(formed_on="2024-03-01", published_on="2024-05-31")
    in_time = item(formed_on="2024-03-01", published_on="2024-03-29")
    verdicts = [timely_item.judge(one, context(), replace(CASE, days=early)) for one in (near, far, in_time)]
    assert [one.verdict.value for one in verdicts] == ["not_assessable", "breach", "compliant"]
    assert (verdicts[0].reason or "").startswith("calendar_provisional")
    assert verdicts[1].facts["provisional"] is True


def test_our_looks_have_their_day_in_the_city() -> None:
    """First seen at 17:00 UTC on the 29th is the 30th in the city."""
    given = item(formed_on="2024-02-29", first_seen=dt.datetime(2024, 3, 28, 17, tzinfo=dt.UTC))
    assert timely_item.judge(given, context(), CASE).verdict is VerdictKind.NOT_ASSESSABLE
    assert timely_item.judge(given, context(), replace(CASE, zone=dt.UTC)).verdict is VerdictKind.COMPLIANT


REPEATED = {"summary": Provenance(origin="label", raw="关于校园安全的通知", confidence=0.0)}  # the title once more

FIELDS: list[tuple[str, dict[str, Any], str, object]] = [
    ("notices", {}, "not_applicable", "nothing_asked"),
    ("annual_reports", {}, "not_applicable", "nothing_asked"),
    ("policies", {"url": "http://a.invalid/f/1.PDF"}, "not_applicable", "file"),
    ("policies", {"url": "http://elsewhere.invalid/1.html"}, "not_applicable", "external"),
    ("policies", {"withdrawn_at": at(TODAY)}, "not_applicable", "withdrawn"),
    ("policies", {**FULL}, "compliant", None),
    ("normative", {**FULL}, "compliant", None),
    ("catalogue", {**FULL, "url": "http://zwgk.a.invalid/1.html"}, "compliant", None),
    ("policies", {}, "breach", ["索引号", "内容概述", "生成日期"]),
    ("policies", {**FULL, "index_number": None}, "breach", ["索引号"]),
    ("policies", {**FULL, "index_number": "null02D/01A/D3C20190807"}, "compliant", None),  # CT-02's
    ("policies", {**FULL, "index_number": "null"}, "breach", ["索引号"]),
    ("policies", {**FULL, "index_number": " - "}, "breach", ["索引号"]),
    ("policies", {**FULL, "summary": "无"}, "breach", ["内容概述"]),
    ("policies", {**FULL, "summary": "null"}, "breach", ["内容概述"]),
    ("policies", {**FULL, "summary": None}, "breach", ["内容概述"]),
    ("policies", {**FULL, "summary": None, "provenance": REPEATED}, "compliant", None),
    ("catalogue", {**FULL, "formed_on": None}, "breach", ["生成日期"]),
    ("policies", {**FULL, "page_read": False}, "not_assessable", "unread"),
    ("policies", {"page_read": False}, "not_assessable", "unread"),
]


@pytest.mark.parametrize(("kind", "given", "verdict", "detail"), FIELDS)
def test_catalogue_fields(kind: str, given: dict[str, Any], verdict: str, detail: object) -> None:
    found = next(one for one in judge_item(item(**given), context(kind), case()) if one.rule == "CT-01")
    said = found.facts["missing"] if verdict == "breach" else found.reason and found.reason.split(":")[0]
    assert (found.verdict.value, said) == (verdict, detail)


def test_items_outside_the_catalogue_columns_can_be_left_out() -> None:
    given = item(**LATE)
    assert [one.rule for one in judge_item(given, context(), CASE)] == [rule.id for rule in BY_SUBJECT["item"]]
    left = judge_item(given, context(), CASE, all_rules=False)
    assert [one.rule for one in left] == ["TM-01"]


@pytest.mark.parametrize(
    ("named", "registered", "same"),
    [
        ("青禾市教育局", "青禾市教育局", True),
        ("市教育局", "青禾市教育局", True),
        ("霁省青禾市教育局", "青禾市教育局", True),
        ("青禾市教育局办公室", "青禾市教育局", True),
        ("市发改委", "青禾市发展和改革委员会", True),
        ("田禾区人民政府办公室", "田禾区人民政府", True),
        ("青禾市田禾区人民政府", "田禾区人民政府", True),
        ("田禾区政府办", "田禾区人民政府", True),
        ("石桥镇人民政府", "田禾区石桥镇人民政府", True),
        ("市政府办", "青禾市人民政府办公室", True),
        ("青禾市人民政府办公室", "青禾市人民政府办公室", True),
        ("市外事办", "青禾市外事办公室", True),
        ("青禾市人民政府", "青禾市人民政府办公室", False),
        ("田禾区石桥镇人民政府", "石桥镇人民政府", True),
        ("青禾市税务局", "国家税务总局青禾市税务局", True),
        ("国家税务总局青禾市税务局", "国家税务总局青禾市税务局", True),
        ("国家税务总局", "国家税务总局青禾市税务局", False),
        ("国家统计局", "青禾市统计局", False),
        ("田禾区教育局", "青禾市教育局", False),
        ("霁省教育厅", "青禾市教育局", False),
        ("青禾市人民政府", "青禾市教育局", False),
        ("青禾市人民政府", "田禾区人民政府", False),
        ("霁省人民政府", "田禾区人民政府", False),
        ("中共青禾市教育局党组", "青禾市教育局", False),
        ("规划局", "青禾市自然资源和规划局", False),
        ("体育局", "青禾市教育局", False),
        ("", "青禾市教育局", False),
    ],
)
def test_whose_document(named: str, registered: str, same: bool) -> None:
    assert is_same(named, registered, CITY) is same


def test_a_district_on_a_port_of_its_own_is_a_site_of_its_own() -> None:
    of = unit(column("policies"), home="http://127.0.0.1:8101/")
    there = context("policies", of=of)
    assert catalogue_fields.is_external("http://127.0.0.1:8102/1.html", there)
    assert not catalogue_fields.is_external("http://127.0.0.1:8101/1.html", there)


@pytest.mark.parametrize(
    ("shown", "given", "verdict", "missing"),
    [
        ({"title"}, {}, "not_assessable", ["索引号", "内容概述", "生成日期"]),
        ({"title", "index_number", "formed_on"}, {**FULL, "summary": None}, "not_assessable", ["内容概述"]),
        ({"title", "index_number", "formed_on"}, {}, "breach", ["索引号", "生成日期"]),
        ({"title"}, {**FULL, "index_number": "null"}, "breach", ["索引号"]),
        ({"title"}, FULL, "compliant", None),
    ],
)
def test_a_field_is_missing_where_other_entries_show_it(
    shown: set[str], given: dict[str, Any], verdict: str, missing: object
) -> None:
    there = replace(context("policies"), shown=frozenset(shown))
    found = catalogue_fields.judge(item(**given), there, case("CT-01"))
    assert (found.verdict.value, found.facts.get("missing")) == (verdict, missing)


@pytest.mark.parametrize(
    ("given", "verdict"),
    [({}, "not_assessable"), ({**FULL, "summary": None}, "not_assessable"), (FULL, "compliant")],
)
def test_in_a_column_that_is_held_no_field_is_proven_missing(given: dict[str, Any], verdict: str) -> None:
    there = replace(context("policies"), shown=frozenset(catalogue_fields.FIELDS), held=True)
    found = catalogue_fields.judge(item(**given), there, case("CT-01"))
    assert (found.verdict.value, (found.reason or "").partition(":")[0]) == (
        verdict,
        "mass_change" if verdict == "not_assessable" else "",
    )


def test_one_entry_in_five_shows_that_the_template_has_the_field() -> None:
    shown = catalogue_fields.shown_fields
    assert shown(10, {"summary": 2, "index_number": 1, "formed_on": 0}) == {"title", "summary"}
    assert shown(3, {"index_number": 1}) == {"title", "index_number"}
