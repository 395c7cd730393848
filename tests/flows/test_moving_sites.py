# ruff: noqa: E501 -- markup is read across
"""A site that moves keeps its documents: another host, other folders, other numbers, another template, and all at once.

The site is crawled, changed, and crawled again in whole. Every document must keep its id, know its old address as an
alias, and change by its address alone; nothing is withdrawn, nothing comes twice, and the feed says the same.
"""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from storage import catalogue, outbox
from storage.addresses import address_key
from storage.database import Database, open_database
from storage.schema import Column, Item
from tests.harvesters.loopback import Site, column, crawl, served

DAY = dt.date(2026, 2, 26)
COUNT = 8
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
    proven: bool = True  # the list says that it has one page


HOME = Look()
HOST = {"host": "localhost"}
FOLDER = {"folder": "/gk/tz/"}
NUMBERS = {"name": "content_{other}.html", "files": "file_{other}.pdf"}
QUERY = {"name": "show.jsp?id={other}", "files": "down.jsp?fid={other}"}
TEMPLATE = {"template": "table"}
ALL = {"moved": COUNT}
# one change after the other, each on top of those before; at the last the list no longer proves its end
JOURNEY: tuple[dict[str, Any], ...] = (
    FOLDER | TEMPLATE | {"moved": 5},
    HOST | NUMBERS | ALL,
    QUERY | {"folder": HOME.folder, "template": HOME.template, "proven": False},
)
MOVING = {"url", "aliases", "attachments", "content_hash"}  # what a revision may tell of a document that moved
# what the documents show by which they are known: numbers; only their title, day and text; that and a file
SORTS = ("numbered", "bare", "filed")


def address(site: Site, look: Look, sort: str, n: int, what: str = "name") -> str:
    """The address of a document, or of its file."""
    day = DAY - dt.timedelta(days=n // 3)
    names = {"month": f"{day:%Y%m}", "day": f"{day:%Y%m%d}", "n": 1000 + n, "other": 987 + 37 * n}
    base = site.base.replace("127.0.0.1", look.host)
    return f"{base}{look.folder}{sort}/{getattr(look, what).format(**names)}"


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
    link = f'<p><a href="{address(site, look, sort, n, "files")}">附件：名单.pdf</a></p>' if sort == "filed" else ""
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


def show(site: Site, look: Look) -> list[Column]:
    """Puts the site into this state; gives its columns, one of each sort, as the registry has them by then."""
    site.pages.clear()
    columns = []
    looks = [look if n < look.moved else HOME for n in range(COUNT)]
    at = look if look.moved == COUNT else HOME
    for sort in SORTS:
        rows = "".join(
            f'<li><a href="{address(site, one, sort, n)}">{title(n)}</a><span>{DAY - dt.timedelta(days=n // 3)}</span></li>'
            for n, one in enumerate(looks)
        )
        where = f"{at.folder}{sort}/"
        pager = '<script>createPageHTML(1, 0, "index", "html");</script>' if look.proven else ""
        site.page(
            where,
            f'<html><head><title>{sort}_云溪县人民政府</title><meta name="ColumnName" content="通知公告"></head><body>'
            f'<h2>通知公告</h2><ul class="list">{rows}</ul><div class="page">{pager}</div></body></html>',
        )
        for n, one in enumerate(looks):
            url = address(site, one, sort, n)
            site.page(url[url.index("/", 8) :], page(site, one, n, sort))
        base = site.base.replace("127.0.0.1", at.host)
        columns.append(column(sort, "通知公告", where, base=base, feed=None))
    return columns


def harvest(database: Database, site: Site, look: Look) -> dict[tuple[str, int], Item]:
    """The site as it looks is read; what stands in the catalogue then, by sort and number."""
    assert not crawl(database, site, *show(site, look)).bugs
    items = list(catalogue.iter_items(database))
    assert len(items) == COUNT * len(SORTS)
    found = {address_key(url): item for item in items for url in (item.url, *item.aliases)}
    at = [look if n < look.moved else HOME for n in range(COUNT)]
    return {(sort, n): found[address_key(address(site, at[n], sort, n))] for sort in SORTS for n in range(COUNT)}


def test_documents_stay_who_they_are() -> None:
    with served() as site, closing(open_database()) as database:
        look = HOME
        before = harvest(database, site, look)
        for step in JOURNEY:
            look = replace(look, **step)
            head = outbox.head(database)
            after = harvest(database, site, look)
            for place, new in after.items():
                old = before[place]
                assert new.id == old.id
                assert {*new.aliases, new.url} >= {*old.aliases, old.url}
                assert new.revision == old.revision + ({*new.aliases, new.url} != {*old.aliases, old.url})
                told = (new.title, new.published_on, new.body_text, new.document_number, new.index_number)
                assert told == (old.title, old.published_on, old.body_text, old.document_number, old.index_number)
                if look.proven:
                    at = look if place[1] < look.moved else HOME
                    assert address_key(new.url) == address_key(address(site, at, *place))
                *_, (_, changed) = outbox.history(database, new.id)
                assert new.revision == 1 or set(changed) <= MOVING
            sent = list(outbox.pending(database, head, 1000))
            assert [entry.action for entry in sent] == ["upsert"] * len(sent)
            assert len(sent) == sum(new.revision > before[place].revision for place, new in after.items())
            before = after
        assert catalogue.held(database) == []
        later = dt.datetime.now(dt.UTC) + dt.timedelta(days=90)
        assert catalogue.withdraw_due(database, later, min_looks=1) == 0
        assert catalogue.count_items(database) == COUNT * len(SORTS)
