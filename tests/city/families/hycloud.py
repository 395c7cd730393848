# ruff: noqa: E501 - lines of markup are kept whole
"""TRS HyCloud (海云): a shell whose script posts a JSON body to ``/irs/front/list``; articles are as in TRS.

Fields are named by numbers; a body that lacks anything of what the script sends is given nothing.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from tests.city import items, rows
from tests.city.dice import token
from tests.city.families import trs
from tests.city.model import Column, File
from tests.city.web import Request, Response

if TYPE_CHECKING:
    from tests.city.city import City
    from tests.city.site import SiteApp

FRAME = trs.FRAME
API = "/irs/front/list"
_TITLE, _CHANNEL = "f_2023419305471", "f_202163742494"


def column_path(column: Column) -> str:
    """The column's directory."""
    return column.path


def item_path(city: City, column: Column, key: int) -> str:
    """As TRS names its articles."""
    return trs.item_path(city, column, key)


def file_of(city: City, column: Column, key: int, day: dt.date, n: int, name: str, kind: str) -> File:
    """As TRS keeps its files."""
    return trs.file_of(city, column, key, day, n, name, kind)


def mount(app: SiteApp, column: Column) -> None:
    """Shell, articles and files below the column's directory; the interface is shared by the host."""
    columns = {str(c.no): c for u in app.site.units for c in u.columns if c.family == "hycloud" and not c.single}
    trs.mount(app, column)
    below = app.routes[column.path]

    def answer(request: Request) -> Response:
        if request.path.removeprefix(column.path) in ("", "index.html"):
            return app.guard(
                column, request, "list", lambda: rows.answer(app, column, "s", lambda: _shell(app, column))
            )
        return below(request)

    def interface(request: Request) -> Response:
        given: Any = json.loads(request.body or b"{}")
        number = given.pop("pageNo", None)
        for owner in columns.values():
            if given == _body(app.city, owner) and request.method == "POST" and isinstance(number, int):
                return app.guard(owner, request, "data", lambda owner=owner: _answer(app, owner, number))  # type: ignore[misc]
        return Response(body=b'{"success":false,"data":null}', content_type="application/json")

    app.routes[column.path] = answer
    app.routes[API] = interface


def _body(city: City, column: Column) -> dict[str, Any]:
    return {
        "pageSize": column.page_size,
        "tenantId": 71,
        "tableName": f"t_{token(city.seed, 'table', size=6)}",
        "searchFields": [],
        "isPage": True,
        "sorts": [{"sortField": "save_time", "sortOrder": "DESC"}],
        "customFilter": {
            "operator": "or",
            "properties": [{"property": _CHANNEL, "operator": "eq", "value": str(column.no)}],
        },
    }


def _shell(app: SiteApp, column: Column) -> str:
    body = json.dumps(_body(app.city, column))[1:-1]
    script = (
        "<script>\nfunction getList(pageNo) {\n  $.ajax({ type: 'POST', url: '/irs/front/list', contentType: 'application/json',\n"
        f"    data: JSON.stringify({{pageNo: pageNo, {body}}}),\n"
        "    success: function (r) { $('#list').html(template('row', r.data)); } });\n}\ngetList(1);\n</script>"
    )
    return rows.frame(app, column, f'<div class="list"><ul id="list" class="main_list"></ul></div>{script}')


def _answer(app: SiteApp, column: Column, page: int) -> Response:
    city = app.city

    def entry(key: int) -> dict[str, str]:
        address = column.unit.site.base + item_path(city, column, key)
        date = rows.row_date(city, column, key, "%Y-%m-%d")
        shown = {_TITLE: items.title_at(city, column, key), "doc_pub_url": address, _CHANNEL: str(column.no)}
        return shown | ({"save_time": f"{date} 00:00:00"} if date else {})

    listed = [entry(key) for key in rows.keys_of(city, column, page)]
    total = len(items.order(city, column))
    pager = {"pageNo": page, "pageSize": column.page_size, "pageCount": -(-total // column.page_size), "total": total}
    return Response(
        body=json.dumps({"success": True, "data": {"list": listed, "pager": pager}}, ensure_ascii=False).encode(),
        content_type="application/json;charset=UTF-8",
    )
