"""One document at several units becomes one: what changed is compared, and joined or parted again by itself.

Items whose revisions came since the last run are marked, compared with those that share a mark, and the documents
they belong to are put together anew (``sameness``, ``clusters``). Each batch is one transaction with its marks, pairs,
revisions, events and the place to go on from: killed at any moment, the next run goes on, and running again changes
nothing. Two runs at once take turns. What a person decided stands until a person says otherwise.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import registry, tables
from storage.addresses import address_key
from storage.catalogue import revisions, rows
from storage.catalogue.clusters import Decision, Member, clusters
from storage.catalogue.fingerprint import METHOD
from storage.catalogue.marks import Marks, documents, mark_of
from storage.catalogue.naming import Bodies
from storage.catalogue.sameness import Document, judge
from storage.database import Database, among, dumps, insert_into, insert_many, utcnow
from storage.exceptions import StepRefused, UnknownTarget
from storage.formats.json_item import to_json
from storage.schema import Copy, Item

BATCH: Final = 1000  # revisions
RULE: Final = "rule"
_CURSOR: Final = f"united {METHOD}"  # another method begins from the beginning
_CHUNK: Final = 2000
_MOST_PAIRS: Final = 20_000  # compared in one transaction, some seconds, for which other writers wait
_HELD: Final = 2000  # documents with their texts that are held while pairs are compared
_Pair = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class United:
    """How many items a run looked at, joined to another one's document, and parted from one."""

    looked: int = 0
    merged: int = 0
    parted: int = 0

    def __add__(self, other: United) -> United:
        return United(
            looked=self.looked + other.looked, merged=self.merged + other.merged, parted=self.parted + other.parted
        )


def unite(db: Database, *, batch: int = BATCH) -> United:
    """Joins and parts what changed since the last run makes one document or no longer one.

    :param batch: revisions to a transaction.
    :raises DatabaseError: the database failed; the batches before are kept, and the next run goes on after them.
    """
    bodies = _bodies(db)
    total, size = United(), batch
    while True:
        with db.read() as session:
            since = _cursor(session)
            upto, names = _changed(session, since, size)
            if upto == since:
                return total
            marks = [mark_of(one) for one in documents(session, names, bodies).values()]
        with db.begin() as session:
            turn = revisions.take_turn(session)
            if _cursor(session) != since:
                continue  # another run was here meanwhile
            kept = Marks(session, marks)
            kept.keep()
            pairs = kept.candidates()
            if len(pairs) > _MOST_PAIRS and len(names) > 1:
                session.rollback()
                size = max(1, len(names) // 4)
                continue
            seeds = _compare(session, names, pairs, {one.document.item: one.document for one in marks}, bodies)
            done = _Settling(session, turn, bodies, {}).settle(seeds)
            _move_cursor(session, upto)
            revisions.finish(session, turn)
        size = min(batch, 2 * size)
        total += replace(done, looked=len(names))


def merge_items(db: Database, item: str, into: str, *, who: str, why: str) -> United:
    """A person says that ``item`` is the document that ``into`` is: it is joined to it, whatever the rule finds.

    :raises UnknownTarget: there is no such item.
    :raises StepRefused: both are one item.
    """
    bodies = _bodies(db)
    with db.begin() as session:
        turn = revisions.take_turn(session)
        settling = _Settling(session, turn, bodies, {item: (who, why)})
        _known(session, item)
        leader = _known(session, into) or into
        if item == leader:
            if item == into:
                raise StepRefused(f"{item} is one item: name two")
            leader = into  # what leads is joined to one of its copies: the copy leads from now on
        decided = _decisions(session, [item])
        mine = {item, *(one for each in decided if each.same for one in (each.one, each.other))}
        theirs = {leader, *_copies_of(session, [leader])}
        _forget(session, [(one, other) for one in mine for other in theirs if one != other])
        _decide(session, [_ordered(item, leader)], same=True, away=item, who=who, why=why)
        done = settling.settle({item, leader, into})
        settling.confirm(item, leader)
        revisions.finish(session, turn)
        return done


def split_item(db: Database, item: str, *, who: str, why: str, other: str | None = None) -> United:
    """A person says that ``item`` is a document of its own: it stands by itself again, and no rule joins it.

    :param other: only that it is not the document of this one; they need not be joined now.
    :raises UnknownTarget: there is no such item.
    :raises StepRefused: it stands by itself, or both are one item.
    """
    bodies = _bodies(db)
    with db.begin() as session:
        turn = revisions.take_turn(session)
        leader = _known(session, item) or item
        if other is None:
            others = {leader, *_copies_of(session, [leader])} - {item}
        else:
            lead = _known(session, other) or other
            others = {lead, *_copies_of(session, [lead])} - {item} if lead != leader else {other} - {item}
        if not others:
            raise StepRefused(f"{item} stands by itself: there is nothing to part it from")
        _decide(session, [_ordered(item, one) for one in others], same=False, away=None, who=who, why=why)
        settling = _Settling(session, turn, bodies, dict.fromkeys((item, *others), (who, why)))
        done = settling.settle({item, *others})
        settling.confirm(item, leader if other is None else other)
        revisions.finish(session, turn)
        return done


# ------------------------------------------------------------------ what changed


def _bodies(db: Database) -> Bodies:
    city = registry.load_city(db)
    return Bodies(city.name if city else "", {unit.id: unit.name for unit in city.units} if city else {})


def _cursor(session: Session) -> int:
    at = tables.counters.c
    return int(session.execute(sa.select(at.value).where(at.name == _CURSOR)).scalar() or 0)


def _move_cursor(session: Session, upto: int) -> None:
    insert = insert_into(session, tables.counters).values(name=_CURSOR, value=upto)
    session.execute(insert.on_conflict_do_update(index_elements=["name"], set_={"value": upto}))


def _changed(session: Session, since: int, most: int) -> tuple[int, list[str]]:
    """Up to which number was read, and the items that changed otherwise than by our own doing."""
    at = tables.item_revisions.c
    query = sa.select(at.seq, at.item_id, at.changed).where(at.seq > since).order_by(at.seq).limit(most)
    upto = since
    names: dict[str, None] = {}
    for seq, item, changed in session.execute(query):
        upto = seq
        if tuple(changed) not in revisions.IDENTITY:
            names[item] = None
    return upto, list(names)


def _compare(
    session: Session,
    names: Sequence[str],
    candidates: Sequence[_Pair],
    batch: Mapping[str, Document],
    bodies: Bodies,
) -> set[str]:
    """Keeps what the batch's items are to others, in the place of what they were; whose documents that touches."""
    touched = set(_neighbours(session, names))
    at = tables.identity_pairs.c
    for start in range(0, len(names), _CHUNK):
        some = names[start : start + _CHUNK]
        here = sa.or_(among(session, at.one, some), among(session, at.other, some))
        session.execute(sa.delete(tables.identity_pairs).where(here))
    found = []
    for one, other in _loaded(session, candidates, batch, bodies):
        told = judge(one, other, bodies)
        if told is not None:
            found.append(
                {"one": one.item, "other": other.item, "same": told.same, "reason": told.reason, "score": told.score}
            )
            if told.same:
                touched |= {one.item, other.item}
    insert_many(session, tables.identity_pairs, found)
    return touched | set(_joined(session, names))


def _loaded(
    session: Session, pairs: Sequence[_Pair], batch: Mapping[str, Document], bodies: Bodies
) -> Iterator[tuple[Document, Document]]:
    held: dict[str, Document] = {}
    for start in range(0, len(pairs), _CHUNK):
        some = pairs[start : start + _CHUNK]
        wanted = {name for pair in some for name in pair} - batch.keys() - held.keys()
        if len(held) + len(wanted) > _HELD:
            held = {}
            wanted = {name for pair in some for name in pair} - batch.keys()
        held |= documents(session, sorted(wanted), bodies)
        for one, other in some:
            yield batch.get(one) or held[one], batch.get(other) or held[other]


# ------------------------------------------------------------------ documents put together anew


class _Settling:
    """Puts the documents of some items together anew and writes what that changes, in the caller's transaction."""

    def __init__(
        self, session: Session, turn: revisions.Turn, bodies: Bodies, told: Mapping[str, tuple[str, str]]
    ) -> None:
        self.session, self.turn, self.bodies = session, turn, bodies
        self.told = told  # item → who said what of it, and why
        self.events: list[dict[str, Any]] = []

    def settle(self, seeds: Collection[str]) -> United:
        """Those of ``seeds`` and of all that belongs to them."""
        whole = self._closure(seeds)
        if not whole:
            return United()
        items = {}
        for start in range(0, len(whole), _CHUNK):
            query = sa.select(*rows.ITEM_COLUMNS).where(
                among(self.session, tables.items.c.id, whole[start : start + _CHUNK])
            )
            for row in self.session.execute(query).mappings():
                items[row["id"]] = rows.item_of(row)
        pairs = {(row.one, row.other): row for row in _pairs(self.session, whole)}
        decided = list(_decisions(self.session, whole))
        same = [pair for pair, row in pairs.items() if row.same]
        links = [*same, *((one.one, one.other) for one in decided if one.same)]
        led: dict[str, str] = {}
        for part in _components(items, links):
            inside = set(part)
            members = [self._member(items[name]) for name in part]
            edges = [pair for pair in same if pair[0] in inside] if len(part) > 1 else []
            led |= clusters(members, edges, [one for one in decided if one.one in inside and one.other in inside])
        after = self._after(items, led)
        changed = {name for name, item in after.items() if item != items[name]}
        self._write(items, after, changed)
        return self._note(items, after, changed, pairs, decided, led)

    def confirm(self, item: str, leader: str) -> None:
        """Keeps that a person said what the rule had found already."""
        if not any(event["item_id"] == item for event in self.events):
            who, why = self.told[item]
            event = {"what": "confirmed", "item_id": item, "leader": leader, "who": who, "reason": why}
            _keep_events(self.session, [{**event, "at": self.turn.datestamp, "score": None, "facts": {}}])

    def _closure(self, seeds: Collection[str]) -> list[str]:
        """The items themselves and all that is linked with them: by pairs, decisions and documents as they stand."""
        found: set[str] = set()
        fresh = set(seeds)
        while fresh:
            found |= fresh
            some = sorted(fresh)
            near = set(_neighbours(self.session, some)) | set(_joined(self.session, some))
            near |= {name for one in _decisions(self.session, some) if one.same for name in (one.one, one.other)}
            fresh = near - found
        return sorted(found)

    def _member(self, item: Item) -> Member:
        keys = self.bodies.named_in(item.source) | self.bodies.named_in(item.issuer)
        return Member(
            item=item.id,
            unit=item.unit,
            stands=item.withdrawn_at is None,
            shown_on=item.published_on if rows.is_displayed(item) else None,
            first_seen=item.first_seen,
            names=frozenset(unit for key in keys for unit in self.bodies.units_of(key)),
        )

    def _after(self, items: Mapping[str, Item], led: Mapping[str, str]) -> dict[str, Item]:
        """The items as they are to stand; the addresses that copies brought leave with them."""
        own = self._own_aliases(items)
        copies: dict[str, list[Item]] = defaultdict(list)
        for name, leader in led.items():
            if name != leader and items[name].withdrawn_at is None:
                copies[leader].append(items[name])
        after = {}
        for name, item in items.items():
            leader = led[name]
            mine = sorted(copies.get(name, ()), key=lambda one: (one.published_on or dt.date.max, one.id))
            after[name] = replace(
                item,
                same_as=None if leader == name else leader,
                copies=tuple(
                    Copy(item=one.id, unit=one.unit, column=one.column, url=one.url, published_on=one.published_on)
                    for one in mine
                ),
                aliases=tuple(
                    _addresses(item.url, (*own[name], *(a for one in mine for a in (one.url, *own[one.id]))))
                ),
            )
        return after

    def _own_aliases(self, items: Mapping[str, Item]) -> dict[str, tuple[str, ...]]:
        """Item → its aliases without those of its copies: an address of a copy belongs to the copy."""
        leaders = [item for item in items.values() if item.copies]
        keys = sorted({address_key(url) for item in leaders for url in item.aliases})
        at = tables.item_addresses.c
        owners: dict[tuple[str, str], str] = {}
        for start in range(0, len(keys), _CHUNK):
            query = sa.select(at.unit, at.address_key, at.item_id).where(
                among(self.session, at.address_key, keys[start : start + _CHUNK])
            )
            owners |= {(row.unit, row.address_key): row.item_id for row in self.session.execute(query)}
        own = {item.id: item.aliases for item in items.values()}
        for item in leaders:
            copies = {one.item for one in item.copies}
            own[item.id] = tuple(
                url
                for url in item.aliases
                if (owner := owners.get((item.unit, address_key(url)))) is not None and owner not in copies
            )
        return own

    def _write(self, before: Mapping[str, Item], after: Mapping[str, Item], changed: Collection[str]) -> None:
        """A revision for each changed item; first those that stand, so that a consumer never holds a document less."""
        updates = []
        for name in sorted(changed, key=lambda one: (revisions.action_of(after[one]) == "delete", one)):
            item = replace(after[name], revision=before[name].revision + 1)
            fields = [
                one for one in ("aliases", "copies", "same_as") if getattr(item, one) != getattr(before[name], one)
            ]
            data = to_json(item)
            seq = self.turn.add(name, item.revision, fields, dumps(data), revisions.action_of(item))
            kept = {"b_aliases": data["aliases"] or None, "b_copies": data["copies"] or None, "b_same_as": item.same_as}
            updates.append({"b_id": name, "b_seq": seq, "b_revision": item.revision, **kept})
        if not updates:
            return
        at, bind = tables.items.c, sa.bindparam
        names = ("seq", "revision", "aliases", "copies", "same_as")
        values = {name: bind(f"b_{name}", type_=at[name].type) for name in names}
        statement = sa.update(tables.items).where(at.id == bind("b_id")).values(**values)
        self.session.connection().execute(statement, updates)

    def _note(
        self,
        before: Mapping[str, Item],
        after: Mapping[str, Item],
        changed: Collection[str],
        pairs: Mapping[_Pair, Any],
        decided: Sequence[Decision],
        led: Mapping[str, str],
    ) -> United:
        """Keeps every joining and parting with who did it and why."""
        merged = parted = 0
        said = {(one.one, one.other): one for one in decided}
        for name in sorted(changed):
            was, now = before[name].same_as, after[name].same_as
            if was == now:
                continue
            pair = pairs.get(_ordered(name, now or was or name))
            who, reason = RULE, "no_longer_the_same"
            score = None
            if now is not None:
                what, merged = "merged", merged + (was is None)  # a copy that got another leader is none more
                if pair is not None and pair.same:
                    reason, score = pair.reason, pair.score
                else:
                    who, reason = self._by_person(said, name, now)
            elif was is not None and led.get(was) == name:
                what, reason = "leads", "first_publisher"
            else:
                what, parted = "parted", parted + 1
            if name in self.told:
                who, reason = self.told[name]
            self.events.append(
                {
                    "at": self.turn.datestamp,
                    "what": what,
                    "item_id": name,
                    "leader": now or was,
                    "who": who,
                    "reason": reason,
                    "score": score,
                    "facts": {"before": was, "after": now, "title": after[name].title, "url": after[name].url},
                }
            )
        _keep_events(self.session, self.events)
        return United(merged=merged, parted=parted)

    def _by_person(self, said: Mapping[_Pair, Decision], name: str, leader: str) -> tuple[str, str]:
        one = said.get(_ordered(name, leader))
        if one is not None and one.same:
            return one.who, one.why
        return RULE, "joined_by_hand"


def _addresses(url: str, aliases: Iterable[str]) -> Iterator[str]:
    seen = {address_key(url)}
    for alias in aliases:
        key = address_key(alias)
        if key not in seen:
            seen.add(key)
            yield alias


def _components(names: Iterable[str], links: Iterable[_Pair]) -> list[list[str]]:
    """The items in parts that no link leads out of."""
    part = {name: [name] for name in names}
    for one, other in links:
        if one in part and other in part and part[one] is not part[other]:
            small, large = sorted((part[one], part[other]), key=len)
            large += small
            for name in small:
                part[name] = large
    unique = {id(some): some for some in part.values()}
    return [sorted(some) for some in unique.values()]


# ------------------------------------------------------------------ rows


def _ordered(one: str, other: str) -> _Pair:
    return (one, other) if one < other else (other, one)


def _pairs(session: Session, names: Sequence[str]) -> Iterator[Any]:
    """The pairs these items are in."""
    at = tables.identity_pairs.c
    for start in range(0, len(names), _CHUNK):
        some = names[start : start + _CHUNK]
        for end in (at.one, at.other):
            yield from session.execute(sa.select(tables.identity_pairs).where(among(session, end, some))).all()


def _neighbours(session: Session, names: Sequence[str]) -> Iterator[str]:
    """The items that are one document with one of these by a pair, both ends."""
    for row in _pairs(session, names):
        if row.same:
            yield row.one
            yield row.other


def _joined(session: Session, names: Sequence[str]) -> Iterator[str]:
    """Of the items of these ids those that belong to a document of several, and the others of it."""
    at = tables.items.c
    several = at.same_as.is_not(None)
    for start in range(0, len(names), _CHUNK):
        some = names[start : start + _CHUNK]
        for end in (at.same_as, at.id):
            for name, leader in session.execute(sa.select(at.id, at.same_as).where(several, among(session, end, some))):
                yield name
                yield leader


def _copies_of(session: Session, names: Sequence[str]) -> list[str]:
    at = tables.items.c
    return list(session.execute(sa.select(at.id).where(at.same_as.is_not(None), at.same_as.in_(names))).scalars())


def _known(session: Session, item: str) -> str | None:
    """What the item is a copy of.

    :raises UnknownTarget: there is no such item.
    """
    at = tables.items.c
    found = session.execute(sa.select(at.same_as).where(at.id == item)).one_or_none()
    if found is None:
        raise UnknownTarget(f"no item {item} in the catalogue")
    leader: str | None = found.same_as
    return leader


def _decisions(session: Session, names: Sequence[str]) -> list[Decision]:
    at = tables.identity_decisions.c
    found: dict[_Pair, Decision] = {}
    for start in range(0, len(names), _CHUNK):
        some = names[start : start + _CHUNK]
        for end in (at.one, at.other):
            query = sa.select(at.one, at.other, at.same, at.away, at.who, at.why).where(among(session, end, some))
            found |= {(row.one, row.other): Decision(**row._mapping) for row in session.execute(query)}
    return [found[pair] for pair in sorted(found)]


def _decide(session: Session, pairs: Sequence[_Pair], *, same: bool, away: str | None, who: str, why: str) -> None:
    values = {"same": same, "away": away, "who": who, "why": why, "at": utcnow()}
    for one, other in sorted(pairs):
        insert = insert_into(session, tables.identity_decisions).values(one=one, other=other, **values)
        session.execute(insert.on_conflict_do_update(index_elements=["one", "other"], set_=values))


def _forget(session: Session, pairs: Sequence[_Pair]) -> None:
    """A person now says otherwise; the events keep what was said."""
    at = tables.identity_decisions.c
    for one, other in {_ordered(*pair) for pair in pairs}:
        here = (at.one == one, at.other == other, sa.not_(at.same))
        session.execute(sa.delete(tables.identity_decisions).where(*here))


def _keep_events(session: Session, events: Sequence[Mapping[str, Any]]) -> None:
    if events:
        session.execute(sa.insert(tables.identity_events), list(events))
