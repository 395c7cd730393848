"""The sets of an item: its unit, its counting class and, where known, its statutory class.

An item's sets are those of its latest revision, also when it was withdrawn. One that changes its class leaves the old
set without a word in it: the protocol knows deleted records and no left sets, and to call a record deleted that stands
would make who harvests both sets lose it. Its new sets stand in its header, so whoever needs to know harvests all and
looks there, or harvests a set whole from time to time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa

from storage import tables
from storage.schema import Category

UNIT: Final = "unit"
CATEGORY: Final = "category"
STATUTORY: Final = "statutory"

SLUGS: Final = {category: category.name.lower() for category in Category}
_CATEGORIES: Final = {slug: category.value for category, slug in SLUGS.items()}
_SLUGS_BY_VALUE: Final = {category.value: slug for category, slug in SLUGS.items()}
_SPEC: Final = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(?::[A-Za-z0-9\-_.!~*'()]+)*")
_OUTSIDE: Final = re.compile(r"[^A-Za-z0-9\-_.]")
_CODED: Final = re.compile(r"\(([0-9a-f]{1,6})\)")


def is_spec(text: str) -> bool:
    """Whether ``text`` has the form of a setSpec."""
    return _SPEC.fullmatch(text) is not None


def coded(name: str) -> str:
    """A name as a part of a setSpec, which has ASCII only: other signs become their number in round brackets."""
    return name if _OUTSIDE.search(name) is None else _OUTSIDE.sub(lambda found: f"({ord(found[0]):x})", name)


def specs_of(unit: str, category: str, statutory: str | None) -> Iterator[str]:
    """The sets of an item with these."""
    yield f"{UNIT}:{coded(unit)}"
    yield f"{CATEGORY}:{_SLUGS_BY_VALUE[category]}"
    if statutory:
        yield f"{STATUTORY}:{coded(statutory)}"


def condition(spec: str) -> sa.ColumnElement[bool]:
    """Which items are in a set; none is in a set that is not there."""
    kind, _, name = spec.partition(":")
    at = tables.items.c
    if ":" not in spec:
        return {UNIT: sa.true(), CATEGORY: sa.true(), STATUTORY: at.statutory.is_not(None)}.get(kind, sa.false())
    value = _decoded(name) if kind != CATEGORY else _CATEGORIES.get(name)
    column: Any = {UNIT: at.unit, CATEGORY: at.category, STATUTORY: at.statutory}.get(kind)
    return sa.false() if column is None or value is None else column == value


def _decoded(name: str) -> str | None:
    """The name that ``coded`` wrote, None for what it would have written differently."""
    try:
        value = _CODED.sub(lambda found: chr(int(found[1], 16)), name)
    except ValueError:  # beyond Unicode
        return None
    return value if "\x00" not in value and coded(value) == name and _is_text(value) else None


def _is_text(value: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in value)
