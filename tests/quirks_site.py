"""A small disclosure site on loopback whose every page a test writes, harvested and judged through the front doors."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from flows.assess import assess_database
from harvesters.crawl import CrawlJob, CrawlSummary, run_crawl
from storage import catalogue, findings, observations, registry, settings
from storage.database import open_database
from storage.schema import (
    City,
    Column,
    ColumnKind,
    Finding,
    Item,
    Observation,
    Outcome,
    Subject,
    Supervision,
    Unit,
    UnitKind,
)

TODAY = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()
CODE = "6299030001"
NAME = "云溪县人民政府"
PROSE = (
    "各乡镇人民政府，县政府各部门：为做好有关工作，现将有关事项通知如下，请结合实际认真贯彻执行，确保各项措施落到实处。"
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request: path (decoded), query parameters, headers (lower-case names), and how often it was asked before."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    before: int


Answer = str | bytes | tuple[int, Mapping[str, str], str | bytes]
Page = Answer | Callable[[Asked], Answer]


@dataclass
class Site:
    """Pages by path. What no page is written for is an article if its path is one of ``articles``, else 404."""

    pages: dict[str, Page] = field(default_factory=dict)
    articles: dict[str, str] = field(default_factory=dict)  # path → page
    asked: Counter[str] = field(default_factory=Counter)
    base: str = ""

    def publish(self, path: str, title: str, day: dt.date | None, body: str = PROSE, head: str = "") -> str:
        """An article of its own at ``path``; the path."""
        self.articles[path] = document(title, day, body, head)
        return path

    def answer(self, asked: Asked) -> Answer:
        """What the site answers."""
        page = self.pages.get(asked.path, self.articles.get(asked.path))
        if page is None:
            return 404, {}, "<html><body>404 Not Found</body></html>"
        return page(asked) if callable(page) else page


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one harvest and the judgement of it came to."""

    summary: CrawlSummary
    items: Mapping[str, Item]  # by title
    looks: Mapping[str, Observation]  # by column; "" is the home page
    findings: tuple[Finding, ...]  # open ones that name a column or a document of it
    rows: int

    def outcome(self, column: str = "tzgg") -> Outcome:
        """How the column was seen."""
        return self.looks[column].outcome


def framed(content: str, *, name: str = "通知公告", title: str | None = None, head: str = "", links: str = "") -> str:
    """A page of the site: tags, breadcrumb, ``content``, foot."""
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title or f"{name}_{NAME}"}</title>'
        f'<meta name="SiteName" content="{NAME}"><meta name="SiteIDCode" content="{CODE}">{head}</head><body>'
        f'<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/zwgk/">政务公开</a></li>{links}</ul></div>'
        f'<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; {name}</div>'
        f'<div class="main">{content}</div>'
        f'<div class="footer"><p>主办：{NAME}办公室　网站标识码：{CODE}</p></div></body></html>'
    )


def column_page(rows: str, pager: str = "", name: str = "通知公告") -> str:
    """A static column page around ``rows`` (list items)."""
    return framed(
        f'<h2>{name}</h2><ul class="list">{rows}</ul><div class="page">{pager}</div>',
        name=name,
        head=f'<meta name="ColumnName" content="{name}">',
    )


def document(title: str, day: dt.date | None, body: str = PROSE, head: str = "") -> str:
    """An article page."""
    meta = f'<meta name="PubDate" content="{day} 09:30">' if day else ""
    info = f"<span>发布时间：{day} 09:30</span>" if day else ""
    return framed(
        f'<h1>{title}</h1><div class="info">{info}<span>来源：云溪县水务局</span></div>'
        f'<div id="zoom"><p>{body}</p></div>',
        title=f"{title}_{NAME}",
        head=f'<meta name="ColumnName" content="通知公告"><meta name="ArticleTitle" content="{title}">{meta}{head}',
    )


def row(href: str, title: str, day: dt.date | str | None) -> str:
    """One list item."""
    return f'<li><a href="{href}" title="{title}">{title}</a>{f"<span>{day}</span>" if day else ""}</li>'


def days(count: int, first: int = 1) -> list[dt.date]:
    """So many days up to yesterday, newest first, one a document."""
    return [TODAY - dt.timedelta(days=first + n) for n in range(count)]


def titles(count: int) -> list[str]:
    """Titles of a column, newest first."""
    return [f"关于第{count - n}批河道清淤工作的公告" for n in range(count)]


def path_of(day: dt.date, number: int, folder: str = "/zwgk/tzgg/") -> str:
    """An article's path as a static site names it."""
    return f"{folder}{day:%Y%m}/t{day:%Y%m%d}_{1000 + number}.html"


def filled(site: Site, count: int = 6, folder: str = "/zwgk/tzgg/") -> list[tuple[str, str, dt.date]]:
    """So many articles in a column: (path, title, day), newest first."""
    place = "".join(sign for sign in folder if sign.isalnum())
    made = [(f"{place}{title}", day) for title, day in zip(titles(count), days(count), strict=True)]
    return [(site.publish(path_of(day, n, folder), title, day), title, day) for n, (title, day) in enumerate(made)]


def rows_of(documents: list[tuple[str, str, dt.date]]) -> str:
    """The list items of documents."""
    return "".join(row(path, title, day) for path, title, day in documents)


@contextmanager
def serving() -> Iterator[Site]:
    """The site on loopback until the block ends."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            path = unquote(parts.path)
            query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = site.answer(Asked(path=path, query=query, headers=headers, before=site.asked[self.path]))
            site.asked[self.path] += 1
            status, extra, body = answer if isinstance(answer, tuple) else (200, {}, answer)
            sent = body.encode() if isinstance(body, str) else body
            self.send_response(status)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **extra}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    site.pages["/"] = framed(
        "".join(f'<p><a href="/zwgk/{name}/">{name}</a></p>' for name in ("tzgg", "zcwj")), name="首页", title=NAME
    )
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def harvest(site: Site, columns: Mapping[str, str] | None = None, *, full: bool = True) -> Told:
    """Harvest the columns (identifier → path or address) and judge what was seen."""
    meant = columns or {"tzgg": "/zwgk/tzgg/"}
    city = City(
        name="青禾市",
        code="629900",
        contact="mailto:office@qinghe.invalid",
        allow_private_addresses=True,
        delay_s=0.0,
        units=(
            Unit(
                id="yunxi",
                name=NAME,
                kind=UnitKind.DISTRICT,
                supervision=Supervision.LOCAL,
                home=f"{site.base}/",
                site_code=CODE,
                columns=tuple(
                    Column(
                        id=ident,
                        unit="yunxi",
                        name="通知公告" if ident == "tzgg" else f"通知公告{ident}",
                        kind=ColumnKind.NOTICES,
                        url=path if "://" in path else f"{site.base}{path}",
                    )
                    for ident, path in meant.items()
                ),
            ),
        ),
    )
    with closing(open_database()) as database:
        registry.apply(database, city)
        summary = run_crawl(
            CrawlJob(
                name="q", holder="q", columns=tuple(("yunxi", ident) for ident in meant), homes=("yunxi",), full=full
            )
        )
        assess_database(database, settings.load())
        items = list(catalogue.iter_items(database))
        looks = {
            place[1] or "": look for place, look in observations.latest_by_column(database, Subject.COLUMN).items()
        }
        looks[""] = observations.latest_by_column(database, Subject.HOME)["yunxi", None]
        opened = tuple(one for one in findings.iter_findings(database, "open") if one.column in meant or one.item)
    assert summary.bugs == ()
    return Told(
        summary=summary,
        items={item.title: item for item in items if item.withdrawn_at is None},
        looks=looks,
        findings=opened,
        rows=len(items),
    )
