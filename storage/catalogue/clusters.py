"""Which items are one document, and which of them leads: pure, from pairs that are the same and what people decided.

The leader is the first publisher: a standing item before a withdrawn one, then one that nobody joined to another by
hand, the unit that most name as source or issuer, the earliest displayed day, the earliest ``first_seen``, the
smallest id. Every member is the same document as the leader itself, never only as another member. So the answer
follows from the facts alone, whatever came first; it changes when they do, and only then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_LATE: Final = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, kw_only=True)
class Member:
    """An item among those that may be one document; ``names``: the units its source and issuer name."""

    item: str
    unit: str
    stands: bool
    shown_on: dt.date | None
    first_seen: dt.datetime | None
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a person said of two items: ``same`` or not; ``away``: the one of them that was joined to the other."""

    one: str
    other: str
    same: bool
    away: str | None = None
    who: str = ""
    why: str = ""


def clusters(
    members: Iterable[Member], same: Collection[tuple[str, str]], decisions: Sequence[Decision] = ()
) -> dict[str, str]:
    """Item → the leader of its document, for every member; a leader leads itself.

    :param same: pairs that are one document by the rule, in any order.
    """
    known = {each.item: each for each in members}
    bound = _bound(known, decisions)
    parted = [(each.one, each.other) for each in decisions if not each.same]
    apart = {*parted, *((other, one) for one, other in parted)}
    edges: dict[str, set[str]] = {item: set() for item in known}
    for one, other in same:
        if one in known and other in known and (one, other) not in apart:
            edges[one].add(other)
            edges[other].add(one)
    joined = {each.away for each in decisions if each.same}
    votes = _votes(known)
    order = sorted(known.values(), key=lambda each: _rank(each, votes.get(each.unit, 0), each.item in joined))
    led: dict[str, str] = {}
    for leader in order:
        if leader.item in led:
            continue
        mine = list(bound[leader.item])
        for each in order:
            group = bound[each.item]
            if each.item in led or each.item in mine:
                continue
            joins = any(theirs in edges[name] for name in group for theirs in bound[leader.item])
            if joins and not any((name, theirs) in apart for name in group for theirs in mine):
                mine += group
        led |= dict.fromkeys(mine, leader.item)
    return led


def _rank(one: Member, votes: int, away: bool) -> tuple[object, ...]:
    return (
        not one.stands,
        away,
        -votes,
        one.shown_on or dt.date.max,
        one.first_seen or _LATE,
        one.item,
    )


def _votes(known: Mapping[str, Member]) -> dict[str, int]:
    """How many of the members name each unit."""
    found: dict[str, int] = {}
    for one in known.values():
        for unit in one.names:
            found[unit] = found.get(unit, 0) + 1
    return found


def _bound(known: Mapping[str, Member], decisions: Sequence[Decision]) -> dict[str, tuple[str, ...]]:
    """Item → the items that people joined it to, itself among them."""
    groups = {item: {item} for item in known}
    for one in decisions:
        if one.same and one.one in groups and one.other in groups and groups[one.one] is not groups[one.other]:
            joined = groups[one.one] | groups[one.other]
            for item in joined:
                groups[item] = joined
    return {item: tuple(sorted(group)) for item, group in groups.items()}
