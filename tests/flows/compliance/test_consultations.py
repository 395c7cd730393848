# ruff: noqa: E501 -- notices are kept whole
"""Consultations as notices write them: for how long (TM-07), with what (TM-08), and on what ground."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.compliance.calendar import WorkingDays
from flows.compliance.consultation import length_of, says_major, says_why_shorter
from flows.compliance.counting import day_count
from flows.compliance.opinion_period import period_of
from flows.compliance.rulebook import judge_item
from flows.compliance.rules import consultation_length, consultation_papers
from storage.schema import Attachment, Provenance, Relation, VerdictKind
from tests.flows.compliance import CITY, DAYS, at, case, column, context, item, unit

FIRST = dt.date(2026, 4, 1)  # a Wednesday

# ------------------------------------------------------------------ how long, in the words of notices

PERIODS = [
    # the notice, the days it leaves by both ends counted (None: it states no period)
    ("征求意见时间：2026年4月1日至2026年5月1日。", 31),
    ("一、征求意见的时间\n2026年4月1日至2026年4月30日。\n二、文件发布的方式", 30),
    ("公告时间:2026年4月1日至2026年4月13日。", 13),
    ("公开征求意见时间为2026年4月1日—5月1日", 31),
    ("现向社会公开征求意见，时间自2026年4月1日-30日。", 30),
    ("征集时间：2026-04-01 至 2026-04-15", 15),
    ("征集期限：2026.4.1-2026.4.30", 30),
    ("开始时间：2026-04-01\n结束时间：2026-04-20\n征集状态：已结束", 20),
    ("公示期为2026年3月30日至2026年4月29日，公示期内如有异议，请书面反映。", 31),
    ("意见反馈截止日期为2026年4月18日。", 18),
    ("征求意见截止时间：2026年4月30日（星期四）18:00", 30),
    ("反馈意见截止时间：2026年 4 月 30 日", 30),
    ("有关单位和各界人士可以在2026年5月26日前，通过以下三种方式提出意见：", 56),
    ("请于2026年4月15日17:00前将意见反馈至市水务局。", 15),
    ("欢迎社会各界人士于2026年04月30日前提出宝贵意见。", 30),
    ("公众可在5月1日前提出意见建议。", 31),
    ("请于4月10日（含当日）前反馈意见。", 10),
    ("即日起至2026年5月5日止，公开征求社会各界意见。", 35),
    ("意见反馈时间截止到2026年4月11日。", 11),
    ("本次征求意见时间截至4月16日，请将意见发送至邮箱。", 16),
    ("自公告发布之日起30日内，将意见以书面形式反馈至我局。", 30),
    ("自本公告发布之日起三十日内提出意见。", 30),
    ("征求意见期限为30天。", 30),
    ("公开征求意见，为期15天。", 15),
    ("公示时间为一个月。", 30),
    ("公示期限：自公布之日起7个工作日", 13),  # 清明 between: to 13 April
    ("时间：2026年4月1日起10天，欢迎提出意见。", 10),
    ("征求意见时间从2026年4月1日开始，至2026年5月1日结束。", 31),
    ("征求意见时间：2026年4月1日至5月1日。\n第一条 本办法自2027年1月1日起施行，有效期至2031年12月31日。", 31),
    ("第一条 为规范管理。\n意见请于2026年4月20日前反馈。", 20),  # the notice stands behind the draft
    ("征求意见期限30日：自2026年4月1日至4月12日。", 30),  # two lengths: the longer one speaks for the unit
    ("征求意见时间：2026年4月1日至4月31日", None),  # no such day
    ("听证会时间：2026年4月20日至4月21日", None),
    ("报名截止时间：2026年4月20日", None),
    ("本办法自公布之日起30日后施行。", None),
    ("规划期限为2021年1月1日至2035年12月31日。", None),
    ("申请人应当自公告之日起15日内提交材料，主管部门自受理之日起20个工作日内作出决定。", None),
    ("于2025年11月18日至11月24日，我局通过县政府网站征求了意见。", None),  # another round, over before this page
    ("截至2025年12月31日，全市共有养老机构120家。", None),
    ("有效期至2031年4月30日。", None),
    ("现公开征求意见。", None),
]


@pytest.mark.parametrize(("text", "days"), PERIODS)
def test_the_period_of_a_notice(text: str, days: int | None) -> None:
    period = period_of(text, FIRST)
    assert (None if period is None else length_of(period, FIRST, DAYS).days) == days


@pytest.mark.parametrize(
    ("text", "published", "ends"),
    [
        ("请于1月20日前反馈意见。", dt.date(2025, 12, 20), dt.date(2026, 1, 20)),
        ("征求意见时间：2025年12月20日至1月19日", dt.date(2025, 12, 20), dt.date(2026, 1, 19)),
        ("征求意见时间：12月20日至2026年1月19日", dt.date(2025, 12, 20), dt.date(2026, 1, 19)),
    ],
)
def test_a_period_goes_over_the_turn_of_the_year(text: str, published: dt.date, ends: dt.date) -> None:
    period = period_of(text, published)
    assert period is not None
    assert period.ends_on == ends
    assert length_of(period, published, DAYS).days in (31, 32)


PIECES = (
    *(
        "2026年4月1日",
        "至",
        "5月1日",
        "自",
        "起",
        "止",
        "前",
        "30日",
        "内",
        "公告",
        "之日",
        "征求意见",
        "时间",
        "截止",
        "：",
        "，",
    ),
    *(
        "。",
        "\n",
        "13月45日",
        "三十",
        "工作日",
        "即日",
        "（星期五）",
        "17:00",
        "-",
        "为期",
        "2026-04-01",
        "4月31日",
        "十",
        "两",
        "个月",
    ),
)


@given(
    st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=25).map("".join)),
    st.one_of(st.none(), st.dates(dt.date(1950, 1, 1), dt.date(9999, 12, 31))),
)
def test_no_notice_is_too_strange(text: str, published: dt.date | None) -> None:
    period = period_of(text, published)
    if period is None:
        return
    assert period.ends_on is not None or period.length
    if period.ends_on is not None and published is not None:
        assert period.ends_on >= published


@pytest.mark.parametrize(
    "piece", ["2026年4月1日至", "意见", "公告之日起", "截止\n", "1月1日", "征求意见时间", ":", "自", "30"]
)
def test_no_notice_takes_long(piece: str) -> None:
    period_of(piece * 30_000, FIRST)


# ------------------------------------------------------------------ on what ground

MAJOR = [
    "本事项已列入本年度重大行政决策事项目录，现将草案向社会公开征求意见。",
    "该规划属于2026年度市政府重大行政决策事项。",
    "根据《重大行政决策程序暂行条例》（国务院令第713号）、《青禾市重大行政决策程序规定》，现将方案向社会公开征求意见。",
    "现就重大行政决策事项《青禾市供水价格调整方案（草案）》公开征求意见。",
]
NOT_MAJOR = [
    "现将草案向社会公开征求意见。",
    "本办法不属于重大行政决策事项，现公开征求意见。",
    "第一条 根据《重大行政决策程序暂行条例》制定本办法。第二条 列入重大行政决策事项目录的，公开征求意见。",
    "要完善重大行政决策程序制度。现就草案公开征求意见。",
]


@pytest.mark.parametrize("text", MAJOR)
def test_a_page_says_that_it_is_about_a_major_decision(text: str) -> None:
    assert says_major(item(title="关于公开征求《青禾市供水价格调整方案（草案）》意见的公告", body_text=text))


@pytest.mark.parametrize("text", NOT_MAJOR)
def test_a_page_does_not(text: str) -> None:
    assert says_major(item(title="关于公开征求《青禾市供水价格调整方案（草案）》意见的公告", body_text=text)) is None


@pytest.mark.parametrize(
    "title",
    [
        "关于公开征求《青禾市重大行政决策程序规定（征求意见稿）》意见的公告",
        "关于公开征求《青禾市2026年度重大行政决策事项目录（征求意见稿）》意见的公告",
    ],
)
def test_a_draft_about_major_decisions_is_not_one(title: str) -> None:
    assert says_major(item(title=title, body_text=MAJOR[0])) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("因防汛形势紧迫，征求意见期限缩短为7日。", True),
        ("因情况紧急，现公开征求意见7日。", True),
        ("由于国家试点申报急需，现将征求意见时间定为10天。", True),
        ("为缩短办事时间，现公开征求意见。", True),  # on the unit's side where words are doubtful
        ("现公开征求意见7日。", False),
    ],
)
def test_a_page_says_why_its_period_is_short(text: str, said: bool) -> None:
    assert (says_why_shorter(item(body_text=text)) is not None) is said


# ------------------------------------------------------------------ TM-07

TITLE = "青禾市教育局关于公开征求《青禾市学前教育管理办法（征求意见稿）》意见的公告"
ASKED = "我局起草了《青禾市学前教育管理办法（征求意见稿）》，本事项已列入2026年度重大行政决策事项目录，现向社会公开征求意见。"
SHORT = "征求意见时间：2026年4月1日至2026年4月15日。"
NOTICE: dict[str, Any] = {"title": TITLE, "published_on": "2026-04-01", "body_text": ASKED + SHORT}
COMMON = ASKED.replace("本事项已列入2026年度重大行政决策事项目录，", "")


def read_from(origin: str, confidence: float = 0.9) -> Provenance:
    return Provenance(origin=origin, raw="x", confidence=confidence)


LENGTH: list[tuple[dict[str, Any], str, str | None]] = [
    # not applicable
    ({"title": "《青禾市学前教育管理办法》政策解读"}, "not_applicable", "no_consultation"),
    ({"title": "《青禾市学前教育管理办法（征求意见稿）》意见采纳情况"}, "not_applicable", "no_consultation"),
    ({"title": "关于开展校园安全检查的通知", "body_text": "请各学校抓好落实。" * 20}, "not_applicable", "no_consultation"),
    ({"title": "教育部关于公开征求《学前教育条例（草案）》意见的公告"}, "not_applicable", "other_issuer"),
    ({"issuer": "霁州省教育厅"}, "not_applicable", "other_issuer"),
    ({"relations": (Relation(kind="reposts", target="教育部公开征求意见"),)}, "not_applicable", "other_issuer"),
    ({"published_on": "2019-08-31"}, "not_applicable", "before_force"),
    ({"withdrawn_at": at("2026-05-01")}, "not_applicable", "withdrawn"),
    # passing
    ({"body_text": f"{ASKED}征求意见时间：2026年4月1日至2026年4月30日。"}, "compliant", None),  # thirty by both ends
    ({"body_text": f"{ASKED}自公告之日起30日内提出意见。"}, "compliant", None),
    ({"body_text": f"{ASKED}征求意见时间：2026年3月16日至2026年4月15日。"}, "compliant", None),  # began before the page
    ({"first_seen": at("2026-03-10")}, "compliant", None),  # we saw it before it says it came out
    ({"body_text": f"{ASKED}因情况紧急，征求意见期限缩短为15日。{SHORT}"}, "compliant", None),
    # failing
    ({}, "breach", None),
    ({"title": "关于公开征求意见的公告"}, "breach", None),
    ({"body_text": f"{ASKED}请于4月20日前将意见发送至邮箱。"}, "breach", None),
    ({"body_text": f"{ASKED}征求意见时间：2026年4月1日至2026年4月29日。"}, "breach", None),
    # neither
    ({"body_text": COMMON + SHORT}, "not_assessable", "review"),
    ({"title": "关于再次公开征求《青禾市学前教育管理办法（征求意见稿）》意见的公告"}, "not_assessable", "review"),
    ({"title": "关于延长《青禾市学前教育管理办法（征求意见稿）》征求意见期限的公告"}, "not_assessable", "review"),
    (
        {"title": "关于公开征集2026年度重大行政决策事项建议的公告", "body_text": f"现向社会公开征集意见建议。{SHORT}"},
        "not_assessable",
        "review",
    ),
    ({"body_text": ASKED}, "not_assessable", "no_period"),
    ({"body_text": None}, "not_assessable", "unread"),
    ({"page_read": False}, "not_assessable", "unread"),
    ({"published_on": None}, "not_assessable", "no_published_date"),
    ({"provenance": {"published_on": read_from("address")}}, "not_assessable", "no_published_date"),
    ({"provenance": {"published_on": read_from("beside_title", 0.4)}}, "not_assessable", "unsure_period"),
    ({"body_text": f"{ASKED}{SHORT}意见请于2026年4月20日前反馈。"}, "not_assessable", "unsure_period"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "verdict", "reason"), LENGTH)
def test_the_public_has_thirty_days(given: dict[str, Any], verdict: str, reason: str | None) -> None:
    found = consultation_length.judge(item(**{**NOTICE, **given}), context("consultation"), case("TM-07"))
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason)


def test_a_short_period_is_counted_day_by_day() -> None:
    found = consultation_length.judge(item(**NOTICE), context("consultation"), case("TM-07"))
    count = day_count(found.facts, DAYS)
    assert count is not None
    assert (count.unit, count.counted, count.days[0].on, count.days[-1].on) == (
        "calendar days",
        found.facts["counted"],
        dt.date(2026, 4, 1),
        dt.date(2026, 4, 15),
    )
    assert found.facts["days_short"] == 15
    assert "重大行政决策" in found.facts["major"]


def test_working_days_of_a_year_not_announced_are_held_against_nobody() -> None:
    given = {**NOTICE, "published_on": "2027-04-01", "body_text": f"{ASKED}自公告之日起15个工作日内提出意见。"}
    judged = case("TM-07", as_of=dt.date(2027, 6, 1), days=WorkingDays(until=2026))
    found = consultation_length.judge(item(**given), context("consultation"), judged)
    assert (found.reason or "").startswith("unsure_period")


def test_what_asks_nobody_is_not_spoken_of() -> None:
    """In columns of notices only consultations get a verdict."""
    of = unit(column("notices"))
    told = [
        {
            one.rule
            for one in judge_item(
                item(title=title, body_text="正文"), context("notices", of=of), case(), all_rules=False
            )
        }
        for title in ("关于开展校园安全检查的通知", TITLE)
    ]
    assert [bool(rules & {"TM-07", "TM-08"}) for rules in told] == [False, True]
    assert CITY


# ------------------------------------------------------------------ TM-08

DRAFT = Attachment(name="青禾市学前教育管理办法（征求意见稿）.docx", url="http://a.invalid/1.docx")
WHY = Attachment(name="关于《青禾市学前教育管理办法》的起草说明.docx", url="http://a.invalid/2.docx")
UNNAMED = Attachment(name="附件1.zip", url="http://a.invalid/3.zip")
FORM = Attachment(name="意见反馈表.xls", url="http://a.invalid/4.xls")
ANSWER = "意见请发送至电子邮箱jyj@qinghe.invalid，联系电话：0999-2001234。"
WHOLE: dict[str, Any] = {
    "title": TITLE,
    "published_on": "2026-04-01",
    "body_text": ASKED + SHORT + ANSWER,
    "attachments": (DRAFT, WHY),
}
ARTICLES = "第一条 为了规范学前教育管理，制定本办法。\n第二条 本办法自公布之日起施行。"

PAPERS: list[tuple[dict[str, Any], str, str | None, list[str]]] = [
    ({"title": "关于开展校园安全检查的通知", "body_text": "请各学校抓好落实。" * 20}, "not_applicable", "no_consultation", []),
    ({"published_on": "2019-08-31"}, "not_applicable", "before_force", []),
    # passing
    ({}, "compliant", None, []),
    ({"attachments": (), "body_text": f"{ASKED}{SHORT}{ANSWER}\n{ARTICLES}\n起草说明：为规范管理起草。"}, "compliant", None, []),
    ({"attachments": (DRAFT,), "body_text": f"{ASKED}{SHORT}{ANSWER}现将办法及其说明全文公布。"}, "compliant", None, []),
    ({"attachments": (DRAFT,), "body_text": f"{ASKED}{SHORT}{ANSWER}一、起草背景和必要性。"}, "compliant", None, []),
    # failing
    ({"attachments": (DRAFT,)}, "breach", None, ["说明"]),
    ({"attachments": (DRAFT, FORM)}, "breach", None, ["说明"]),
    ({"body_text": f"{ASKED}{ANSWER}" + "相关材料见附件。" * 5}, "breach", None, ["期限"]),
    ({"body_text": f"{ASKED}{SHORT}" + "相关材料见附件。" * 5}, "breach", None, ["提出意见的方式"]),
    ({"attachments": (), "body_text": f"{ASKED}{SHORT}{ANSWER}\n{ARTICLES}"}, "breach", None, ["说明"]),
    # neither
    ({"attachments": (DRAFT,), "body_text": COMMON + SHORT + ANSWER}, "not_assessable", "review", ["说明"]),
    ({"attachments": (UNNAMED,)}, "not_assessable", "review", ["说明"]),  # it may hold it
    ({"attachments": ()}, "not_assessable", "review", ["草案", "说明"]),  # pictures, perhaps
    (
        {"attachments": (DRAFT,), "body_text": f"{ASKED}{SHORT}{ANSWER}公众可以登录市政府网站下载查看有关材料。"},
        "not_assessable",
        "review",
        ["说明"],
    ),
    ({"body_text": None}, "not_assessable", "unread", []),
]  # fmt: skip


@pytest.mark.parametrize(("given", "verdict", "reason", "missing"), PAPERS)
def test_the_public_is_shown_what_it_is_asked_about(
    given: dict[str, Any], verdict: str, reason: str | None, missing: list[str]
) -> None:
    found = consultation_papers.judge(item(**{**WHOLE, **given}), context("consultation"), case("TM-08"))
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason)
    assert found.facts.get("missing", []) == missing


def test_both_rules_open_findings_with_their_citation() -> None:
    given = item(**{**WHOLE, "attachments": (DRAFT,)})
    told = {one.rule: one for one in judge_item(given, context("consultation"), case())}
    assert {rule: told[rule].verdict for rule in ("TM-07", "TM-08")} == dict.fromkeys(
        ("TM-07", "TM-08"), VerdictKind.BREACH
    )
    assert "第十五条" in (told["TM-07"].basis or "")
