"""What must be there at all: rows of a unit's own directory (CV-DIR), and the law's categories (CV-20, CV-21)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from flows.compliance import duty_limits
from flows.compliance.facts import BlankPage, ColumnFacts, DirectoryFacts, DutyFacts, Entry, UnitFacts
from flows.compliance.nothing import is_old_note, note_in
from flows.compliance.obligations import obligations
from flows.compliance.regulation import Regulation
from flows.compliance.rulebook import RULES, judge_group, judge_unit
from flows.compliance.rules import local_matters, statutory_categories
from harvesters import normalise
from harvesters.reading.duty_limit import read_limit
from storage.schema import (
    ColumnKind,
    Duty,
    DutyDirectory,
    DutyLimit,
    DutyMapping,
    LimitKind,
    Period,
    Unit,
    Verdict,
    VerdictKind,
    Waiver,
)
from tests.flows.compliance import LAW, TODAY, at, case, column, looks, unit, unit_facts

BUDGET = column("budget", "yjs", name="财政预决算")
LEADERS = column("leaders", "ld", name="领导之窗")
BY_NAME = DutyMapping(how="name", columns=("yjs",), keywords=("部门预算",), why="its name")
BY_WORDS = DutyMapping(how="keywords", keywords=("部门预算",), why="titles")
EMPTY = BlankPage(read=True)


def day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def entry(shown: str | None = None, *, appeared: str | None = None, changed: str | None = None) -> Entry:
    return Entry(
        title="青禾市教育局2026年部门预算",
        url="http://a.invalid/yjs/1.html",
        column="yjs",
        shown_on=day(shown),
        appeared_on=day(appeared),
        changed_on=day(changed),
    )


def told(
    limit: str | None = "每年",
    *shown: Entry,
    duty: Mapping[str, Any] | None = None,
    mapping: DutyMapping = BY_NAME,
    of: Unit | None = None,
    in_force: str = "2020-01-01",
    blank: BlankPage | None = EMPTY,
    left: bool = False,
    alone: bool = False,
    kind: str = "budget",
    **known: Any,
) -> DirectoryFacts:
    """A directory of one row, 部门预算, whose column was seen whole today and lists ``shown``."""
    of = of or unit(BUDGET, LEADERS)
    facts = {"rows": len(shown), "ever": len(shown), "read": len(shown), "dated": len(shown)}
    if not shown:
        facts["looks"] = looks("ok_empty")  # type: ignore[assignment]
    place = replace(BUDGET, kind=ColumnKind(kind))
    own = ColumnFacts(**{"unit": of, "column": place, "looks": looks(), **facts, **known})
    row = Duty(
        **{
            "row": 7,
            "key": "aaaaaaaaaaaa",
            "level1": "财政信息",
            "level2": "部门预算",
            "limit_text": limit,
            "limit": read_limit(limit),
            "channel": "政府网站",
            "mode": "主动公开",
            **(duty or {}),
        }
    )
    window = duty_limits.window(row.limit, min(own.looks.last_on or TODAY, TODAY)) if row.limit else None
    inside = [
        one
        for one in shown
        if window and any(on and window[0] <= on <= window[1] for on in (one.shown_on, one.appeared_on, one.changed_on))
    ]
    found = DutyFacts(
        duty=row,
        mapping=mapping,
        columns=(own,) if mapping.columns and not left else (),
        window=window,
        entries=len(shown),
        undated=sum(one.shown_on is None for one in shown),
        alone=alone,
        newest=max(shown, key=lambda one: one.shown_on or dt.date.min, default=None),
        within=inside[0] if inside else None,
        blank={"yjs": blank} if blank is not None else {},
    )
    directory = DutyDirectory(
        unit=of.id,
        version=2,
        imported_at=at("2026-06-01"),
        source="目录.docx",
        sha256="0" * 64,
        in_force_from=dt.date.fromisoformat(in_force),
        duties=((row, mapping),),
    )
    return DirectoryFacts(unit=of, directory=directory, duties=(found,))


def judged(group: DirectoryFacts, as_of: dt.date = TODAY) -> Verdict:
    [verdict] = judge_group(RULES["CV-DIR"], group, case(as_of=as_of))
    return verdict


OLD = entry("2024-12-31")
NEW = entry("2026-06-01")
BLOCKED = looks("blocked")

ROWS: list[tuple[str, DirectoryFacts, str, str | None]] = [
    # not applicable
    ("on request only", told(duty={"mode": "依申请公开"}), "not_applicable", "on_request"),
    ("not disclosed", told(duty={"mode": "不予公开"}), "not_applicable", "not_public"),
    ("for some persons", told(duty={"audience": "特定群体: 学生家长"}), "not_applicable", "not_public"),
    ("another tier", told(of=unit(BUDGET, kind="township"), duty={"tier": "县级"}), "not_applicable", "other_tier"),
    # compliant
    ("this year", told("每年", NEW), "compliant", None),
    ("last year, the period being a calendar one", told("每年", entry("2025-01-01")), "compliant", None),
    ("this month is not over", told("每月", entry("2026-05-01")), "compliant", None),
    ("in time for the day", told("每年1月31日前", entry("2026-01-31")), "compliant", None),
    ("a document changed in place", told("每年", entry("2019-01-01", changed="2026-03-01")), "compliant", None),
    ("one that came while we watched", told("每年", entry(None, appeared="2026-03-01")), "compliant", None),
    ("always there, however old", told("长期", entry("2019-01-01")), "compliant", None),
    ("after an event", told("形成之日起20个工作日内", entry("2019-01-01")), "compliant", None),
    ("after an event, undated", told("及时", entry(None)), "compliant", None),
    ("seen before the block", told("每年", NEW, looks=BLOCKED), "compliant", None),
    ("known by words alone", told("每年", NEW, mapping=BY_WORDS), "compliant", None),
    ("both ways, both to everyone", told("每年", NEW, duty={"mode": "主动、依申请"}), "compliant", None),
    ("a note on the blank page", told("长期", blank=BlankPage(read=True, note="本单位无此项收费")), "compliant", None),
    ("a note of last year", told("每年", blank=BlankPage(read=True, note="2025年度无此类事项")), "compliant", None),
    (
        "a tier that holds this one",
        told("每年", NEW, of=unit(BUDGET, kind="township"), duty={"tier": "县级、乡级"}),
        "compliant",
        None,
    ),
    # breach
    ("nothing since the year before last", told("每年", OLD), "breach", None),
    ("a whole month without", told("每月", entry("2026-04-30")), "breach", None),
    ("a whole quarter without", told("每季度", entry("2025-12-31")), "breach", None),
    ("after the day", told("每年1月31日前", entry("2026-02-01")), "breach", None),
    ("not since the last day", told("每年1月31日前", entry("2025-01-31")), "breach", None),
    ("nothing where something must always be", told("长期"), "breach", None),
    ("a blank column", told("每年"), "breach", None),
    ("a blank column of leaders", told("每年", kind="leaders"), "breach", None),
    ("where a person says", told("长期", mapping=replace(BY_NAME, how="person", by="张三")), "breach", None),
    ("boxes with the site ticked", told("长期", duty={"channel": "■政府网站 □公示栏"}), "breach", None),
    ("no channel named", told("长期", duty={"channel": None}), "breach", None),
    ("its own office", told("长期", duty={"subject": "办公室"}), "breach", None),
    ("its own name", told("长期", duty={"subject": "市教育局、财务科"}), "breach", None),
    (
        "a note of long ago",
        told("长期", blank=BlankPage(read=True, note="2019年度无此类事项")),
        "not_assessable",
        "old_note",
    ),
    # not assessable: what was due is not known
    ("nobody said where", told(mapping=DutyMapping(how="unmapped", why="no column")), "not_assessable", "unmapped"),
    ("set aside", told(mapping=DutyMapping(how="person", by="张三", why="在平台公开")), "not_assessable", "set_aside"),
    ("no limit", told(None), "not_assessable", "no_limit"),
    ("a limit nobody understands", told("详见附件"), "not_assessable", "limit"),
    ("nothing happened, perhaps", told("形成之日起20个工作日内"), "not_assessable", "no_event"),
    ("no period named", told("定期更新"), "not_assessable", "no_event"),
    ("as other rules say", told("按规定时限"), "not_assessable", "no_event"),
    ("words alone prove nothing missing", told("长期", mapping=BY_WORDS), "not_assessable", "not_found"),
    ("the directory is newer", told("每年", OLD, in_force="2026-06-01"), "not_assessable", "not_due"),
    ("newer than the year of the day", told("每年1月31日前", in_force="2026-01-02"), "not_assessable", "not_due"),
    # not assessable: it may stand elsewhere
    ("on a notice board", told("长期", duty={"channel": "公示栏、微信公众号"}), "not_assessable", "channel"),
    ("boxes without the site", told("长期", duty={"channel": "□政府网站 ☑公示栏"}), "not_assessable", "channel"),
    ("boxes of a lost font", told("长期", duty={"channel": "■公示栏 口政府网站"}), "not_assessable", "channel"),
    ("another body", told("长期", duty={"subject": "市财政局"}), "not_assessable", "whose"),
    ("the column left", told("长期", left=True), "not_assessable", "column_left"),
    # not assessable: not proven
    ("blocked", told("长期", looks=BLOCKED), "not_assessable", "blocked"),
    ("blocked, with old rows", told("每年", OLD, looks=BLOCKED), "not_assessable", "blocked"),
    ("seen long ago", told("每年", OLD, looks=looks(day=dt.date(2026, 6, 1))), "not_assessable", "stale_look"),
    ("moved", told("每年", OLD, moved_to="http://a.invalid/new/"), "not_assessable", "moved"),
    ("held", told("每年", OLD, held=True), "not_assessable", "mass_change"),
    ("undated rows beside old ones", told("每年", OLD, entry(None)), "not_assessable", "undated"),
    ("a page kept current in place", told("每年", OLD, alone=True), "not_assessable", "in_place"),
    ("leaders, kept current in place", told("每年", OLD, kind="leaders"), "not_assessable", "in_place"),
    ("dates in the future", told("每年", OLD, later=1), "not_assessable", "later_dates"),
    ("rows that are gone", told("长期", ever=3), "not_assessable", "rows_vanished"),
    ("a page not proven blank", told("长期", looks=looks("ok")), "not_assessable", "unproven_blank"),
    ("a blank page not read again", told("长期", blank=BlankPage(read=False)), "not_assessable", "page_unread"),
    ("a blank page nobody asked for", told("长期", blank=None), "not_assessable", "page_unread"),
    (
        "cut short",
        told("每年", OLD, looks=looks(facts={"complete": False, "full": True})),
        "not_assessable",
        "incomplete_walk",
    ),
    (
        "waived for its column",
        told("长期", of=unit(BUDGET, waivers=(Waiver(reason="无", approved_by="市府办", until=TODAY, column="yjs"),))),
        "not_applicable",
        "waived",
    ),
]


@pytest.mark.parametrize(("group", "verdict", "reason"), [one[1:] for one in ROWS], ids=[one[0] for one in ROWS])
def test_rows_of_a_directory(group: DirectoryFacts, verdict: str, reason: str | None) -> None:
    found = judged(group)
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason)


def test_a_missed_row_says_what_was_promised_what_stands_there_and_when_it_was_seen() -> None:
    found = judged(told("每年", OLD))
    assert (found.column, found.item, found.severity) == ("yjs", "duty:aaaaaaaaaaaa", "yellow")
    assert found.facts == {
        "row": 7,
        "matter": "财政信息 / 部门预算",
        "limit_text": "每年",
        "directory": "目录.docx (version 2)",
        "mapped": "name: its name",
        "columns": ["yjs"],
        "keywords": ["部门预算"],
        "entries": 1,
        "from": "2025-01-01",
        "until": "2026-06-30",
        "looked_at": ["2026-06-30T02:00:00+00:00"],
        "judged_on": "2026-06-30",
        "due_on": "2025-12-31",
        "newest_on": "2024-12-31",
        "newest_url": "http://a.invalid/yjs/1.html",
        "title": "青禾市教育局2026年部门预算",
        "confidence": "local",
    }
    assert found.evidence == looks().last.evidence  # type: ignore[union-attr]


def test_a_late_one_says_by_how_much() -> None:
    found = judged(told("每年1月31日前", entry("2026-02-01")))
    assert (found.facts["deadline"], found.facts["days_over"], found.facts["newest_on"]) == (
        "2026-01-31",
        150,
        "2026-02-01",
    )


def test_a_person_who_corrects_is_named() -> None:
    found = judged(told("长期", mapping=replace(BY_NAME, how="person", by="张三", why="在预决算栏目")))
    assert (found.facts["mapped"], found.facts["mapped_by"]) == ("person: 在预决算栏目", "张三")


def test_what_is_judged_is_the_day_the_column_was_seen() -> None:
    seen = looks(day=dt.date(2026, 6, 30))
    assert judged(told("每月", entry("2026-05-15"), looks=seen), dt.date(2026, 7, 2)).verdict is VerdictKind.COMPLIANT


# ------------------------------------------------------------------ when something is due


@pytest.mark.parametrize(
    ("limit", "on", "first", "last", "due"),
    [
        ("每年", "2026-06-30", "2025-01-01", "2026-06-30", "2026-12-31"),
        ("每年", "2026-01-01", "2025-01-01", "2026-01-01", "2026-12-31"),
        ("每半年", "2026-06-30", "2025-07-01", "2026-06-30", "2026-06-30"),
        ("每季度", "2026-07-01", "2026-04-01", "2026-07-01", "2026-03-31"),
        ("每月", "2026-03-31", "2026-02-01", "2026-03-31", "2025-12-31"),
        ("每周", "2026-07-01", "2026-06-22", "2026-07-01", "2025-11-30"),
        ("每天", "2026-07-01", "2026-06-22", "2026-07-01", "2025-11-30"),
        ("每年1月31日前", "2026-01-31", "2024-02-01", "2025-01-31", "2026-01-31"),
        ("每年1月31日前", "2026-02-01", "2025-02-01", "2026-01-31", "2027-01-31"),
        ("每年2月底前", "2028-03-01", "2027-03-01", "2028-02-28", "2029-02-28"),
    ],
)
def test_windows(limit: str, on: str, first: str, last: str, due: str) -> None:
    typed = read_limit(limit)
    assert typed is not None
    assert duty_limits.window(typed, dt.date.fromisoformat(on)) == (day(first), day(last))
    newest = {"每年": "2025-03-01", "每半年": "2025-08-01", "每季度": "2025-12-01"}.get(limit, "2025-11-20")
    assert duty_limits.due_on(typed, day(newest), dt.date.fromisoformat(on)) == day(due)


@given(
    st.sampled_from(list(Period)),
    st.dates(dt.date(2015, 1, 1), dt.date(2035, 12, 31)),
    st.dates(dt.date(2015, 1, 1), dt.date(2035, 12, 31)),
)
def test_a_row_is_missed_exactly_from_the_day_after_it_was_due(period: Period, newest: dt.date, on: dt.date) -> None:
    limit = DutyLimit(kind=LimitKind.PERIODIC, period=period)
    window, due = duty_limits.window(limit, on), duty_limits.due_on(limit, newest, on)
    assert window is not None
    assert due is not None
    assert (newest >= window[0]) == (on <= due)


@pytest.mark.parametrize("limit", ["及时", "20个工作日内", "长期", "按规定时限", "定期更新"])
def test_nothing_is_due_by_a_day_where_the_limit_names_none(limit: str) -> None:
    typed = read_limit(limit)
    assert typed is not None
    assert duty_limits.window(typed, TODAY) is None
    assert duty_limits.due_on(typed, TODAY, TODAY) is None


# ------------------------------------------------------------------ nothing to disclose


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("本单位无行政事业性收费项目。", "本单位无行政事业性收费项目"),
        ("2026年度无重大建设项目", "2026年度无重大建设项目"),
        ("经梳理，我局没有行政强制事项", "经梳理，我局没有行政强制事项"),
        ("我局不涉及此项工作", "我局不涉及此项工作"),
        ("本年度未发生政府集中采购", "本年度未发生政府集中采购"),
        ("无此项内容", "无此项内容"),
        ("若当月未公布信息,则表明当月无此类案件", None),
        ("暂无相关信息", None),
        ("该栏目暂无内容", None),
        ("目前没有数据！", None),
        ("关于开展无偿献血的通知", None),
        ("网站无障碍阅读", None),
        ("", None),
    ],
)
def test_notes_on_a_page(line: str, note: str | None) -> None:
    found = note_in(["首页 > 政府信息公开", line])
    if line.startswith("若当月"):
        assert found is not None  # 当月无此类案件
    else:
        assert found == note


@pytest.mark.parametrize(
    ("title", "is_old"),
    [
        ("青禾市教育局2019年度无行政事业性收费项目", True),
        ("2021年无行政强制事项", True),
        ("关于2018年度没有重大建设项目的说明", True),
        ("2025年度无行政事业性收费项目", False),
        ("2026年无行政强制事项", False),
        ("本年度无此项", False),
        ("2019年无偿献血先进单位公示项目", False),
        ("2019年无障碍设施建设项目", False),
        ("2019年度部门预算", False),
    ],
)
def test_notes_of_a_year_long_past(title: str, is_old: bool) -> None:
    assert is_old_note(title, TODAY) is is_old


# ------------------------------------------------------------------ the categories of 条例 第二十条


def adopted(*rules: str) -> Regulation:
    """The law of a city that has adopted these rules."""
    texts = {rule: LAW.rules[rule].model_copy(update={"advice": False}) for rule in rules}
    return LAW.model_copy(update={"rules": {**LAW.rules, **texts}})


FEES = column("fees", "sf", name="行政事业性收费")
PERMITS = column("permits", "xk", name="行政许可")


def category(of: Unit | None = None, blank: BlankPage | None = EMPTY, titles: Any = (), **known: Any) -> UnitFacts:
    """The finance bureau, its column of fees seen whole today."""
    of = of or unit(FEES, name="青禾市财政局")
    columns = {
        one.id: ColumnFacts(**{"unit": of, "column": one, "looks": looks("ok_empty"), **known}) for one in of.columns
    }
    pages = dict.fromkeys(columns, blank) if blank is not None else {}
    return unit_facts(of, columns=columns, blank=pages, titles={"sf": tuple(titles)} if titles else {})


WAIVED = Waiver(reason="本年度无收费", approved_by="市府办", until=TODAY, column="sf")
FULL: dict[str, Any] = {
    "rows": 2,
    "ever": 2,
    "looks": looks(),
    "newest_on": TODAY,
    "newest_url": "http://a.invalid/sf/1.html",
}

CATEGORIES: list[tuple[str, UnitFacts, str, str | None]] = [
    ("waived", category(unit(FEES, name="青禾市财政局", waivers=(WAIVED,))), "not_applicable", "waived"),
    ("holds rows", category(**FULL), "compliant", None),
    ("holds rows, seen before a block", category(**{**FULL, "looks": BLOCKED}), "compliant", None),
    ("a note on the page", category(blank=BlankPage(read=True, note="本单位无此项")), "compliant", None),
    ("a row that is a note of last year", category(titles=["2025年无收费项目"], rows=1, ever=1), "compliant", None),
    ("a row among notes", category(titles=["2019年无收费项目", "收费目录"], rows=2, ever=2), "compliant", None),
    ("blank", category(), "breach", None),
    ("no such column", category(unit(PERMITS, name="青禾市财政局")), "not_assessable", "no_column"),
    ("only notes of long ago", category(titles=["2019年无收费项目"], rows=1, ever=1), "not_assessable", "old_note"),
    (
        "a page note of long ago",
        category(blank=BlankPage(read=True, note="2019年无此项")),
        "not_assessable",
        "old_note",
    ),
    ("the page was not read again", category(blank=None), "not_assessable", "page_unread"),
    ("rows are gone", category(ever=2), "not_assessable", "rows_vanished"),
    ("blocked", category(looks=BLOCKED), "not_assessable", "blocked"),
    ("not proven blank", category(looks=looks()), "not_assessable", "unproven_blank"),
]


@pytest.mark.parametrize(("known", "verdict", "reason"), [c[1:] for c in CATEGORIES], ids=[c[0] for c in CATEGORIES])
def test_categories(known: UnitFacts, verdict: str, reason: str | None) -> None:
    law = adopted("CV-20-08")
    [found] = [one for one in judge_unit(known, case(law=law)) if one.rule == "CV-20-08"]
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason)


def test_until_a_city_adopts_it_a_blank_category_is_advice() -> None:
    [found] = [one for one in judge_unit(category(), case()) if one.rule == "CV-20-08"]
    assert (found.verdict, (found.reason or "").split(":")[0]) == (VerdictKind.NOT_ASSESSABLE, "advice")
    assert found.facts["columns"] == ["sf"]
    assert found.evidence


def test_another_columns_waiver_covers_nothing() -> None:
    other = replace(WAIVED, column="gg")
    known = category(unit(FEES, name="青禾市财政局", waivers=(other,)))
    assert statutory_categories.judge(known, case("CV-20-08")).verdict is VerdictKind.BREACH


@pytest.mark.parametrize(
    ("name", "kind", "rules"),
    [
        ("田禾区人民政府", "district", set(range(1, 16))),
        ("青禾市教育局", "department", {1, 2, 5, 7, 11, 15}),
        ("青禾市财政局", "department", {1, 2, 7, 8, 9, 15}),
        ("青禾市发展和改革委员会", "department", {1, 2, 3, 7, 8, 10, 15}),
        ("青禾市人力资源和社会保障局", "department", {1, 2, 5, 6, 7, 11, 14, 15}),
        ("国家税务总局青禾市税务局", "stationed", {2, 5, 6, 15}),
        ("国家统计局青禾调查队", "stationed", {2, 4, 15}),
        ("柳汐镇人民政府", "township", {2, 7, 11, 15}),
    ],
)
def test_which_categories_apply(name: str, kind: str, rules: set[int]) -> None:
    found = judge_unit(unit_facts(unit(name=name, kind=kind)), case())
    assert {int(one.rule[-2:]) for one in found if one.rule.startswith("CV-20-")} == rules


def test_every_kind_that_the_counts_give_a_category_is_held_by_it() -> None:
    """``categories.yml`` (what an item is counted as) and ``coverage.yml`` (where a category is looked for) agree."""
    table = yaml.safe_load(Path(normalise.__file__).with_name("categories.yml").read_text("utf-8"))
    for kind, known in table["kinds"].items():
        if "statutory" in known:
            assert kind in LAW.text(f"CV-{known['statutory']}", statutory_categories.Text).held_by


# ------------------------------------------------------------------ the matters of 条例 第二十一条

LAND = column("livelihood", "zd", name="征地信息公开")
RELIEF = column("livelihood", "jz", name="社会救助")


def matters(of: Unit, rows: Mapping[str, int], blank: BlankPage | None = EMPTY, **known: Any) -> UnitFacts:
    columns = {
        one.id: ColumnFacts(
            **{
                "unit": of,
                "column": one,
                "looks": looks() if rows.get(one.id) else looks("ok_empty"),
                "rows": rows.get(one.id, 0),
                "ever": rows.get(one.id, 0),
                **known,
            }
        )
        for one in of.columns
    }
    return unit_facts(of, columns=columns, blank=dict.fromkeys(columns, blank) if blank else {})


CIVIL = unit(RELIEF, column("other", "gy", name="公益事业建设"), name="青禾市民政局")
LAND_BUREAU = unit(LAND, name="青禾市自然资源局")


@pytest.mark.parametrize(
    ("known", "verdict", "reason"),
    [
        (matters(CIVIL, {"jz": 3, "gy": 1}), "compliant", None),
        (matters(LAND_BUREAU, {"zd": 3}), "compliant", None),
        (matters(LAND_BUREAU, {}, BlankPage(read=True, note="本年度无征地项目")), "compliant", None),
        (matters(LAND_BUREAU, {}), "breach", None),
        (matters(CIVIL, {"jz": 3}), "breach", None),
        (matters(unit(RELIEF, name="青禾市民政局"), {"jz": 3}), "not_assessable", "not_found"),
        (matters(LAND_BUREAU, {}, looks=BLOCKED), "not_assessable", "not_found"),
        (matters(LAND_BUREAU, {}, None), "not_assessable", "not_found"),
    ],
)
def test_matters_of_a_department(known: UnitFacts, verdict: str, reason: str | None) -> None:
    [found] = [one for one in judge_unit(known, case(law=adopted("CV-21-A"))) if one.rule.startswith("CV-21")]
    assert (found.rule, found.verdict.value, found.reason and found.reason.split(":")[0]) == (
        "CV-21-A",
        verdict,
        reason,
    )


@pytest.mark.parametrize(
    ("name", "kind", "rule", "count"),
    [
        ("田禾区人民政府", "district", "CV-21-A", 7),
        ("柳汐镇人民政府", "township", "CV-21-B", 8),
        ("青禾市公安局", "department", "CV-21-A", 1),
        ("青禾市审计局", "department", None, 0),
        ("国家税务总局青禾市税务局", "stationed", None, 0),
    ],
)
def test_which_matters_apply(name: str, kind: str, rule: str | None, count: int) -> None:
    found = [one for one in judge_unit(matters(unit(name=name, kind=kind), {}), case()) if one.rule.startswith("CV-21")]
    assert [one.rule for one in found] == ([rule] if rule else [])
    assert sum(len(one.facts["unknown"]) for one in found) == count


def test_only_pages_that_decide_something_are_asked_for() -> None:
    full, bare = column("fees", "a", name="收费"), column("permits", "b", name="许可")
    of = unit(full, bare, LAND, name="田禾区人民政府", kind="district")
    known = matters(of, {"a": 9})
    assert {one.column.id for one in statutory_categories.in_question(known, case())} == {"b", "zd"}
    assert {one.column.id for one in local_matters.in_question(known, case())} == {"zd"}


# ------------------------------------------------------------------ what a unit owes


def test_what_a_directory_promises_is_owed() -> None:
    def owed(limit: str, mapping: DutyMapping = BY_NAME) -> Any:
        group = told(limit, mapping=mapping)
        found = obligations(group.unit, LAW, TODAY, {"yjs": dt.date(2026, 5, 3)}, group.directory)
        return next(one for one in found if one.rule == "CV-DIR")

    yearly = owed("每年1月31日前")
    assert (yearly.nature, yearly.title, yearly.limit, yearly.column) == (
        "recurring",
        "部门预算",
        "每年1月31日前",
        "yjs",
    )
    assert yearly.due_on == dt.date(2027, 1, 31)
    assert owed("每月").due_on == dt.date(2026, 6, 30)
    assert (owed("长期").nature, owed("长期").due_on) == ("standing", None)
    assert owed("20个工作日内").nature == "prompt"
    assert (owed("详见附件").nature, owed("详见附件").due_on) == ("prompt", None)
    assert owed("每月", BY_WORDS).column is None
    group = told("每年")
    assert not [one for one in obligations(group.unit, LAW, TODAY) if one.rule == "CV-DIR"]


# ------------------------------------------------------------------ nothing unseen is held against anyone


@given(
    limit=st.sampled_from(["每年", "每月", "每年1月31日前", "长期", "及时", "20个工作日内", "详见附件", None]),
    shown=st.lists(st.sampled_from(["2019-01-01", "2026-06-29", "2026-09-01", ""]), max_size=3),
    outcome=st.sampled_from(["blocked", "unreachable", "soft404", "structure_changed", "redirected", "shell"]),
    ever=st.integers(0, 5),
)
def test_a_fault_of_ours_is_no_breach(limit: str | None, shown: list[str], outcome: str, ever: int) -> None:
    group = told(limit, *(entry(one or None) for one in shown), looks=looks(outcome), ever=max(ever, len(shown)))
    assert judged(group).verdict is not VerdictKind.BREACH
    known = category(looks=looks(outcome), ever=ever)
    for rule in ("CV-20-08", "CV-20-15"):
        assert statutory_categories.judge(known, case(rule)).verdict is not VerdictKind.BREACH
