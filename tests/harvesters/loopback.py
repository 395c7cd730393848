# ruff: noqa: E501 -- markup is read across
"""A small site on loopback and a crawl over it, for behaviour that a whole city would hide."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from harvesters.crawl import CrawlJob, CrawlSummary, run_crawl
from storage import observations, registry
from storage.database import Database
from storage.schema import City, Column, ColumnKind, Observation, Subject, Supervision, Unit, UnitKind

SITE = "http://www.yunxi.invalid"


def column(ident: str, name: str, path: str, base: str = SITE, feed: str | None = "/rss.xml") -> Column:
    url = base + feed if feed else None
    return Column(id=ident, unit="yunxi", name=name, kind=ColumnKind.NOTICES, url=base + path, feed=url)


def unit(*columns: Column, base: str = SITE) -> Unit:
    return Unit(
        id="yunxi",
        name="云溪县人民政府",
        kind=UnitKind.DISTRICT,
        supervision=Supervision.LOCAL,
        home=f"{base}/",
        columns=columns,
    )


Answer = tuple[int, str, str]


class Site:
    """A small site on loopback: path → status, content type, text; it counts what is asked."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer] = {}
        self.hits: Counter[str] = Counter()
        self.base = ""

    def page(self, path: str, text: str, kind: str = "text/html; charset=utf-8", status: int = 200) -> None:
        self.pages[path] = (status, kind, text)

    def list(self, path: str, name: str, rows: Mapping[str, str]) -> None:
        """A list page and the documents behind it; ``rows`` are path → date, the title is told by the path."""
        listed = "".join(f'<li><a href="{url}">{title(url)}</a><span>{day}</span></li>' for url, day in rows.items())
        self.page(
            path,
            f'<html><head><title>{name}_云溪县人民政府</title><meta name="ColumnName" content="{name}"></head><body>'
            f'<h2>{name}</h2><ul class="list">{listed}</ul><div class="page">共1页 首页 尾页</div></body></html>',
        )
        for url, day in rows.items():
            self.document(url, day)

    def document(self, url: str, day: str) -> None:
        text = "现将有关事项通知如下，请各有关单位认真贯彻执行，确保各项工作落到实处。" * 5
        self.page(
            url,
            f'<html><head><meta name="ArticleTitle" content="{title(url)}"><meta name="PubDate" content="{day} 09:00">'
            f'</head><body><h1>{title(url)}</h1><p>发布时间：{day} 来源：云溪县人民政府</p><div id="zoom"><p>{text}</p></div></body></html>',
        )


def title(path: str) -> str:
    return f"关于印发云溪县第{path.rpartition('/')[2].partition('.')[0]}号工作方案的通知"


@contextmanager
def served() -> Iterator[Site]:
    """A site of its own, until the end of the context."""
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.hits[self.path] += 1
            status, kind, text = made.pages.get(self.path, (404, "text/html", "<html><title>404</title>找不到</html>"))
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.base = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


def crawl(database: Database, site: Site, *columns: Column) -> CrawlSummary:
    body = unit(*columns, base=site.base)
    city = City(name="青禾市", code="629900", contact="mailto:office@qinghe.invalid", allow_private_addresses=True, delay_s=0, units=(body,))  # fmt: skip
    registry.apply(database, city)
    places = tuple((body.id, one.id) for one in columns)
    return run_crawl(CrawlJob(name="t", holder="test", columns=places, homes=(body.id,)))


def looks(database: Database, subject: Subject) -> dict[str | None, Observation]:
    return {place[1]: look for place, look in observations.latest_by_column(database, subject).items()}
