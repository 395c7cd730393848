"""A unit shows something in each category of 条例 第二十条 that applies to it, or says that there is none:
CV-20-01 … CV-20-15.

Which categories apply follows from the kind of unit and from words in its name, by the city's table; without a unit's
own directory that is our reading, and so this is advice. A category is held by columns of its kinds: one live row is
enough, and a note that there is nothing to disclose (本年度无此项) stands for it unless it is of a year long past. It
is missing only where the unit keeps columns for it and every one of them is proven blank; what it keeps no column for
may stand under another name, and is told and not held against it.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.compliance.facts import Case, ColumnFacts, UnitFacts
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable, waiver_for
from flows.compliance.nothing import is_old_note, valid_note, why_not_blank
from flows.compliance.regulation import RuleText, Strict
from storage.schema import ColumnKind, Unit, UnitKind

RULES = tuple(f"CV-20-{number:02}" for number in range(1, 16))
SUBJECT = "unit"
READS_COLUMNS = True
VERSION = "1"

FEW = 3  # rows of a category that may all be notes that there is none


class Applies(Strict):
    """To which units of one kind a rule applies: all of them, or those whose name has one of these words."""

    all: bool = False
    words: tuple[str, ...] = ()

    def asks(self, unit: Unit) -> bool:
        """Whether it applies to the unit."""
        return self.all or any(word in unit.name for word in self.words)


class Text(RuleText):
    """The kinds of column that hold the category, and the units it applies to."""

    held_by: tuple[ColumnKind, ...]
    applies: dict[UnitKind, Applies]


def asks(unit: Unit, case: Case) -> bool:
    """Whether the category applies to the unit."""
    applies = case.text(Text).applies.get(unit.kind)
    return applies is not None and applies.asks(unit)


def in_question(unit: UnitFacts, case: Case) -> Iterator[ColumnFacts]:
    """The columns whose pages or titles may say that there is nothing to disclose, where that decides something."""
    for rule in RULES:
        of_rule = case.of(rule)
        if not of_rule.text(Text).enabled or not asks(unit.unit, of_rule):
            continue
        columns = _columns(unit, of_rule)
        if sum(column.rows for column in columns) <= FEW:
            yield from columns


def judge(unit: UnitFacts, case: Case) -> Judgement:
    """Whether the category holds anything live."""
    columns = _columns(unit, case)
    kinds = [kind.value for kind in case.text(Text).held_by]
    if not columns:
        words = f"the unit keeps no column of these kinds ({', '.join(kinds)}); it may publish this under another name"
        return not_assessable("no_column", words, kinds=kinds)
    ids = [column.column.id for column in columns]
    waiver = waiver_for(unit.unit, case.rule, ids, case.as_of)
    if waiver is not None:
        return not_applicable("waived", f"{waiver.reason} (approved by {waiver.approved_by}, until {waiver.until})")
    rows = sum(column.rows for column in columns)
    if rows:
        listed = [title for one in ids for title in unit.titles.get(one, ())]
        if len(listed) == rows and all(is_old_note(title, case.as_of) for title in listed):
            words = "all that stands there is that there was nothing in a year long past: " + "; ".join(listed)
            return not_assessable("old_note", words, columns=ids, rows=rows)
        newest = max(columns, key=lambda column: (column.newest_on is not None, column.newest_on or case.as_of))
        return compliant(columns=ids, rows=rows, newest_on=newest.newest_on, newest_url=newest.newest_url)
    for column in columns:
        note = valid_note(column, unit.blank.get(column.column.id), case)
        if note is not None:
            return compliant(columns=ids, rows=0, **note)
    for column in columns:
        gap = why_not_blank(column, unit.blank.get(column.column.id), case)
        if gap is not None:
            return gap
    looks = [column.looks.last for column in columns if column.looks.last is not None]
    return breach(
        evidence=tuple(page for look in looks for page in look.evidence[:1]),
        columns=ids,
        rows=0,
        looked_at=[look.at.isoformat() for look in looks],
    )


def _columns(unit: UnitFacts, case: Case) -> list[ColumnFacts]:
    kinds = case.text(Text).held_by
    return [facts for facts in unit.columns.values() if facts.column.kind in kinds]
