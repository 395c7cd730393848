# ruff: noqa: E501 -- markup is read across
"""Pagers that a script draws and nobody can read: which address is taken for page 2, and when none is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from harvesters.engines import listing_of
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch
from harvesters.reading.page import as_json, read_page
from tests.harvesters.engines.page_walks import walk
from tests.harvesters.engines.pages import HERE, document, page

LAYPAGE = (
    "<div id='pages'></div><script>layui.use('laypage', function(){ laypage.render({elem:'pages', jump:go}) })</script>"
)
EXTERNAL = '<div class="pagination"></div><script src="/js/pages.js"></script>'
COUNTED = '<div class="page"><span>共36条</span> <a>上一页</a><a>下一页</a></div><script src="/js/pages.js"></script>'


def rows_of(first: int, size: int, folder: str = "/zwgk/tzgg") -> str:
    return '<ul class="list">' + "".join(
        f'<li><a href="{folder}/2026{5 - n // 30:02d}/t20260501_{n:04d}.html" title="关于第{n:04d}号事项的公告">关于第{n:04d}号事项的公告</a><span>2026-05-01</span></li>'
        for n in range(first, first + size)
    ) + "</ul>"  # fmt: skip


@dataclass
class Site:
    """A column of ``count`` rows whose pages have the addresses ``name`` gives them (from 2; None: there is none)."""

    name: Callable[[int], str | None]
    count: int = 36
    size: int = 12
    pager: str = LAYPAGE
    beyond: Callable[[str], Document] | None = None
    asked: list[str] = field(default_factory=list)

    def page(self, number: int, url: str) -> Document:
        shown = max(0, min(self.size, self.count - (number - 1) * self.size))
        return document(page(rows_of((number - 1) * self.size, shown) + self.pager, name="通知公告"), url)

    def answer(self, fetch: Fetch) -> Document:
        self.asked.append(urlsplit(fetch.url).path.rpartition("/")[2] or fetch.url)
        for number in range(2, -(-self.count // self.size) + 1):
            if (name := self.name(number)) is not None and fetch.url == name:
                return self.page(number, fetch.url)
        if self.beyond is not None:
            return self.beyond(fetch.url)
        return document(
            "<html><head><title>404</title></head><body>您访问的页面不存在</body></html>", fetch.url, status=404
        )


TEMPLATES: list[tuple[str, str, Callable[[int], str]]] = [
    ("from 0", HERE, lambda n: f"{HERE}index_{n - 1}.html"),
    ("from 1", HERE, lambda n: f"{HERE}index_{n}.html"),
    ("from 0, named", f"{HERE}list.shtml", lambda n: f"{HERE}list_{n - 1}.shtml"),
    ("from 1, named", f"{HERE}list.shtml", lambda n: f"{HERE}list_{n}.shtml"),
    ("number", f"{HERE}index.html", lambda n: f"{HERE}{n}.html"),
    ("number itself", f"{HERE}1.html", lambda n: f"{HERE}{n}.html"),
    ("folder", HERE, lambda n: f"{HERE}{n}"),
    ("no extension", f"{HERE}tz", lambda n: f"{HERE}tz_{n}"),
    ("query", f"{HERE}list.php?col=7&page=1", lambda n: f"{HERE}list.php?col=7&page={n}"),
]


@pytest.mark.parametrize(("what", "start", "name"), TEMPLATES, ids=[case[0] for case in TEMPLATES])
@pytest.mark.parametrize("pager", [LAYPAGE, EXTERNAL, COUNTED], ids=["laypage", "external", "counted"])
def test_a_template_that_proves_itself_is_followed(
    what: str, start: str, name: Callable[[int], str], pager: str
) -> None:
    site = Site(name=name, pager=pager, count=34 if pager is not COUNTED else 36)
    rows, listings, fetches = walk(site.page(1, start), site.answer)
    assert [row.title for row in rows] == [f"关于第{n:04d}号事项的公告" for n in range(site.count)]
    assert (listings[0].engine, listings[-1].ended) == ("static", True)
    assert len(fetches) <= 2 + 4


def test_where_both_numbers_lead_to_pages_none_is_skipped() -> None:
    site = Site(name=lambda n: f"{HERE}index_{n - 1}.html", count=60)
    walk(site.page(1, HERE), site.answer)
    assert site.asked[:3] == ["index_1.html", "index_2.html", "index_3.html"]


def other_column(url: str) -> Document:
    return document(page(rows_of(500, 12, "/zwgk/other") + LAYPAGE), url)


def same_page(url: str) -> Document:
    return Site(name=lambda n: None).page(1, url)


def overlapping(url: str) -> Document:
    return document(page(rows_of(11, 12) + LAYPAGE), url)


def elsewhere(url: str) -> Document:
    return document(page(f'<div class="box"><div>{rows_of(500, 12)}</div></div>' + LAYPAGE), url)


def home(url: str) -> Document:
    return document(page("<h1>云溪县人民政府</h1>", title="云溪县人民政府"), url)


def stub(url: str) -> Document:
    return document("<html><head></head><body></body></html>", url)


@pytest.mark.parametrize("beyond", [None, other_column, same_page, overlapping, elsewhere, home, stub])
def test_no_address_is_believed_without_proof(beyond: Callable[[str], Document] | None) -> None:
    site = Site(name=lambda n: None, beyond=beyond)
    rows, listings, fetches = walk(site.page(1, HERE), site.answer)
    assert (len(rows), len(fetches)) == (12, 4)
    assert not any(listing.ended for listing in listings)


def test_a_list_whose_pages_run_out_behind_a_full_one_has_not_ended() -> None:
    site = Site(name=lambda n: f"{HERE}index_{n - 1}.html" if n < 4 else None, count=72)
    rows, listings, _ = walk(site.page(1, HERE), site.answer)
    assert (len(rows), listings[-1].ended) == (36, False)


ALONE = [
    ("fewer rows than a page", rows_of(0, 9) + LAYPAGE),
    ("no pager at all", rows_of(0, 14)),
    ("as many as counted", rows_of(0, 12) + COUNTED.replace("36", "12")),
    ("read pager", rows_of(0, 12) + "<script>createPageHTML(3, 0, 'index', 'html');</script>"),
    ("last page", rows_of(0, 12) + "<script>createPageHTML(1, 0, 'index', 'html');</script>"),
    ("drawn link", rows_of(0, 12) + '<div class="page"><a href="index_1.html">下一页</a></div>' + LAYPAGE),
]


@pytest.mark.parametrize(("what", "content"), ALONE, ids=[case[0] for case in ALONE])
def test_nothing_is_guessed_where_the_page_says_where_it_stands(what: str, content: str) -> None:
    listing = listing_of(document(page(content)))
    assert listing is not None
    assert listing.next is None or not listing.next.is_guess


def test_a_guess_is_not_told_as_the_next_page() -> None:
    told = as_json(read_page(Site(name=lambda n: None).page(1, HERE)))
    assert len(told["listing"]["items"]) == 12
    assert told["listing"]["next_page"] is None
