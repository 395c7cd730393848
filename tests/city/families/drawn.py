# ruff: noqa: E501 - lines of markup are kept whole
"""A list that only JavaScript draws: the page names no address, its script puts one together and draws bare arrays.

The documents behind it are a TRS-type site's, as static as any.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.city import items, rows
from tests.city.families import trs
from tests.city.model import Column
from tests.city.web import Request, Response

if TYPE_CHECKING:
    from tests.city.site import SiteApp

FRAME = trs.FRAME
column_path = trs.column_path
item_path = trs.item_path
file_of = trs.file_of

_SCRIPT = """(function(){var k=["s","j"].reverse().join(""),b=document.currentScript.getAttribute("data-b");
fetch(b+k+"/"+(40+2)).then(function(r){return r.json()}).then(function(v){
 var t="";for(var i=0;i<v.length;i++){t+="<li><a href='"+v[i][0]+"'>"+v[i][1]+"</a><span>"+v[i][2]+"</span></li>"}
 document.getElementById("lb").innerHTML="<ul class='main_list'>"+t+"</ul><div class='page'>共1页 首页 尾页</div>"});})();
"""


def mount(app: SiteApp, column: Column) -> None:
    """The page, its script and its data stand below the column's directory, beside what TRS serves there."""
    trs.mount(app, column)
    below = app.routes[column.path]

    def answer(request: Request) -> Response:
        rest = request.path.removeprefix(column.path)
        if rest in ("", "index.html"):
            return app.guard(column, request, "list", lambda: rows.answer(app, column, "d", lambda: _page(app, column)))
        if rest == "lb.js":
            return Response(body=_SCRIPT.encode(), content_type="text/javascript; charset=utf-8")
        if rest == "js/42":
            return app.guard(column, request, "data", lambda: _data(app, column))
        if re.fullmatch(r"index_\d+\.html", rest):
            return app.not_found()
        return below(request)

    app.routes[column.path] = answer


def _page(app: SiteApp, column: Column) -> str:
    script = f'<script src="{column.path}lb.js" data-b="{column.path}"></script>'
    return rows.frame(app, column, f'<div class="list" id="lb"></div>{script}')


def _data(app: SiteApp, column: Column) -> Response:
    def make() -> str:
        listed = [
            [
                item_path(app.city, column, key),
                items.title_at(app.city, column, key),
                rows.row_date(app.city, column, key, "%Y-%m-%d") or "",
            ]
            for key in items.order(app.city, column)
        ]
        return json.dumps(listed, ensure_ascii=False)

    return rows.answer(app, column, "v", make, "application/json; charset=utf-8")
