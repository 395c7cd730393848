"""A government shows something of each matter that 条例 第二十一条 names for it: CV-21-A (county, department),
CV-21-B (township).

The article leaves the choice to local circumstances, so this is advice. A matter is held by columns whose name has one
of its words. It is missing only where the unit keeps such columns and every one of them is proven blank; a matter for
which it keeps none may stand in another column, and is told. Of departments those matters are asked that the words in
their names stand for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.compliance.facts import Case, ColumnFacts, UnitFacts
from flows.compliance.judgement import Judgement, breach, compliant, not_assessable
from flows.compliance.nothing import valid_note, why_not_blank
from flows.compliance.regulation import RuleText, Strict
from storage.schema import Unit, UnitKind

RULES = ("CV-21-A", "CV-21-B")
SUBJECT = "unit"
READS_COLUMNS = True
VERSION = "1"


class Matter(Strict):
    """One matter: the words by which a column's name shows it, and those by which a department's name does."""

    words: tuple[str, ...]
    departments: tuple[str, ...] = ()


class Text(RuleText):
    """The matters the article names, by their names."""

    matters: dict[str, Matter]


def asks(unit: Unit, case: Case) -> bool:
    """Whether any of the matters is the unit's."""
    return bool(_matters(unit, case))


def in_question(unit: UnitFacts, case: Case) -> Iterator[ColumnFacts]:
    """The columns whose pages may say that there is nothing to disclose, where that decides something."""
    for rule in RULES:
        of_rule = case.of(rule)
        text = of_rule.text(Text)
        if text.enabled and text.asks_unit(unit.unit):
            for matter in _matters(unit.unit, of_rule).values():
                columns = _columns(unit, matter)
                if not any(column.rows for column in columns):
                    yield from columns


def judge(unit: UnitFacts, case: Case) -> Judgement:
    """Whether every matter that is the unit's holds anything live."""
    met: list[str] = []
    missing: dict[str, list[str]] = {}
    unknown: dict[str, str] = {}
    looks = []
    for name, matter in _matters(unit.unit, case).items():
        columns = _columns(unit, matter)
        ids = [column.column.id for column in columns]
        if any(column.rows or valid_note(column, unit.blank.get(column.column.id), case) for column in columns):
            met.append(name)
        elif not columns:
            unknown[name] = "no column is called so"
        elif gaps := [gap for one in columns if (gap := why_not_blank(one, unit.blank.get(one.column.id), case))]:
            unknown[name] = gaps[0].reason or ""
        else:
            missing[name] = ids
            looks += [column.looks.last for column in columns if column.looks.last is not None]
    facts: dict[str, Any] = {"met": met, "missing": missing or None, "unknown": unknown or None}
    if missing:
        return breach(evidence=tuple(page for look in looks for page in look.evidence[:1]), **facts)
    if unknown:
        words = f"of {len(met) + len(unknown)} matters nothing was found of {'、'.join(unknown)}"
        return not_assessable("not_found", words, **facts)
    return compliant(**facts)


def _matters(unit: Unit, case: Case) -> dict[str, Matter]:
    matters = case.text(Text).matters
    if unit.kind in (UnitKind.DISTRICT, UnitKind.TOWNSHIP):
        return matters
    return {name: one for name, one in matters.items() if any(word in unit.name for word in one.departments)}


def _columns(unit: UnitFacts, matter: Matter) -> list[ColumnFacts]:
    return [facts for facts in unit.columns.values() if any(word in facts.column.name for word in matter.words)]
