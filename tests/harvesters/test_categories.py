"""What an item is counted as: by its column, by its own words, by the city's own table; and again without fetching."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters import categories
from harvesters.normalise import to_item
from harvesters.reading.facts import Article, Page, Row
from storage import settings
from storage.exceptions import SettingsError
from storage.schema import Category, Column, ColumnKind, Item, Outcome, Provenance, Supervision, Unit, UnitKind

NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
URL = "http://www.qinghe.invalid/zwgk/a/1.htm"
LABEL = {name: Provenance(origin="label", raw="", confidence=0.9) for name in ("subject", "genre", "validity", "form")}


def made(kind: ColumnKind, title: str, *, unit: UnitKind = UnitKind.DEPARTMENT, **facts: Any) -> Item:
    """The item that is made of an article with these facts in a column of a kind."""
    known = {name: replace(one, raw=str(facts[name])) for name, one in LABEL.items() if facts.get(name)}
    known |= facts.pop("provenance", {})
    body = Unit(
        id="a", name="青禾市水务局", kind=unit, supervision=Supervision.LOCAL, home="http://www.qinghe.invalid/"
    )
    column = Column(id="b", unit="a", name="栏目", kind=kind, url="http://www.qinghe.invalid/zwgk/a/")
    page = Page(url=URL, kind="article", outcome=Outcome.OK, article=Article(title=title, **facts), provenance=known)
    return to_item(body, column, Row(url=URL, title=title), page, evidence=None, captured_at=NOW)


NOTICES, POLICIES, NEWS = ColumnKind.NOTICES, ColumnKind.POLICIES, ColumnKind.NEWS
TOWNSHIP = UnitKind.TOWNSHIP


@pytest.mark.parametrize(
    ("kind", "title", "facts", "statutory"),
    [
        (ColumnKind.BUDGET, "青禾市水务局2026年部门预算", {}, "20-07"),
        (NOTICES, "青禾市水务局2026年度部门预算", {}, "20-07"),
        (NOTICES, "2025年“三公”经费决算情况", {}, "20-07"),
        (NOTICES, "关于开展预算绩效培训的通知", {}, None),
        (NOTICES, "青禾市2026年度考试录用公务员公告", {}, "20-14"),
        (NOTICES, "关于田禾区征收土地的公告", {}, "21-A4"),
        (NOTICES, "关于柳汐镇征收土地的公告", {"unit": TOWNSHIP}, "21-B5"),
        (NOTICES, "国有土地上房屋征收决定的公告", {}, "21-A5"),
        (NOTICES, "柳汐镇宅基地使用审批情况", {"unit": TOWNSHIP}, "21-B4"),
        (NOTICES, "宅基地管理培训安排", {}, None),  # what 第二十一条 lists for townships alone
        (NOTICES, "关于提高城乡低保标准的通知", {}, "21-A7"),
        (NOTICES, "关于印发《青禾市防汛应急预案》的通知", {}, "20-12"),
        (POLICIES, "关于印发《青禾市防汛应急预案》的通知", {}, "20-12"),
        (NOTICES, "关于开展应急预案演练的通知", {}, None),
        (POLICIES, "关于印发“十五五”水利发展规划的通知", {}, "20-03"),
        (POLICIES, "关于加强河道保护的意见", {}, "20-01"),
        (NOTICES, "行政处罚决定公示", {}, "20-06"),
        (NOTICES, "行政许可决定公示（2026年第3期）", {}, "20-05"),
        (NOTICES, "政府采购意向公开", {}, "20-09"),
        (NOTICES, "食品安全监督抽检信息公告", {}, "20-13"),
        (NOTICES, "关于公开征求《河道管理办法（草案）》意见的公告", {}, "20-15"),
        (NOTICES, "青禾市水务局2025年政府信息公开工作年度报告", {}, "20-15"),
        (NOTICES, "关于印发河道保护规定的通知", {"document_number": "青水规〔2026〕1号"}, "20-01"),
        (NOTICES, "关于做好河道清淤的通知", {"document_number": "青水函〔2026〕1号"}, None),
        (NOTICES, "青禾市河道保护管理办法", {"document_number": "青禾市人民政府令第12号"}, "20-01"),
        (NOTICES, "关于做好招生工作的通知", {"subject": "科技、教育\\教育"}, "20-11"),
        (NOTICES, "关于做好招生工作的通知", {"subject": "科技、教育\\科技"}, None),
        (ColumnKind.CATALOGUE, "青禾市水务局2025年度部门决算", {}, "20-07"),
        (ColumnKind.CATALOGUE, "公开事项说明", {}, "20-15"),
        (NEWS, "我市召开2026年部门预算编制会", {}, None),  # a report on what the law lists is news
        (NEWS, "征收土地工作推进会召开", {}, None),
        (ColumnKind.PENALTIES, "关于征收土地的处罚", {}, "20-06"),  # a column that says what it is for is believed
    ],
)
def test_the_laws_class(kind: ColumnKind, title: str, facts: dict[str, Any], statutory: str | None) -> None:
    assert made(kind, title, **facts).statutory == statutory


@pytest.mark.parametrize(
    ("kind", "title", "facts", "genre", "origin"),
    [
        (NOTICES, "关于做好河道清淤的通知", {}, "通知", "title"),
        (NOTICES, "关于做好河道清淤的通知", {"genre": "公告"}, "公告", "label"),  # the page's own word
        (NOTICES, "关于做好河道清淤的通知", {"genre": "其他公文"}, "其他公文", "label"),
        (NOTICES, "河道清淤", {"genre": "通知类"}, "通知", "label"),
        (NOTICES, "河道清淤", {}, None, None),
        (NEWS, "关于做好河道清淤的通知", {}, None, None),
        (POLICIES, "关于《河道保护管理办法》的解读的通知", {}, None, None),
        (POLICIES, "青禾市河道保护管理办法", {"document_number": "青禾市人民政府令第12号"}, "政府令", "title"),
    ],
)
def test_the_kind_of_document(
    kind: ColumnKind, title: str, facts: dict[str, Any], genre: str | None, origin: str | None
) -> None:
    item = made(kind, title, **facts)
    told = item.provenance.get("genre")
    assert (item.genre, told.origin if item.genre and told else None) == (genre, origin)
    if origin == "title":
        assert told is not None
        assert told.confidence < 0.9


def test_words_of_the_page_are_spelt_as_in_the_tables_and_kept_in_the_provenance() -> None:
    item = made(POLICIES, "关于加强河道保护的意见", subject="综合政务>政务公开", validity="现行有效", form="主动")
    assert (item.theme, item.theme_code) == ("综合政务>政务公开", "02-01")
    assert (item.validity, item.provenance["validity"].raw) == ("有效", "现行有效")
    assert (item.form, item.provenance["form"].raw) == ("主动公开", "主动")
    odd = made(POLICIES, "关于加强河道保护的意见", subject="通知公告", validity="有效期五年", form="网站")
    assert (odd.theme, odd.theme_code, odd.validity, odd.form) == ("通知公告", None, "有效期五年", "网站")


def test_a_weak_label_needs_a_whole_theme() -> None:
    weak = {"subject": Provenance(origin="label", raw="", confidence=0.6)}
    assert made(NOTICES, "通知", subject="教育", provenance=weak).theme_code is None
    assert made(NOTICES, "通知", subject="科技、教育\\教育", provenance=weak).theme_code == "11-02"


# ------------------------------------------------------------------ from the text


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("第十条　本办法自2026年7月1日起施行。", dt.date(2026, 7, 1)),
        ("本通知自 2026 年 7 月 1 日起执行，有效期5年。", dt.date(2026, 7, 1)),
        ("本办法（试行）自2026年7月1日起正式实施。", dt.date(2026, 7, 1)),
        ("本通知自2026年7月1日起执行。\n本办法自2026年8月1日起施行。", None),  # two documents on one page
        ("《河道保护管理办法》自2026年7月1日起施行。", None),  # another one
        ("本办法自发布之日起施行。", None),
        ("本办法自2026年13月1日起施行。", None),
        ("本办法自2026年　月　日起施行。", None),
        ("本市自2026年7月1日起施行新标准。", None),
        ("", None),
    ],
)
def test_the_day_a_document_gives_for_its_coming_into_force(text: str, day: dt.date | None) -> None:
    item = made(POLICIES, "关于印发河道保护管理办法的通知", body_text=text)
    assert item.effective_on == day
    assert (item.provenance.get("effective_on") is not None) == (day is not None)


@pytest.mark.parametrize(
    ("kind", "title", "facts"),
    [
        (POLICIES, "《河道保护管理办法》解读", {}),
        (NOTICES, "关于公开征求《河道保护管理办法（草案）》意见的公告", {}),
        (NEWS, "河道保护有了新规", {}),
    ],
)
def test_a_page_that_speaks_of_a_document_does_not_come_into_force(
    kind: ColumnKind, title: str, facts: dict[str, Any]
) -> None:
    assert made(kind, title, body_text="本办法自2026年7月1日起施行。", **facts).effective_on is None


def test_a_label_beats_the_text() -> None:
    shown = dt.date(2026, 6, 1)
    item = made(POLICIES, "关于X的通知", body_text="本办法自2026年7月1日起施行。", effective_on=shown)
    assert item.effective_on == shown


@pytest.mark.parametrize(
    ("title", "facts", "language"),
    [
        ("关于河道保护的通知", {}, "zh"),
        ("关于河道保护的通知", {"language": "中文"}, "zh"),
        ("Rivers", {"language": "英文版"}, "en"),
        ("Measures for the Protection of Rivers", {"body_text": "These measures are for all of the city."}, "en"),
        ("WTO", {}, "zh"),  # nothing tells
        ("Ranh gaij gij Bouxcuengh", {}, "zh"),  # Zhuang, which we cannot tell
        ("བོད་ལྗོངས་རང་སྐྱོང་ལྗོངས་", {}, "bo"),
        ("연변 조선족 자치주 통지", {}, "ko"),
        ("关于与한국交流的通知", {}, "zh"),
    ],
)
def test_the_language(title: str, facts: dict[str, Any], language: str) -> None:
    item = made(NOTICES, title, **facts)
    assert item.language == language
    assert ("language" in item.provenance) == (language != "zh" or "language" in facts)


@pytest.mark.parametrize(
    ("api", "summary", "keywords"),
    [
        ({"summary": "关于河道保护的通知"}, None, ()),
        ({"summary": " 关于河道保护的 通知"}, None, ()),
        ({"summary": "规定河道保护的职责"}, "规定河道保护的职责", ()),
        ({"keywords": "河道,保护；水务 河道"}, None, ("河道", "保护", "水务")),
        ({"keywords": ["河道、保护", ""]}, None, ("河道", "保护")),
    ],
)
def test_what_an_interface_states(api: dict[str, Any], summary: str | None, keywords: tuple[str, ...]) -> None:
    body = Unit(
        id="a", name="水务局", kind=UnitKind.DEPARTMENT, supervision=Supervision.LOCAL, home="http://a.invalid/"
    )
    column = Column(id="b", unit="a", name="栏目", kind=NOTICES, url="http://a.invalid/b/")
    row = Row(url=URL, title="关于河道保护的通知", api=api)
    item = to_item(body, column, row, None, evidence=None, captured_at=NOW)
    assert (item.summary, item.keywords) == (summary, keywords)
    said = item.provenance.get("summary")
    assert (said.raw if said else None) == api.get("summary")  # shown, whatever it is worth


# ------------------------------------------------------------------ the city's own table


def own(text: str) -> Path:
    file = settings.load().home / categories.OWN
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_a_citys_own_table_is_laid_over_ours() -> None:
    own(
        "kinds: {notices: {category: 政策法规}}\n"
        "overrule:\n"
        "  lines:\n"
        "    - {title: 河长, category: 领导信息, statutory: 20-02}\n"
        "    - {title: 清淤, kinds: [news], category: 统计数据}\n"
    )
    assert made(NOTICES, "关于做好河道巡查的通知").category is Category.POLICIES
    assert (
        made(NOTICES, "河长名单", document_number="青水发〔2026〕1号").category is Category.LEADERS
    )  # asked before ours
    assert made(NOTICES, "河长名单").statutory == "20-02"
    assert made(NOTICES, "关于张三任职的通知").category is Category.PERSONNEL  # ours, still asked
    assert made(NEWS, "河道清淤").category is Category.STATISTICS
    assert made(ColumnKind.PLANS, "规划").category is Category.PLANS


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kinds: {notices: {category: 通知}}", "kinds.notices.category"),
        ("kinds: {notice: {category: 新闻}}", "kinds.notice"),
        ("kinds: {notices: {category: 新闻, statutory: 20-16}}", "20-01 … 20-15"),
        ("kinds: {notices: {category: 新闻, statutory: [20-15]}}", "20-01 … 20-15"),
        ("kind: {notices: {category: 新闻}}", "expected one of kinds"),
        ("overrule: {lines: [{title: 河长}]}", "a category or a statutory class"),
        ("overrule: {lines: [{title: '(', category: 新闻}]}", "expected a pattern"),
        ("overrule: {lines: [{titel: 河长, category: 新闻}]}", "titel"),
        ("overrule: {lines: [{theme: [23], category: 新闻}]}", "11-02"),
        ("overrule: [1]", "expected kinds and overrule"),
        ("[1]", "found list"),
        ("a: [", "not YAML"),
    ],
)
def test_what_a_table_says_wrong_is_told(text: str, told: str) -> None:
    file = own(text)
    with pytest.raises(SettingsError) as problem:
        categories.load(file)
    assert told in str(problem.value)
    assert str(file) in str(problem.value)
    with pytest.raises(SettingsError):
        made(NOTICES, "河长名单")


# ------------------------------------------------------------------ again, without fetching

TITLES = st.sampled_from(
    [
        *("关于做好河道清淤的通知", "关于张三任职的通知", "河长名单", "2026年部门预算", "关于征收土地的公告"),
        *("青禾市人民政府令第3号", "《河道保护管理办法》解读", "关于加强河道保护的意见"),
    ]
)  # fmt: skip
FACTS = st.fixed_dictionaries(
    {
        "document_number": st.sampled_from([None, "青水规〔2026〕1号", "青禾市人民政府令第3号"]),
        "subject": st.sampled_from([None, "教育", "科技、教育", "通知公告"]),
        "genre": st.sampled_from([None, "通知类", "令", "办法"]),
        "validity": st.sampled_from([None, "现行有效", "五年"]),
        "form": st.sampled_from([None, "主动", "网站"]),
    }
)


@given(st.sampled_from(ColumnKind), st.sampled_from(UnitKind), TITLES, FACTS)
def test_classing_again_changes_nothing(kind: ColumnKind, unit: UnitKind, title: str, facts: dict[str, Any]) -> None:
    item = made(kind, title, unit=unit, **facts)
    assert categories.recategorised(unit, kind, item) == item


@given(st.sampled_from(ColumnKind), st.sampled_from(ColumnKind), TITLES, FACTS)
def test_a_column_of_another_kind_counts_as_if_it_had_been_read_so(
    kind: ColumnKind, other: ColumnKind, title: str, facts: dict[str, Any]
) -> None:
    """All but what is read with the stage, which a column gives and only reading gives again."""
    item, wanted = made(kind, title, **facts), made(other, title, **facts)
    again = categories.recategorised(UnitKind.DEPARTMENT, other, replace(item, stage=wanted.stage))
    for name in ("category", "statutory", "theme_code", "genre", "validity", "form"):
        assert getattr(again, name) == getattr(wanted, name)


def test_every_kind_of_column_is_in_the_table_and_every_class_has_one() -> None:
    table = categories.load()
    assert set(table.kinds) == set(ColumnKind)
    assert {known.category for known in table.kinds.values()} == set(Category)
