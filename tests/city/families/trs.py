"""TRS-type static sites: ``./YYYYMM/tYYYYMMDD_ID.html`` and ``createPageHTML(N, 0, "index", "html")``.

The first argument is a number, so pages count from 0: page 2 is ``index_1.html``. Variants of the family:
``trs_script`` has its pager drawn by a script that names no address, ``trs_frame`` frames its list in an empty column
page, and a column whose pages are ``unpublished`` counts more pages than there are; behind the last is a stub.
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
    '<div id="zoom" class="content"><div class="view TRS_UEDITOR trs_editor_view"><style type="text/css">\n'
    ".TRS_Editor P{line-height:2;font-family:宋体;font-size:12pt;}.TRS_Editor DIV{line-height:2;}\n</style>\n",
    "</div></div>\n",
)
_STRIDE = 10_000_000
_ARTICLE = re.compile(r"(\d{6})/t(\d{8})_(\d+)\.html")
_LIST = re.compile(r"(index|list)(?:_(\d+))?\.html")
_SCRIPT = """<script type="text/javascript">
function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt){
 if(_nPageCount == null || _nPageCount<=1){return;}
 for(var i=0; i<_nPageCount; i++){ if(i==0)
  document.write("<option value=\\""+_sPageName+"."+_sPageExt+"\\">第1页</option>");
 else document.write("<option value=\\""+_sPageName+"_" + i + "."+_sPageExt+"\\">第"+(i+1)+"页</option>"); }
}
//WCM置标
createPageHTML(%d, %d, "%s", "html");
</script>
"""
_LAYPAGE = """<div id="pages"></div><script src="/js/layui/layui.js"></script>
<script>layui.use(['laypage'], function(){ layui.laypage.render({elem: 'pages', curr: %d, jump: turn}); });</script>
"""
_STUB = "<html><head><title></title></head><body><!-- 本页未发布 --><div></div></body></html>"


def column_path(column: Column) -> str:
    """The column's directory."""
    return column.path


def item_path(city: City, column: Column, key: int) -> str:
    """An article, or the file where the row links one."""
    day = items.address_day(city, *items.origin(column, key))
    if items.is_file(column, key):
        return file_of(city, column, key, day, 9, "", "pdf").path
    return f"{column.path}{day:%Y%m}/t{day:%Y%m%d}_{column.no * _STRIDE + key}.html"


def file_of(city: City, column: Column, key: int, day: dt.date, n: int, name: str, kind: str) -> File:
    """Attachments lie beside the page."""
    stem = f"P0{day:%Y%m%d}{int(token(city.seed, column.no, key, n, size=5), 16) % 10**12:012d}"
    return File(name, f"{column.path}{day:%Y%m}/{stem}.{kind}", "link")


def href(column: Column, path: str) -> str:
    """A row's link, in the form this site writes links."""
    form = column.unit.index % 4
    if form == 1:
        return path
    if form == 3:
        return column.unit.site.base.removeprefix("http:") + path
    return "./" + path.removeprefix(column.path)


def mount(app: SiteApp, column: Column) -> None:
    """Lists, articles and files all lie below the column's directory."""

    def answer(request: Request) -> Response:
        rest = request.path.removeprefix(column.path)
        listed = _LIST.fullmatch(rest or "index.html")
        if listed and column.family == "trs_frame" and listed[1] == "index":
            return app.guard(
                column, request, "list", lambda: rows.answer(app, column, "f", lambda: _framing(app, column))
            )
        if listed and listed[1] == ("list" if column.family == "trs_frame" else "index"):
            page = int(listed[2] or 0) + 1
            return app.guard(column, request, "list", lambda: _list(app, column, page))
        found = _ARTICLE.fullmatch(rest)
        if found:
            key = int(found[3]) - column.no * _STRIDE
            if not app.stands(column, key) or item_path(app.city, column, key) != request.path:
                return app.not_found()
            return app.guard(column, request, "article", lambda: article.answer(app, column, key, request, FRAME))
        if re.fullmatch(r"\d{6}/P0\d+\.\w+", rest):
            return app.guard(column, request, "file", lambda: app.file(rest))
        return app.not_found()

    app.routes[column.path] = answer


def _framing(app: SiteApp, column: Column) -> str:
    frames = (
        f'<iframe src="{column.path}list.html" id="list" width="100%" height="900" frameborder="0"></iframe>\n'
        '<iframe src="/visitcount.jsp" width="0" height="0"></iframe>'
    )
    return rows.frame(app, column, f'<div class="content">{frames}</div>')


def _list(app: SiteApp, column: Column, page: int) -> Response:
    total = rows.pages_of(app.city, column)
    if page > total:
        return Response(body=app.encode(_STUB, column)) if page <= total + column.unpublished else app.not_found()

    def make() -> str:
        shown = "".join(
            rows.row(app, column, k, href(column, item_path(app.city, column, k)))
            for k in rows.keys_of(app.city, column, page)
        )
        listed = rows.block(column, shown) + f'<div class="page">{pager(app, column, page, total)}</div>'
        if column.family == "trs_frame":
            none = "" if shown else '<p class="none">暂无信息</p>'
            head = f'{_CHARSET}<meta name="ColumnName" content="{column.name}">'
            return f"<!DOCTYPE html><html><head>{head}</head><body>{listed}{none}</body></html>"
        return rows.frame(app, column, listed)

    return rows.answer(app, column, str(page), make)


_CHARSET = '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">'


def pager(app: SiteApp, column: Column, page: int, total: int) -> str:
    """The pager of list page ``page`` of ``total``."""
    if column.family == "trs_script":
        return f"<span>共{len(items.order(app.city, column))}条 共{total}页</span>" + _LAYPAGE % page
    name = "list" if column.family == "trs_frame" else "index"
    return _SCRIPT % (total + column.unpublished, page - 1, name)
