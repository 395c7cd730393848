"""Finds the rules and asks them: every module of ``rules/`` is part of the book, nothing else need name it.

A rule is a module with

- a docstring whose first sentence is the rule,
- ``RULES``: its ids, each with an entry of that name in one of ``regulations/*.yml``,
- ``SUBJECT``: what it judges, ``"item"``, ``"column"``, ``"unit"``, ``"site"`` or ``"group"``,
- ``VERSION``: given anew when its meaning changes, so that everything it judged is judged again,
- ``judge``, from the facts of one subject and the ``Case`` to a ``Judgement``: ``judge(item, context, case)``,
  ``judge(column, case)``, ``judge(unit, case)``;
  of a group, ``judge(group, case)`` gives an ``About`` for each thing it has to say something about,
- and where needed ``Text`` (limits of its own, a subclass of ``RuleText``), ``asks`` (whether the rule asks anything of
  such a column or unit, beyond what its entry's applicability says), of an item ``concerns(item, context, case)``
  (whether it asks anything of this one, so that nothing need be said of all the others), ``SEARCHES`` (the rule looks
  for what must not be there, so that "in order" need not be said), ``rests_on`` (the columns a judgement on a unit
  rests on), ``READS_COLUMNS`` (a judgement on a unit as a whole reads its columns too) and, for a group, ``GROUPS``:
  the name of what ``flows/gathering/groups.py`` brings together for it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal, cast

from flows.compliance import rules
from flows.compliance.facts import About, Case, ColumnFacts, ItemContext, UnitFacts
from flows.compliance.judgement import Judgement, not_applicable, pause_for, verdict, waiver_for
from flows.compliance.regulation import RuleText
from storage.schema import Column, Item, Paused, Unit, Verdict, VerdictKind, Waiver

SubjectKind = Literal["column", "unit", "site", "item", "group"]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What the book knows of a rule."""

    id: str
    version: str
    subject: SubjectKind
    says: str  # the rule in one sentence
    module: ModuleType
    text: type[RuleText]
    searches: bool


def _rules() -> Iterator[Rule]:
    for found in pkgutil.iter_modules(rules.__path__):
        module = importlib.import_module(f"{rules.__name__}.{found.name}")
        for rule in module.RULES:
            yield Rule(
                id=rule,
                version=module.VERSION,
                subject=cast("SubjectKind", module.SUBJECT),
                says=" ".join((module.__doc__ or "").split("\n\n")[0].split()),
                module=module,
                text=getattr(module, "Text", RuleText),
                searches=getattr(module, "SEARCHES", False),
            )


RULES: dict[str, Rule] = {rule.id: rule for rule in sorted(_rules(), key=lambda rule: rule.id)}
BY_SUBJECT: dict[str, tuple[Rule, ...]] = {
    kind: tuple(rule for rule in RULES.values() if rule.subject == kind)
    for kind in ("column", "unit", "site", "item", "group")
}


def applies(rule: Rule, case: Case, unit: Unit, column: Column | None = None) -> bool:
    """Whether the rule is in use and asks anything of such a unit, and of such a column where one is named."""
    text = case.law.rules[rule.id]
    return text.enabled and text.asks_unit(unit) and (column is None or text.asks_column(column))


def judge_column(column: ColumnFacts, case: Case) -> Iterator[Verdict]:
    """Every column rule's verdict on one column; of the freshness rules only the one that sets its window."""
    look = column.looks.last
    paused = pause_for(column.unit, [column.column.id], case.as_of)
    for rule in BY_SUBJECT["column"]:
        asked = case.of(rule.id)
        if applies(rule, case, column.unit, column.column) and _asks(rule, column.column, asked):
            yield verdict(
                rule.module.judge(column, asked),
                rule=rule.id,
                version=rule.version,
                text=case.law.rules[rule.id],
                unit=column.unit,
                column=column.column.id,
                as_of=case.as_of,
                waiver=waiver_for(column.unit, rule.id, [column.column.id], case.as_of),
                paused=paused,
                evidence=look.evidence[:1] if look else (),
                coverage=column.looks.coverage,
            )


def judge_unit(unit: UnitFacts, case: Case) -> Iterator[Verdict]:
    """Every unit rule's verdict on one unit; one that rests on a single column names it."""
    for rule in BY_SUBJECT["unit"]:
        asked = case.of(rule.id)
        if not applies(rule, case, unit.unit) or not _asks(rule, unit.unit, asked):
            continue
        rests_on = getattr(rule.module, "rests_on", None)
        columns: tuple[ColumnFacts, ...] = rests_on(unit) if rests_on else ()
        known = [each.looks.coverage for each in columns if each.looks.coverage is not None]
        ids = [each.column.id for each in columns]
        yield verdict(
            rule.module.judge(unit, asked),
            rule=rule.id,
            version=rule.version,
            text=case.law.rules[rule.id],
            unit=unit.unit,
            column=ids[0] if len(ids) == 1 else None,
            as_of=case.as_of,
            waiver=waiver_for(unit.unit, rule.id, ids if rests_on else [None], case.as_of),
            paused=pause_for(unit.unit, ids if rests_on else _read_by(rule, unit.unit), case.as_of),
            coverage=min(known, default=None) if rests_on else unit.home.coverage,
        )


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One item rule as it stands for the items of one column."""

    rule: Rule
    case: Case  # under this rule
    text: RuleText
    waiver: Waiver | None
    paused: tuple[Paused, bool] | None
    asks: bool
    judge: Callable[[Item, ItemContext, Case], Judgement]
    concerns: Callable[[Item, ItemContext, Case], bool] | None


def asked_of(context: ItemContext, case: Case) -> tuple[Asked, ...]:
    """The item rules in use, as they stand for the items of one column: worked out once for all of these."""
    paused = pause_for(context.unit, [context.column.id], case.as_of)
    return tuple(
        Asked(
            rule=rule,
            case=case.of(rule.id),
            text=case.law.rules[rule.id],
            waiver=waiver_for(context.unit, rule.id, [context.column.id], case.as_of),
            paused=paused,
            asks=applies(rule, case, context.unit, context.column) and _asks(rule, context, case.of(rule.id)),
            judge=rule.module.judge,
            concerns=getattr(rule.module, "concerns", None),
        )
        for rule in BY_SUBJECT["item"]
        if case.law.rules[rule.id].enabled
    )


def judge_item(item: Item, context: ItemContext, case: Case, *, all_rules: bool = True) -> Iterator[Verdict]:
    """Every item rule's verdict on one item; ``all_rules`` False: as of one that no verdict stands on yet."""
    return judge_asked(item, context, asked_of(context, case), stands=None if all_rules else frozenset())


def judge_asked(
    item: Item, context: ItemContext, rules: Sequence[Asked], *, stands: Container[str] | None = None
) -> Iterator[Verdict]:
    """The verdicts of these rules on one item of the column they were worked out for.

    A breach shows its evidence; of other verdicts on an item it is the item's own.

    :param stands: the rules of which a verdict stands on this item already. Of others nothing is said that says
        nothing but "in order" where none need be said: of rules that look for what must not be there, and of rules
        that ask nothing of this item. None: everything is said.
    """
    for asked in rules:
        rule = asked.rule
        asks = asked.asks and (asked.concerns is None or asked.concerns(item, context, asked.case))
        is_due = stands is None or rule.id in stands
        if not asks and not is_due:
            continue
        judgement = asked.judge(item, context, asked.case) if asks else _NOTHING_ASKED
        if not is_due and rule.searches and judgement.verdict in _IN_ORDER:
            continue
        is_breach = judgement.verdict is VerdictKind.BREACH
        yield verdict(
            judgement,
            rule=rule.id,
            version=rule.version,
            text=asked.text,
            unit=context.unit,
            column=item.column,
            item=item.id,
            as_of=asked.case.as_of,
            waiver=asked.waiver,
            paused=asked.paused,
            evidence=(item.evidence,) if is_breach and item.evidence is not None else (),
            coverage=context.coverage,
        )


def judge_group(rule: Rule, group: Any, case: Case) -> Iterator[Verdict]:
    """What a rule says about the things of one group; waived and out of force like any other verdict."""
    text = case.law.rules[rule.id]
    said: About
    for said in rule.module.judge(group, case.of(rule.id)):
        if not text.asks_unit(said.unit):
            continue
        yield verdict(
            said.judgement,
            rule=rule.id,
            version=rule.version,
            text=text,
            unit=said.unit,
            column=said.column,
            item=said.item,
            as_of=case.as_of,
            waiver=waiver_for(said.unit, rule.id, [said.column], case.as_of),
            paused=pause_for(said.unit, [said.column] if said.column else _read_by(rule, said.unit), case.as_of),
            coverage=said.coverage,
        )


def _read_by(rule: Rule, unit: Unit) -> list[str | None]:
    """What a judgement on the unit as a whole reads: its front door, and all its columns where the rule says so."""
    return [None, *(column.id for column in unit.columns if getattr(rule.module, "READS_COLUMNS", False))]


def _asks(rule: Rule, subject: Any, case: Case) -> bool:
    asks = getattr(rule.module, "asks", None)
    return asks is None or bool(asks(subject, case))


_NOTHING_ASKED = not_applicable("nothing_asked", "the rule asks nothing of what stands here")
_IN_ORDER = (VerdictKind.COMPLIANT, VerdictKind.NOT_APPLICABLE)
