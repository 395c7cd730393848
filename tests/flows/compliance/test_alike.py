# ruff: noqa: E501 -- texts are kept whole
"""Items beside each other: one number on two documents (CT-02U), copies that differ (CT-06), repealed documents (CT-05R),
items in the wrong column (FK-02), posted again (FK-03) and in bulk (FK-04)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.compliance.facts import Alike, DateMove, Minute, PostedAgain, PostedInBulk, Repealed
from flows.compliance.rulebook import RULES, judge_group
from flows.compliance.rules import (
    conflicting_copies,
    index_number_twice,
    off_column,
    posted_again,
    posted_in_bulk,
    repealed,
)
from flows.compliance.texts import core, likeness, may_be_one, squeezed
from storage.schema import Item, Provenance, Relation, Unit, Waiver
from tests.flows.compliance import TODAY, at, case, column, context, evidence, item, unit

RIVER = "为加强河道管理，各乡镇要组织力量清理河道淤泥和垃圾，加固堤防，落实河长巡查制度，确保汛期安全。" * 3
SCHOOL = "为做好招生工作，各学校要公布招生范围、计划和办法，严禁提前招生，规范收费，接受社会监督。" * 3
INDEX = "014416330/2026-00007"


def doc(number: int, title: str, body: str = RIVER, day: str = "2026-06-01", **given: Any) -> Item:
    known: dict[str, Any] = {
        "index_number": INDEX,
        "provenance": {"index_number": Provenance(origin="label", raw=INDEX, confidence=0.95)},
        "url": f"http://a.invalid/{number}.html",
        "evidence": evidence(f"http://a.invalid/{number}.html"),
    }
    return item(id=f"{number:020}", title=title, body_text=body, published_on=day, **{**known, **given})


def alike(*items: Item, what: str = INDEX, total: int | None = None, units: dict[str, Unit] | None = None) -> Alike:
    return Alike(what=what, units=units or {"jiaoyu-ju": unit()}, items=items, total=total or len(items))


A = doc(1, "关于做好河道清淤工作的通知")
B = doc(2, "关于做好义务教育招生工作的通知", SCHOOL, "2026-06-05")
CASES: list[Any] = [
    # nothing to be said
    pytest.param(alike(A), [], id="one document"),
    pytest.param(alike(A, doc(2, "做好河道清淤工作的通知", SCHOOL)), [], id="the same title, put otherwise"),
    pytest.param(alike(A, doc(2, "青禾市教育局关于印发《关于做好河道清淤工作的通知》的通知", SCHOOL)), [], id="issued by a notice"),
    pytest.param(alike(A, doc(2, "关于清理河道的公告", RIVER.replace("。", "． "))), [], id="the same words"),
    pytest.param(alike(A, doc(2, "关于做好河道清淤工作的通知（征求意见稿）", SCHOOL)), [], id="its draft"),
    pytest.param(alike(A, doc(2, "《河道清淤办法》政策解读", SCHOOL)), [], id="an interpretation under its document's number"),
    pytest.param(alike(A, doc(2, "一图看懂招生", SCHOOL, relations=(Relation(kind="interprets", target="x"),))), [], id="by its relation"),
    pytest.param(alike(A, doc(2, B.title, SCHOOL, provenance={})), [], id="a number that is not known to be displayed"),
    pytest.param(alike(A, doc(2, B.title, "招生。")), [], id="hardly any text to compare"),
    pytest.param(alike(A, doc(2, B.title, SCHOOL, document_number="青教发〔2026〕3号"), what="7"), [], id="too short for an index number"),
    pytest.param(alike(A, B, what="2026-06-01"), [], id="a date and no number"),
    pytest.param(
        alike(doc(1, A.title, document_number="青教发〔2026〕3号"), doc(2, B.title, SCHOOL, document_number="青教发〔2026〕3号")), [], id="one document number"
    ),
    # breach: on the later one
    pytest.param(alike(A, B), [("breach", 2)], id="two documents"),
    pytest.param(alike(A, B, doc(3, "关于调整公交线路的公告", "因道路施工，三路、五路公交车改走禾西路，恢复时间另行公告。" * 4)), [("breach", 2), ("breach", 3)], id="three"),
    pytest.param(alike(A, B, doc(3, "义务教育招生工作的通知", SCHOOL + "附则。")), [("breach", 2)], id="a copy of the second is none"),
    # to be seen by a person
    pytest.param(alike(A, doc(2, "关于做好水库除险工作的通知", RIVER.replace("河道", "水库"))), [("not_assessable", 2)], id="two of one form, or one"),
    pytest.param(alike(A, B, total=31), [("not_assessable", 1)], id="a template's number"),
]  # fmt: skip


@pytest.mark.parametrize(("group", "said"), CASES)
def test_index_number_twice(group: Alike, said: list[tuple[str, int]]) -> None:
    found = list(index_number_twice.judge(group, case("CT-02U")))
    assert [(one.judgement.verdict.value, int(one.item or 0)) for one in found] == said
    for one in found:
        if one.judgement.verdict.value == "breach":
            facts = one.judgement.facts
            assert (facts["first_url"], facts["url"]) == (A.url, f"http://a.invalid/{int(one.item or 0)}.html")
            assert len(one.judgement.evidence) == 2
        else:
            assert (one.judgement.reason or "").startswith("review: ")


COUNTY, OFFICE = unit(id="tianhe-qu", name="田禾区人民政府", kind="district"), unit(id="shui-ju", name="田禾区水务局")
BOTH = {COUNTY.id: COUNTY, OFFICE.id: OFFICE}
NUMBER = "田政发〔2026〕3号"


def copy(number: int, owner: Unit, title: str = "关于加强河道管理的通知", body: str = RIVER, **given: Any) -> Item:
    return doc(number, title, body, unit=owner.id, document_number=NUMBER, **given)


def copies(*items: Item, what: str = NUMBER) -> Alike:
    return alike(*items, what=what, units=BOTH)


COPIES: list[Any] = [
    pytest.param(copies(copy(1, COUNTY), copy(2, OFFICE)), [], id="the same"),
    pytest.param(copies(copy(1, COUNTY), copy(2, OFFICE, body=RIVER[: len(RIVER) * 2 // 3])), [], id="a part of it"),
    pytest.param(copies(copy(1, COUNTY), copy(2, OFFICE, "转发田禾区人民政府关于加强河道管理的通知", "现转发如下。" + RIVER)), [], id="passed on with a word before"),
    pytest.param(copies(copy(1, COUNTY), copy(2, OFFICE, "《关于加强河道管理的通知》解读", SCHOOL)), [], id="an interpretation"),
    pytest.param(copies(copy(1, COUNTY), copy(2, OFFICE, body="见附件。")), [], id="hardly any text"),
    pytest.param(copies(copy(1, COUNTY), copy(2, COUNTY, body=SCHOOL)), [], id="of one unit"),
    pytest.param(copies(copy(1, COUNTY), copy(2, OFFICE, body=SCHOOL), what="2026年第3号"), [], id="a number everybody has"),
    pytest.param(copies(copy(1, COUNTY), copy(2, OFFICE, body=SCHOOL)), [2], id="another text"),
    pytest.param(copies(copy(1, COUNTY), copy(2, OFFICE, "关于做好招生工作的通知", SCHOOL)), [2], id="another document"),
    pytest.param(copies(copy(1, OFFICE, body=SCHOOL), copy(2, COUNTY, issuer="田禾区人民政府")), [1], id="the issuer's is the measure"),
]  # fmt: skip


@pytest.mark.parametrize(("group", "said"), COPIES)
def test_conflicting_copies(group: Alike, said: list[int]) -> None:
    found = list(conflicting_copies.judge(group, case("CT-06")))
    assert [int(one.item or 0) for one in found] == said
    for one in found:
        assert one.judgement.facts["compared_unit"] in ("田禾区人民政府", "田禾区水务局")
        assert one.judgement.facts["alike"] < 0.8
    for verdict in judge_group(RULES["CT-06"], group, case()):
        assert (verdict.verdict.value, (verdict.reason or "")[:7]) == ("not_assessable", "advice:")


OLD = item(
    id="o" * 20,
    title="青禾市河道采砂管理办法",
    document_number="青政发〔2018〕13号",
    published_on="2018-05-01",
    validity="有效",
)
REPEALS: list[Any] = [
    # repealed
    ("本办法自2024年1月1日起施行。《青禾市河道采砂管理办法》（青政发〔2018〕13号）同时废止。", {}, True),
    ("本办法自印发之日起施行，青政发[2018]13号文件同时废止。", {}, True),
    ("经研究，决定废止《青禾市河道采砂管理办法》等3件规范性文件。", {}, True),
    ("《青禾市河道采砂管理办法》自2020年1月1日起失效。", {}, True),
    ("现将宣布失效的规范性文件目录公布如下：\n1.《青禾市某办法》（青政发〔2010〕1号）\n2.《青禾市河道采砂管理办法》（青政发〔2018〕13号）", {}, True),
    ("根据《青禾市规章制定办法》的规定，决定废止《青禾市河道采砂管理办法》。", {}, True),
    # nothing of the kind
    ("《青禾市河道采砂管理办法》（青政发〔2018〕13号）继续有效。", {}, False),
    ("《青禾市河道采砂管理办法》第三条同时废止。", {}, False),
    ("对《青禾市河道采砂管理办法》的部分条款予以废止。", {}, False),
    ("根据《青禾市河道采砂管理办法》，决定废止《青禾市采石办法》。", {}, False),
    ("《青禾市采石办法》废止后，按照《青禾市河道采砂管理办法》执行。", {}, False),
    ("《青禾市河道采砂管理办法》自2027年1月1日起废止。", {}, False),
    ("本办法自2027年1月1日起施行。《青禾市河道采砂管理办法》同时废止。", {}, False),
    ("本办法施行后，《青禾市河道采砂管理办法》同时废止。", {"effective_on": dt.date(2027, 1, 1)}, False),
    ("《青禾市河道采砂管理办法》同时废止。", {"title": "青禾市采砂管理办法（征求意见稿）"}, False),
    ("《青禾市河道采砂管理办法》同时废止。", {"published_on": "2017-01-01"}, False),
    ("《青禾市河道采砂管理办法实施细则》（青政发〔2018〕130号）同时废止。", {}, False),
    ("废止下列文件：\n《青禾市采石办法》（青政发〔2018〕3号）\n\n下列文件继续有效：\n《青禾市河道采砂管理办法》（青政发〔2018〕13号）", {}, False),
    ("拟废止《青禾市河道采砂管理办法》，公开征求意见。", {}, False),
    (None, {}, False),
]  # fmt: skip


@pytest.mark.parametrize(("body", "changes", "is_repealed"), REPEALS)
def test_repealed(body: str | None, changes: dict[str, Any], is_repealed: bool) -> None:
    known: dict[str, Any] = {
        "id": "n" * 20,
        "title": "青禾市采砂管理规定",
        "published_on": "2023-12-01",
        "url": "http://a.invalid/n.html",
    }
    other = item(body_text=body, **{**known, **changes})
    found = list(repealed.judge(Repealed(unit=unit(), item=OLD, by=(other,)), case("CT-05R")))
    assert bool(found) is is_repealed
    for one in found:
        assert one.item == OLD.id
        assert one.judgement.facts["repealed_url"] == other.url
        assert one.judgement.facts["words"] in (body or "")


COLUMNS: list[Any] = [
    ("guide", "青禾市教育局政府信息公开指南", False),
    ("guide", "政府信息公开申请表", False),
    ("guide", "依申请公开流程图", False),
    ("guide", "关于公布受理机构联系方式的公告", False),
    ("guide", "市教育局召开安全工作会议", True),
    ("guide", "市教育局召开政务公开工作推进会", True),
    ("guide", "喜迎新春", True),
    ("rules", "青禾市教育局政府信息公开审查制度", False),
    ("rules", "关于印发政府信息发布协调办法的通知", False),
    ("rules", "政府信息公开保密审查规定（试行）", False),
    ("rules", "关于开展政务公开培训活动的通知", False),
    ("rules", "市教育局举办政务公开培训班", True),
    ("rules", "市领导到田禾区调研", True),
    ("annual_reports", "青禾市教育局2025年政府信息公开工作年度报告", False),
    ("annual_reports", "2025年度", False),
    ("annual_reports", "我局召开年度报告编制工作推进会", True),
    ("catalogue", "行政许可事项目录", False),
    ("catalogue", "青禾市水利发展规划", False),
    ("catalogue", "市水务局开展主题党日活动", True),
]


@pytest.mark.parametrize(("kind", "title", "is_off"), COLUMNS)
def test_off_column(kind: str, title: str, is_off: bool) -> None:
    found = off_column.judge(item(title=title), context(kind), case("FK-02"))
    assert (found.verdict.value, (found.reason or "").split(":")[0]) == (
        ("not_assessable", "review") if is_off else ("compliant", "")
    )
    gone = off_column.judge(item(title=title, withdrawn_at=at("2026-06-10")), context(kind), case("FK-02"))
    assert gone.verdict.value == "not_applicable"


def again(day: str, earlier: str | None, body: str = RIVER * 2, **given: Any) -> PostedAgain:
    before = doc(1, "关于加强河道管理的通知", RIVER * 2, earlier) if earlier else None
    return PostedAgain(unit=unit(), item=doc(2, "关于加强河道管理的通知", body, day, **given), earlier=before)


def moved(before: str, after: str) -> PostedAgain:
    days = [dt.date.fromisoformat(day) for day in (before, after)]
    move = DateMove(before_on=days[0], after_on=days[1], before_at=at("2026-05-01"), after_at=at("2026-06-01"))
    return PostedAgain(unit=unit(), item=doc(2, "关于加强河道管理的通知"), move=move)


AGAIN: list[Any] = [
    pytest.param(again("2026-06-01", None), False, id="nothing before"),
    pytest.param(again("2026-06-01", "2026-04-10"), False, id="52 days before"),
    pytest.param(again("2026-06-01", "2025-06-01", RIVER * 2 + "另行通知。"), False, id="other words"),
    pytest.param(again("2026-06-01", "2025-06-01", "停水。"), False, id="a short notice"),
    pytest.param(again("2026-06-01", "2026-04-02"), True, id="60 days before"),
    pytest.param(again("2026-06-01", "2025-06-01", RIVER.replace("，", "， ") * 2), True, id="but for spaces"),
    pytest.param(moved("2026-05-01", "2026-05-02"), False, id="a date moved by a day"),
    pytest.param(moved("2026-05-01", "2026-04-01"), False, id="a date moved back"),
    pytest.param(moved("2026-05-01", "2026-05-03"), True, id="a date moved forward"),
]  # fmt: skip


@pytest.mark.parametrize(("group", "is_told"), AGAIN)
def test_posted_again(group: PostedAgain, is_told: bool) -> None:
    found = list(posted_again.judge(group, case("FK-03")))
    assert bool(found) is is_told
    for one in found:
        assert (one.judgement.verdict.value, (one.judgement.reason or "").split(":")[0]) == ("not_assessable", "review")
        assert {"earlier_url", "earlier_published_on"} <= set(one.judgement.facts) or {
            "seen_before",
            "seen_after",
        } <= set(one.judgement.facts)


def minute(hour: int, count: int) -> Minute:
    """A minute of that hour in the city."""
    moment = dt.datetime(2026, 6, 1, hour, 30 if hour else 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    return Minute(at=moment.astimezone(dt.UTC), count=count, urls=("http://a.invalid/1.html",))


@pytest.mark.parametrize(
    ("minutes", "items"),
    [
        ((minute(10, 9),), None),
        ((minute(0, 50),), None),
        ((minute(10, 10),), 10),
        ((minute(10, 10), minute(0, 99), minute(16, 12), minute(9, 3)), 22),
    ],
)
def test_posted_in_bulk(minutes: tuple[Minute, ...], items: int | None) -> None:
    group = PostedInBulk(unit=unit(column()), column="tzgg", minutes=minutes)
    found = list(posted_in_bulk.judge(group, case("FK-04")))
    assert [one.judgement.facts["items"] for one in found] == ([items] if items else [])
    for one in found:
        assert (one.column, one.item) == ("tzgg", None)
        counts = [told["items"] for told in one.judgement.facts["minutes"]]
        assert counts == sorted(counts, reverse=True)
        assert one.judgement.facts["minutes"][0]["at"].endswith("+08:00")


def test_a_waiver_covers_what_is_said_of_a_group() -> None:
    waiver = Waiver(reason="编号系统改造", approved_by="市公开办", until=TODAY, rule="CT-02U")
    waived = alike(A, B, units={"jiaoyu-ju": unit(waivers=(waiver,))})
    (verdict,) = judge_group(RULES["CT-02U"], waived, case())
    assert verdict.verdict.value == "not_applicable"
    (verdict,) = judge_group(RULES["CT-02U"], alike(A, B), case())
    assert (verdict.verdict.value, verdict.severity, verdict.item) == ("breach", "yellow", B.id)


# ------------------------------------------------------------------ how alike texts are


@given(st.text(max_size=300), st.text(max_size=300))
def test_likeness_is_a_share_and_does_not_depend_on_the_order(one: str, other: str) -> None:
    share = likeness(one, other)
    assert 0 <= share <= 1
    assert share == likeness(other, one)
    assert likeness(one, one) == 1


@given(st.text(max_size=60), st.text(max_size=60))
def test_titles_compare_without_failing(one: str, other: str) -> None:
    assert may_be_one(one, one)
    assert may_be_one(one, other) == may_be_one(other, one)
    assert squeezed(squeezed(one)) == squeezed(one)


@pytest.mark.parametrize(
    ("title", "about"),
    [
        ("关于印发《青禾市河道采砂管理办法》的通知", "青禾市河道采砂管理办法"),
        ("青禾市教育局关于做好招生工作的通知", "做好招生工作"),
        ("青禾市河道采砂管理办法（试行）", "青禾市河道采砂管理办法"),
        ("通知", "通知"),
    ],
)
def test_what_a_title_is_about(title: str, about: str) -> None:
    assert core(title) == about
