# ruff: noqa: E501 -- markup is read across
"""Columns that cannot be walked to their end, crawled for real: what is kept, what is told, what is never concluded."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from harvesters.crawl import CrawlJob, run_crawl
from storage import catalogue, observations, registry
from storage.database import Database, open_database
from storage.schema import City, Column, ColumnKind, Observation, Outcome, Subject, Supervision, Unit, UnitKind

SIZE = 12
STUB = "<html><head><title></title></head><body><div><!-- 未发布 --></div></body></html>"
Say = Callable[[str, int], tuple[int, str]]


class Served:
    """A site on loopback; ``columns`` says how each folder below ``/zwgk/`` answers, by page and number of first row."""

    def __init__(self) -> None:
        self.columns: dict[str, Say] = {}
        self.first = 400  # number of the newest row of every column
        self.hits: Counter[str] = Counter()
        served = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                served.hits[self.path] += 1
                status, text = served.answer(self.path)
                body = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, path: str) -> tuple[int, str]:
        if path == "/robots.txt":
            return 404, ""
        if "/t2026" in path:
            number = int(path.rpartition("_")[2].removesuffix(".html"))
            return 200, framed(
                f"<h1>{title(number)}</h1><p>发布时间：2026-05-01　来源：县政府办公室</p><div id='zoom'>{'<p>' + title(number) * 4 + '。</p>'}</div>",
                f"<meta name='ArticleTitle' content='{title(number)}'><meta name='PubDate' content='2026-05-01'>",
            )
        _, _, folder, rest = path.split("/", 3)
        status, text = self.columns[folder](rest, self.first)
        return status, text.replace("/tzgg/", f"/{folder}/")


def title(number: int) -> str:
    return f"关于第{number:04d}号事项的公告"


def framed(content: str, metas: str = "<meta name='ColumnName' content='通知公告'>") -> str:
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><meta name='SiteIDCode' content='6299010001'>{metas}<title>通知公告_云溪县人民政府</title></head>"
        f"<body><div class='dqwz'>您当前的位置：<a href='/'>首页</a> &gt; 通知公告</div><div class='main'>{content}</div><div class='footer'>主办：云溪县人民政府办公室　网站标识码6299010001</div></body></html>"
    )


def rows(first: int, count: int = SIZE) -> str:
    return "<ul class='list'>" + "".join(
        f"<li><a href='/zwgk/tzgg/202605/t20260501_{n}.html' title='{title(n)}'>{title(n)}</a><span>2026-05-01</span></li>" for n in range(first, first - count, -1)
    ) + "</ul>"  # fmt: skip


def number_of(path: str) -> int:
    """0 for the column's page, n for ``index_n.html``; -1 for any other address."""
    if path == "":
        return 0
    stem = path.removesuffix(".html").removeprefix("index_")
    return int(stem) if stem.isdigit() and path == f"index_{stem}.html" else -1


def trs(readable: int, counted: int, beyond: tuple[int, str]) -> Say:
    """A TRS list whose pager counts ``counted`` pages, of which ``readable`` can be read."""

    def say(path: str, first: int) -> tuple[int, str]:
        page = number_of(path)
        if not 0 <= page < readable:
            return beyond
        pager = f'<div class="page"><script>createPageHTML({counted}, {page}, "index", "html");</script></div>'
        return 200, framed(rows(first - page * SIZE) + pager)

    return say


def laypage(pages: int, beyond: tuple[int, str]) -> Say:
    """A list whose pager a script draws."""

    def say(path: str, first: int) -> tuple[int, str]:
        page = number_of(path)
        if not 0 <= page < pages:
            return beyond
        script = "<div id='p'></div><script>layui.laypage.render({elem:'p'})</script>"
        return 200, framed(rows(first - page * SIZE) + script)

    return say


def busy_at_first(say: Say, times: int) -> Say:
    """The same list on a server that is too busy to answer for any page but the first, so many times each."""
    asked: Counter[str] = Counter()

    def busy(path: str, first: int) -> tuple[int, str]:
        asked[path] += 1
        return (503, STUB) if path and asked[path] <= times else say(path, first)

    return busy


def hanweb(readable: int) -> Say:
    """A jpage list of nine pages whose proxy answers 54 bytes behind the ``readable``-th."""

    def say(path: str, first: int) -> tuple[int, str]:
        def records(page: int) -> str:
            listed = rows(first - page * SIZE).removeprefix("<ul class='list'>").removesuffix("</ul>").split("</li>")
            return "".join(f"<record><![CDATA[{row}</li>]]></record>" for row in listed if row)

        store = f"<totalrecord>{9 * SIZE}</totalrecord><totalpage>9</totalpage>"
        if "dataproxy.jsp" in path:
            page = int(parse_qs(urlsplit(path).query)["page"][0]) - 1
            if page >= readable:
                return 200, '<?xml version="1.0" encoding="utf-8"?><datastore/>\r\n\r\n'
            return 200, f"<datastore>{store}<recordset>{records(page)}</recordset></datastore>"
        proxy = f"/zwgk/tzgg/dataproxy.jsp?page=1&columnid=7&unitid=3&perpage={SIZE}"
        return 200, framed(
            f"<ul></ul><script type='text/xml'><datastore>{store}<nextgroup><![CDATA[<a href=\"{proxy}\"></a>]]></nextgroup><recordset>{records(0)}</recordset></datastore></script>"
        )

    return say


@pytest.fixture
def served() -> Iterator[Served]:
    site = Served()
    thread = threading.Thread(target=site.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.server.shutdown()
        site.server.server_close()
        thread.join(10)


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(open_database()) as opened:
        yield opened


def crawl(database: Database, served: Served, *, full: bool = True) -> dict[str, Observation]:
    """One crawl of all columns; their observations by folder."""
    columns = tuple(
        Column(id=folder, unit="u", name="通知公告", kind=ColumnKind.NOTICES, url=f"{served.base}/zwgk/{folder}/")
        for folder in served.columns
    )
    unit = Unit(
        id="u", name="云溪县人民政府", kind=UnitKind.DISTRICT, supervision=Supervision.LOCAL, home=f"{served.base}/",
        site_code="6299010001", columns=columns,
    )  # fmt: skip
    city = City(
        name="青禾市", code="629900", timezone="Asia/Shanghai", contact="mailto:gk@qinghe.invalid", units=(unit,),
        allow_private_addresses=True, delay_s=0,
    )  # fmt: skip
    registry.apply(database, city)
    run_crawl(CrawlJob(name="t", holder="t", columns=tuple(("u", folder) for folder in served.columns), full=full))
    latest = observations.latest_by_column(database, Subject.COLUMN)
    return {column.id: latest["u", column.id] for column in columns}


NOT_FOUND = (404, "<html><head><title>404</title></head><body>您访问的页面不存在</body></html>")
HOME = (200, framed("<h1>云溪县人民政府</h1>", "") + " " * 700)
CASES: list[tuple[str, Say, Outcome, str | None, int]] = [
    ("404 behind page 3", trs(3, 9, NOT_FOUND), Outcome.OK, "window", 3),
    ("a stub behind page 2", trs(2, 9, (200, STUB)), Outcome.OK, "window", 2),
    ("410 behind page 2", trs(2, 9, (410, STUB)), Outcome.OK, "window", 2),
    ("404 at page 2", trs(1, 9, NOT_FOUND), Outcome.SOFT404, "http_404", 1),
    ("403 behind page 3", trs(3, 9, (403, STUB)), Outcome.BLOCKED, "http_403", 3),
    ("a page of something else behind page 3", trs(3, 9, (200, framed("<p>欢迎</p>" * 90))), Outcome.STRUCTURE_CHANGED, "not_recognised", 3),
    ("a script alone behind page 3", trs(3, 9, (200, "<html><head></head><body><script src='/a.js'></script></body></html>")), Outcome.SHELL, "script_only", 3),
    ("all pages there", trs(3, 3, NOT_FOUND), Outcome.OK, None, 3),
    ("54 bytes behind page 3", hanweb(3), Outcome.OK, "window", 3),
    ("54 bytes at page 2", hanweb(1), Outcome.STRUCTURE_CHANGED, "no_rows", 1),
    ("guessed, 404 behind a full page", laypage(3, NOT_FOUND), Outcome.OK, "window", 3),
    ("guessed, something else behind page 3", laypage(3, HOME), Outcome.OK, "window", 3),
    ("guessed in vain", laypage(1, NOT_FOUND), Outcome.OK, "pager_unread", 1),
    ("guessed in vain, refused", laypage(1, (403, STUB)), Outcome.OK, "pager_unread", 1),
    ("guessed in vain, failing", laypage(1, (503, STUB)), Outcome.OK, "pager_unread", 1),
    ("guessed, after a busy moment", busy_at_first(laypage(3, NOT_FOUND), 2), Outcome.OK, "window", 3),
]  # fmt: skip


def test_where_a_column_cannot_be_walked_to_its_end(served: Served, database: Database) -> None:
    served.columns = {f"c{number}": case[1] for number, case in enumerate(CASES)}
    looks = crawl(database, served)
    for number, (what, _, outcome, reason, pages) in enumerate(CASES):
        look = looks[f"c{number}"]
        assert (look.outcome, look.reason) == (outcome, reason), what
        assert (look.facts["rows"], look.facts["complete"]) == (pages * SIZE, reason is None), what
        assert look.detail or reason is None, what
        asked = [path for path in served.hits if path.startswith(f"/zwgk/c{number}/") and "/t2026" not in path]
        assert len(asked) <= pages + 4, what


def test_rows_that_leave_the_window_are_not_gone(served: Served, database: Database) -> None:
    served.columns = {"tzgg": trs(3, 9, NOT_FOUND)}
    crawl(database, served)
    served.first += 5
    assert crawl(database, served)["tzgg"].reason == "window"
    served.first += SIZE
    assert crawl(database, served, full=False)["tzgg"].reason == "window"
    assert len(catalogue.known_rows(database, "u", "tzgg")) == 3 * SIZE + 5 + SIZE
