# ruff: noqa: E501 - lines of markup are kept whole
"""Hanweb jpaas: the column page is a shell, ``unitbuild.js`` fetches its blocks as JSON with an HTML fragment inside.

The query data must be copied as they stand (``bulidstatic`` is spelt so). Only ``paramJson`` pages; a bare
``pageNo`` is ignored. Titles in the fragment are cut and have no title attribute.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.city import article, items, rows
from tests.city.dice import seal, token, unseal
from tests.city.model import Column, File
from tests.city.web import Request, Response

if TYPE_CHECKING:
    from tests.city.city import City
    from tests.city.site import SiteApp

FRAME = article.Frame('<div class="neirong" id="con_con">\n', "</div>\n")
API = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_ARTICLE = re.compile(r"art/(\d{4})/art_([0-9a-f]{32})\.html")
_TAGS = ("分页列表", "当前栏目list", "内容区域")


def column_path(column: Column) -> str:
    """The column page."""
    return f"{column.path}index.html"


def item_path(city: City, column: Column, key: int) -> str:
    """Only the year of an article shows in its address."""
    day = items.address_day(city, *items.origin(column, key))
    return f"{column.path}art/{day.year}/art_{seal(city.seed, column.no, key)}.html"


def file_of(city: City, column: Column, key: int, day: dt.date, n: int, name: str, kind: str) -> File:
    """The path has no extension; the type is in ``fileName``."""
    stored = f"{day:%Y%m}/{token(city.seed, column.no, key, n)}.{kind}"
    path = (
        f"/api-gateway/jpaas-web-server/front/document/download?fileUrl={quote(stored, safe='')}&fileName={quote(name)}"
    )
    return File(name, path, "script")


def _query(city: City, column: Column, tag: str) -> dict[str, str]:
    unit = column.unit.index
    return {
        "parseType": "buildstatic" if unit % 4 == 3 else "bulidstatic",
        "webId": token(city.seed, "web", column.unit.site.index),
        "tplSetId": token(city.seed, "tpl", unit),
        "pageType": "column",
        "tagId": tag,
        "editType": "null",
        "pageId": token(city.seed, "page", column.no),
    }


def _tag(column: Column) -> str:
    return _TAGS[column.no % len(_TAGS)]


def mount(app: SiteApp, column: Column) -> None:
    """The shell and the articles below the column's path; the interface is shared by the host."""
    columns = {
        token(app.city.seed, "page", c.no): c
        for u in app.site.units
        for c in u.columns
        if c.family == "jpaas" and not c.single
    }

    def answer(request: Request) -> Response:
        rest = request.path.removeprefix(column.path)
        if rest in ("", "index.html"):
            return app.guard(
                column, request, "list", lambda: rows.answer(app, column, "s", lambda: _shell(app, column))
            )
        found = _ARTICLE.fullmatch(rest)
        made = unseal(app.city.seed, found[2]) if found else None
        if made is None or made[0] != column.no or not app.stands(column, made[1]):
            return app.not_found()
        return app.guard(column, request, "article", lambda: article.answer(app, column, made[1], request, FRAME))

    def unit(request: Request) -> Response:
        params = request.params()
        owner = columns.get(params.get("pageId", ""))
        tag = params.get("tagId", "")
        if owner is None or any(params.get(k) != v for k, v in _query(app.city, owner, tag).items()):
            return Response(
                body='{"success":false,"message":"参数错误","data":null}'.encode(), content_type="application/json"
            )
        if tag != _tag(owner):
            return Response(
                body='{"success":true,"data":{"html":"<div class=\'dh\'>导航</div>"}}'.encode(),
                content_type="application/json",
            )
        page = 1
        try:
            page = int(json.loads(params.get("paramJson", "{}")).get("pageNo", 1))
        except (ValueError, AttributeError):
            page = 1
        return app.guard(owner, request, "data", lambda: _fragment(app, owner, page))

    app.routes[column.path] = answer
    app.routes.setdefault(API, unit)
    app.routes.setdefault(
        "/api-gateway/jpaas-web-server/front/document/download",
        lambda request: app.file(request.params().get("fileName", "")),
    )


def _pseudo(query: dict[str, str]) -> str:
    return "{" + ",".join(f"'{k}':'{v}'" for k, v in query.items()) + "}"


def _shell(app: SiteApp, column: Column) -> str:
    scripts = []
    for n, tag in enumerate(("头部导航", _tag(column))):
        query = _query(app.city, column, tag)
        data = _pseudo(query)
        if column.unit.index % 3 == 2:
            data = data.replace("'", "&apos;")
        scripts.append(
            f'<script id="{token(column.no, n)}" src="/cms_files/default/script/AuthorizedRead/unitbuild.js?v=3.1.3"\n'
            f'  webId="{query["webId"]}" parseType="{query["parseType"]}" url="{API}"\n  queryData="{data}"></script>\n'
        )
    return rows.frame(app, column, f'<div class="page-content">{scripts[1]}</div>', scripts[0])


def _fragment(app: SiteApp, column: Column, page: int) -> Response:
    city = app.city

    def row(key: int) -> str:
        title = items.title_at(city, column, key)
        short = title[:20] + "..." if len(title) > 22 else title
        date = rows.row_date(city, column, key, "%Y-%m-%d")
        path = item_path(city, column, key)
        shown = f"<span class='fr'>{date}</span>" if date else ""
        return f"<li class='cf'><a class='fl' href='{path}' target='_blank'>{escape(short)}</a>{shown}</li>"

    def make() -> str:
        listed = "".join(row(k) for k in rows.keys_of(city, column, page))
        data = _pseudo(_query(city, column, _tag(column)))
        html = (
            f"<ul class='ajax-ul'>{listed}</ul>"
            f'<div class="pagination" id="page{column.no}" rows="{column.page_size}" count="{len(items.order(city, column))}" '
            f'unitUrl="{API}" queryData="{data}"></div>'
        )
        return json.dumps(
            {"success": True, "code": "200", "message": "操作成功", "data": {"html": html}}, ensure_ascii=False
        )

    return rows.answer(app, column, f"u{page}", make, "application/json;charset=UTF-8")
