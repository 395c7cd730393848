"""A unit's score: 100 points, shared out over what it owes and could be judged on.

Formula, version 2. ``regulations/score.yml`` names the groups of obligations, each with its weight, the rules it
counts and how. Only rules that bind count: enabled, and no advice. Of the verdicts only what ``gongkai export
verdicts`` writes is read (rule, unit, column, item, verdict, reason), of the registry only what a city file holds, so
that anybody can recompute every number.

- ``columns``: one obligation a registered column. The gravest of what the rules say of it counts: breach, then not
  assessable, then compliant.
- ``items``: one obligation an item, likewise.
- ``unit``: one obligation a verdict.

What is not applicable counts nowhere; nor does what was put before a person or told as advice (not assessable, with a
reason of that name). What could not be judged counts neither for nor against, and is shown. A group in which nothing
could be judged gives its weight to the others:

    points = 100 × Σ weight × met ÷ judged   ÷   Σ weight          over the groups with judged > 0

A unit of whose columns less than the published share could be judged has no points, for what nobody could see is no
merit. A loss is what one thing missed costs, which is what meeting it earns: what is judged stays the same, so the
losses are independent of each other, and their sum is what is missing from 100.

A breach of a veto rule fails the unit's site (不合格, 国办秘函〔2019〕19号): the points stay, and in rank the unit
comes after all that pass. Units are ranked among their peers, vertical ones among themselves; equal points share a
rank. Everything is worked out in fractions; ``tenths`` rounds what is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from flows.compliance.regulation import ScoreText
from flows.compliance.tally import EXAMPLES, Count, Lost, Tally, Veto
from storage.schema import PeerGroup, Unit


@dataclass(frozen=True, kw_only=True)
class Group:
    """One group of a unit's obligations.

    ``judged`` of them could be judged, ``met`` of those are met. ``worth`` is the group's part of the hundred points
    after those in which nothing could be judged gave theirs away; None where the unit has no points.
    """

    id: str
    name: str
    chinese: str
    met: int
    judged: int
    not_assessable: int
    worth: Fraction | None = None

    @property
    def points(self) -> Fraction | None:
        """The points the group brings; None where nothing in it could be judged."""
        return None if self.worth is None or not self.judged else self.worth * self.met / self.judged


@dataclass(frozen=True, kw_only=True)
class Loss:
    """Points missing from 100, and why: ``count`` things that breach the same ``rules``, each worth the same.

    ``points`` is what meeting all of them earns. ``items`` are the first few by id.
    """

    group: str
    rules: tuple[str, ...]
    points: Fraction
    count: int
    column: str | None = None
    item: str | None = None
    items: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class UnitScore:
    """A unit's points (None where too little could be judged) and its rank among ``peers`` that have points."""

    unit: str
    name: str
    peer_group: PeerGroup
    points: Fraction | None
    rank: int | None = None
    peers: int = 0
    groups: tuple[Group, ...] = ()
    losses: tuple[Loss, ...] = ()
    vetoes: tuple[Veto, ...] = ()

    @property
    def met(self) -> int:
        """Obligations met, over all groups."""
        return sum(group.met for group in self.groups)

    @property
    def judged(self) -> int:
        """Obligations that could be judged, over all groups."""
        return sum(group.judged for group in self.groups)

    @property
    def not_assessable(self) -> int:
        """Obligations that could not be judged, over all groups."""
        return sum(group.not_assessable for group in self.groups)


def tenths(points: Fraction) -> Decimal:
    """Points as they are shown: one decimal, a half rounded up."""
    return Decimal((points * 20 + 1) // 2).scaleb(-1)


def score(tally: Tally) -> tuple[UnitScore, ...]:
    """Every unit's score by peer group and rank; units that could not be judged come last in their group."""
    return ranked(_score(unit, tally) for unit in tally.units)


def _score(unit: Unit, tally: Tally) -> UnitScore:
    text = tally.formula.text
    counts = tally.counts(unit.id)
    is_seen = _is_seen(counts, text)
    judged = {name: count.met + len(count.lost) for name, count in counts.items()}
    total = sum((Fraction(text.groups[name].weight) for name in counts if judged[name]), Fraction(0))
    groups = []
    losses: list[Loss] = []
    for name, count in counts.items():
        worth = None
        if total and is_seen:
            worth = 100 * Fraction(text.groups[name].weight) / total if judged[name] else Fraction(0)
        group = Group(
            id=name,
            name=text.groups[name].name,
            chinese=text.groups[name].chinese,
            met=count.met,
            judged=judged[name],
            not_assessable=count.not_assessable,
            worth=worth,
        )
        groups.append(group)
        if worth:
            losses += _losses(name, count.lost, worth / judged[name], together=text.groups[name].counts == "items")
    brought = [group.points for group in groups if group.points is not None]
    return UnitScore(
        unit=unit.id,
        name=unit.name,
        peer_group=unit.peer_group,
        points=sum(brought, Fraction(0)) if brought else None,
        groups=tuple(groups),
        losses=tuple(sorted(losses, key=lambda loss: -loss.points)),
        vetoes=tally.vetoes(unit.id),
    )


def _is_seen(counts: Mapping[str, Count], text: ScoreText) -> bool:
    columns = [count for name, count in counts.items() if text.groups[name].counts == "columns"]
    judged = sum(count.met + len(count.lost) for count in columns)
    unsure = sum(count.not_assessable for count in columns)
    return judged >= Fraction(text.least_judged) * (judged + unsure)


def _losses(group: str, lost: Sequence[Lost], each: Fraction, *, together: bool) -> Iterator[Loss]:
    """One loss a thing; items that breach the same rules are told together."""
    by_rules: dict[tuple[str, ...], list[Lost]] = {}
    for one in lost:
        if together and one.item is not None:
            by_rules.setdefault(one.rules, []).append(one)
        else:
            yield Loss(group=group, rules=one.rules, points=each, count=1, column=one.column, item=one.item)
    for rules, ones in by_rules.items():
        items = tuple(one.item for one in ones[:EXAMPLES] if one.item is not None)
        yield Loss(group=group, rules=rules, points=each * len(ones), count=len(ones), items=items)


def ranked(scores: Iterable[UnitScore]) -> tuple[UnitScore, ...]:
    """The scores with their ranks, by peer group; those that fail come after those that pass, whatever their points."""
    peers: dict[PeerGroup, list[UnitScore]] = defaultdict(list)
    for one in scores:
        peers[one.peer_group].append(one)
    return tuple(placed for group in PeerGroup for placed in _ranked(peers[group]))


def _ranked(peers: Sequence[UnitScore]) -> Iterator[UnitScore]:
    judged = sorted(
        (one for one in peers if one.points is not None), key=lambda one: (*_standing(one), one.name, one.unit)
    )
    rank = 0
    for place, one in enumerate(judged):
        if place == 0 or _standing(one) != _standing(judged[place - 1]):
            rank = place + 1
        yield replace(one, rank=rank, peers=len(judged))
    for one in sorted((one for one in peers if one.points is None), key=lambda one: (one.name, one.unit)):
        yield replace(one, rank=None, peers=len(judged))


def _standing(one: UnitScore) -> tuple[bool, Fraction]:
    return bool(one.vetoes), -(one.points or Fraction(0))
