# ruff: noqa: E501 - lines of markup are kept whole
"""TrueCMS: the first rows lie hidden in ``#initData``, the rest comes as XML inside JSON from ``getMessage.do``.

Half of the units lay in 60 rows and count them all; the others lay in one group of three pages and count nothing.

Without a Referer the interface answers 404. How many rows it gives at once differs by site: at one more than 50 bring
none, at another more than 20 bring 404.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING

from tests.city import article, items, rows
from tests.city.dice import seal, token, unseal
from tests.city.model import Column, File
from tests.city.web import Request, Response

if TYPE_CHECKING:
    from tests.city.city import City
    from tests.city.site import SiteApp

FRAME = article.Frame('<div class="article_content" id="zoom">\n', "</div>\n")
INTERFACE = "/truecms/messageController/getMessage.do"
_ARTICLE = re.compile(r"content/([0-9a-f-]{36})\.html")


def _uuid(text: str) -> str:
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:32]))


def column_path(column: Column) -> str:
    """The file is named as its directory."""
    return f"{column.path}{column.path.rstrip('/').rsplit('/', 1)[-1]}.html"


def item_path(city: City, column: Column, key: int) -> str:
    """Articles are named by a uuid, which says nothing of the date."""
    return f"{column.path}content/{_uuid(seal(city.seed, column.no, key))}.html"


def file_of(city: City, column: Column, key: int, day: dt.date, n: int, name: str, kind: str) -> File:
    """Attachments lie in a folder of the month."""
    return File(name, f"{column.path}upload/{day:%Y%m}/{token(city.seed, column.no, key, n)}.{kind}", "link")


def _id(city: City, column: Column) -> str:
    return _uuid(token(city.seed, "truecms", column.no))


def mount(app: SiteApp, column: Column) -> None:
    """The column page, its articles and files below its path; the interface is shared by the host."""
    columns = {_id(app.city, c): c for u in app.site.units for c in u.columns if c.family == "truecms" and not c.single}

    def answer(request: Request) -> Response:
        rest = request.path.removeprefix(column.path)
        if request.path == column_path(column):
            return app.guard(column, request, "list", lambda: rows.answer(app, column, "p", lambda: _page(app, column)))
        if rest.startswith("upload/"):
            return app.guard(column, request, "file", lambda: app.file(rest))
        found = _ARTICLE.fullmatch(rest)
        made = unseal(app.city.seed, found[1].replace("-", "")) if found else None
        if made is None or made[0] != column.no or not app.stands(column, made[1]):
            return app.not_found()
        return app.guard(column, request, "article", lambda: article.answer(app, column, made[1], request, FRAME))

    def interface(request: Request) -> Response:
        params = request.params()
        owner = columns.get(params.get("columnId", ""))
        if owner is None or not request.headers.get("referer", "").startswith(app.site.base):
            return app.not_found()
        return app.guard(owner, request, "data", lambda: _answer(app, owner, params))

    app.routes[column.path] = answer
    app.routes.setdefault(INTERFACE, interface)


def _item(app: SiteApp, column: Column, key: int) -> str:
    title, date = items.title_at(app.city, column, key), rows.row_date(app.city, column, key, "%Y-%m-%d")
    shown = f"<span>{date}</span>" if date else ""
    return f'<li><a href="{item_path(app.city, column, key)}" title="{title}" target="_blank">{title}</a>{shown}</li>'


def _page(app: SiteApp, column: Column) -> str:
    city = app.city
    order = items.order(city, column)
    counts = column.unit.index % 2
    laid_in = "".join(_item(app, column, key) for key in order[: 60 if counts else 3 * column.page_size])
    total = f"totalRecord:{len(order)}," if counts else ""
    content = (
        '<div id="msgList" class="default_pgContainer"></div>\n'
        f'<div id="initData" style="display:none"><ul>{laid_in}</ul></div>\n<script>\n'
        "var initData = '<datastore><recordset>';\n"
        "$('#initData li').each(function(){ initData += '<record><![CDATA[' + this.outerHTML + ']]></record>'; });\n"
        "initData += '</recordset></datastore>';\n"
        f"$('#msgList').jpage({{dataStore:initData, proxyUrl:'{INTERFACE}', perPage:{column.page_size}, groupSize:3, {total}"
        f"ajaxParam:{{columnId:'{_id(city, column)}', contentTemplate:''}}}});\n</script>"
    )
    return rows.frame(app, column, content, '<script src="/js/jquery.jpage.js"></script>\n')


def _answer(app: SiteApp, column: Column, params: dict[str, str]) -> Response:
    start, end, size = (int(params.get(name, "0") or 0) for name in ("startrecord", "endrecord", "perpage"))
    limit = 20 if column.unit.index % 3 else 50
    if size > limit and limit == 20:
        return app.not_found()

    def make() -> str:
        order = items.order(app.city, column)
        keys = [] if size > limit else list(order[max(0, start - 1) : end])
        listed = "".join(f"<record><![CDATA[{_item(app, column, key)}]]></record>" for key in keys)
        total = "" if size > limit else f"<totalrecord>{len(order)}</totalrecord>"
        result = {"result": f"<datastore>{total}<recordset>{listed}</recordset></datastore>"}
        text = json.dumps(result, ensure_ascii=False)
        return f"{params['callback']}({text})" if "callback" in params else text

    return rows.answer(app, column, f"m{start}-{size}", make, "application/json;charset=UTF-8")
