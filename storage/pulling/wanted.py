"""What a query asks for, read strictly: a name nobody knows, a repeated one and a malformed value are refused in words.

A catalogue that took a misspelt filter for none would hand out the whole city as one unit's.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from storage import tables
from storage.database import storable
from storage.exceptions import BadQuery
from storage.oai import sets
from storage.schema import Category

FILTERS: Final = ("unit", "column", "category", "statutory")
MOST_SIGNS: Final = 200  # of a value
_NUMBER: Final = re.compile(r"[0-9]{1,18}", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_SLUGS: Final = {slug: category for category, slug in sets.SLUGS.items()}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A part of the catalogue: every item that fits all that is given. An item of today's class, as in OAI's sets."""

    unit: str | None = None
    column: str | None = None
    category: Category | None = None
    statutory: str | None = None

    def query(self) -> Iterator[tuple[str, str]]:
        """The same as arguments of an address, in a fixed order."""
        for name in FILTERS:
            value = getattr(self, name)
            if value is not None:
                yield name, sets.SLUGS[value] if isinstance(value, Category) else value

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The same of the items table, so put that the narrowest of them is looked up: SQLite takes any it has an index
        for, and goes through a whole class of the city for one unit's."""
        given = [(tables.items.c[name], str(getattr(self, name))) for name, _ in self.query()]
        leading = ("unit", "column") if self.unit is not None else ("statutory",) if self.statutory else FILTERS
        return [
            (column if column.name in leading else sa.func.coalesce(column, "")) == value for column, value in given
        ]


def single(given: Mapping[str, Sequence[str]], known: Collection[str]) -> dict[str, str]:
    """Each argument with its one value; empty ones are as if they were not there.

    :raises BadQuery: one is not ``known``, is repeated, or is no text that a database could hold.
    """
    found = {}
    for name, values in given.items():
        if name not in known:
            raise BadQuery(f"no argument {name!r} is known here; there are {', '.join(known)}")
        if len(values) != 1:
            raise BadQuery(f"{name} is given {len(values)} times: once, please")
        value = values[0]
        if len(value) > MOST_SIGNS or storable(value) != value:
            raise BadQuery(f"{name}={value[:40]!r}… is no name: at most {MOST_SIGNS} signs of text")
        if value:
            found[name] = value
    return found


def wanted_of(given: Mapping[str, str]) -> Wanted:
    """The part of the catalogue that ``unit``, ``column``, ``category`` and ``statutory`` name.

    :raises BadQuery: there is no such category, or a column without its unit.
    """
    if "column" in given and "unit" not in given:
        raise BadQuery("column needs its unit: the same id is a column of many units")
    category = given.get("category")
    known = None if category is None else _category(category)
    return Wanted(unit=given.get("unit"), column=given.get("column"), category=known, statutory=given.get("statutory"))


def _category(text: str) -> Category:
    if text in _SLUGS:
        return _SLUGS[text]
    try:
        return Category(text)
    except ValueError:
        raise BadQuery(f"category={text!r} is none of {', '.join(_SLUGS)}") from None


def number_of(given: Mapping[str, str], name: str) -> int | None:
    """An argument that is the number of a change.

    :raises BadQuery: it is something else.
    """
    text = given.get(name)
    if text is None:
        return None
    if _NUMBER.fullmatch(text) is None:
        raise BadQuery(f"{name}={text!r} is not a place in this list: take it from the links of a page")
    return int(text)


def moment_of(given: Mapping[str, str], name: str) -> dt.datetime | None:
    """An argument that is a day (from its beginning in UTC) or a moment with its zone, as ISO 8601 writes them.

    :raises BadQuery: it is something else.
    """
    text = given.get(name)
    if text is None:
        return None
    try:
        if _DAY.fullmatch(text):
            return dt.datetime.fromisoformat(f"{text}T00:00:00+00:00")
        # a + that was not escaped in the address has become a blank
        moment = dt.datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        if moment.tzinfo is not None:
            return moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        pass
    raise BadQuery(f"{name}={text!r}: expected a day (2026-03-31) or a moment with its zone (2026-03-31T08:00:00Z)")
