# ruff: noqa: E501 -- markup is read across
"""Columns whose address is itself the one document (公开指南, 公开制度): read in every form, and crawled for real."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from harvesters.crawl import CrawlJob, run_crawl
from harvesters.reading.document import Document
from harvesters.reading.page import Profile, read_page
from storage import catalogue, observations, registry
from storage.database import Database, open_database
from storage.schema import City, Column, ColumnKind, Outcome, Subject, Supervision, Unit, UnitKind
from tests.harvesters.small_site import Answer, small_site

LINES = (
    "为方便公民、法人和其他组织获取政府信息，根据《中华人民共和国政府信息公开条例》（国务院令第711号），编制本指南。",
    "一、主动公开",
    "本机关主动公开机构职能、政策文件、规划计划、财政预决算、行政许可和行政处罚等类信息，按索引号、名称、内容概述和生成日期编排。",
    "公众可以登录云溪县人民政府网站查阅，也可以到县档案馆、县图书馆和政务服务大厅查阅。",
    "二、依申请公开",
    "受理机构：云溪县教育局办公室",
    "办公地址：云溪县禾中路8号",
    "办公时间：周一至周五上午8:30至12:00，下午14:30至17:30（法定节假日除外）",
    "联系电话：0999-2001001",
    "传真号码：0999-2001002",
    "电子邮箱：jyj@yunxi.invalid",
    "收到申请后能够当场答复的当场答复；不能当场答复的，自收到申请之日起20个工作日内予以答复。",
    "公民、法人或者其他组织认为本机关未依法履行政府信息公开义务的，可以向政府信息公开工作主管部门投诉、举报。",
)
TEXT = "".join(f"<p>{line}</p>" for line in LINES)
NAMES = ("政府信息公开指南", "政府信息公开制度", "法定主动公开内容", "政府信息公开年报", "依申请公开")
MENU = (
    "<div class='leftbox'><ul>"
    + "".join(f"<li><a href='/zfxxgk/{place}/'>{name}</a></li>" for place, name in enumerate(NAMES))
    + "</ul></div>"
)
CRUMB = "<div class='dqwz'>当前位置：<a href='/'>首页</a> &gt; <a href='/zfxxgk/'>政府信息公开</a> &gt; <a href='#'>政府信息公开指南</a></div>"
TAGS = "<meta name='SiteIDCode' content='6299010001'><meta name='ColumnName' content='政府信息公开指南'>"
FOOT = "<div class='footer'>主办单位：云溪县人民政府　网站标识码：6299010001</div>"
TITLE = "云溪县教育局政府信息公开指南"
OTHERS = "<ul>" + "".join(
    f"<li><a href='/zfxxgk/gkzd/20240{n}/t20240{n}01_{n}.html'>云溪县政府信息公开第{n}项制度</a><span>2024-0{n}-01</span></li>" for n in range(1, 9)
) + "</ul>"  # fmt: skip
GUIDES = "<ul class='list'>" + "".join(
    f"<li><a href='/zfxxgk/gkzn/20240{n}/t20240{n}01_{n}.html'>云溪县第{n}个部门信息公开指南</a><span>2024-0{n}-01</span></li>" for n in range(1, 9)
) + "</ul>"  # fmt: skip


def page(middle: str, tags: str = TAGS, title: str = "政府信息公开指南_云溪县人民政府") -> str:
    return f"<!DOCTYPE html><html><head><meta charset=utf-8>{tags}<title>{title}</title></head><body><div class='header'><a href='/'>首页</a></div>{middle}{FOOT}</body></html>"


# the page, and the title its document has
ALONE: dict[str, tuple[str, str]] = {
    "a headline with its date": (page(f"{CRUMB}{MENU}<h1>{TITLE}</h1><p>发布时间：2024-03-01　来源：县教育局</p><div class='TRS_Editor'>{TEXT}</div>"), TITLE),
    "the title is the first line of the text": (page(f"{CRUMB}{MENU}<div id='zoom'><p><b>{TITLE}</b></p>{TEXT}</div>"), TITLE),
    "the column's name for a heading": (page(f"{MENU}<h2>政府信息公开指南</h2><div class='con'>{TEXT}</div>"), "政府信息公开指南"),
    "no heading, but tags": (page(f"{MENU}<div class='con'>{TEXT}</div>"), "政府信息公开指南"),
    "no heading and no tags": (page(f"{CRUMB}{MENU}<div class='con'>{TEXT}</div>", ""), "政府信息公开指南"),
    "no heading, an edition in the first line": (page(f"{MENU}<div id='zoom'><p>{TITLE}（2024年版）</p>{TEXT}</div>"), f"{TITLE}（2024年版）"),
    "a script that counts visits": (page(f"{MENU}<h2>政府信息公开指南</h2><div>{TEXT}</div><script>$.ajax({{url: '/visits'}})</script>"), "政府信息公开指南"),
    "tabs, of which the others are hidden": (page(f"{CRUMB}<div class='tab'>{TEXT}</div><div class='tab' style='display:none'>{OTHERS}</div>"), "政府信息公开指南"),
    "another list beside it": (page(f"{CRUMB}<h1>{TITLE}</h1><div class='con'>{TEXT}</div><h3>最新公开</h3>{OTHERS}"), TITLE),
}  # fmt: skip
NOT_ALONE: dict[str, str] = {
    "a list of guides": page(f"{CRUMB}{MENU}{GUIDES}"),
    "a list of guides under a text": page(f"{CRUMB}{MENU}<div class='con'>{TEXT}</div>{GUIDES}"),
}
PROFILES = [
    Profile(site_code="6299010001", column_name="政府信息公开指南", unit_name="云溪县教育局"),
    Profile(site_code=None, column_name="公开指南", unit_name="云溪县教育局"),
    Profile(site_code=None, column_name="政务公开指南", unit_name="云溪县教育局"),
]


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.column_name)
@pytest.mark.parametrize("url", ["http://a.invalid/zfxxgk/gkzn/", "http://a.invalid/zfxxgk/gkzn/index.html"])
@pytest.mark.parametrize("case", ALONE)
def test_a_column_that_is_itself_the_guide(case: str, url: str, profile: Profile) -> None:
    html, title = ALONE[case]
    seen = read_page(Document(html.encode(), url), expect="listing", profile=profile)
    assert (seen.kind, seen.outcome) == ("article", Outcome.OK), seen
    assert seen.article is not None
    assert seen.article.title == title or (title in NAMES and seen.article.title == profile.column_name)
    assert seen.article.body_text == "\n".join(LINES)


@pytest.mark.parametrize("case", ALONE)
def test_what_a_person_asks_for_is_read_as_well(case: str) -> None:
    html, title = ALONE[case]
    seen = read_page(Document(html.encode(), "http://a.invalid/zfxxgk/gkzn/"))
    assert seen.kind == "article"
    assert seen.article is not None
    assert seen.article.title == title


@pytest.mark.parametrize("case", NOT_ALONE)
def test_a_list_of_guides_is_a_list(case: str) -> None:
    doc = Document(NOT_ALONE[case].encode(), "http://a.invalid/zfxxgk/gkzn/")
    seen = read_page(doc, expect="listing", profile=PROFILES[0])
    assert seen.listing is not None
    assert len(seen.listing.rows) == 8


@pytest.mark.parametrize(
    ("middle", "profile"),
    [
        (f"<div class='con'>{TEXT}</div>", Profile(site_code="6299010002", column_name="公开指南", unit_name="云溪县教育局")),
        (f"<div class='con'>{TEXT}</div>", Profile(column_name="公开指南", unit_name="禾浦县水务局")),
        (f"<div class='con'>{TEXT.replace('指南', '手册')}</div>", PROFILES[0]),
        ("<div class='con'><p>编制本指南，公开申请。</p></div>", PROFILES[0]),
    ],
    ids=["another site", "another unit", "a text of something else", "hardly a text"],
)  # fmt: skip
def test_without_proof_nothing_is_concluded(middle: str, profile: Profile) -> None:
    seen = read_page(
        Document(page(MENU + middle).encode(), "http://a.invalid/gkzn/"), expect="listing", profile=profile
    )
    assert not seen.outcome.is_good


def test_the_rules_of_disclosure_as_one_page() -> None:
    text = "".join(
        f"<p>第{n}条　为了规范政府信息公开工作，建立健全本制度所称的公开审查、发布协调和监督检查机制。</p>"
        for n in range(1, 11)
    )
    html = page(
        f"{MENU}<div class='con'>{text}</div><script>$.get('/visits')</script>",
        TAGS.replace("指南", "制度"),
        "政府信息公开制度",
    )
    profile = Profile(site_code="6299010001", column_name="公开制度", unit_name="云溪县教育局")
    seen = read_page(Document(html.encode(), "http://a.invalid/gkzd/"), expect="listing", profile=profile)
    assert seen.article is not None
    assert seen.article.title == "政府信息公开制度"


# ------------------------------------------------------------------ crawled


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(open_database()) as opened:
        yield opened


def crawl(database: Database, base: str, paths: tuple[str, ...]) -> None:
    columns = tuple(
        Column(id=f"zn{place}", unit="jyj", name="公开指南", kind=ColumnKind.GUIDE, url=base + path)
        for place, path in enumerate(paths)
    )
    unit = Unit(
        id="jyj", name="云溪县教育局", kind=UnitKind.DEPARTMENT, supervision=Supervision.LOCAL, home=base + "/", columns=columns
    )  # fmt: skip
    city = City(
        name="青禾市", code="629900", contact="mailto:o@example.invalid", units=(unit,), allow_private_addresses=True, delay_s=0
    )  # fmt: skip
    registry.apply(database, city)
    summary = run_crawl(CrawlJob(name="t", holder="test", columns=tuple((c.unit, c.id) for c in columns), full=False))
    assert not summary.bugs


def test_such_a_column_yields_one_item_at_every_pass(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_RETRY_WAIT_S", "0.1")
    article = "/202403/t20240301_7.html"
    pages: dict[str, Any] = {f"/zn{place}/": html for place, (html, _) in enumerate(ALONE.values())}
    pages["/moved/"] = Answer(301, headers={"Location": article, "Content-Length": "0"})
    paths = tuple(pages)
    # of another day, or it were the very document of the first column
    pages[article] = ALONE["a headline with its date"][0].replace("2024-03-01", "2023-03-01")
    with small_site(pages) as base:
        for _ in range(2):
            crawl(database, base, paths)
            items = list(catalogue.iter_items(database))
            assert sorted(item.column for item in items) == sorted(f"zn{place}" for place in range(len(ALONE) + 1))
            for item in items:
                assert item.body_text == "\n".join(LINES)
                assert item.page_read
                assert "指南" in item.title
                rows = catalogue.known_rows(database, item.unit, item.column)
                assert [(row.item, row.read) for row in rows.values()] == [(item.id, True)]
            looks = [look.outcome for look in observations.iter_observations(database, subject=Subject.COLUMN)]
            assert {look.is_good for look in looks} == {True}
