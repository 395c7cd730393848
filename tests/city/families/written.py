# ruff: noqa: E501 - lines of markup are kept whole
"""Lists whose rows are written by a script or kept in a JSON file, at sites whose documents are TRS-type pages.

``trs_written`` states address, title and date of each row as variables and writes the row with ``document.writeln``
(武汉); its pager is the family's. ``trs_json`` is gov.cn's: an empty page whose script loads one array of everything
from a file beside it.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.city import items, rows
from tests.city.article import Frame
from tests.city.families import trs
from tests.city.model import Column
from tests.city.web import Request, Response

if TYPE_CHECKING:
    from tests.city.site import SiteApp

FRAME: Frame = trs.FRAME
column_path = trs.column_path
item_path = trs.item_path
file_of = trs.file_of

_FILE = "LIEBIAO.json"
_LOADS = """<script>
$(function () { $.ajax({ url: "./%s", dataType: "json", success: function (data) {
  var html = ""; for (var i = 0; i < data.length && i < 20; i++) { html += '<li><h4><a href="' + data[i].URL + '">' + data[i].TITLE + '</a><span>' + data[i].DOCRELPUBTIME + '</span></h4></li>'; }
  $(".news_box ul").html(html); } }); });
</script>"""


def mount(app: SiteApp, column: Column) -> None:
    """Lists of its own below the column's directory, beside what TRS serves there."""
    trs.mount(app, column)
    below = app.routes[column.path]

    def answer(request: Request) -> Response:
        rest = request.path.removeprefix(column.path)
        listed = re.fullmatch(r"(?:index(?:_(\d+))?\.html)?", rest)
        if column.family == "trs_json":
            if rest == _FILE:
                return app.guard(column, request, "data", lambda: _file(app, column))
            if listed and not listed[1]:
                return app.guard(
                    column, request, "list", lambda: rows.answer(app, column, "e", lambda: _empty(app, column))
                )
            return app.not_found() if listed else below(request)
        page = int(listed[1] or 0) + 1 if listed else 0
        if 0 < page <= rows.pages_of(app.city, column):
            return app.guard(
                column,
                request,
                "list",
                lambda: rows.answer(app, column, f"w{page}", lambda: _written(app, column, page)),
            )
        return below(request)

    app.routes[column.path] = answer


def _written(app: SiteApp, column: Column, page: int) -> str:
    shown = "".join(_row(app, column, key) for key in rows.keys_of(app.city, column, page))
    none = "" if shown else '<p class="none">暂无信息</p>'
    pager = trs.pager(app, column, page, rows.pages_of(app.city, column))
    return rows.frame(
        app, column, f'<div class="list"><ul class="main_list">{shown}</ul>{none}</div><div class="page">{pager}</div>'
    )


def _row(app: SiteApp, column: Column, key: int) -> str:
    address = trs.href(column, item_path(app.city, column, key))
    title = json.dumps(items.title_at(app.city, column, key), ensure_ascii=False)
    date = rows.row_date(app.city, column, key, "%Y-%m-%d")
    dated = f'document.writeln("<span>{date}</span>");\n' if date else ""
    return (
        f'<script>\nvar url = "{address}"\nvar title = {title};\n'
        'document.writeln("<li><a href="+url+" target=_blank title="+title+">"+title+"</a>");\n'
        f'{dated}document.writeln("</li>");\n</script>\n'
    )


def _empty(app: SiteApp, column: Column) -> str:
    return rows.frame(app, column, f'<div class="news_box"><ul></ul></div>{_LOADS % _FILE}')


def _file(app: SiteApp, column: Column) -> Response:
    def entry(key: int) -> dict[str, str]:
        told = {"TITLE": items.title_at(app.city, column, key), "SUB_TITLE": ""}
        date = rows.row_date(app.city, column, key, "%Y-%m-%d")
        address = app.site.base + item_path(app.city, column, key)
        return told | {"URL": address, "DOCRELPUBTIME": date or ""}

    def make() -> str:
        return "\ufeff" + json.dumps([entry(key) for key in items.order(app.city, column)], ensure_ascii=False)

    return rows.answer(app, column, "a", make, "application/json")
