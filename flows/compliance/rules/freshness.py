"""A column with a window displays a date no older than its window: UP-02, UP-03, UP-08, UP-09.

News and activity 14 calendar days; notices and policies 6 calendar months; personnel and plans 1 year; the other
statutory columns as the city's table says. The newest date counts wherever it stands in the list, and a date in
the future counts for nothing.
"""

from __future__ import annotations

from typing import Any

from flows.compliance.facts import Case, ColumnFacts
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.regulation import FRESHNESS_RULES, Window, WindowText
from flows.compliance.seen import column_seen
from storage.schema import Column

RULES = FRESHNESS_RULES
SUBJECT = "column"
VERSION = "1"
Text = WindowText


def asks(column: Column, case: Case) -> bool:
    """Whether this of the freshness rules is the one that sets the column's window."""
    found = case.law.window(column.kind)
    return found is not None and found[0] == case.rule


def judge(column: ColumnFacts, case: Case) -> Judgement:
    """Whether the column was fresh on the day it was last seen whole, at the latest on ``as_of``."""
    found = case.law.window(column.column.kind)
    if found is None:
        return not_applicable("no_window", f"a {column.column.kind.value} column has no window")
    return fresh_within(column, found[1], case)


def fresh_within(column: ColumnFacts, window: Window, case: Case) -> Judgement:
    """Whether the column's newest date was within the window on the day it was last seen whole."""
    seen = column_seen(column, case.law, case.as_of)
    counts = {"rows": column.rows, "dated": column.dated, "unread_undated": column.unread_undated}
    if column.newest_on is not None and (seen.gap is None or seen.part_seen):
        due = window.due(column.newest_on)
        facts: dict[str, Any] = {
            "newest_on": column.newest_on,
            "newest_url": column.newest_url,
            "window": str(window),
            "due_on": due,
            "judged_on": seen.on,
            **counts,
        }
        if seen.on <= due:
            return compliant(**facts)
        if seen.gap is None and column.unread_undated == 0:
            return breach(**facts, days_since=(seen.on - column.newest_on).days, days_over=(seen.on - due).days)
    if seen.gap is not None:
        return seen.gap
    if column.rows == 0:
        if column.ever:
            return not_assessable("rows_vanished", "rows were listed before and are gone: look at the page", **counts)
        return not_applicable("blank", "judged under UP-06")
    if column.unread_undated:
        words = f"{column.unread_undated} rows without a date lead to articles not read, which may be newer"
        return not_assessable("unread", words, **counts, newest_on=column.newest_on)
    if column.later:
        words = f"the only dates displayed are later than {case.as_of.isoformat()}"
        return not_assessable("later_dates", words, **counts, later=column.later)
    return not_applicable("undated", "judged under UP-07")
