# ruff: noqa: E501 - lines of markup are kept whole
"""Rows of a static list, in the shapes and date forms that occur, and the frame of a list page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from tests.city import furniture, items
from tests.city.article import http_date, stamp
from tests.city.model import NEWS_KINDS, Column
from tests.city.web import Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.city.city import City
    from tests.city.site import SiteApp


YEARLESS_DAYS = 300  # rows leave the year out only where no reader can be mistaken about it


def pages_of(city: City, column: Column) -> int:
    """How many pages the list has; an empty list has one."""
    return max(1, -(-len(items.order(city, column)) // column.page_size))


def keys_of(city: City, column: Column, page: int, size: int | None = None) -> list[int]:
    """Item keys on list page ``page`` (from 1)."""
    size = size or column.page_size
    return list(items.order(city, column)[(page - 1) * size : page * size])


def row_date(city: City, column: Column, key: int, pattern: str) -> str | None:
    """The date a row shows, if it shows one."""
    if column.undated or not column.row_dates:
        return None
    uncertain = bool(column.reports or column.mirrors) or items.age(column, column.count - 1) > YEARLESS_DAYS
    if pattern == "split" or (pattern == "%m-%d" and uncertain):
        pattern = "%Y-%m-%d"
    return stamp(items.shown_day(city, *items.origin(column, key)), None, pattern)


def row(app: SiteApp, column: Column, key: int, href: str) -> str:
    """One row as this unit writes it."""
    city, style = app.city, column.unit.style
    title = items.title_at(city, column, key)
    full = escape(title)
    date = row_date(city, column, key, style.row_date)
    if date and style.row_date == "split":
        year, month, day = date.split("-")
        return f'<li><div class="date"><b>{day}</b><span>{year}-{month}</span></div><a href="{href}" title="{full}">{full}</a></li>'
    top = '<em class="top">置顶</em>' if column.sticky and key in items.order(city, column)[: column.sticky] else ""
    if style.row == 0:
        return f'<li>{top}<a href="{href}" title="{full}" target="_blank">{full}</a>{f"<span>{date}</span>" if date else ""}</li>'
    if style.row == 1:
        short = escape(title[:22]) + "..." if len(title) > 24 else full
        return f"<li>{top}<a target='_blank' title='{full}' href='{href}'>{short}</a>{f'<span class=time>{date}</span>' if date else ''}</li>"
    if style.row == 2:
        cell = f'<td class="date">{date}</td>' if date else ""
        return f'<tr><td>·</td><td>{top}<a href="{href}" title="{full}">{full}</a></td>{cell}</tr>'
    inner = f'<i class="date">{date}</i>' if date else ""
    return f'<li>{top}<a href="{href}" target="_blank"><span class="list_title">{full}</span>{inner}</a></li>'


def block(column: Column, rows: str) -> str:
    """The container of the rows; an empty one says so or just stands there."""
    if not rows:
        return (
            '<div class="list"><ul class="main_list"></ul></div>'
            if column.no % 2
            else '<div class="list"><ul class="main_list"></ul><p class="none">暂无信息</p></div>'
        )
    if column.unit.style.row == 2 and "<tr>" in rows:
        return f'<div class="list"><table class="main_list" width="100%">{rows}</table></div>'
    return f'<div class="list"><ul class="main_list">{rows}</ul></div>'


def frame(app: SiteApp, column: Column, content: str, scripts: str = "") -> str:
    """A list page around its content, with a promotional list of other columns beside it."""
    from tests.city import hubs

    city, unit = app.city, column.unit
    metas = [
        ("ColumnName", column.name),
        ("ColumnDescription", f"{unit.name}{column.name}栏目"),
        ("ColumnType", column.name),
    ]
    others = [(furniture.link_to(city, c), c.name) for c in unit.fronted if c is not column][:6]
    side = furniture.sidebar(others, "栏目导航") + _promoted(app, column)
    return "".join((
        furniture.head(unit, f"{column.name}_{unit.site.name}", metas, scripts), furniture.header(city, unit),
        furniture.breadcrumb(city, column), f'<div class="main-con"><div class="wrap"><h2 class="lm">{column.name}</h2>\n', hubs.years(column), content,
        "</div>\n", side, "</div>\n", furniture.footer(unit),
    ))  # fmt: skip


def _promoted(app: SiteApp, column: Column) -> str:
    """Some units put articles of another column beside every list."""
    from tests.city import families

    city, unit = app.city, column.unit
    other = next((c for c in unit.columns if c is not column and c.kind in NEWS_KINDS and c.fault is None), None)
    if unit.index % 4 != 1 or other is None:
        return ""
    keys = list(items.order(city, other)[:5])
    links = [(families.item_path(city, other, k), items.title_at(city, other, k)) for k in keys]
    return furniture.sidebar(links, "热点信息")


def answer(
    app: SiteApp, column: Column, page: str, make: Callable[[], str], content_type: str | None = None
) -> Response:
    """A list page or list answer as a conditional response."""
    city = app.city

    def body() -> bytes:
        return app.encode(make(), column) if content_type is None else make().encode()

    return Response(
        make=body, content_type=content_type or app.content_type(column), etag=f'"{city.stamp}-{column.no:x}-l{column.version:x}-{page}"',
        last_modified=http_date(city.as_of, column.changed_at),
    )  # fmt: skip
