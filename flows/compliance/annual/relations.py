"""The sums that must hold within one report's tables (勾稽关系): AR-01 to AR-04, and which cells break them.

A relation is judged where every cell of it holds a number; any other is told as not judged. Where one cell, or the
only set of two or three, would mend every relation that does not hold and is in no relation that does, it is suspect.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from storage.annual.forms import APPLICANTS, CASES, DECIMAL, OUTCOMES, REQUEST_ROWS, RESULTS, Form
from storage.annual.report import Report

STRUCTURAL: Final = ("AR-01", "AR-02", "AR-03", "AR-04")
_MOST_SUSPECT: Final = 3  # cells wrong at once that are still looked for
_MOST_CANDIDATES: Final = 60


@dataclass(frozen=True)
class Relation:
    """The sum of ``left`` is the sum of ``right``; figures by name. ``of``: the column, row or block it holds for."""

    rule: str
    of: str
    words: str
    left: tuple[str, ...]
    right: tuple[str, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """Every figure in it."""
        return (*self.left, *self.right)


@dataclass(frozen=True)
class Outcome:
    """A relation and what became of it. ``off``: the left sum less the right; None: not judged, for ``lacking``."""

    relation: Relation
    off: Decimal | None
    lacking: tuple[str, ...] = ()

    @property
    def is_broken(self) -> bool:
        """Whether it was judged and does not hold."""
        return self.off is not None and self.off != 0


@dataclass(frozen=True)
class Suspect:
    """A cell that would mend what is broken, were it ``would_be``."""

    name: str
    would_be: Decimal


@cache
def relations_of(form: Form) -> tuple[Relation, ...]:
    """Every relation of a form, in the order of the form."""
    return tuple(_relations(form))


def _relations(form: Form) -> Iterator[Relation]:
    rows = REQUEST_ROWS.get(form)
    if rows is None:
        return
    for column, words in APPLICANTS.items():
        left = (f"3/new/{column}", f"3/carried_in/{column}")
        yield Relation(
            "AR-01",
            column,
            f"表三「{words}」列：一＋二＝(七)总计＋四",
            left,
            (f"3/total/{column}", f"3/carried_out/{column}"),
        )
    for column, words in APPLICANTS.items():
        results = tuple(f"3/{row}/{column}" for row in RESULTS[form])
        yield Relation(
            "AR-02", column, f"表三「{words}」列：(七)总计＝各项办理结果之和", (f"3/total/{column}",), results
        )
    for row, words in rows.items():
        parts = tuple(f"3/{row}/{column}" for column in APPLICANTS if column != "total")
        yield Relation("AR-03", row, f"表三「{words}」行：总计＝自然人＋法人或其他组织各列", (f"3/{row}/total",), parts)
    for case, words in CASES.items():
        parts = tuple(f"4/{case}/{outcome}" for outcome in OUTCOMES if outcome != "total")
        yield Relation("AR-04", case, f"表四「{words}」：总计＝维持＋纠正＋其他＋尚未审结", (f"4/{case}/total",), parts)


def outcomes(report: Report) -> tuple[Outcome, ...]:
    """What became of each relation of the report's form."""
    return tuple(outcome(relation, report) for relation in relations_of(report.form))


def outcome(relation: Relation, report: Report) -> Outcome:
    """What became of one relation."""
    left = [report.number(name) for name in relation.left]
    right = [report.number(name) for name in relation.right]
    if None in left or None in right:
        return Outcome(relation, None, tuple(name for name in relation.cells if report.number(name) is None))
    return Outcome(relation, sum(filter(None, left), Decimal(0)) - sum(filter(None, right), Decimal(0)))


def told(one: Outcome, report: Report) -> str:
    """A broken relation worked out: 表三「自然人」列：… 13612 + 535 = 14147 ≠ 13365 + 783 = 14148."""
    return f"{one.relation.words}。{_side(one.relation.left, report)} ≠ {_side(one.relation.right, report)}"


def _side(names: Sequence[str], report: Report) -> str:
    numbers = [report.number(name) or Decimal(0) for name in names]
    if len(numbers) == 1:
        return plain(numbers[0])
    shown = [number for number in numbers if number]
    if len(shown) < 2:
        return plain(sum(shown, Decimal(0)))
    worked = " + ".join(plain(number) if number > 0 else f"({plain(number)})" for number in shown)
    return f"{worked} = {plain(sum(shown, Decimal(0)))}"


def plain(number: Decimal) -> str:
    """A number as people write it: no exponent, no zeros that say nothing."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# ------------------------------------------------------------------ which cell is wrong


def suspects(all_outcomes: Sequence[Outcome], report: Report) -> tuple[Suspect, ...]:
    """The cells that most likely are wrong, of table 三 and of each block of table 四; none where it cannot be told."""
    found: list[Suspect] = []
    for table in ("3/", *(f"4/{case}/" for case in CASES)):
        found += _suspects([one for one in all_outcomes if one.relation.left[0].startswith(table)], report)
    return tuple(found)


def _suspects(some: Sequence[Outcome], report: Report) -> tuple[Suspect, ...]:
    broken = frozenset(place for place, one in enumerate(some) if one.is_broken)
    if not broken:
        return ()
    signs: dict[str, dict[int, int]] = {}
    for place, one in enumerate(some):
        for name in one.relation.left:
            signs.setdefault(name, {})[place] = 1
        for name in one.relation.right:
            signs.setdefault(name, {})[place] = -1
    mends: list[tuple[Suspect, frozenset[int]]] = []
    for name, at in signs.items():
        value = report.number(name)
        # a relation that holds, or was not judged, would say otherwise or might
        if value is None or not at.keys() <= broken:
            continue
        steps = {-sign * (some[place].off or 0) for place, sign in at.items()}
        would_be = value + next(iter(steps))
        if len(steps) == 1 and would_be >= 0 and (name in DECIMAL or would_be == would_be.to_integral_value()):
            mends.append((Suspect(name, Decimal(would_be)), frozenset(at)))
    if len(mends) > _MOST_CANDIDATES:
        return ()
    for count in range(1, _MOST_SUSPECT + 1):
        covers = [
            tuple(one for one, _ in chosen)
            for chosen in itertools.combinations(mends, count)
            if sum(len(at) for _, at in chosen) == len(broken)
            and frozenset().union(*(at for _, at in chosen)) == broken
        ]
        if covers:
            return covers[0] if len(covers) == 1 else ()
    return ()


# ------------------------------------------------------------------ errors that cancel each other


@dataclass(frozen=True)
class Pair:
    """Two relations of one rule that are off by as much, one up, one down, while the sum over both holds."""

    more: Outcome
    less: Outcome
    by: Decimal
    holds: Relation


def pairs(all_outcomes: Sequence[Outcome]) -> tuple[Pair, ...]:
    """Pairs that cancel: two applicant columns while 总计 balances, or two rows while every column adds up."""
    found: list[Pair] = []
    by_rule: Mapping[str, list[Outcome]] = {
        rule: [one for one in all_outcomes if one.relation.rule == rule] for rule in ("AR-01", "AR-02", "AR-03")
    }
    for rule in ("AR-01", "AR-02"):
        whole = next((one for one in by_rule[rule] if one.relation.of == "total"), None)
        if whole is not None and whole.off == 0:
            found += _pairs([one for one in by_rule[rule] if one.relation.of != "total"], whole.relation)
    results = by_rule["AR-02"]
    if results and all(one.off == 0 for one in results):
        rows = [one for one in by_rule["AR-03"] if one.relation.of not in _NO_RESULTS]
        found += _pairs(rows, results[-1].relation)
    return tuple(found)


_NO_RESULTS: Final = ("new", "carried_in", "total", "carried_out")


def _pairs(some: Sequence[Outcome], holds: Relation) -> Iterator[Pair]:
    more = [one for one in some if one.off is not None and one.off > 0]
    less = [one for one in some if one.off is not None and one.off < 0]
    for one in more:
        for other in less:
            if one.off is not None and other.off is not None and one.off == -other.off:
                yield Pair(one, other, one.off, holds)
