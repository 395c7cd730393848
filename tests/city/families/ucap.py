# ruff: noqa: E501 - lines of markup are kept whole
"""UCAP: static lists with ``createPageHTML('page_div', …)`` counting from 1, or a list fetched as JSON from ``/search/``.

The body stands in an element of its own, ``<UCAPCONTENT>``.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

from tests.city import article, items, rows
from tests.city.dice import seal, token, unseal
from tests.city.model import Column, File
from tests.city.web import Request, Response

if TYPE_CHECKING:
    from tests.city.city import City
    from tests.city.site import SiteApp

FRAME = article.Frame('<div id="zoomcon" class="zoom"><UCAPCONTENT>\n', "</UCAPCONTENT></div>\n")
_ARTICLE = re.compile(r"(\d{6})/([0-9a-f]{32})\.shtml")
_LIST = re.compile(r"list(?:_(\d+))?\.shtml")


def folder(column: Column) -> str:
    """The column's directory, named by its code."""
    return f"{column.unit.prefix}{column.unit.id.replace('-', '')}/c{100000 + column.no}/"


def column_path(column: Column) -> str:
    """The list page."""
    return f"{folder(column)}list.shtml"


def item_path(city: City, column: Column, key: int) -> str:
    """Year and month of an article show in its address."""
    day = items.address_day(city, *items.origin(column, key))
    if items.is_file(column, key):
        return file_of(city, column, key, day, 9, "", "pdf").path
    return f"{folder(column)}{day:%Y%m}/{seal(city.seed, column.no, key)}.shtml"


def file_of(city: City, column: Column, key: int, day: dt.date, n: int, name: str, kind: str) -> File:
    """Attachments lie in a folder of the article's own."""
    stem = token(city.seed, column.no, key, n)
    return File(name, f"{folder(column)}{day:%Y%m}/{stem[:32]}/files/{stem}.{kind}", "link")


def mount(app: SiteApp, column: Column) -> None:
    """Lists, articles and files lie below the column's directory; the search stands apart."""
    base = folder(column)

    def answer(request: Request) -> Response:
        rest = request.path.removeprefix(base)
        listed = _LIST.fullmatch(rest)
        if listed:
            page = int(listed[1] or 1)
            return app.guard(column, request, "list", lambda: _list(app, column, page))
        found = _ARTICLE.fullmatch(rest)
        made = unseal(app.city.seed, found[2]) if found else None
        if made is not None and made[0] == column.no and app.stands(column, made[1]):
            return app.guard(column, request, "article", lambda: article.answer(app, column, made[1], request, FRAME))
        if "/files/" in rest:
            return app.guard(column, request, "file", lambda: app.file(rest))
        return app.not_found()

    app.routes[base] = answer
    if column.family == "ucap_json":
        app.routes[_search(app.city, column)] = lambda request: app.guard(
            column, request, "data", lambda: _answer(app, column, request.params())
        )


def _search(city: City, column: Column) -> str:
    return f"/search/{token(city.seed, 'channel', column.no)}"


def _list(app: SiteApp, column: Column, page: int) -> Response:
    if column.family == "ucap_json":
        if page > 1:
            return app.not_found()
        return rows.answer(app, column, "j", lambda: _json_list(app, column))
    total = rows.pages_of(app.city, column)
    if page > total:
        return app.not_found()

    def link(key: int) -> str:
        path = item_path(app.city, column, key)
        return column.unit.site.base + path if column.unit.index % 2 else path

    def make() -> str:
        shown = "".join(rows.row(app, column, k, link(k)) for k in rows.keys_of(app.city, column, page))
        count = len(items.order(app.city, column))
        pager = (
            '<div id="page_div" class="page"></div>\n'
            f"<script>createPageHTML('page_div',{total}, {page},'list','shtml',{count});</script>"
        )
        scripts = '<script src="/common/js/createPageHTML.js"></script>\n'
        return rows.frame(app, column, rows.block(column, shown) + pager, scripts)

    return rows.answer(app, column, str(page), make)


def _json_list(app: SiteApp, column: Column) -> str:
    content = (
        '<div class="list"><ul id="list" class="main_list"></ul></div><div id="page_div" class="page"></div>\n<script>\n'
        f'function load(page){{\n  var url = "{_search(app.city, column)}?_isAgg=true&_isJson=true&_pageSize={column.page_size}'
        '&_template=index&_rangeTimeGte=&_channelName=&page=" + page;\n'
        '  $.getJSON(url, function(r){ $.each(r.data.results, function(i, e){ $("#list").append(row(e)); }); });\n}\nload(1);\n</script>'
    )
    return rows.frame(app, column, content)


def _answer(app: SiteApp, column: Column, params: dict[str, str]) -> Response:
    city = app.city
    page = int(params["page"]) if params.get("page", "").isdigit() else 1
    wanted = params.get("_pageSize", "")
    size = min(100, int(wanted)) if wanted.isdigit() and int(wanted) else column.page_size

    def entry(key: int) -> dict[str, Any]:
        facts = items.facts_of(city, column, key)
        described = [
            {"key": k, "value": v}
            for k, v in (
                ("refno", facts.document_number), ("indexnumber", facts.index_number), ("theme", facts.subject), ("source", facts.source),
                ("writedate", facts.formed_on.isoformat() if facts.formed_on else None),
                ("pubdate", facts.published_on.isoformat() if facts.published_on else None),
            )
            if v
        ]  # fmt: skip
        day = facts.published_on or facts.address_on
        return {
            "title": facts.title, "url": column.unit.site.base + item_path(city, column, key), "subTitle": "", "memo": "",
            "publishedTimeStr": f"{day} {facts.clock or dt.time():%H:%M:%S}", "channelCodeName": f"c{100000 + column.no}",
            "channelName": column.name, "domainMetaList": [{"domainMetaName": "信息公开", "resultList": described}],
        }  # fmt: skip

    def make() -> str:
        total = len(items.order(city, column))
        results = [entry(k) for k in rows.keys_of(city, column, page, size)]
        data = {
            "channelId": token(city.seed, "channel", column.no),
            "total": total,
            "page": page,
            "rows": size,
            "results": results,
        }
        return json.dumps({"code": 200, "message": "成功", "data": data}, ensure_ascii=False)

    return rows.answer(app, column, f"s{page}-{size}", make, "application/json;charset=UTF-8")
