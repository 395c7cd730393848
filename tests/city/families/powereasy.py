# ruff: noqa: E501 - lines of markup are kept whole
"""PowerEasy-like sites: addresses without extension, and a title attribute that carries the click count.

The count is another one at every request, so these pages have no ETag and never answer 304.
"""

from __future__ import annotations

import datetime as dt
import re
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.city import article, items, rows
from tests.city.dice import token
from tests.city.model import Column, File
from tests.city.web import Request, Response

if TYPE_CHECKING:
    from tests.city.city import City
    from tests.city.site import SiteApp

FRAME = article.Frame('<div class="conTxt" id="conTxt">\n', "</div>\n")
_SCRAMBLE = 0x155  # article numbers do not grow with time


def column_path(column: Column) -> str:
    """The column, without a slash."""
    return column.path.rstrip("/")


def item_path(city: City, column: Column, key: int) -> str:
    """An article below its column."""
    return f"{column.path}content_{column.no << 20 | (key ^ _SCRAMBLE)}"


def file_of(city: City, column: Column, key: int, day: dt.date, n: int, name: str, kind: str) -> File:
    """Uploads keep their Chinese names; some PDFs are only shown by a viewer."""
    folder = f"/Upload/{column.unit.id}/{kind}/{day:%Y/%m/%d}/{token(city.seed, column.no, key, n, size=4)}"
    shape = "viewer" if kind == "pdf" and n == 0 and key % 3 != 1 else "link"
    return File(name, folder + quote(name), shape)


def mount(app: SiteApp, column: Column) -> None:
    """Lists and articles below the column."""
    home = column_path(column)

    def answer(request: Request) -> Response:
        rest = request.path.removeprefix(column.path)
        found = re.fullmatch(r"list_(\d+)\.html", rest)
        if request.path == home or found:
            page = int(found[1]) if found else 1
            return app.guard(column, request, "list", lambda: _list(app, column, page))
        named = re.fullmatch(r"content_(\d+)", rest)
        number = int(named[1]) if named else 0
        key = (number & 0xFFFFF) ^ _SCRAMBLE
        if number >> 20 != column.no or not app.stands(column, key):
            return app.not_found()
        return app.guard(
            column, request, "article", lambda: article.answer(app, column, key, request, FRAME, stable=False)
        )

    app.routes[home] = answer
    app.routes[column.path] = answer
    app.routes.setdefault("/Upload/", lambda request: app.file(request.path))


def _list(app: SiteApp, column: Column, page: int) -> Response:
    city = app.city
    total = rows.pages_of(city, column)
    if page > total:
        return app.not_found()
    app.clicks += 1

    def row(key: int) -> str:
        facts = items.facts_of(city, column, key)
        title = escape(facts.title)
        clicks = 100 + (column.no * 31 + key * 7) % 2000 + app.clicks
        when = f"\n发表时间：{facts.published_on}" if facts.published_on else ""
        shown = f"{facts.published_on} {facts.clock:%H:%M:%S}" if facts.published_on and facts.clock else ""
        date = f'<span class="dateRight"><label>发布时间：</label>{shown}</span>' if shown else ""
        return f'<li>\n <a href="{item_path(city, column, key)}" title="标题：{title}\n点击数：{clicks}{when}">{title}</a>\n {date}\n</li>\n'

    def make() -> bytes:
        shown = "".join(row(k) for k in rows.keys_of(city, column, page))
        links = "".join(
            f'<a href="{column.path}list_{n}.html">{n}</a>' if n > 1 else f'<a href="{column_path(column)}">1</a>'
            for n in range(max(1, page - 3), min(total, page + 3) + 1)
        )
        following = (
            f'<a class="next" href="{column.path}list_{page + 1}.html">下一页</a>'
            if page < total
            else "<span>下一页</span>"
        )
        content = f'<ul class="newsList">{shown}</ul>{"" if shown else "<p>暂无信息</p>"}<div class="pager">共{total}页 {links} {following}</div>'
        return app.encode(rows.frame(app, column, content), column)

    return Response(make=make, content_type=app.content_type(column))
