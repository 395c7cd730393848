# ruff: noqa: E501 - lines of markup are kept whole
"""Hanweb JCMS with jpage: rows stand as CDATA in a script, further pages come from ``dataproxy.jsp`` as XML.

The visible list is empty. ``columnid`` and ``unitid`` belong together; without a ``page`` the answer is page 1.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.city import article, items, rows
from tests.city.model import Column, File
from tests.city.web import Request, Response

if TYPE_CHECKING:
    from tests.city.city import City
    from tests.city.site import SiteApp

FRAME: article.Frame = article.Frame(
    '<div id="zoom" class="main-txt"><!--ZJEG_RSS.content.begin-->\n', "<!--ZJEG_RSS.content.end--></div>\n"
)
PROXY = "/module/web/jpage/dataproxy.jsp"
_ARTICLE = re.compile(r"/art/(\d{4})/(\d{1,2})/(\d{1,2})/art_(\d+)_(\d+)\.html")


def column_path(column: Column) -> str:
    """The column page."""
    return f"/col/col{column.no}/index.html"


def item_path(city: City, column: Column, key: int) -> str:
    """Year, month and day are not padded."""
    day = items.address_day(city, *items.origin(column, key))
    return f"/art/{day.year}/{day.month}/{day.day}/art_{column.no}_{key + 17}.html"


def file_of(city: City, column: Column, key: int, day: dt.date, n: int, name: str, kind: str) -> File:
    """Every second attachment comes from a download script."""
    if (key + n) % 2:
        stem = f"{day:%y%m%d}{column.no}{key:06d}{n}.{kind}"
        return File(name, f"/module/download/downfile.jsp?classid=0&showname={quote(name)}&filename={stem}", "script")
    return File(name, f"/attach/0/{day:%y%m%d}{column.no}{key:06d}{n}.{kind}", "link")


def _unitid(column: Column) -> int:
    return column.no * 3 + 5


def _next(column: Column, page: int) -> str:
    unit = column.unit.index
    return f"{PROXY}?page={page}&webid={unit}&path=/&columnid={column.no}&unitid={_unitid(column)}&webname={quote(column.unit.site.name)}&permissiontype=0"


def mount(app: SiteApp, column: Column) -> None:
    """The column page is its own; articles, files and the proxy are shared by the site's columns."""
    app.routes[column_path(column)] = lambda request: app.guard(column, request, "list", lambda: _page(app, column))
    app.routes[f"/col/col{column.no}/"] = app.routes[column_path(column)]
    columns = {c.no: c for u in app.site.units for c in u.columns if c.family == "hanweb"}

    def proxy(request: Request) -> Response:
        params = request.params()
        owner = columns.get(int(params["columnid"])) if params.get("columnid", "").isdigit() else None
        if owner is None or params.get("unitid") != str(_unitid(owner)):
            return Response(body=b"<datastore></datastore>", content_type="text/xml; charset=utf-8")
        page = int(params["page"]) if params.get("page", "").isdigit() else 1
        return app.guard(owner, request, "data", lambda: _answer(app, owner, page))

    app.routes.setdefault(PROXY, proxy)
    mount_articles(app)


def mount_articles(app: SiteApp) -> None:
    """Articles and files, whichever of the two modules lists them."""
    columns = {c.no: c for u in app.site.units for c in u.columns if c.family in ("hanweb", "hanweb_xxgk")}

    def art(request: Request) -> Response:
        found = _ARTICLE.fullmatch(request.path)
        owner = columns.get(int(found[4])) if found else None
        if found is None or owner is None:
            return app.not_found()
        key = int(found[5]) - 17
        if not app.stands(owner, key) or item_path(app.city, owner, key) != request.path:
            return app.not_found()
        return app.guard(owner, request, "article", lambda: article.answer(app, owner, key, request, FRAME))

    app.routes.setdefault("/art/", art)
    app.routes.setdefault("/attach/0/", lambda request: app.file(request.path.rsplit("/", 1)[-1]))
    app.routes.setdefault(
        "/module/download/downfile.jsp", lambda request: app.file(request.params().get("filename", ""))
    )


def _records(app: SiteApp, column: Column, page: int) -> str:
    records = []
    for key in rows.keys_of(app.city, column, page):
        path = item_path(app.city, column, key)
        link = column.unit.site.base + path if column.unit.index % 2 else path
        records.append(f"<record><![CDATA[{rows.row(app, column, key, link)}]]></record>")
    return "<recordset>" + "\n".join(records) + "</recordset>"


def _page(app: SiteApp, column: Column) -> Response:
    def make() -> str:
        total = rows.pages_of(app.city, column)
        data = (
            f'<script type="text/xml"><datastore>\n<nextgroup><![CDATA[<a href="{_next(column, 1).replace("&", "&amp;")}"></a>]]></nextgroup>\n'
            f"{_records(app, column, 1)}</datastore></script>"
        )
        content = (
            f'<div id="{_unitid(column)}" class="default_pgContainer"><ul class="main_list"></ul>{data}</div>\n'
            f'<script>$("#{_unitid(column)}").jpage({{proxyUrl:"{PROXY}",perPage:{column.page_size},totalPage:{total},'
            f"totalRecord:{len(items.order(app.city, column))},currentPage:1}});</script>"
        )
        scripts = '<script src="/script/0/jquery.jpage.js"></script>\n'
        return rows.frame(app, column, content, scripts)

    return rows.answer(app, column, "p", make)


def _answer(app: SiteApp, column: Column, page: int) -> Response:
    def make() -> str:
        total = len(items.order(app.city, column))
        pages = rows.pages_of(app.city, column)
        following = min(page + 1, pages)
        return (
            f'<?xml version="1.0" encoding="utf-8"?><datastore><totalrecord>{total}</totalrecord><totalpage>{pages if total else 0}</totalpage>\n'
            f'<nextgroup><![CDATA[<a href="{_next(column, following)}"></a>]]></nextgroup>\n{_records(app, column, page)}</datastore>'
        )

    return rows.answer(app, column, f"d{page}", make, "text/xml; charset=utf-8")
