# ruff: noqa: E501 - lines of markup are kept whole
"""How a unit's pages lead to its columns: platform, hubs of the second level, site map, and whose else's are linked.

Some units link only part of their columns on the home page and the rest on 政务公开 and below it; a column kept by
year has a list for each year, and the address without a year only leads on. The site map still names columns that
have moved by their old address too. The portal links the sections of its units and their lists, and every section
carries the portal's navigation: none of that is the section's own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.city import families, furniture
from tests.city.model import PLATFORM_KINDS, Column, Unit
from tests.city.web import Request, Response

if TYPE_CHECKING:
    from tests.city.site import Route, SiteApp

_NAMES = {
    "guide": "政府信息公开指南",
    "rules": "政府信息公开制度",
    "catalogue": "法定主动公开内容",
    "annual_reports": "政府信息公开年报",
}


def mount(app: SiteApp, unit: Unit) -> None:
    """The pages that do nothing but link."""
    _page(app, unit, f"{unit.prefix}zfxxgk/", "政府信息公开", lambda: _platform(unit))
    if unit.nested:
        _page(app, unit, f"{unit.prefix}zwgk/", "政务公开", lambda: _hub(unit))
        _page(app, unit, f"{unit.prefix}zwgk/zdly/", "重点领域信息公开", lambda: _links(unit.nested[1::2]))
    if unit.prefix == "/":
        _page(app, unit, "/wzdt.html", "网站地图", lambda: _site_map(unit))
    for column in unit.columns:
        if column.years:
            app.routes[column.years[0][1]] = _leading_on(app, column)


def neighbours(unit: Unit) -> str:
    """Other units on the same site, and what they publish: on the front of the site, not in a section."""
    others = [other for other in unit.site.units if other is not unit]
    if unit.prefix != "/" or not others:
        return ""
    sites = "".join(f'<li><a href="{other.prefix}">{other.name}</a></li>' for other in others)
    lists = "".join(
        f'<li><a href="{families.column_path(column)}">{column.name}</a></li>'
        for other in others
        for column in other.shown[4:6]
    )
    return f'<div class="mod"><h3>单位网站</h3><ul>{sites}</ul></div><div class="mod"><h3>单位信息</h3><ul>{lists}</ul></div>\n'


def portal_navigation(unit: Unit) -> str:
    """What a section of a portal shows of the portal."""
    front = next((other for other in unit.site.units if other.prefix == "/"), None)
    if unit.prefix == "/" or front is None:
        return ""
    kept = [c for c in front.fronted if c.kind not in PLATFORM_KINDS][:4]
    links = "".join(f'<li><a href="{families.column_path(c)}">{c.name}</a></li>' for c in kept)
    return f'<div class="portal"><ul><li><a href="/">{unit.site.name}</a></li><li><a href="/zfxxgk/">信息公开</a></li>{links}</ul></div>\n'


def years(column: Column) -> str:
    """The years a list is kept by, newest first."""
    shown = "".join(f'<a href="{path}">{year}年</a> ' for year, path in column.years[1:])
    return f'<div class="years">按年份：{shown}</div>\n' if shown else ""


def _page(app: SiteApp, unit: Unit, path: str, title: str, content: Callable[[], str]) -> None:
    def make() -> bytes:
        return app.encode("".join((
            furniture.head(unit, f"{title}_{unit.site.name}", [("ColumnName", title)]), furniture.header(app.city, unit),
            f'<div class="main-con"><h2>{title}</h2>{content()}</div>', furniture.footer(unit),
        )), None)  # fmt: skip

    def answer(request: Request) -> Response:
        version = sum(c.version for c in unit.columns)
        plain = app.site.encoding != "utf-8"
        return Response(
            make=make, etag=f'"{app.city.stamp}-p{unit.index:x}-{len(path):x}-{version:x}"',
            content_type="text/html" if plain else "text/html; charset=utf-8",
        )  # fmt: skip

    app.routes[path] = answer
    app.exact.add(path)


def _leading_on(app: SiteApp, column: Column) -> Route:
    target = column.path
    text = f'<html><head><meta http-equiv="refresh" content="0;url={target}"></head><body></body></html>'
    return lambda request: Response(body=text.encode()) if request.path == column.years[0][1] else app.not_found()


def _link(column: Column, name: str, unit: Unit) -> str:
    """A link to a column; some units show pictures instead of names."""
    inner = f'<img src="/images/{column.id}.png" alt="{name}"/>' if unit.index % 3 == 2 else name
    return f'<li><a href="{families.column_path(column)}">{inner}</a></li>'


def _links(columns: list[Column]) -> str:
    return f"<ul>{''.join(_link(c, c.name, c.unit) for c in columns)}</ul>"


def _platform(unit: Unit) -> str:
    nav = "".join(_link(c, _NAMES[c.kind], unit) for c in unit.shown if c.kind in PLATFORM_KINDS)
    rest = _links([c for c in unit.fronted if c.kind not in PLATFORM_KINDS])
    return f'<div class="gkpt"><ul class="gkptnav">{nav}</ul></div><div class="fd"><h3>栏目</h3>{rest}</div>'


def _hub(unit: Unit) -> str:
    deeper = f'<li><a href="{unit.prefix}zwgk/zdly/">重点领域信息公开</a></li>'
    return f'<div class="gkpt"><ul class="gkptnav">{deeper}</ul></div>{_links(unit.nested[::2])}'


def _site_map(unit: Unit) -> str:
    own = "".join(
        f'<li><a href="{column.years[0][1] if column.years else families.column_path(column)}">{column.name}</a></li>'
        for column in unit.columns
        if not column.archive
    )
    return f"<ul>{own}</ul>{neighbours(unit)}"
