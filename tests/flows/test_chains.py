# ruff: noqa: E501 -- markup is read across
"""From pages to verdicts: a site with consultations, results, documents and interpretations is crawled and assessed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner

from flows.assess import assess_database
from flows.cli import app
from harvesters.crawl import CrawlJob, CrawlSummary, run_crawl
from storage import catalogue, findings, registry, settings
from storage.database import Database, open_database
from storage.formats.json_item import to_json
from storage.schema import (
    Category,
    City,
    Column,
    ColumnKind,
    Evidence,
    Item,
    Relation,
    Supervision,
    Unit,
    UnitKind,
    Verdict,
)
from tests.harvesters.loopback import Site, column, served, unit

AS_OF = dt.date(2024, 6, 30)
RIVER, DOGS = "云溪县河道保护管理办法", "云溪县养犬管理办法"
MAJOR = "本事项已列入本年度重大行政决策事项目录。"
ANSWER = "意见请发送至电子邮箱swj@yunxi.invalid，联系电话：0999-2001234。"
ARTICLES = "<p>第一条 为了规范管理，制定本办法。</p><p>第二条 本办法自公布之日起施行。</p>"
EXPLAINED = "<p>起草说明：为规范管理，我局结合实际起草了本办法。</p>"
PROSE = "<p>" + "请各有关单位认真贯彻执行，确保各项工作落到实处。" * 6 + "</p>"


def asking(matter: str, period: str, *, explained: bool = True) -> str:
    return (
        f"<p>我局起草了《{matter}（征求意见稿）》，{MAJOR}现向社会公开征求意见。征求意见时间：{period}。{ANSWER}</p>"
        f"{ARTICLES}{EXPLAINED if explained else ''}"
    )


# column, page, title, day, text, what stands below it
PAGES: list[tuple[str, str, str, str, str, str]] = [
    # a matter as it should be
    ("yjzj", "t20240105_1", f"关于公开征求《{RIVER}（征求意见稿）》意见的公告", "2024-01-05", asking(RIVER, "2024年1月5日至2024年2月5日"), '<p>结果反馈：<a href="/yjfk/t20240220_1.html">查看征集结果</a></p>'),
    ("yjfk", "t20240220_1", f"《{RIVER}（征求意见稿）》公众意见采纳情况", "2024-02-20", PROSE, f'<p>征集公告：<a href="/yjzj/t20240105_1.html">关于公开征求《{RIVER}（征求意见稿）》意见的公告</a></p>'),
    ("zcwj", "t20240301_1", f"云溪县人民政府关于印发《{RIVER}》的通知", "2024-03-01", PROSE + ARTICLES, f'<h3>相关解读</h3><ul><li><a href="/zcjd/t20240304_1.html">《{RIVER}》政策解读</a></li></ul><h3>最新解读</h3><ul>NEWEST</ul>'),
    ("zcjd", "t20240304_1", f"《{RIVER}》政策解读", "2024-03-04", PROSE, f'<p>原文链接：<a href="/zcwj/t20240301_1.html">云溪县人民政府关于印发《{RIVER}》的通知</a></p>'),
    # a matter as it should not be
    ("yjzj", "t20240301_2", f"《{DOGS}（草案）》征求意见", "2024-03-01", asking(DOGS, "2024年3月1日至2024年3月10日", explained=False), ""),
    ("zcwj", "t20240320_2", f"关于印发《{DOGS}》的通知", "2024-03-20", PROSE + ARTICLES, ""),
    ("zcjd", "t20240410_2", f"一图读懂《{DOGS}》", "2024-04-10", PROSE, ""),
    # what speaks of neither
    ("yjzj", "t20240110_3", "关于召开供水价格座谈会的公告", "2024-01-10", PROSE, ""),
    ("zcwj", "t20240115_3", "关于加强防汛工作的通知", "2024-01-15", PROSE, ""),
    ("zcjd", "t20240116_3", "县水务局解读防汛政策", "2024-01-16", PROSE, ""),
]  # fmt: skip
NAMES = {
    "yjzj": ("征求意见", ColumnKind.CONSULTATION),
    "yjfk": ("意见反馈", ColumnKind.FEEDBACK),
    "zcwj": ("政策文件", ColumnKind.POLICIES),
    "zcjd": ("政策解读", ColumnKind.INTERPRETATION),
}


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as made:
        yield made


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(open_database()) as opened:
        yield opened


def build(site: Site, newest: Sequence[int] = range(3)) -> None:
    """Puts up the site; ``newest`` are the interpretations that its pages happen to recommend."""
    box = "".join(f'<li><a href="/zcjd/t2024050{n}_9.html">《云溪县第{n}类事项管理办法》解读</a></li>' for n in newest)
    site.page("/", "<html><head><title>云溪县人民政府</title></head><body>" + "".join(f'<a href="/{c}/">{name}</a>' for c, (name, _) in NAMES.items()) + "</body></html>")  # fmt: skip
    for ident, (name, _) in NAMES.items():
        rows = "".join(
            f'<li><a href="/{ident}/{file}.html">{title}</a><span>{day}</span></li>'
            for where, file, title, day, _, _ in PAGES
            if where == ident
        )
        site.page(
            f"/{ident}/",
            f'<html><head><title>{name}_云溪县人民政府</title><meta name="ColumnName" content="{name}"></head><body>'
            f'<h2>{name}</h2><ul class="list">{rows}</ul><script>createPageHTML(1, 0, "index", "html");</script></body></html>',
        )
    for where, file, title, day, text, below in PAGES:
        site.page(
            f"/{where}/{file}.html",
            f'<html><head><meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="{day} 09:00"></head><body>'
            f'<h1>{title}</h1><p>发布时间：{day} 来源：云溪县人民政府</p><div id="zoom">{text}</div>{below.replace("NEWEST", box)}</body></html>',
        )


def columns(site: Site) -> tuple[Column, ...]:
    return tuple(
        replace(column(ident, name, f"/{ident}/", site.base, feed=None), kind=kind)
        for ident, (name, kind) in NAMES.items()
    )


def crawl(database: Database, site: Site, *, full: bool = False) -> CrawlSummary:
    body = unit(*columns(site), base=site.base)
    city = City(name="青禾市", code="629900", contact="mailto:office@qinghe.invalid", allow_private_addresses=True, delay_s=0, units=(body,))  # fmt: skip
    registry.apply(database, city)
    places = tuple((body.id, one.id) for one in body.columns)
    return run_crawl(CrawlJob(name="t", holder="test", columns=places, homes=(body.id,), full=full))


def items(database: Database) -> dict[str, Item]:
    return {one.url.rsplit("/", 1)[-1].removesuffix(".html"): one for one in catalogue.iter_items(database)}


def verdicts(database: Database, rule: str) -> dict[str, Verdict]:
    names = {one.id: page for page, one in items(database).items()}
    return {names[one.item or ""]: one for one in findings.iter_verdicts(database, rule=rule)}


def outcomes(database: Database, rule: str) -> dict[str, str]:
    """Page → verdict, or the reason where there is one."""
    return {page: (one.reason or one.verdict.value).split(":")[0] for page, one in verdicts(database, rule).items()}


def adopt(*rules: str) -> None:
    own = settings.load().home / "regulations" / "629900.yml"
    own.parent.mkdir(parents=True, exist_ok=True)
    entries = "".join(f"  {rule}: {{advice: false}}\n" for rule in rules)
    own.write_text(f"rules:\n{entries}", encoding="utf-8")


def test_from_pages_to_verdicts(database: Database, site: Site) -> None:
    build(site)
    assert crawl(database, site).bugs == ()
    assess_database(database, settings.load(), as_of=AS_OF)
    good, bad = "t20240105_1", "t20240301_2"
    assert outcomes(database, "TM-07") == {good: "compliant", bad: "breach"}
    assert outcomes(database, "TM-08") == {good: "compliant", bad: "breach"}
    assert outcomes(database, "TM-06") == {"t20240301_1": "compliant", "t20240320_2": "advice"}
    assert outcomes(database, "TM-09") == {good: "compliant", bad: "advice"}
    assert outcomes(database, "CN-01") == {good: "compliant", bad: "advice"}
    chain = verdicts(database, "CN-01")
    assert chain[bad].facts["missing"] == ["result"]
    assert len(chain[bad].facts["unlinked"]) == 3
    assert [one["published_on"] for one in chain[good].facts["interpretations"]] == ["2024-03-04"]
    told = verdicts(database, "TM-06")["t20240320_2"].facts
    assert (told["counted"], told["faults"][0], told["links_document"]) == (14, "late", False)
    assert verdicts(database, "TM-07")[bad].facts["counted"] == 10
    assert verdicts(database, "TM-08")[bad].facts["missing"] == ["说明"]


def test_what_the_city_adopts_is_explained_day_by_day(database: Database, site: Site) -> None:
    build(site)
    crawl(database, site)
    adopt("TM-06", "TM-09", "CN-01")
    assess_database(database, settings.load(), as_of=AS_OF)
    found = {one.rule: one for one in findings.iter_findings(database, "open") if one.rule[:2] in ("TM", "CN")}
    assert {"TM-06", "TM-07", "TM-08", "TM-09", "CN-01"} <= found.keys()
    expected = {
        "TM-06": ("14 working days from 2024-03-20 (not counted) to 2024-04-10", "2024-03-25     3"),
        "TM-07": ("10 calendar days from 2024-02-29 (not counted) to 2024-03-10", "2024-03-01     1"),
        "TM-09": ("112 calendar days from 2024-03-10 (not counted) to 2024-06-30", "2024-04-09    30"),
    }
    for rule, (count, day) in expected.items():
        shown = CliRunner().invoke(app, ["explain", found[rule].id]).output
        assert count in shown
        assert day in shown
    for rule in ("TM-06", "TM-09"):
        assert "<- the last day in time" in CliRunner().invoke(app, ["explain", found[rule].id]).output
        assert found[rule].evidence


def test_relations_are_kept_handed_on_and_stay_as_they_are(database: Database, site: Site) -> None:
    build(site)
    crawl(database, site)
    known = items(database)
    told = {
        page: {(one.kind, one.target.removeprefix(site.base)) for one in item.relations} for page, item in known.items()
    }
    assert told["t20240105_1"] == {("consults", f"{RIVER}（征求意见稿）"), ("answered_by", "/yjfk/t20240220_1.html")}
    assert told["t20240220_1"] == {("answers", f"{RIVER}（征求意见稿）"), ("answers", "/yjzj/t20240105_1.html")}
    assert told["t20240301_1"] == {("interpreted_by", "/zcjd/t20240304_1.html")}
    assert told["t20240304_1"] == {("interprets", RIVER), ("interprets", "/zcwj/t20240301_1.html")}
    assert known["t20240110_3"].relations == ()
    exported: dict[str, Any] = {one["id"]: one["relations"] for one in map(to_json, known.values())}
    assert exported[known["t20240301_1"].id] == [
        {"kind": "interpreted_by", "target": f"{site.base}/zcjd/t20240304_1.html"}
    ]
    build(site, newest=range(4, 7))  # the site recommends others now
    assert crawl(database, site, full=True).changed == 0
    assert {one.id: one.revision for one in items(database).values()} == dict.fromkeys(
        (one.id for one in known.values()), 1
    )


# ------------------------------------------------------------------ over units, as the catalogue holds them


def department(*kinds: str, id: str = "swj", name: str = "青禾市水务局") -> Unit:  # noqa: A002
    return Unit(
        id=id,
        name=name,
        kind=UnitKind.DEPARTMENT,
        supervision=Supervision.LOCAL,
        home=f"http://{id}.invalid/",
        columns=tuple(
            Column(id=kind, unit=id, name=kind, kind=ColumnKind(kind), url=f"http://{id}.invalid/{kind}/")
            for kind in kinds
        ),
    )


def stored(at: str, title: str, day: str, *links: tuple[str, str], text: str = "正文") -> Item:
    """An item at ``unit/column/number``; ``links`` are relations to other such places."""
    owner, where, _ = at.split("/")
    url = f"http://{owner}.invalid/{at}.html"
    return Item(
        unit=owner,
        column=where,
        url=url,
        title=title,
        category=Category.POLICIES,
        published_on=dt.date.fromisoformat(day),
        body_text=text,
        content_hash=at,
        relations=tuple(
            Relation(kind=kind, target=f"http://{to.split('/')[0]}.invalid/{to}.html") for kind, to in links
        ),
        evidence=Evidence(url=url, captured_at=SEEN, sha256="0" * 64),
    )


SEEN = dt.datetime(2024, 6, 1, tzinfo=dt.UTC)
WATER = "青禾市节约用水管理办法"
DRAFT_TEXT = f"我局起草了《{WATER}（征求意见稿）》，现公开征求意见。征求意见时间：2024年1月5日至2024年2月5日。"


def assessed(database: Database, *items_: Item) -> dict[str, dict[str, str]]:
    """Rule → place of the item → verdict or reason."""
    office = department("policies", "interpretation", id="zfb", name="青禾市人民政府办公室")
    own = department("consultation", "feedback", "policies", "interpretation", "notices")
    city = City(name="青禾市", code="629900", contact="mailto:office@qinghe.invalid", units=(own, office))
    registry.apply(database, city)
    catalogue.upsert(database, items_, seen_at=SEEN)
    assess_database(database, settings.load(), as_of=AS_OF)
    places = {one.id: "/".join(one.url.split("/")[3:]).removesuffix(".html") for one in catalogue.iter_items(database)}
    return {
        rule: {
            places[one.item or ""]: (one.reason or one.verdict.value).split(":")[0]
            for one in findings.iter_verdicts(database, rule=rule)
        }
        for rule in ("TM-06", "CN-01")
    }


def test_a_department_asks_and_interprets_and_the_government_decides(database: Database) -> None:
    told = assessed(
        database,
        stored("swj/consultation/1", f"关于公开征求《{WATER}（征求意见稿）》意见的公告", "2024-01-05", ("answered_by", "swj/feedback/1"), text=DRAFT_TEXT),
        stored("swj/feedback/1", "意见征集结果", "2024-02-20"),
        stored("zfb/policies/1", f"青禾市人民政府关于印发《{WATER}》的通知", "2024-03-01", ("interpreted_by", "swj/interpretation/1")),
        stored("swj/interpretation/1", "节约用水新规一图看懂", "2024-03-04", ("interprets", "zfb/policies/1")),
        stored("zfb/policies/2", f"青禾市人民政府关于印发《{WATER}实施细则》的通知", "2024-03-01"),
    )  # fmt: skip
    assert told == {"TM-06": {"zfb/policies/1": "compliant"}, "CN-01": {"swj/consultation/1": "compliant"}}


def test_a_copy_of_ones_own_stands_for_the_governments(database: Database) -> None:
    """The unit interprets its own copy; the government's page of the same document is not held to link it."""
    told = assessed(
        database,
        stored("zfb/policies/1", f"青禾市人民政府关于印发《{WATER}》的通知", "2024-03-01"),
        stored("swj/policies/1", f"青禾市人民政府关于印发《{WATER}》的通知", "2024-03-01", ("interpreted_by", "swj/interpretation/1")),
        stored("swj/interpretation/1", f"《{WATER}》解读", "2024-03-04", ("interprets", "swj/policies/1")),
    )  # fmt: skip
    assert told == {"TM-06": {"swj/policies/1": "compliant"}, "CN-01": {}}


def test_a_result_in_a_general_column_is_found_by_its_title(database: Database) -> None:
    told = assessed(
        database,
        stored("swj/consultation/1", f"关于公开征求《{WATER}（征求意见稿）》意见的公告", "2024-01-05", text=DRAFT_TEXT),
        stored("swj/notices/1", f"《{WATER}》公开征求意见结果公告", "2024-02-20", ("answers", "swj/consultation/1")),
        stored("swj/notices/2", f"关于印发《{WATER}》的通知", "2024-03-01", ("relates", "swj/consultation/1")),
        stored("swj/notices/3", f"《{WATER}》政策解读", "2024-03-01", ("interprets", "swj/notices/2")),
    )
    assert told["CN-01"] == {"swj/consultation/1": "compliant"}
    assert told["TM-06"] == {"swj/notices/2": "advice"}  # the document does not link it


def test_what_is_older_than_anything_judged_is_left_alone(database: Database) -> None:
    told = assessed(
        database,
        stored("swj/policies/1", f"关于印发《{WATER}》的通知", "2020-03-01"),
        stored("swj/interpretation/1", f"《{WATER}》解读", "2020-05-04"),
        stored("swj/interpretation/2", f"《{WATER}》图解", "2024-05-04"),
    )
    assert told == {"TM-06": {}, "CN-01": {}}


# ------------------------------------------------------------------ again


def test_judging_again_says_the_same(database: Database, site: Site) -> None:
    build(site)
    crawl(database, site)
    rules = ("TM-06", "TM-07", "TM-08", "TM-09", "CN-01")
    told = []
    for _ in range(2):
        assess_database(database, settings.load(), as_of=AS_OF)
        told.append([one for rule in rules for one in findings.iter_verdicts(database, rule=rule)])
    assert told[0] == told[1]


def test_a_result_that_may_stand_unseen_is_missed_by_nobody(database: Database, site: Site) -> None:
    build(site)
    site.page("/yjfk/", "<html><body>系统维护中</body></html>", status=503)
    crawl(database, site)
    adopt("TM-09")
    assess_database(database, settings.load(), as_of=AS_OF)
    assert outcomes(database, "TM-09")["t20240301_2"] == "no_result_found"
    assert all(one.rule != "TM-09" for one in findings.iter_findings(database, "open"))
