"""Verdicts in, what each unit met and missed out: the counting of the score, group by group.

Verdicts may come in any order and nothing but their rule, unit, column, item, verdict and reason is read. How the
three ways of counting work is told in ``score.py``.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from flows.compliance.formula import SILENT, Formula
from storage.schema import Unit, VerdictKind

EXAMPLES = 5  # columns or items named of what is told together


class Counted(Protocol):
    """What is read of a verdict."""

    @property
    def rule(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def column(self) -> str | None: ...
    @property
    def item(self) -> str | None: ...
    @property
    def verdict(self) -> VerdictKind: ...
    @property
    def reason(self) -> str | None: ...


@dataclass(frozen=True, kw_only=True)
class _Place:
    group: str | None
    breaches_only: bool
    is_veto: bool


@dataclass(frozen=True, kw_only=True)
class Lost:
    """One thing missed, and the rules it breaches."""

    rules: tuple[str, ...]
    column: str | None = None
    item: str | None = None


@dataclass(frozen=True, kw_only=True)
class Count:
    """What was met in one group, what could not be judged, and each thing missed."""

    met: int = 0
    not_assessable: int = 0
    lost: tuple[Lost, ...] = ()


class _Counter(Protocol):
    def add(self, verdict: Counted) -> None: ...
    def count(self) -> Count: ...


class _Columns:
    """One obligation a column."""

    def __init__(self) -> None:
        self._columns: dict[str, set[VerdictKind]] = defaultdict(set)
        self._breached: dict[str, set[str]] = defaultdict(set)

    def add(self, verdict: Counted) -> None:
        if verdict.column is not None:
            self._columns[verdict.column].add(verdict.verdict)
            if verdict.verdict is VerdictKind.BREACH:
                self._breached[verdict.column].add(verdict.rule)

    def count(self) -> Count:
        sound = [kinds for column, kinds in self._columns.items() if column not in self._breached]
        unsure = sum(VerdictKind.NOT_ASSESSABLE in kinds for kinds in sound)
        lost = (Lost(rules=tuple(sorted(rules)), column=column) for column, rules in sorted(self._breached.items()))
        return Count(met=len(sound) - unsure, not_assessable=unsure, lost=tuple(lost))


class _Items:
    """One obligation an item; of those that are met or not sure only a hash is kept, eight bytes a verdict."""

    def __init__(self) -> None:
        self._met = array("q")
        self._unsure = array("q")
        self._lost: dict[tuple[str, str], set[str]] = {}

    def add(self, verdict: Counted) -> None:
        # what names no item speaks of its column, or of the unit
        subject = (verdict.item, "") if verdict.item else ("", verdict.column or "")
        if verdict.verdict is VerdictKind.BREACH:
            self._lost.setdefault(subject, set()).add(verdict.rule)
        else:
            known = self._met if verdict.verdict is VerdictKind.COMPLIANT else self._unsure
            known.append(hash(subject))

    def count(self) -> Count:
        lost = {hash(subject) for subject in self._lost}
        unsure = set(self._unsure) - lost
        met = set(self._met) - lost - unsure
        told = (
            Lost(rules=tuple(sorted(rules)), item=item or None, column=column or None)
            for (item, column), rules in sorted(self._lost.items())
        )
        return Count(met=len(met), not_assessable=len(unsure), lost=tuple(told))


class _Each:
    """One obligation a verdict."""

    def __init__(self) -> None:
        self._met = self._unsure = 0
        self._lost: list[Lost] = []

    def add(self, verdict: Counted) -> None:
        self._met += verdict.verdict is VerdictKind.COMPLIANT
        self._unsure += verdict.verdict is VerdictKind.NOT_ASSESSABLE
        if verdict.verdict is VerdictKind.BREACH:
            self._lost.append(Lost(rules=(verdict.rule,), column=verdict.column, item=verdict.item))

    def count(self) -> Count:
        lost = sorted(self._lost, key=lambda one: (one.rules, one.column or "", one.item or ""))
        return Count(met=self._met, not_assessable=self._unsure, lost=tuple(lost))


_COUNTERS: Mapping[str, type[_Columns | _Items | _Each]] = {"columns": _Columns, "items": _Items, "unit": _Each}


@dataclass(frozen=True, kw_only=True)
class Veto:
    """A rule that fails the site whole, proven ``count`` times. ``columns`` and ``items`` are the first few."""

    rule: str
    count: int
    columns: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


class Tally:
    """Verdicts in, one at a time and in any order; eight bytes an item are kept of what is in order.

    Verdicts on units and columns that are not of the registry count nothing: they are judged no more.
    """

    def __init__(self, units: Sequence[Unit], formula: Formula) -> None:
        self.units = units
        self.formula = formula
        text = formula.text
        self._columns = {unit.id: {column.id for column in unit.columns} for unit in units}
        self._places = {
            rule: _Place(
                group=text.group_of(rule),
                breaches_only=text.counts_breaches_only(rule),
                is_veto=text.is_veto(rule),
            )
            for rule in formula.rules
        }
        self._counters: dict[tuple[str, str], _Counter] = {}
        self._vetoes: dict[tuple[str, str], list[tuple[str | None, str | None]]] = defaultdict(list)

    def add(self, verdict: Counted) -> None:
        """Counts one verdict where the formula says it counts."""
        place = self._places.get(verdict.rule)
        kind = verdict.verdict
        if place is None or kind is VerdictKind.NOT_APPLICABLE:
            return
        columns = self._columns.get(verdict.unit)
        if columns is None or (verdict.column is not None and verdict.column not in columns):
            return
        if kind is VerdictKind.NOT_ASSESSABLE and (verdict.reason or "").partition(":")[0] in SILENT:
            return
        if place.is_veto and kind is VerdictKind.BREACH:
            self._vetoes[verdict.unit, verdict.rule].append((verdict.column, verdict.item))
        if place.group is None or (place.breaches_only and kind is not VerdictKind.BREACH):
            return
        key = (verdict.unit, place.group)
        if key not in self._counters:
            self._counters[key] = _COUNTERS[self.formula.text.groups[place.group].counts]()
        self._counters[key].add(verdict)

    def counts(self, unit: str) -> dict[str, Count]:
        """What was met and missed in each group, in the order of the formula."""
        known = ((group, self._counters.get((unit, group))) for group in self.formula.text.groups)
        return {group: counter.count() if counter is not None else Count() for group, counter in known}

    def vetoes(self, unit: str) -> tuple[Veto, ...]:
        """The veto rules that are proven against a unit."""
        known = ((rule, self._vetoes.get((unit, rule))) for rule in self.formula.rules)
        return tuple(
            Veto(
                rule=rule,
                count=len(proven),
                columns=_first(column for column, item in proven if item is None),
                items=_first(item for _, item in proven),
            )
            for rule, proven in known
            if proven
        )


def _first(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if name is not None})[:EXAMPLES])
