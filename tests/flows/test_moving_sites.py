# ruff: noqa: E501 -- markup is read across
"""A site that moves keeps its documents: another host, other folders, other numbers, another template, and all at once.

The site is crawled, changed, and crawled again in whole. Every document must keep its id, know its old address as an
alias, and change by its address alone; nothing is withdrawn, nothing comes twice, and the feed says the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace

import pytest

from storage import catalogue, outbox
from storage.addresses import address_key
from storage.database import Database, open_database
from storage.schema import Item
from tests.harvesters.loopback import Site, column, crawl, served

DAY = dt.date(2026, 2, 26)
COUNT = 12
SENTENCES = (
    "各有关单位要提高认识，加强协同配合，按照职责分工抓好落实。",
    "申请人应当如实提交材料，并对材料的真实性负责。",
    "符合条件的，在规定时限内办结；不符合条件的，书面说明理由。",
    "资金实行专账管理，专款专用，任何单位和个人不得截留挪用。",
)


@dataclass(frozen=True)
class Look:
    """How the site looks today. ``moved``: how many of its documents have; the others are as before."""

    host: str = "127.0.0.1"
    folder: str = "/zwgk/tzgg/"
    name: str = "{month}/t{day}_{n}.html"
    template: str = "plain"
    files: str = "{month}/P0{day}{n}.pdf"
    moved: int = COUNT


HOME = Look()
HOST = {"host": "localhost"}
FOLDER = {"folder": "/gk/tz/"}
NUMBERS = {"name": "content_{other}.html", "files": "file_{other}.pdf"}
QUERY = {"name": "show.jsp?id={other}", "files": "down.jsp?fid={other}"}
TEMPLATE = {"template": "table"}
MOVES: dict[str, dict[str, str]] = {
    "host": HOST,
    "folder": FOLDER,
    "numbers": NUMBERS,
    "query": QUERY,
    "template": TEMPLATE,
    "folder and numbers": FOLDER | NUMBERS,
    "host and template": HOST | TEMPLATE,
    "all at once": HOST | FOLDER | QUERY | TEMPLATE,
}
# what the documents show by which they are known: numbers, or only their title, day and text, with or without a file
SORTS = ("numbered", "bare", "filed")


def address(site: Site, look: Look, n: int, what: str = "name") -> str:
    """The address of a document, or of its file."""
    day = DAY - dt.timedelta(days=n // 3)
    names = {"month": f"{day:%Y%m}", "day": f"{day:%Y%m%d}", "n": 1000 + n, "other": 987 + 37 * n}
    base = site.base.replace("127.0.0.1", look.host)
    return f"{base}{look.folder}{getattr(look, what).format(**names)}"


def title(n: int) -> str:
    """Three documents a title, as with notices of one template."""
    return f"云溪县第{n // 4 + 1}批困难群众救助对象公示公告"


def page(site: Site, look: Look, n: int, sort: str) -> str:
    """A document in the template of the day."""
    day = DAY - dt.timedelta(days=n // 3)
    text = [f"经审核，现将第{n + 1}组名单予以公示。", *(SENTENCES[(n + k) % 4] for k in range(3))]
    labels = (
        {"索引号": f"6299{n:05d}-2/2026-{n:05d}", "发文字号": f"云政发〔2026〕{n + 1}号"} if sort == "numbered" else {}
    )
    link = f'<p><a href="{address(site, look, n, "files")}">附件：名单.pdf</a></p>' if sort == "filed" else ""
    if look.template == "plain":
        head = "".join(f"<li><b>{key}：</b>{value}</li>" for key, value in labels.items())
        body = "".join(f"<p>{line}</p>" for line in text)
        return (
            f"<html><head><title>{title(n)}</title></head><body><h1>{title(n)}</h1>"
            f'<div class="info"><span>发布时间：{day}</span> <span>来源：云溪县人民政府</span></div>'
            f'{f"<div><ul>{head}</ul></div>" if head else ""}<div id="zoom">{body}{link}</div></body></html>'
        )
    head = "".join(f"<tr><td>{key}</td><td>{value}</td></tr>" for key, value in labels.items())
    body = "".join(f'<p style="text-indent:2em"><span>{line}</span></p>' for line in text)
    return (
        f'<!DOCTYPE html><html><head><title>{title(n)}_云溪县人民政府</title><meta name="ArticleTitle" content="{title(n)}">'
        f'<meta name="PubDate" content="{day} 10:00"></head><body><div class="nav">首页 政务公开</div>'
        f'{f"<table>{head}</table>" if head else ""}<h2 class="title">{title(n)}</h2>'
        f'<p class="bar">信息来源：云溪县人民政府　日期：{day}</p><div class="TRS_Editor">{body}{link}</div>'
        f'<div class="foot">主办：云溪县人民政府办公室</div></body></html>'
    )


def show(site: Site, look: Look, sort: str) -> str:
    """Puts the site into this state; gives the column's address."""
    site.pages.clear()
    looks = [look if n < look.moved else HOME for n in range(COUNT)]
    rows = "".join(
        f'<li><a href="{address(site, one, n)}">{title(n)}</a><span>{DAY - dt.timedelta(days=n // 3)}</span></li>'
        for n, one in enumerate(looks)
    )
    where = look.folder if look.moved == COUNT else HOME.folder
    site.page(
        where,
        f'<html><head><title>通知公告_云溪县人民政府</title><meta name="ColumnName" content="通知公告"></head><body>'
        f'<h2>通知公告</h2><ul class="list">{rows}</ul><div class="page">共1页 首页 尾页</div></body></html>',
    )
    for n, one in enumerate(looks):
        url = address(site, one, n)
        site.page(url[url.index("/", 8) :], page(site, one, n, sort))
    return where


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(open_database()) as opened:
        yield opened


def harvest(database: Database, site: Site, look: Look, sort: str) -> dict[str, Item]:
    """The site as it looks is read; what stands in the catalogue then, by address."""
    where = show(site, look, sort)
    host = look.host if look.moved == COUNT else HOME.host
    known = column("tzgg", "通知公告", where, base=site.base.replace("127.0.0.1", host), feed=None)
    summary = crawl(database, site, known)
    assert not summary.bugs
    return {address_key(item.url): item for item in catalogue.iter_items(database)}


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("moved", [COUNT, 5])
@pytest.mark.parametrize("move", MOVES)
def test_documents_stay_who_they_are(database: Database, move: str, moved: int, sort: str) -> None:
    with served() as site:
        before = harvest(database, site, HOME, sort)
        assert len(before) == COUNT
        seq = outbox.head(database)
        look = replace(HOME, **MOVES[move], moved=moved)
        after = harvest(database, site, look, sort)
        now = catalogue.withdraw_due(database, dt.datetime.now(dt.UTC) + dt.timedelta(days=90), min_looks=1)
        old = {n: before[address_key(address(site, HOME, n))] for n in range(COUNT)}
        new = {n: after[address_key(address(site, look if n < moved else HOME, n))] for n in range(COUNT)}
    assert len(after) == COUNT
    assert [new[n].id for n in range(COUNT)] == [old[n].id for n in range(COUNT)]
    assert now == 0
    told = outbox.changes_after(database, seq, 100) if hasattr(outbox, "changes_after") else []
    assert told is not None
    for n in range(COUNT):
        stays = address_key(old[n].url) == address_key(new[n].url)
        assert new[n].aliases == (() if stays else (old[n].url,))
        assert new[n].revision - old[n].revision <= (0 if stays and sort != "filed" else 1)
        assert (new[n].title, new[n].published_on, new[n].body_text) == (
            old[n].title,
            old[n].published_on,
            old[n].body_text,
        )
