"""A column is not blank: UP-06.

Blank means an intact page that lists nothing, asked twice, and that never listed anything. Rows that were there
and are gone may be a redesign or a fault of the reading, so they are the operator's question and not the unit's. A
column whose page says that nothing happened, or that it is archived, is not judged.
"""

from __future__ import annotations

from flows.compliance.facts import Case, ColumnFacts
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.notes import excuse
from flows.compliance.regulation import RuleText
from flows.compliance.seen import column_seen
from storage.schema import ColumnKind, Outcome

RULES = ("UP-06",)
SUBJECT = "column"
VERSION = "2"


class Text(RuleText):
    """The kinds of column that fill when something happens, so that an empty one may be right."""

    event_driven: frozenset[ColumnKind] = frozenset()


def judge(column: ColumnFacts, case: Case) -> Judgement:
    """Whether the column lists anything."""
    kind = column.column.kind
    if kind in case.text(Text).event_driven:
        return not_applicable("event_driven", f"a {kind.value} column fills only when there is something to show")
    seen = column_seen(column, case.law, case.as_of)
    if column.rows and seen.shows:
        return compliant(rows=column.rows, judged_on=seen.on)
    if seen.shows and not seen.moved:
        window = case.law.window(kind)
        if (excused := excuse(column, seen.on, window[1] if window else None)) is not None:
            return excused
    if seen.gap is not None:
        return seen.gap
    if column.ever:
        words = f"{column.ever} rows were listed before and are gone: look at the page"
        return not_assessable("rows_vanished", words, ever=column.ever)
    last = column.looks.last
    if last is None or last.outcome not in (Outcome.OK_EMPTY, Outcome.NOT_MODIFIED):
        return not_assessable("unproven_blank", "no rows were read, but the page did not prove that it lists none")
    return breach(rows=0, ever=0, judged_on=seen.on, looked_at=last.at, engine=last.facts.get("engine"))
