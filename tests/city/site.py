# ruff: noqa: E501 - lines of markup are kept whole
"""One site: which address is answered by what, its home pages, robots.txt, files and missing pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from tests import files as made
from tests.city import annual, families, faults, furniture, hubs, items
from tests.city.dice import Dice
from tests.city.families import feeds
from tests.city.model import PLATFORM_KINDS, Column, Site, Unit
from tests.city.web import Request, Response

if TYPE_CHECKING:
    from tests.city.city import City

Route = Callable[[Request], Response]
_KINDS = {
    "pdf": "application/pdf",
    "docx": "application/msword",
    "doc": "application/msword",
    "xlsx": "application/vnd.ms-excel",
}


@cache
def _bytes(kind: str, scanned: bool) -> bytes:
    """A small file that is what it says; a .doc is what many are by now: a text document under the old name."""
    text = [
        "附件说明",
        "本附件随文公开，请按要求填写后报送。",
        [["序号", "事项", "时限"], ["1", "报送材料", "五个工作日"]],
    ]
    if scanned:
        return made.scan_of(1)
    return {"xlsx": made.xlsx_of, "pdf": made.pdf_of, "ofd": made.ofd_of}.get(kind, made.docx_of)(text)


class SiteApp:
    """Answers every request to one host."""

    def __init__(self, city: City, site: Site) -> None:
        self.city = city
        self.site = site
        self.routes: dict[str, Route] = {}
        self.attempts: Counter[str] = Counter()
        self.trapped = 0
        self.clicks = 0
        self.exact = {u.prefix for u in site.units}  # pages, not folders
        for unit in site.units:
            self.routes[unit.prefix] = self._home(unit)
            hubs.mount(self, unit)
            self.routes["/attach/annual/"] = self._annual
            for column in unit.columns:
                families.mount(self, column)
                feeds.mount(self, column)

    # -------------------------------------------------------------- answering

    def handle(self, request: Request) -> Response:
        """The answer to one request."""
        path = request.path
        if path == "/robots.txt":
            rules = f"User-agent: *\nDisallow: {self.site.trap}\n" if self.site.trap else "User-agent: *\nDisallow:\n"
            return Response(body=rules.encode(), content_type="text/plain")
        if self.site.trap and path.startswith(self.site.trap):
            self.trapped += 1
            return Response(body=self.encode("<html><body>内部页面</body></html>", None))
        route = self.routes.get(path)
        if route is None and path + "/" in self.routes and "." not in path.rsplit("/", 1)[-1]:
            return Response(status=301, headers=(("Location", f"{path}/"),))
        cut = path
        while route is None and cut:
            cut = cut[: cut.rstrip("/").rfind("/") + 1]
            if cut in ("/", ""):
                break
            route = self.routes.get(cut)
            if route is not None and cut in self.exact:
                route = None
        if route is not None:
            return route(request)
        if path.startswith(("/css/", "/js/", "/images/")):
            return Response(body=b"/* */", content_type="text/css")
        return self.not_found()

    def guard(self, column: Column, request: Request, role: str, healthy: Callable[[], Response]) -> Response:
        """The answer of a column, or what its seeded fault makes of it; ``role`` is list, data, article or file."""
        if column.fault is None:
            return healthy()
        return faults.apply(self, column, request, role, healthy)

    # -------------------------------------------------------------- helpers of the families

    def encode(self, text: str, column: Column | None) -> bytes:
        """Text in the site's encoding."""
        return text.encode(self.site.encoding)

    def content_type(self, column: Column) -> str:
        """The Content-Type of the column's pages, true or not."""
        if column.fault == "charset_header":
            return "text/html; charset=ISO-8859-1"
        return "text/html" if self.site.encoding != "utf-8" else "text/html; charset=utf-8"

    def stands(self, column: Column, key: int) -> bool:
        """Whether the item is on the site today."""
        return key not in column.removed and (0 <= key < column.count + len(column.mirrors) or key in column.extras)

    def file(self, name: str) -> Response:
        """An attachment. A few are scans; a few are gone, or answer with a page: then nothing can be said of them."""
        kind = name.rsplit(".", 1)[-1].lower()
        fate = Dice(self.city.seed, "file", name).below(40) if self.city.faults else 39
        if fate == 0:
            return self.not_found()
        if fate == 1:
            return Response(body=self.encode("<html><body><p>请先登录后下载</p></body></html>", None))
        body = _bytes(kind, kind == "pdf" and fate < 6)
        return Response(body=body, content_type=_KINDS.get(kind, "application/octet-stream"))

    def _annual(self, request: Request) -> Response:
        """The file of a yearly report: ``/attach/annual/{column}-{key}.{kind}``."""
        number, _, rest = request.path.rsplit("/", 1)[-1].partition("-")
        key = rest.partition(".")[0]
        columns = (c for u in self.site.units for c in u.columns if str(c.no) == number and c.reports)
        column = next(columns, None)
        if column is None or not key.isdecimal() or not self.stands(column, int(key)):
            return self.not_found()
        at = int(key)
        return Response(make=lambda: annual.content(self.city, column, at), content_type="application/octet-stream")

    def not_found(self) -> Response:
        """The site's own 404 page."""
        text = f"<html><head><title>404</title></head><body><h1>404</h1><p>您访问的页面不存在</p><p>{self.site.name}</p></body></html>"
        return Response(status=404, body=self.encode(text, None))

    # -------------------------------------------------------------- home and platform

    def home_html(self, unit: Unit) -> str:
        """The unit's home page: its columns by name with their latest items."""
        city = self.city
        blocks = []
        for column in unit.fronted:
            if column.kind in PLATFORM_KINDS:
                continue
            dated = unit.index % 2 == 0 and not column.undated
            rows = "".join(
                f'<li><a href="{families.item_path(city, column, k)}">{escape(items.title_at(city, column, k))}</a>{_day(city, column, k) if dated else ""}</li>'
                for k in items.order(city, column)[:4]
            )
            path = families.column_path(column)
            head = f'<h3><a href="{path}">{column.name}</a></h3>'
            if unit.style.nav:
                head = f'<div class="bt"><span>{column.name}</span><a class="more" href="{path}">更多&gt;&gt;</a></div>'
            blocks.append(f'<div class="mod">{head}<ul>{rows}</ul></div>\n')
        return "".join((
            furniture.head(unit, unit.site.name, [("ColumnName", "首页")]), furniture.header(city, unit), '<div class="main-con">', *blocks,
            f'<div class="mod"><a href="{unit.prefix}zfxxgk/">政府信息公开</a></div></div>', hubs.neighbours(unit), furniture.hidden_links(unit), furniture.footer(unit),
        ))  # fmt: skip

    def _home(self, unit: Unit) -> Route:
        def answer(request: Request) -> Response:
            version = sum(c.version for c in unit.columns)
            return Response(
                make=lambda: self.encode(self.home_html(unit), None), etag=f'"{self.city.stamp}-h{unit.index:x}-{version:x}"',
                content_type=self._unit_type(unit),
            )  # fmt: skip

        return answer

    def _unit_type(self, unit: Unit) -> str:
        return "text/html" if self.site.encoding != "utf-8" else "text/html; charset=utf-8"


def _day(city: City, column: Column, key: int) -> str:
    """The day of an item in a row of a home page."""
    return f"<span>{items.shown_day(city, *items.origin(column, key)).isoformat()}</span>"
