"""How far units fill the core metadata of the national catalogue: per unit and element, so many of so many.

Asked of the items that stand, copies too, for each unit answers for its own page. An element is owed by the items it
is due of (``storage.classification.core``); of items whose page was not read nothing is asked, and they are counted.
Rows are read a page at a time without their texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from storage import tables
from storage.classification import core, themes
from storage.database import Database
from storage.schema import Category

PAGE: Final = 2000  # rows to a statement
EXAMPLES: Final = 3  # addresses told of each element that is missing
TOLD: Final = 20  # themes told that are none of the 22

_AT: Final = tables.items.c
_COLUMNS: Final = (
    *(_AT.id, _AT.unit, _AT.column, _AT.url, _AT.title, _AT.category, _AT.summary, _AT.index_number),
    *(_AT.document_number, _AT.issuer, _AT.publisher, _AT.formed_on, _AT.effective_on, _AT.repealed_on, _AT.validity),
    *(_AT.theme, _AT.genre, _AT.keywords, _AT.form, _AT.language, _AT.page_read),
)


@dataclass(kw_only=True)
class Filled:
    """Of one element: ``of`` items owe it, ``filled`` of them state it; ``stated``: all that do, owed or not."""

    filled: int = 0
    of: int = 0
    stated: int = 0
    examples: list[str] = field(default_factory=list)  # addresses of items that owe it and do not state it


@dataclass(kw_only=True)
class Completeness:
    """One unit's: by the element's key; how many of its items stand, and of how many the page was not read."""

    unit: str
    items: int = 0
    unread: int = 0
    elements: dict[str, Filled] = field(default_factory=lambda: {one.key: Filled() for one in core.ELEMENTS})
    unknown_themes: Counter[str] = field(default_factory=Counter)  # as shown, that are none of the 22


def completeness(db: Database, *, unit: str | None = None, categories: Sequence[Category] = ()) -> list[Completeness]:
    """Every unit that has items, or the one asked for, in the order of their ids; ``categories``: of these alone."""
    found: dict[str, Completeness] = {}
    for item in iter_values(db, unit=unit, categories=categories):
        one = found.get(item["unit"])
        if one is None:
            one = found[item["unit"]] = Completeness(unit=item["unit"])
        _add(one, item)
    return [found[name] for name in sorted(found)]


def _add(one: Completeness, item: dict[str, Any]) -> None:
    one.items += 1
    if not item["page_read"]:
        one.unread += 1
        return
    for element in core.ELEMENTS:
        told = one.elements[element.key]
        is_stated = element.value(item) is not None
        told.stated += is_stated
        if element.due(item):
            told.of += 1
            told.filled += is_stated
            if not is_stated and len(told.examples) < EXAMPLES:
                told.examples.append(item["url"])
    theme = item["theme"]
    if theme and themes.read(theme) is None and (len(one.unknown_themes) < TOLD or theme in one.unknown_themes):
        one.unknown_themes[theme] += 1


def iter_values(
    db: Database, *, unit: str | None = None, categories: Sequence[Category] = ()
) -> Iterator[dict[str, Any]]:
    """The items that stand, as the values that ``core`` asks of them, in the order of their ids."""
    query = sa.select(*_COLUMNS).where(_AT.withdrawn_at.is_(None)).order_by(_AT.id).limit(PAGE)
    if unit is not None:
        query = query.where(_AT.unit == unit)
    if categories:
        query = query.where(_AT.category.in_([one.value for one in categories]))
    after = ""
    while True:
        with db.read() as session:
            page = [dict(row._mapping) for row in session.execute(query.where(_AT.id > after))]
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1]["id"]
