# ruff: noqa: E501 - lines of markup are kept whole
"""gkmlpt, the disclosure catalogue platform: one index page with ``window._CONFIG``, lists as JSON, 100 rows a page.

Pages 0 and 1 are the same; a page past the end is a 404. Dates are epoch seconds.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from html import escape
from typing import TYPE_CHECKING, Any

from tests.city import article, furniture, items, rows
from tests.city.model import CST, Column, File, Unit
from tests.city.web import Request, Response

if TYPE_CHECKING:
    from tests.city.city import City
    from tests.city.site import SiteApp

FRAME = article.Frame('<div class="content-box"><div class="article-content">\n', "</div></div>\n")
PER_PAGE = 100
_STRIDE = 1_000_000
_POST = re.compile(r"content/(\d+)/(\d+)/post_(\d+)\.html")


def root(unit: Unit) -> str:
    """Where the platform stands; some units have it below a prefix."""
    return f"{unit.prefix}{'xxgk/' if unit.index % 2 else ''}gkmlpt/"


def category(column: Column) -> int:
    """The category number of a column."""
    return column.no - 300


def sid(unit: Unit) -> str:
    """The platform's number of the site."""
    return str(755000 + unit.index)


def column_path(column: Column) -> str:
    """A route of the application: the number after ``#`` is the column."""
    return f"{root(column.unit)}index#{category(column)}"


def _post(column: Column, key: int) -> int:
    return column.no * _STRIDE + key


def item_path(city: City, column: Column, key: int) -> str:
    """Folders come from the number itself."""
    post = _post(column, key)
    return f"{root(column.unit)}content/{post // 1_000_000}/{post // 1000}/post_{post}.html"


def file_of(city: City, column: Column, key: int, day: dt.date, n: int, name: str, kind: str) -> File:
    """Attachments have numbers of their own."""
    number = _post(column, key) * 3 + n
    return File(
        name, f"/attachment/{number // 1_000_000}/{number // 1000}/{number}/{_post(column, key)}.{kind}", "link"
    )


def mount(app: SiteApp, column: Column) -> None:
    """All columns of the unit share the index page, the interface and the articles."""
    unit = column.unit
    base = root(unit)
    columns = {category(c): c for c in unit.columns if c.family == "gkmlpt" and not c.single}
    index = base + "index"
    if index in app.routes:
        return

    def posts(request: Request) -> Response:
        found = _POST.fullmatch(request.path.removeprefix(base))
        post = int(found[3]) if found else 0
        owner = columns.get(post // _STRIDE - 300)
        if owner is None or not app.stands(owner, post % _STRIDE):
            return app.not_found()
        key = post % _STRIDE
        if item_path(app.city, owner, key) != request.path:
            return app.not_found()
        return app.guard(owner, request, "article", lambda: article.answer(app, owner, key, request, FRAME))

    def api(request: Request) -> Response:
        wanted = request.path.removeprefix(base + "api/all/")
        owner = columns.get(int(wanted)) if wanted.isdigit() else None
        params = request.params()
        if owner is None or params.get("sid", sid(unit)) != sid(unit):
            return Response(status=404, body=b'{"message":"not found"}', content_type="application/json")
        page = max(1, int(params["page"])) if params.get("page", "").isdigit() else 1
        return app.guard(owner, request, "data", lambda: _answer(app, owner, page))

    app.routes[index] = lambda request: rows.answer(app, column, "i", lambda: _index(app, unit))
    app.routes[base + "content/"] = posts
    app.routes[base + "api/all/"] = api
    app.routes.setdefault("/attachment/", lambda request: app.file(request.path.rsplit("/", 1)[-1]))


def _index(app: SiteApp, unit: Unit) -> str:
    tree = [
        {"id": 1, "name": "政府信息公开", "children": [
            {"id": category(c), "name": c.name, "children": [], "jump_url": "", "post_count": len(items.order(app.city, c))}
            for c in unit.shown if c.family == "gkmlpt" and not c.single
        ], "jump_url": "", "post_count": 0},
        {"id": 2, "name": "网上服务", "children": [], "jump_url": "http://www.fw.qinghe.invalid/", "post_count": 0},
    ]  # fmt: skip
    config = (
        f"<script>\nwindow._CONFIG = {{\n  SITE_ID: '{unit.index}',\n  SID: '{sid(unit)}',\n"
        f"  TREE: {json.dumps(tree, ensure_ascii=False)},\n  SERVICE_AREA_ID: '{unit.index + 40}'\n}};\n</script>\n"
        '<script src="/gkmlpt/js/app.4f1c.js"></script>\n'
    )
    return (
        furniture.head(unit, f"政府信息公开目录_{unit.site.name}", [], config) + furniture.header(app.city, unit)
        + '<div id="app"></div>\n' + furniture.footer(unit)
    )  # fmt: skip


def _epoch(day: dt.date | None, clock: dt.time | None = None) -> int:
    if day is None:
        return 0
    return int(dt.datetime.combine(day, clock or dt.time(), CST).timestamp())


def _answer(app: SiteApp, column: Column, page: int) -> Response:
    city, unit = app.city, column.unit
    total = len(items.order(city, column))
    if page > 1 and (page - 1) * PER_PAGE >= total:
        return Response(status=404, body=b'{"message":"Not Found"}', content_type="application/json")

    def article_of(key: int) -> dict[str, Any]:
        facts = items.facts_of(city, column, key)
        url = unit.site.base + item_path(city, column, key)
        created = f"{facts.address_on:%Y-%m-%d} {facts.clock or dt.time(9, 5):%H:%M:%S}"
        return {
            "id": _post(column, key), "title": facts.title, "url": url, "post_url": url, "created_at": created,
            "create_time": _epoch(facts.address_on, facts.clock), "date": _epoch(facts.formed_on or facts.published_on),
            "display_publish_time": _epoch(facts.published_on, facts.clock), "document_number": facts.document_number or "",
            "identifier": facts.index_number or "", "publisher": facts.issuing_body or "", "keywords": "", "abstract": facts.summary or "",
            "classify_main": category(column), "classify_main_name": column.name, "classify_genre_name": "",
            "classify_theme_name": facts.subject or "", "is_expired": 0, "is_abolished": 0, "relation": "[]",
            "attachment": [
                {"id": n, "name": f.name, "type": f.name.rsplit(".", 1)[-1], "size": "26624", "url": unit.site.base + f.path}
                for n, f in enumerate(facts.files)
            ],
        }  # fmt: skip

    def make() -> str:
        listed = [article_of(k) for k in rows.keys_of(city, column, page, PER_PAGE)]
        return json.dumps(
            {
                "classify": {"id": category(column), "name": escape(column.name), "post_count": total},
                "total": total,
                "articles": listed,
            },
            ensure_ascii=False,
        )

    return rows.answer(app, column, f"a{page}", make, "application/json")
