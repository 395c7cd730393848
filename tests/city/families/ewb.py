"""新点 Epoint: a shell whose rows come by posting the category to ``getgovinfolist``, with the site's ``siteGuid``.

The ``siteGuid`` stands in a script of its own. Every second site wants the body wrapped in ``params`` and counts pages
from 0; the others want it plain and count from 1. Without the list page as Referer nothing is given.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from tests.city import article, items, rows
from tests.city.dice import seal, token, unseal
from tests.city.model import Column, File
from tests.city.web import Request, Response

if TYPE_CHECKING:
    from tests.city.city import City
    from tests.city.site import SiteApp

FRAME = article.Frame('<div class="ewb-article-detail"><div class="ewb-article-content">\n', "</div></div>\n")
SCRIPT = "/js/webBuilderCommon.js"


def column_path(column: Column) -> str:
    """The list page of one category."""
    return f"{column.path}govInfoPub.html?categorynum={_category(column)}"


def item_path(city: City, column: Column, key: int) -> str:
    """The day stands in the address."""
    day = items.address_day(city, *items.origin(column, key))
    return f"{column.path}{day:%Y%m%d}/{seal(city.seed, column.no, key)}.html"


def file_of(city: City, column: Column, key: int, day: dt.date, n: int, name: str, kind: str) -> File:
    """Attachments lie beside the articles."""
    return File(name, f"{column.path}{day:%Y%m%d}/files/{token(city.seed, column.no, key, n)}.{kind}", "link")


def mount(app: SiteApp, column: Column) -> None:
    """Shell, articles and files below the column's path; the script and the interface are shared by the host."""
    columns = {_category(c): c for u in app.site.units for c in u.columns if c.family == "ewb" and not c.single}

    def answer(request: Request) -> Response:
        rest = request.path.removeprefix(column.path)
        if rest == "govInfoPub.html":
            return app.guard(
                column, request, "list", lambda: rows.answer(app, column, "s", lambda: _shell(app, column))
            )
        if "/files/" in rest:
            return app.guard(column, request, "file", lambda: app.file(rest))
        made = unseal(app.city.seed, rest[9:].removesuffix(".html"))
        if made is None or made[0] != column.no or not app.stands(column, made[1]):
            return app.not_found()
        return app.guard(column, request, "article", lambda: article.answer(app, column, made[1], request, FRAME))

    def interface(request: Request) -> Response:
        given: Any = json.loads(request.body or b"{}")
        asked = given.get("params", {}) if _is_wrapped(column) else given
        owner = columns.get(asked.get("categorynum", ""))
        wanted = (guid(app, column), "govInfoPub.html")
        if owner is None or (asked.get("siteGuid"), request.headers.get("referer", "").split("?")[0][-15:]) != wanted:
            return _json({"custom": "", "status": {"code": "500", "text": "参数错误"}})
        number = int(asked["pageIndex"])
        page = number + 1 if _is_wrapped(column) else max(1, number)
        return app.guard(owner, request, "data", lambda: _answer(app, owner, page, int(asked["pageSize"])))

    app.routes[column.path] = answer
    app.routes[SCRIPT] = lambda request: Response(body=_script(app, column).encode(), content_type="text/javascript")
    app.routes[f"{_project(column)}/rest/lightfrontaction/getgovinfolist"] = interface


def _category(column: Column) -> str:
    return f"003{column.no:06d}"


def _is_wrapped(column: Column) -> bool:
    return column.unit.site.index % 2 == 1


def _project(column: Column) -> str:
    return "/EWB_QH_Mid" if _is_wrapped(column) else "/EWB-FRONT"


def guid(app: SiteApp, column: Column) -> str:
    """The id of the site in its system."""
    return token(app.city.seed, "site", column.unit.site.index)


def _script(app: SiteApp, column: Column) -> str:
    site = json.dumps({"projectName": _project(column), "siteGuid": guid(app, column), "isStatic": True})
    return f"var siteInfo={site};\nvar Util={{getUrlParams:function(n){{}}}};\n"


def _shell(app: SiteApp, column: Column) -> str:
    content = '<div class="ewb-list"><ul class="ewb-info-list" id="infolist"></ul><div id="pager"></div></div>'
    scripts = f'<script src="{SCRIPT}"></script>\n<script src="/js/pages/govInfoPub.js"></script>\n'
    return rows.frame(app, column, content, scripts)


def _json(value: Any) -> Response:
    return Response(body=json.dumps(value, ensure_ascii=False).encode(), content_type="application/json;charset=UTF-8")


def _answer(app: SiteApp, column: Column, page: int, size: int) -> Response:
    city = app.city

    def entry(key: int) -> dict[str, str]:
        title = items.title_at(city, column, key)
        date = rows.row_date(city, column, key, "%Y-%m-%d")
        shown = {"title": title[:16], "realtitle": title, "infourl": item_path(city, column, key)}
        return shown | ({"infodate": date} if date else {})

    return _json(
        {
            "custom": {
                "total": len(items.order(city, column)),
                "data": [entry(key) for key in rows.keys_of(city, column, page, size)],
            },
            "status": {"code": 200, "text": ""},
        }
    )
