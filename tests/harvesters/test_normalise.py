"""Row, interface, page and meta facts become one item: who wins, what is kept, what is never invented."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from harvesters.normalise import content_hash, to_item
from harvesters.reading.dates import CHINA
from harvesters.reading.facts import Article, Page, RelatedLink, Row
from storage.schema import (
    Attachment,
    Category,
    Column,
    ColumnKind,
    Evidence,
    Item,
    Outcome,
    Provenance,
    Supervision,
    Unit,
    UnitKind,
)

NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
URL = "http://www.qinghe.invalid/zwgk/tzgg/info/1103/7719.htm"
DATED_URL = "http://www.qinghe.invalid/zwgk/tzgg/202606/t20260612_1234567.html"
UNIT = Unit(
    id="shuiwu",
    name="青禾市水务局",
    kind=UnitKind.DEPARTMENT,
    supervision=Supervision.LOCAL,
    home="http://www.qinghe.invalid/",
)
TITLE = "关于印发河道保护管理办法的通知"
DAY = dt.date(2026, 6, 15)


def column(kind: ColumnKind = ColumnKind.NOTICES) -> Column:
    return Column(id="tzgg", unit="shuiwu", name="通知公告", kind=kind, url="http://www.qinghe.invalid/zwgk/tzgg/")


def page(url: str = URL, provenance: dict[str, Provenance] | None = None, **facts: Any) -> Page:
    return Page(
        url=url,
        kind="article",
        outcome=Outcome.OK,
        article=Article(**{"title": TITLE, **facts}),
        provenance=provenance or {},
    )


def row(**facts: Any) -> Row:
    return Row(**{"url": URL, "title": TITLE, **facts})


def item(row: Row | None, page: Page | None, kind: ColumnKind = ColumnKind.NOTICES) -> Item:
    return to_item(UNIT, column(kind), row, page, evidence=None, captured_at=NOW)


def test_the_page_wins_and_keeps_its_provenance() -> None:
    shown = Provenance(origin="label", raw="2026年6月15日", confidence=0.95, conflict="2024-03-01")
    made = item(row(date=dt.date(2026, 6, 20)), page(published_on=DAY, provenance={"published_on": shown}))
    assert made.published_on == DAY
    assert made.provenance["published_on"] == shown
    assert made.page_read


def test_each_source_in_its_turn() -> None:
    unshown = {"published_on": dt.date(2026, 6, 13), "published_at": dt.datetime(2026, 6, 13, 9, tzinfo=CHINA)}
    api = {
        "published_on": "2026-06-14",
        "document_number": "青水发〔2026〕3号",
        "keywords": ["河道", "保护"],
        "formed_on": "2026-06-01",
    }
    made = item(row(url=DATED_URL, date=DAY, api=api), page(unshown=unshown))
    assert (made.published_on, made.provenance["published_on"].origin) == (DAY, "row")
    made = item(row(url=DATED_URL, api=api), page(unshown=unshown))
    assert (made.published_on, made.provenance["published_on"].origin) == (dt.date(2026, 6, 14), "api")
    assert made.document_number == "青水发〔2026〕3号"
    assert made.keywords == ("河道", "保护")
    assert made.formed_on == dt.date(2026, 6, 1)
    made = item(row(url=DATED_URL), page(unshown={**unshown, "source": "青禾日报"}))
    assert (made.published_on, made.provenance["published_on"].origin) == (dt.date(2026, 6, 13), "meta")
    assert made.published_at == unshown["published_at"]
    assert (made.source, made.provenance["source"].origin) == ("青禾日报", "meta")
    made = item(row(url=DATED_URL), page())
    assert (made.published_on, made.provenance["published_on"].origin) == (dt.date(2026, 6, 12), "address")
    assert made.provenance["published_on"].confidence < 0.5


def test_undated_stays_undated() -> None:
    made = item(row(), page(formed_on=DAY))
    assert made.published_on is None
    assert "published_on" not in made.provenance
    assert made.formed_on == DAY


def test_a_date_shown_but_unusable_keeps_its_text_and_is_not_guessed_from_the_address() -> None:
    shown = Provenance(origin="beside_title", raw="2062-06-15", confidence=0.0)
    made = item(row(url=DATED_URL), page(provenance={"published_on": shown}))
    assert made.published_on is None
    assert made.provenance["published_on"].raw == "2062-06-15"


@pytest.mark.parametrize(
    ("in_row", "on_page", "title"),
    [
        (Row(url=URL, title="关于印发河道保护…", truncated=True), TITLE, TITLE),
        (Row(url=URL, title=TITLE), "关于印发河道…", TITLE),
        (Row(url=URL, title=TITLE + "（公告）"), TITLE, TITLE),
        (Row(url=URL, title=TITLE), None, TITLE),
    ],
)
def test_the_full_title(in_row: Row, on_page: str | None, title: str) -> None:
    assert item(in_row, page(title=on_page)).title == title


def test_the_time_of_the_row_counts_for_the_day_of_the_page() -> None:
    at = dt.datetime(2026, 6, 15, 16, 12, tzinfo=CHINA)
    assert item(row(date=DAY, published_at=at), page(published_on=DAY)).published_at == at
    assert item(row(date=DAY, published_at=at), page(published_on=dt.date(2026, 6, 16))).published_at is None


def test_a_row_alone() -> None:
    made = item(row(url="http://mp.weixin.qq.com/s/abc", date=DAY), None)
    assert (made.title, made.published_on, made.page_read, made.attachments) == (TITLE, DAY, False, ())


def test_a_row_that_leads_to_a_file_has_the_file() -> None:
    made = item(row(url="http://www.qinghe.invalid/a/b.pdf", date=DAY), None)
    assert made.attachments == (Attachment(name=TITLE, url="http://www.qinghe.invalid/a/b.pdf", type="pdf"),)
    assert not made.page_read


def test_a_page_without_an_article_counts_as_not_read() -> None:
    seen = Page(url=URL, kind="challenge", outcome=Outcome.BLOCKED)
    assert not item(row(date=DAY), seen).page_read
    with pytest.raises(ValueError, match="row or a page"):
        item(None, seen)


def test_a_redirect_becomes_an_alias() -> None:
    made = item(row(), page(url="https://www.qinghe.invalid/zwgk/7719.htm"))
    assert made.url == URL
    assert made.aliases == ("https://www.qinghe.invalid/zwgk/7719.htm",)


def test_evidence_is_handed_on() -> None:
    seen = Evidence(url=URL, captured_at=NOW, sha256="ab")
    assert to_item(UNIT, column(), row(), None, evidence=seen, captured_at=NOW).evidence == seen


@pytest.mark.parametrize(
    ("kind", "title", "number", "category"),
    [
        (ColumnKind.NEWS, TITLE, "青水发〔2026〕3号", Category.NEWS),
        (ColumnKind.NOTICES, TITLE, None, Category.ACTIVITY),
        (ColumnKind.NOTICES, TITLE, "青水发〔2026〕3号", Category.POLICIES),
        (ColumnKind.OTHER, "关于张三等同志职务任免的通知", "青水发〔2026〕3号", Category.PERSONNEL),
        (ColumnKind.PERSONNEL, "公告", None, Category.PERSONNEL),
        (ColumnKind.PLANS, "公告", None, Category.PLANS),
        (ColumnKind.STATISTICS, "公告", None, Category.STATISTICS),
        (ColumnKind.LEADERS, "公告", None, Category.LEADERS),
        (ColumnKind.GUIDE, "公告", None, Category.FUNCTIONS),
    ],
)
def test_categories(kind: ColumnKind, title: str, number: str | None, category: Category) -> None:
    assert item(row(title=title), page(title=title, document_number=number), kind).category is category


@pytest.mark.parametrize("kind", ColumnKind)
def test_every_kind_of_column_is_counted(kind: ColumnKind) -> None:
    assert item(row(), None, kind).category in Category


def test_what_the_law_calls_it() -> None:
    assert item(row(), None, ColumnKind.BUDGET).statutory == "20-07"
    assert item(row(), None, ColumnKind.CONSULTATION).stage == "consultation"
    assert item(row(), None, ColumnKind.NEWS).statutory is None


@pytest.mark.parametrize(
    ("title", "relation"),
    [
        ("《青禾市河道保护管理办法》政策解读", ("interprets", "青禾市河道保护管理办法")),
        ("一图读懂《青禾市河道保护管理办法》", ("interprets", "青禾市河道保护管理办法")),
        ("关于废止《青禾市河道采砂规定》的决定", ("repeals", "青禾市河道采砂规定")),
        ("关于修改《青禾市河道采砂规定》的决定", ("amends", "青禾市河道采砂规定")),
        ("【转载】水利部发布汛情通报", ("reposts", "水利部发布汛情通报")),
        ("关于《河道管理办法（征求意见稿）》的意见采纳情况", ("answers", "河道管理办法（征求意见稿）")),
        ("关于公开征求《河道管理办法（草案）》意见的公告", ("consults", "河道管理办法（草案）")),
        (TITLE, None),
    ],
)
def test_relations(title: str, relation: tuple[str, str] | None) -> None:
    found = item(row(title=title), None).relations
    assert [(one.kind, one.target) for one in found] == ([relation] if relation else [])


STAGES = [
    (ColumnKind.CONSULTATION, "关于召开座谈会的公告", "consultation"),  # the column's own
    (ColumnKind.CONSULTATION, "《河道管理办法》征求意见结果反馈", "feedback"),
    (ColumnKind.FEEDBACK, "关于公开征求《河道管理办法（草案）》意见的公告", "consultation"),
    (ColumnKind.INTERPRETATION, "河道新规来了", "interpretation"),
    (ColumnKind.POLICIES, "《河道管理办法》解读", "interpretation"),
    (ColumnKind.POLICIES, TITLE, "final"),
    (ColumnKind.NOTICES, "关于公开征求《河道管理办法（草案）》意见的公告", "consultation"),
    (ColumnKind.NOTICES, TITLE, None),
    (ColumnKind.NEWS, "《河道管理办法》解读", None),  # a report on it
]


@pytest.mark.parametrize(("kind", "title", "stage"), STAGES)
def test_a_title_overrules_the_stage_of_its_column(kind: ColumnKind, title: str, stage: str | None) -> None:
    assert item(row(title=title), None, kind).stage == stage


def test_a_consultation_whose_title_names_nothing_consults_the_draft_in_its_text() -> None:
    text = "我局起草了《河道管理办法（征求意见稿）》，现公开征求意见。"
    made = item(
        row(title="公开征求意见的公告"), page(title="公开征求意见的公告", body_text=text), ColumnKind.CONSULTATION
    )
    assert [(one.kind, one.target) for one in made.relations] == [("consults", "河道管理办法（征求意见稿）")]


@pytest.mark.parametrize(
    ("kind", "stage", "relation"),
    [
        (ColumnKind.INTERPRETATION, "document", "interprets"),
        (ColumnKind.INTERPRETATION, None, "interprets"),
        (ColumnKind.INTERPRETATION, "consultation", "relates"),
        (ColumnKind.POLICIES, "interpretation", "interpreted_by"),
        (ColumnKind.NOTICES, "interpretation", "interpreted_by"),
        (ColumnKind.POLICIES, "consultation", "relates"),
        (ColumnKind.FEEDBACK, "consultation", "answers"),
        (ColumnKind.CONSULTATION, "feedback", "answered_by"),
        (ColumnKind.CONSULTATION, "document", "relates"),
    ],
)
def test_a_link_is_a_relation_by_what_both_ends_are(kind: ColumnKind, stage: str | None, relation: str) -> None:
    link = RelatedLink(stage=stage, title="河道新规", url="http://www.qinghe.invalid/a/t1.html?id=3&token=9f")
    made = item(row(), page(related=(link,)), kind)
    assert [(one.kind, one.target) for one in made.relations] == [
        (relation, "http://www.qinghe.invalid/a/t1.html?id=3")
    ]


BASE: dict[str, Any] = {
    "published_on": DAY,
    "body_text": "现将办法印发给你们。\n浏览次数：12",
    "attachments": (Attachment(name="办法.pdf", url="http://www.qinghe.invalid/f?id=3&token=abc", type="pdf"),),
}


@pytest.mark.parametrize(
    "volatile",
    [
        {"body_text": "现将办法印发给你们。 \n 浏览次数：9876"},
        {"attachments": (Attachment(name="办法.pdf", url="https://www.qinghe.invalid/f?id=3&token=xyz", type="pdf"),)},
        {"keywords": ("河道",)},
        {"related": (RelatedLink(stage="interpretation", title="图解", url="http://www.qinghe.invalid/a/t1.html"),)},
    ],
)
def test_what_does_not_last_does_not_change_the_hash(volatile: dict[str, Any]) -> None:
    assert item(row(), page(**BASE)).content_hash == item(row(), page(**{**BASE, **volatile})).content_hash


@pytest.mark.parametrize(
    "lasting",
    [
        {"title": "关于印发河道采砂管理办法的通知"},
        {"published_on": dt.date(2026, 6, 16)},
        {"body_text": "现将新办法印发给你们。"},
        {"document_number": "青水发〔2026〕3号"},
        {"attachments": ()},
    ],
)
def test_what_lasts_changes_it(lasting: dict[str, Any]) -> None:
    assert item(row(), page(**BASE)).content_hash != item(row(), page(**{**BASE, **lasting})).content_hash


def test_the_hash_is_of_the_item_alone() -> None:
    made = item(row(), page(**BASE))
    assert content_hash(replace(made, id="x", revision=3, last_seen=NOW)) == made.content_hash
