"""Documents of a unit that stand at a new address: a row left its list and one of the same title and day came.

A site that is built anew gives every article another address, and often another template, so that neither the address
nor the hash of the content says that it is known. Proof is the list itself: the row that was known is not shown by
the walk that showed the new one, both have one title and one day, and what their pages say is the same or nearly so.
Where a title stands there more than once on that day, and where only the first pages were walked, which may have
pushed the known row on, only the very same words say which is which.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.catalogue.fingerprint import Text, likeness
from storage.database import among, among_pairs

if TYPE_CHECKING:
    from storage.catalogue.identity import Incoming

_AT: Final = tables.list_rows.c
_NARROW: Final = (
    *(_AT.unit, _AT.column, _AT.address_key, _AT.title, _AT.row_date),
    *(_AT.first_seen, _AT.last_seen, _AT.missing_since, _AT.item_id),
)
_ALIKE: Final = 0.8  # of pages whose old row a whole walk proved gone: the template around the text has changed
_CHUNK: Final = 500

Place = tuple[str, str]  # unit and address key
_Group = tuple[str, str, str, dt.date]


def moved(session: Session, strangers: Sequence[Incoming]) -> dict[Place, str]:
    """Of documents that nothing else knows, by unit and address key, the items that have moved there."""
    came = _rows_of(session, strangers)
    if not came:
        return {}
    by_place = {_place(one): one for one in strangers}
    looks = tables.column_looks.c
    query = sa.select(looks.unit, looks.column, looks.last_complete_at).where(
        looks.unit.in_({unit for unit, _ in came})
    )
    complete = {(row.unit, row.column): row.last_complete_at for row in session.execute(query)}
    left = _gone_in_the_same_walk(session, came)
    for row in _not_shown(session, came, by_place, complete):
        left[_group(row)].append((row, False))
    wanted: dict[Place, list[tuple[str, bool]]] = {}
    for place, new in came.items():
        found = {row.item_id: proven for row, proven in left.get(_group(new), ()) if row.first_seen < new.first_seen}
        if found:
            wanted[place] = sorted(found.items())
    if not wanted:
        return {}
    twins = _twins(session, [came[place] for place in wanted])
    alone = {place for place, found in wanted.items() if len(found) == 1 and twins[_group(came[place])] == 1}
    return _chosen(session, by_place, wanted, alone)


def _gone_in_the_same_walk(session: Session, came: dict[Place, Any]) -> dict[_Group, list[tuple[Any, bool]]]:
    """Rows that the very walks that brought the new ones proved to be gone."""
    found: dict[_Group, list[tuple[Any, bool]]] = defaultdict(list)
    times = {row.first_seen for row in came.values()}
    units = {unit for unit, _ in came}
    here = (_AT.missing_since.in_(times), _AT.unit.in_(units), _AT.item_id.is_not(None), _AT.row_date.is_not(None))
    for row in session.execute(sa.select(*_NARROW).where(*here)):
        found[_group(row)].append((row, True))
    return found


def _not_shown(
    session: Session,
    came: dict[Place, Any],
    strangers: dict[Place, Incoming],
    complete: dict[tuple[str, str], dt.datetime | None],
) -> list[Any]:
    """Standing rows that a walk over the first pages did not show, of items with the title and day of a new one."""
    times: dict[_Group, dt.datetime] = {}
    pairs = set()
    for place, new in came.items():
        whole = complete.get((new.unit, new.column))
        item = strangers[place].item
        if (whole is None or whole < new.first_seen) and item.published_on is not None:
            times[_group(new)] = new.first_seen
            pairs.add((item.unit, item.title))
    found = []
    at = tables.items.c
    wanted = sorted(pairs)
    for start in range(0, len(wanted), _CHUNK):
        titled = among_pairs(session, (at.unit, at.title), wanted[start : start + _CHUNK])
        query = sa.select(*_NARROW).join(tables.items, at.id == _AT.item_id)
        here = (at.published_on.is_not(None), _AT.missing_since.is_(None), _AT.row_date.is_not(None))
        for row in session.execute(query.where(titled, *here)):
            seen_at = times.get(_group(row))
            if seen_at is not None and row.last_seen < seen_at:
                found.append(row)
    return found


def _twins(session: Session, new: Sequence[Any]) -> Counter[_Group]:
    """How many rows of one title and day came in one walk into one column."""
    times = {_group(row): row.first_seen for row in new}
    places = sorted({(row.unit, row.column) for row in new})
    days = {row.row_date for row in new}
    found: Counter[_Group] = Counter()
    for start in range(0, len(places), _CHUNK):
        here = among_pairs(session, (_AT.unit, _AT.column), places[start : start + _CHUNK])
        for row in session.execute(sa.select(*_NARROW).where(here, _AT.shown_on.in_(days), _AT.row_date.is_not(None))):
            found[_group(row)] += row.first_seen == times.get(_group(row))
    return found


def _rows_of(session: Session, strangers: Sequence[Incoming]) -> dict[Place, Any]:
    """The strangers' rows in their own columns, where those show a day."""
    own = {_place(one): one.item.column for one in strangers}
    units = {unit for unit, _ in own}
    found = {}
    keys = sorted({key for _, key in own})
    for start in range(0, len(keys), _CHUNK):
        some = among(session, _AT.address_key, keys[start : start + _CHUNK])
        query = sa.select(*_NARROW).where(_AT.unit.in_(units), some, _AT.row_date.is_not(None), _AT.item_id.is_(None))
        for row in session.execute(query):
            if own.get((row.unit, row.address_key)) == row.column:
                found[row.unit, row.address_key] = row
    return found


def _chosen(
    session: Session,
    strangers: dict[Place, Incoming],
    wanted: dict[Place, list[tuple[str, bool]]],
    alone: set[Place],
) -> dict[Place, str]:
    names = sorted({name for left in wanted.values() for name, _ in left})
    at = tables.items.c
    known: dict[str, Any] = {}
    for start in range(0, len(names), _CHUNK):
        query = sa.select(at.id, at.document_number, at.index_number, at.page_read, at.body_text)
        known |= {
            row.id: row for row in session.execute(query.where(among(session, at.id, names[start : start + _CHUNK])))
        }
    chosen: dict[Place, str] = {}
    for place, left in wanted.items():
        fitting = [
            name for name, proven in left if _fits(strangers[place], known[name], proven=proven, alone=place in alone)
        ]
        if len(fitting) == 1:
            chosen[place] = fitting[0]
    taken = Counter(chosen.values())
    return {place: name for place, name in chosen.items() if taken[name] == 1}


def _fits(one: Incoming, row: Any, *, proven: bool, alone: bool) -> bool:
    if _differ(one.item.document_number, row.document_number) or _differ(one.item.index_number, row.index_number):
        return False
    if not one.item.page_read or not row.page_read:
        return proven and alone
    new, old = Text.of(one.item.body_text), Text.of(row.body_text)
    if new.plain == old.plain:
        return bool(new.plain) or (proven and alone)
    return proven and alone and likeness(new, old) >= _ALIKE


def _differ(one: str | None, other: str | None) -> bool:
    return bool(one) and bool(other) and "".join(str(one).split()) != "".join(str(other).split())


def _group(row: Any) -> _Group:
    return row.unit, row.column, "".join(row.title.split()), row.row_date


def _place(one: Incoming) -> Place:
    return one.item.unit, one.keys[0]
