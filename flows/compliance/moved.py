"""Whether a column that stands still may have moved: signs on the unit's front pages, until a person settles them.

A frozen column looks the same whether nobody fills it or publishing has moved to another list. Signs are that the
front pages link its name at another address, show newer rows under its name, link a list of its kind that nobody has
registered in its stead, or linked it once and do so no longer while its siblings are still linked. That a column is
not linked says nothing by itself: many stand deep and never were. Where a person has confirmed that the column stands
in its place (``confirmed`` in the city file), signs from up to that day are settled and later ones count again.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from flows.compliance.facts import ColumnFacts, Placed
from flows.compliance.judgement import Judgement, not_assessable

_SETTLE = "correct its address in the city file, or write confirmed: {by, on} at the column if it is the right one"


def moved(column: ColumnFacts, as_of: dt.date) -> Judgement | None:
    """Why the column may have moved; None where nothing says so, or a person has settled it by ``as_of``."""
    placed = column.placed
    name = column.column.name
    since = placed.other_since if placed is not None and placed.other_by == "name" else None
    if column.moved_to is not None and not _is_settled(column, since, as_of):
        words = f"the home page links {name} at {column.moved_to}: {_SETTLE}"
        return _told(words, column, linked=column.moved_to, since=since)
    if placed is None or not placed.is_navigation:
        return None
    newest = column.newest_on
    if (
        placed.block_on is not None
        and (newest is None or placed.block_on > newest)
        and not _is_settled(column, placed.block_since, as_of)
    ):
        words = (
            f"under {name} the home page shows {placed.block_url} of {placed.block_on.isoformat()}, which the column "
            f"registered does not list: {_SETTLE}"
        )
        return _told(words, column, shown=placed.block_url, shown_on=placed.block_on, newest_on=newest)
    if placed.linked:
        return None
    if placed.linked_on is not None and not _is_settled(column, placed.unlinked_since, as_of):
        words = (
            f"the front pages linked {name} until {placed.linked_on.isoformat()} and no longer do, while they link "
            f"{placed.siblings_linked} of {placed.siblings} other columns: {_SETTLE}"
        )
        return _told(words, column, linked_on=placed.linked_on, unlinked_since=placed.unlinked_since)
    if placed.other_by == "kind" and not _is_settled(column, placed.other_since, as_of):
        words = (
            f"the front pages do not link {name}, and link {placed.other_name} at {placed.other_url}, which is a list "
            f"of its kind and not registered: {_SETTLE}"
        )
        return _told(words, column, linked=placed.other_url, linked_as=placed.other_name, since=placed.other_since)
    return None


def _is_settled(column: ColumnFacts, since: dt.date | None, as_of: dt.date) -> bool:
    """Whether a person looked after the sign was there; one nobody knows the age of was there before."""
    confirmed = column.column.confirmed
    return confirmed is not None and confirmed.on <= as_of and (since is None or since <= confirmed.on)


def _told(words: str, column: ColumnFacts, **facts: Any) -> Judgement:
    placed: Placed | None = column.placed
    if placed is not None:
        facts = {
            **facts,
            "home": placed.home,
            "home_seen_on": placed.on,
            "siblings": placed.siblings,
            "siblings_linked": placed.siblings_linked,
        }
    told = not_assessable("moved", words, registered=column.column.url, **facts)
    return replace(told, evidence=placed.evidence) if placed is not None else told
