"""A unit's score: 100 points, shared out over what it owes and could be judged on.

Formula, version 1. The points are shared out by the published weights over five groups: columns, annual report,
platform, timely items, catalogue items; a group in which nothing could be judged gives its weight to the others.
Within a group every obligation counts the same: a column is one obligation (met when it is neither blank, undated
nor stale), the annual report one, each required kind of column one, each judged item one. So

    points = 100 × Σ weight × met ÷ judged   ÷   Σ weight          over the groups with judged > 0

What could not be judged counts neither for nor against, and is shown; a unit of whose columns less than the published
share could be judged has no points, for what nobody could see is no merit. Units are ranked among units of their kind;
equal points share a rank. ``Loss`` explains every point that is missing from 100.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from flows.compliance.regulation import FRESHNESS_RULES, Regulation
from flows.compliance.rules import required_columns
from storage.schema import Unit, UnitKind, Verdict, VerdictKind

_COLUMN_RULES = frozenset((*FRESHNESS_RULES, "UP-06", "UP-07"))
_ITEM_GROUPS = {"TM-01": "timely_items", "CT-01": "catalogue_items"}
_EXAMPLES = 5

# what a column comes to when its rules differ: the gravest
_ORDER = (VerdictKind.BREACH, VerdictKind.NOT_ASSESSABLE, VerdictKind.COMPLIANT, VerdictKind.NOT_APPLICABLE)


@dataclass(frozen=True, kw_only=True)
class Group:
    """One group of a unit's obligations: how many could be judged, how many of those were met."""

    name: str
    weight: float
    met: int
    judged: int
    not_assessable: int


@dataclass(frozen=True, kw_only=True)
class Loss:
    """Points missing from 100, and why. ``items`` are examples; ``count`` says how many there are."""

    group: str
    rule: str
    points: float
    count: int
    column: str | None = None
    items: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class UnitScore:
    """A unit's points (None where too little could be judged), its rank among the units of its kind, and the losses."""

    unit: str
    name: str
    kind: UnitKind
    points: float | None
    rank: int | None
    peers: int
    met: int
    judged: int
    not_assessable: int
    coverage: float | None
    groups: tuple[Group, ...]
    losses: tuple[Loss, ...]


@dataclass
class _Count:
    met: int = 0
    missed: int = 0
    not_assessable: int = 0
    examples: list[str] = field(default_factory=list)


class Tally:
    """Verdicts in, one at a time and in any order; memory grows with units and columns, never with items."""

    def __init__(self) -> None:
        self._columns: dict[str, dict[str, dict[str, VerdictKind]]] = defaultdict(lambda: defaultdict(dict))
        self._coverage: dict[str, dict[str, float]] = defaultdict(dict)
        self._reports: dict[str, Verdict] = {}
        self._platforms: dict[str, Verdict] = {}
        self._items: dict[tuple[str, str], _Count] = defaultdict(_Count)

    def add(self, verdict: Verdict) -> None:
        """Counts one verdict; of a rule that the formula does not know nothing is counted."""
        if verdict.rule in _ITEM_GROUPS:
            self._add_item(verdict)
        elif verdict.rule in _COLUMN_RULES and verdict.column is not None:
            self._columns[verdict.unit][verdict.column][verdict.rule] = verdict.verdict
            if verdict.coverage is not None:
                self._coverage[verdict.unit][verdict.column] = verdict.coverage
        elif verdict.rule in ("TM-10", "TM-11") and verdict.verdict is not VerdictKind.NOT_APPLICABLE:
            self._reports[verdict.unit] = verdict
        elif verdict.rule == "PL-01":
            self._platforms[verdict.unit] = verdict

    def _add_item(self, verdict: Verdict) -> None:
        count = self._items[verdict.unit, verdict.rule]
        if verdict.verdict is VerdictKind.COMPLIANT:
            count.met += 1
        elif verdict.verdict is VerdictKind.NOT_ASSESSABLE:
            count.not_assessable += 1
        elif verdict.verdict is VerdictKind.BREACH:
            count.missed += 1
            if len(count.examples) < _EXAMPLES and verdict.item is not None:
                count.examples.append(verdict.item)

    def coverage(self, unit: str) -> float | None:
        """The mean coverage of the unit's columns."""
        known = self._coverage.get(unit, {}).values()
        return sum(known) / len(known) if known else None

    def counts(self, unit: Unit, law: Regulation) -> dict[str, tuple[_Count, list[Loss]]]:
        """Group → what was met and missed, and the losses with their points still to be worked out."""
        columns, missed_columns = _Count(), []
        ids = {column.id for column in unit.columns}
        for column, by_rule in self._columns.get(unit.id, {}).items():
            if column not in ids:
                continue
            gravest = min(by_rule.values(), key=_ORDER.index)
            columns.met += gravest is VerdictKind.COMPLIANT
            columns.not_assessable += gravest is VerdictKind.NOT_ASSESSABLE
            if gravest is VerdictKind.BREACH:
                columns.missed += 1
                rule = min(key for key, kind in by_rule.items() if kind is VerdictKind.BREACH)
                missed_columns.append(_loss("columns", rule, 1, law, column=column))
        report, missed_reports = _Count(), []
        if (verdict := self._reports.get(unit.id)) is not None:
            report.met += verdict.verdict is VerdictKind.COMPLIANT
            report.not_assessable += verdict.verdict is VerdictKind.NOT_ASSESSABLE
            if verdict.verdict is VerdictKind.BREACH:
                report.missed += 1
                missed_reports.append(_loss("annual_report", verdict.rule, 1, law))
        platform, missed_kinds = _Count(), []
        if (verdict := self._platforms.get(unit.id)) is not None:
            required = len(law.text("PL-01", required_columns.Text).required.get(unit.kind, ()))
            missing = len(verdict.facts.get("missing", ()))
            if verdict.verdict is VerdictKind.COMPLIANT:
                platform.met = required
            elif verdict.verdict is VerdictKind.NOT_ASSESSABLE:
                platform.not_assessable = required
            elif verdict.verdict is VerdictKind.BREACH:
                platform.not_assessable = len(verdict.facts.get("unregistered") or ())
                platform.missed, platform.met = missing, required - missing - platform.not_assessable
                why = f"{law.rules['PL-01'].title}: {', '.join(verdict.facts.get('missing', ()))}"
                missed_kinds.append(_loss("platform", "PL-01", missing, law, why=why))
        found = {
            "columns": (columns, missed_columns),
            "annual_report": (report, missed_reports),
            "platform": (platform, missed_kinds),
        }
        for rule, group in _ITEM_GROUPS.items():
            count = self._items.get((unit.id, rule), _Count())
            losses = [_loss(group, rule, count.missed, law, items=tuple(count.examples))] if count.missed else []
            found[group] = (count, losses)
        return found


def _loss(
    group: str,
    rule: str,
    count: int,
    law: Regulation,
    *,
    column: str | None = None,
    items: tuple[str, ...] = (),
    why: str | None = None,
) -> Loss:
    title = law.rules[rule].title if rule in law.rules else rule
    return Loss(group=group, rule=rule, points=0, count=count, column=column, items=items, why=why or title)


def score(units: Sequence[Unit], tally: Tally, law: Regulation) -> tuple[UnitScore, ...]:
    """Every unit's score, in the order of kind, rank and name; units that could not be judged come last."""
    unranked = [_score(unit, tally, law) for unit in units]
    return tuple(_ranked(unranked))


def _score(unit: Unit, tally: Tally, law: Regulation) -> UnitScore:
    weights = law.score.weights.model_dump()
    counts = tally.counts(unit, law)
    groups = tuple(
        Group(
            name=name,
            weight=weights[name],
            met=count.met,
            judged=count.met + count.missed,
            not_assessable=count.not_assessable,
        )
        for name, (count, _) in counts.items()
    )
    columns = next(group for group in groups if group.name == "columns")
    is_seen = columns.judged >= law.score.least_judged * (columns.judged + columns.not_assessable)
    total = sum(group.weight for group in groups if group.judged) if is_seen else 0
    points = None
    losses: list[Loss] = []
    if total:
        points = 100 * sum(group.weight * group.met / group.judged for group in groups if group.judged) / total
        for group in groups:
            each = 100 * group.weight / total / group.judged if group.judged else 0
            losses += [replace(loss, points=loss.count * each) for loss in counts[group.name][1]]
    return UnitScore(
        unit=unit.id,
        name=unit.name,
        kind=unit.kind,
        points=points,
        rank=None,
        peers=0,
        met=sum(group.met for group in groups),
        judged=sum(group.judged for group in groups),
        not_assessable=sum(group.not_assessable for group in groups),
        coverage=tally.coverage(unit.id),
        groups=groups,
        losses=tuple(sorted(losses, key=lambda loss: -loss.points)),
    )


def _ranked(scores: Iterable[UnitScore]) -> Iterator[UnitScore]:
    peers: dict[UnitKind, list[UnitScore]] = defaultdict(list)
    for one in scores:
        peers[one.kind].append(one)
    for kind in UnitKind:
        judged = sorted(
            (one for one in peers[kind] if one.points is not None), key=lambda one: (-(one.points or 0), one.name)
        )
        rank = 0
        for place, one in enumerate(judged, start=1):
            if place == 1 or round(one.points or 0, 6) != round(judged[place - 2].points or 0, 6):
                rank = place
            yield replace(one, rank=rank, peers=len(judged))
        for one in sorted((one for one in peers[kind] if one.points is None), key=lambda one: one.name):
            yield replace(one, peers=len(judged))
