# ruff: noqa: E501 - lines of markup are kept whole
"""VSB: the first list page is ``tzgg.htm``, page P of N is ``tzgg/{N-P+1}.htm``, so that ``1.htm`` is always the oldest.

Row links are relative and change their prefix with the depth of the page. Downloads need a Referer.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from tests.city import article, items, rows
from tests.city.dice import token
from tests.city.model import Column, File
from tests.city.web import Request, Response

if TYPE_CHECKING:
    from tests.city.city import City
    from tests.city.site import SiteApp

FRAME = article.Frame(
    '<form name="_newscontent_fromname"><div id="vsb_content_4"><div class="v_news_content">\n',
    '</div></div><div id="div_vote_id"></div></form>\n<script>_showDynClicks("wbnews", 1615111502, 7719)</script>\n',
)
_ARTICLE = re.compile(r"info/(\d+)/(\d+)\.htm")
DOWNLOAD = "/system/_content/download.jsp"


def column_path(column: Column) -> str:
    """The first list page."""
    return column.path.rstrip("/") + ".htm"


def item_path(city: City, column: Column, key: int) -> str:
    """Articles of all columns stand below ``info``; nothing in the address tells a date."""
    if items.is_file(column, key):
        day = items.address_day(city, column, key)
        return f"/__local/{token(city.seed, column.no, key, size=4).upper()}/{day:%y%m}{column.no}{key}.pdf"
    return f"{column.unit.prefix}info/{column.no}/{key + 2001}.htm"


def file_of(city: City, column: Column, key: int, day: dt.date, n: int, name: str, kind: str) -> File:
    """Attachments come from a script."""
    number = (column.no * 1_000_000 + key) * 4 + n
    return File(name, f"{DOWNLOAD}?urltype=news.DownloadAttachUrl&owner=1615111502&wbfileid={number}", "script")


def mount(app: SiteApp, column: Column) -> None:
    """List pages per column; articles, files and downloads shared."""
    unit = column.unit
    base = column.path
    columns = {c.no: c for c in unit.columns if c.family == "vsb"}

    def first(request: Request) -> Response:
        return app.guard(column, request, "list", lambda: _list(app, column, 1))

    def deeper(request: Request) -> Response:
        found = re.fullmatch(r"(\d+)\.htm", request.path.removeprefix(base))
        total = rows.pages_of(app.city, column)
        if found is None or not 1 <= int(found[1]) < total:
            return app.not_found()
        return app.guard(column, request, "list", lambda: _list(app, column, total - int(found[1]) + 1))

    def info(request: Request) -> Response:
        found = _ARTICLE.fullmatch(request.path.removeprefix(unit.prefix))
        owner = columns.get(int(found[1])) if found else None
        key = int(found[2]) - 2001 if found else -1
        if owner is None or not app.stands(owner, key) or items.is_file(owner, key):
            return app.not_found()
        return app.guard(owner, request, "article", lambda: article.answer(app, owner, key, request, FRAME))

    def download(request: Request) -> Response:
        if not request.headers.get("referer", "").startswith(app.site.base):
            text = (
                "<html><head><title>系统提示</title></head><body>"
                + "<p>请从本站页面下载附件。</p>" * 130
                + "</body></html>"
            )
            return Response(body=text.encode())
        return app.file("附件.xls.doc")

    app.routes[column_path(column)] = first
    app.routes[base] = deeper
    app.routes.setdefault(f"{unit.prefix}info/", info)
    app.routes.setdefault(DOWNLOAD, download)
    app.routes.setdefault("/__local/", lambda request: app.file(request.path))


def _list(app: SiteApp, column: Column, page: int) -> Response:
    city = app.city
    total = rows.pages_of(city, column)
    up = "../" if page == 1 else "../../"
    stem = column_path(column).rsplit("/", 1)[-1].removesuffix(".htm")

    def link(key: int) -> str:
        path = item_path(city, column, key)
        return path if path.startswith("/__local") else up + path.removeprefix(column.unit.prefix)

    def to(number: int) -> str:
        if number == 1:
            return f"{'' if page == 1 else '../'}{stem}.htm"
        name = f"{total - number + 1}.htm"
        return f"{stem}/{name}" if page == 1 else name

    def make() -> str:
        shown = "".join(rows.row(app, column, k, link(k)) for k in rows.keys_of(city, column, page))
        pieces = [f'<span class="p_t">共{len(items.order(city, column))}条</span> <span class="p_pages">']
        if page == 1:
            pieces.append('<span class="p_first_d p_fun_d">首页</span><span class="p_prev_d p_fun_d">上页</span>')
        else:
            pieces.append(f'<span class="p_first p_fun"><a href="{to(1)}">首页</a></span>')
            pieces.append(f'<span class="p_prev p_fun"><a href="{to(page - 1)}">上页</a></span>')
        for number in range(max(1, page - 2), min(total, page + 3) + 1):
            if number == page:
                pieces.append(f'<span class="p_no_d">{number}</span>')
            else:
                pieces.append(f'<span class="p_no"><a href="{to(number)}">{number}</a></span>')
        if page < total:
            pieces.append(f'<span class="p_next p_fun"><a href="{to(page + 1)}">下页</a></span>')
            pieces.append(f'<span class="p_last p_fun"><a href="{to(total)}">尾页</a></span>')
        else:
            pieces.append('<span class="p_next_d p_fun_d">下页</span><span class="p_last_d p_fun_d">尾页</span>')
        pieces.append(f'</span> <span class="p_t">{page}/{total}</span>')
        return rows.frame(
            app, column, rows.block(column, shown) + f'<div class="pb_sys_common">{"".join(pieces)}</div>'
        )

    return rows.answer(app, column, str(page), make)
