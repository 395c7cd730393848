# ruff: noqa: E501 -- markup is read across
"""What pages carry beside their content, from a site on loopback through a crawl into verdicts and findings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from flows.assess import assess_database
from harvesters.crawl import CrawlJob, run_crawl
from storage import findings, observations, registry, settings
from storage.database import Database, open_database
from storage.schema import (
    City,
    Column,
    ColumnKind,
    Outcome,
    Subject,
    Supervision,
    Unit,
    UnitKind,
    Verdict,
    VerdictKind,
)
from tests.harvesters.small_site import Answer, Asked, small_site

TODAY = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()
NAME, CODE = "云溪县人民政府", "6299030001"
SITE_TAGS = f'<meta name="SiteName" content="{NAME}"><meta name="SiteDomain" content="www.yunxi.gov.cn"><meta name="SiteIDCode" content="{CODE}">'
COLUMN_TAGS = '<meta name="ColumnName" content="通知公告"><meta name="ColumnType" content="政务公开">'
MENU = (
    '<ul><li><a href="/">首页</a></li><li><a href="/tzgg/">通知公告</a></li><li><a href="/zwgk/">政务公开</a></li></ul>'
)
FOOT = f"""<div class="footer"><p>主办单位：{NAME}办公室 <a href="/lxwm/">联系我们</a> <a href="/wzdt/">网站地图</a></p>
<p>网站标识码：{CODE} <a href="https://beian.miit.gov.cn/">霁ICP备12000037号</a></p>
<a href="http://bszs.conac.cn/sitename?method=show&id=0A"><img src="/red.png"></a><script id="_jiucuo_" sitecode="{CODE}" src="/jiucuo.js"></script></div>"""
HIDDEN = '<div style="position:absolute;left:-9999px"><a href="http://www.xpj-8888.invalid/">澳门新葡京</a></div>'
PROSE = (
    "各乡镇人民政府，县政府各部门：为做好有关工作，现将有关事项通知如下，请结合实际认真贯彻执行，确保各项措施落到实处。"
)


def page(body: str, head: str, title: str = NAME) -> str:
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>{SITE_TAGS}{head}</head><body>{MENU}<div class="main">{body}</div>{FOOT}</body></html>'


def article(number: int) -> str:
    """An article with its title and date in its tags, the date a week off, and no source."""
    day = TODAY - dt.timedelta(days=number + 1)
    tags = f'<meta name="ArticleTitle" content="关于第{number}批河道清淤工作的公告"><meta name="PubDate" content="{day - dt.timedelta(days=7)} 09:30">'
    return page(
        f'<h1>关于第{number}批河道清淤工作的公告</h1><div class="info"><span>发布时间：{day} 09:30</span></div><div id="zoom"><p>{PROSE}</p></div>',
        COLUMN_TAGS + tags,
    )


class Site:
    """A home page, a column of five articles that answers 304 to who has it, and a break-in to be put right."""

    def __init__(self) -> None:
        self.broken_into = True
        self.pages: dict[str, Any] = {
            "/": page("<p>今日要闻</p>", ""),
            "/tzgg/": self.column,
            **{f"/tzgg/t{n}.html": article(n) for n in range(5)},
        }

    def column(self, asked: Asked) -> Answer:
        etag = f'"{self.broken_into}"'
        if asked.headers.get("if-none-match") == etag:
            return Answer(304, headers={"ETag": etag})
        rows = "".join(
            f'<li><a href="/tzgg/t{n}.html">关于第{n}批河道清淤工作的公告</a><span>{TODAY - dt.timedelta(days=n + 1)}</span></li>'
            for n in range(5)
        )
        body = f'<h2>通知公告</h2><ul class="list">{rows}</ul>{HIDDEN if self.broken_into else ""}<script>createPageHTML(1, 0, "index", "html");</script>'
        return Answer(body=page(body, COLUMN_TAGS), headers={"ETag": etag})


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_DOWNLOAD_TIMEOUT_S", "5")


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(open_database()) as opened:
        yield opened


def harvest(database: Database, base: str, *, full: bool) -> None:
    unit = Unit(
        id="yunxi",
        name=NAME,
        kind=UnitKind.DISTRICT,
        supervision=Supervision.LOCAL,
        home=f"{base}/",
        site_code=CODE,
        columns=(Column(id="tzgg", unit="yunxi", name="通知公告", kind=ColumnKind.NOTICES, url=f"{base}/tzgg/"),),
    )
    city = City(
        name="青禾市",
        code="629900",
        contact="mailto:office@qinghe.invalid",
        allow_private_addresses=True,
        delay_s=0.0,
        units=(unit,),
    )
    registry.apply(database, city)
    job = CrawlJob(name="w", holder="w", columns=(("yunxi", "tzgg"),), homes=("yunxi",), full=full)
    assert run_crawl(job).bugs == ()
    assess_database(database, settings.load())


def verdicts(database: Database) -> dict[str, Verdict]:
    """The verdicts on the unit, by rule."""
    return {one.rule: one for one in findings.iter_verdicts(database) if one.item is None and one.column is None}


def test_what_pages_carry_comes_to_verdicts_and_stays_through_unchanged_looks(database: Database) -> None:
    site = Site()
    with small_site(site.pages) as base:
        harvest(database, base, full=True)
        first = verdicts(database)
        assert first["SE-02"].verdict is VerdictKind.BREACH
        assert [link["page"] for link in first["SE-02"].facts["links"]] == ["tzgg"]
        assert first["SE-02"].evidence[0].url == f"{base}/tzgg/"
        for rule in ("FT-01", "FT-02", "FT-03", "FT-04", "FT-05", "FT-06", "FT-08", "FT-09"):
            assert first[rule].verdict is VerdictKind.COMPLIANT, first[rule]
        assert (first["FT-07"].reason or "").startswith("advice")
        assert first["FT-07"].facts["missing"] == ["公安机关备案标识"]
        assert (first["MT-01"].reason or "").startswith("advice")
        assert first["MT-01"].facts["columns"] == {"tzgg": ["ColumnDescription", "ColumnKeywords"]}
        assert first["MT-01"].facts["articles"] == ["tzgg: ContentSource lacking in 5 of 5"]
        assert first["DM-01"].verdict is VerdictKind.NOT_APPLICABLE
        dates = [one for one in findings.iter_verdicts(database) if one.rule == "MT-02"]
        assert len(dates) == 5
        assert all((one.reason or "").startswith("advice") and one.facts["tag"] for one in dates)

        harvest(database, base, full=False)  # the column is found unchanged: the look says nothing of its page
        look = observations.latest_by_column(database, Subject.COLUMN)["yunxi", "tzgg"]
        assert (look.outcome, "page" in look.facts) == (Outcome.NOT_MODIFIED, False)
        again = verdicts(database)
        assert {rule: again[rule].facts for rule in ("SE-02", "MT-01")} == {
            rule: first[rule].facts for rule in ("SE-02", "MT-01")
        }
        assert [one.rule for one in findings.iter_findings(database, "open") if one.rule == "SE-02"] == ["SE-02"]

        site.broken_into = False
        harvest(database, base, full=False)
        assert verdicts(database)["SE-02"].verdict is VerdictKind.COMPLIANT
        assert [one for one in findings.iter_findings(database, "open") if one.rule == "SE-02"] == []


def test_a_blocked_site_loses_no_finding_and_gets_none(database: Database) -> None:
    site = Site()
    with small_site(site.pages) as base:
        harvest(database, base, full=True)
        site.pages["/"] = site.pages["/tzgg/"] = Answer(403, "<html><body>403 Forbidden</body></html>")
        harvest(database, base, full=True)
        told = verdicts(database)
        assert (told["SE-02"].reason or "").startswith("unseen_since")
        assert (told["FT-07"].reason or "").startswith("blocked")
        assert (told["MT-01"].reason or "").startswith("blocked")
        assert [one.rule for one in findings.iter_findings(database, "open") if one.rule == "SE-02"] == ["SE-02"]
