"""One module per family of publishing system; a column's family decides its addresses and its pages.

A family module has ``column_path(column)``, ``item_path(city, column, key)``, ``file_of(...)`` and
``mount(app, column)``, which registers the column's routes.
"""

from __future__ import annotations

import datetime as dt
from types import ModuleType
from typing import TYPE_CHECKING

from tests.city import items
from tests.city.families import (
    aspnet,
    drawn,
    ewb,
    gkmlpt,
    hanweb,
    hanweb_xxgk,
    hycloud,
    jpaas,
    lonsun,
    powereasy,
    trs,
    truecms,
    ucap,
    vsb,
    written,
)
from tests.city.model import Column, File
from tests.city.web import Request, Response

if TYPE_CHECKING:
    from tests.city.city import City
    from tests.city.site import SiteApp

MODULES: dict[str, ModuleType] = {
    "trs": trs,
    "trs_bare": trs,
    "drawn": drawn,
    "hanweb": hanweb,
    "gkmlpt": gkmlpt,
    "jpaas": jpaas,
    "ucap": ucap,
    "ucap_json": ucap,
    "vsb": vsb,
    "powereasy": powereasy,
    "hanweb_xxgk": hanweb_xxgk,
    "lonsun": lonsun,
    "truecms": truecms,
    "aspnet": aspnet,
    "ewb": ewb,
    "hycloud": hycloud,
    "trs_frame": trs,
    "trs_script": trs,
    "trs_written": written,
    "trs_json": written,
}


def column_path(column: Column) -> str:
    """The column's address on its site (path, query, and fragment where it is a route)."""
    if column.single:
        return column.path
    return str(MODULES[column.family].column_path(column))


def item_path(city: City, column: Column, key: int) -> str:
    """The item's address on its site, as the column's list links it."""
    if column.single:
        return column.path
    return str(MODULES[column.family].item_path(city, column, key))


def file_of(city: City, column: Column, key: int, day: dt.date, n: int, name: str, kind: str) -> File:
    """Attachment ``n`` of an item."""
    found = MODULES[column.family].file_of(city, column, key, day, n, name, kind)
    assert isinstance(found, File)
    return found


def mount(app: SiteApp, column: Column) -> None:
    """Registers the column's addresses."""
    module = MODULES[column.family]
    if not column.single:
        module.mount(app, column)
        return

    def single(request: Request) -> Response:
        if request.path != column.path:
            return app.not_found()
        return app.guard(column, request, "list", lambda: _article(app, column, request))

    app.routes[column.path] = single


def _article(app: SiteApp, column: Column, request: Request) -> Response:
    from tests.city import article

    frame = MODULES[column.family].FRAME
    return article.answer(
        app, column, items.order(app.city, column)[0], request, frame, stable=column.family != "powereasy"
    )
