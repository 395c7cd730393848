# ruff: noqa: E501 - lines of markup are kept whole
"""Lonsun: disclosure columns at ``/public/column/<organ>?…&catId=…``, whose pages come from ``/site/label/8888``.

The label wants the template the page's script names (``file``) and the site's own id. Some units show page 1 in the
page itself, others draw it by the label too. Pages past the last say 暂无相关信息.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from tests.city import article, items, rows
from tests.city.dice import token
from tests.city.model import NEWS_KINDS, Column, File, Unit
from tests.city.web import Request, Response

if TYPE_CHECKING:
    from tests.city.city import City
    from tests.city.site import SiteApp

FRAME = article.Frame('<div class="wzcon j-fontContent">\n', "</div>\n")
LABEL = "/site/label/8888"
_NOTHING = "暂无相关信息"


def _organ(unit: Unit) -> int:
    return 4140000 + unit.index


def _category(column: Column) -> int:
    return 11900000 + column.no


def _is_news(column: Column) -> bool:
    return column.kind in NEWS_KINDS


def column_path(column: Column) -> str:
    """News at an address of its own, everything else in the organ's catalogue."""
    if _is_news(column):
        return f"{column.path}index.html"
    return f"/public/column/{_organ(column.unit)}?type=4&catId={_category(column)}&action=list"


def item_path(city: City, column: Column, key: int) -> str:
    """Numbers only."""
    number = column.no << 20 | key
    return f"{column.path}{number}.html" if _is_news(column) else f"/public/{_organ(column.unit)}/{number}.html"


def file_of(city: City, column: Column, key: int, day: dt.date, n: int, name: str, kind: str) -> File:
    """Attachments lie in the file store."""
    return File(name, f"/group6/M00/{token(city.seed, column.no, key, n)}.{kind}", "link")


def _template(unit: Unit) -> str:
    return f"/c{unit.index}/xxgk/publicInfoList_newest2020"


def _site(unit: Unit) -> str:
    return str(6780000 + unit.site.index)


def mount(app: SiteApp, column: Column) -> None:
    """News below their path, catalogue columns and articles below the organ, the label shared by the host."""
    unit = column.unit
    mine = [c for c in unit.columns if c.family == "lonsun" and not c.single]
    columns = {str(_category(c)): c for u in app.site.units for c in u.columns if c.family == "lonsun"}

    def shown(owner: Column, request: Request) -> Response:
        return app.guard(owner, request, "list", lambda: rows.answer(app, owner, "p", lambda: _page(app, owner)))

    def listed(request: Request) -> Response:
        owner = columns.get(request.params().get("catId", ""))
        return shown(owner, request) if owner in mine and owner is not None else app.not_found()

    def document(request: Request) -> Response:
        found = re.fullmatch(r".*/(\d+)\.html", request.path)
        number = int(found[1]) if found else 0
        owner, key = next((c for c in mine if c.no == number >> 20), None), number & 0xFFFFF
        if owner is None or not app.stands(owner, key) or item_path(app.city, owner, key) != request.path:
            return app.not_found()
        return app.guard(owner, request, "article", lambda: article.answer(app, owner, key, request, FRAME))

    def news(request: Request) -> Response:
        return shown(column, request) if request.path.endswith("/index.html") else document(request)

    def label(request: Request) -> Response:
        params = request.params()
        owner = columns.get(params.get("catId", ""))
        if owner is None or params.get("file") != _template(owner.unit) or params.get("siteId") != _site(owner.unit):
            return Response(body='<p class="error">模板不存在</p>'.encode())
        page = int(params["pageIndex"]) if params.get("pageIndex", "").isdigit() else 1
        return app.guard(
            owner, request, "data", lambda: rows.answer(app, owner, f"l{page}", lambda: _fragment(app, owner, page))
        )

    if _is_news(column):
        app.routes[column.path] = news
    app.routes[f"/public/column/{_organ(unit)}"] = listed
    app.routes[f"/public/{_organ(unit)}/"] = document
    app.routes.setdefault("/group6/M00/", lambda request: app.file(request.path))
    app.routes.setdefault(LABEL, label)


def _rows(app: SiteApp, column: Column, page: int) -> str:
    base = column.unit.site.base if column.unit.index % 2 else ""
    return "".join(
        rows.row(app, column, key, base + item_path(app.city, column, key))
        for key in rows.keys_of(app.city, column, page)
    )


def _block(column: Column, listed: str) -> str:
    if "<tr>" in listed:
        return f'<table class="xxgk_nav_list">{listed}</table>'
    return f'<ul class="clearfix xxgk_nav_list">{listed or f"<li>{_NOTHING}</li>"}</ul>'


def _fragment(app: SiteApp, column: Column, page: int) -> str:
    return _block(column, _rows(app, column, page))


def _page(app: SiteApp, column: Column) -> str:
    city, unit = app.city, column.unit
    total = len(items.order(city, column))
    first = _block(column, _rows(app, column, 1)) if unit.index % 2 or not total else ""
    script = (
        f"var organId = '{_organ(unit)}';\n"
        f"$('#page').pagination({{ pageIndex:1, pageCount:{rows.pages_of(city, column) if total else 0}, total:{total}, onChange:load }});\n"
        f"function load(n) {{ Ls.ajax({{ url:'{LABEL}', dataType:'html', data:{{ labelName:'publicInfoList', siteId:'{_site(unit)}', pageSize:{column.page_size}, "
        "pageIndex:n, action:'list', fuzzySearch:false, fromCode:'title', keyWords:'', sortType:1, isDate:true, dateFormat:'yyyy-MM-dd', length:80, "
        f"organId:organId, type:4, catIds:'', cId:'', result:'{_NOTHING}', file:'{_template(unit)}', catId:{_category(column)} }} }}).done(draw); }}\n"
        f"{'' if first else 'load(1);'}\nLs.get('{LABEL}?labelName=columnTree&isJson=true&id=1');"
    )
    content = f'<div class="xxgk_list" id="list">{first}</div><div id="page" class="pagination"></div>\n<script>\n{script}\n</script>'
    return rows.frame(app, column, content, f'<meta name="SiteId" content="{_site(unit)}">\n')
