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
    groups: dict[_Group, list[Any]] = defaultdict(list)
    places = sorted({(row.unit, row.column) for row in came.values()})
    days = {row.row_date for row in came.values()}
    for start in range(0, len(places), _CHUNK):
        query = sa.select(*_NARROW).where(
            among_pairs(session, (_AT.unit, _AT.column), places[start : start + _CHUNK]), _AT.shown_on.in_(days)
        )
        for row in session.execute(query):
            if row.row_date is not None:
                groups[_group(row)].append(row)
    looks = tables.column_looks.c
    query = sa.select(looks.unit, looks.column, looks.last_complete_at).where(
        looks.unit.in_({one for one, _ in places})
    )
    complete = {(row.unit, row.column): row.last_complete_at for row in session.execute(query)}
    wanted: dict[Place, list[tuple[str, bool]]] = {}
    alone: set[Place] = set()
    for place, new in came.items():
        group = groups[_group(new)]
        gone: dict[str, bool] = {}  # one that has moved before left a row at each of its places
        stays: set[str] = set()  # and stands at its last
        for row in group:
            proof = _left(row, new, complete)
            if proof is not None:
                gone[row.item_id] = gone.get(row.item_id, False) or proof
            elif row.item_id is not None and row.missing_since is None:
                stays.add(row.item_id)
        left = [(name, proof) for name, proof in gone.items() if name not in stays]
        if left:
            wanted[place] = left
            if len(left) == 1 and sum(row.first_seen == new.first_seen for row in group) == 1:
                alone.add(place)
    return _chosen(session, {_place(one): one for one in strangers}, wanted, alone)


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


def _left(row: Any, new: Any, complete: dict[tuple[str, str], dt.datetime | None]) -> bool | None:
    """True: the walk that brought ``new`` proves that ``row`` is gone; False: it did not show it; None: neither."""
    if row.item_id is None or row.address_key == new.address_key or row.first_seen >= new.first_seen:
        return None
    if row.missing_since is not None:
        return True if row.missing_since <= new.first_seen else None
    whole = complete.get((row.unit, row.column))
    covered = whole is not None and whole >= new.first_seen
    return None if covered or row.last_seen >= new.first_seen else False


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
