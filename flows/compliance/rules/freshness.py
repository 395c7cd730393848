"""A column with a window displays a date no older than its window: UP-02, UP-03, UP-08, UP-09.

News and activity 14 calendar days; notices and policies 6 calendar months; personnel and plans 1 year; the other
statutory columns as the city's table says. The newest date counts wherever it stands in the list, and a date in
the future counts for nothing. A column whose page says that nothing happened, or that it is archived, is not judged;
nor is one that got a new document within its window, whatever date that shows. Towards the end of the window a warning
is given.
"""

from __future__ import annotations

from typing import Any

from flows.compliance.facts import Case, ColumnFacts
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.notes import excuse
from flows.compliance.regulation import FRESHNESS_RULES, Warned, Window, WindowText
from flows.compliance.seen import column_seen
from storage.schema import Column

RULES = FRESHNESS_RULES
SUBJECT = "column"
VERSION = "2"
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
    rule, window = found
    return fresh_within(column, window, case, warned=case.law.text(rule, WindowText))


def fresh_within(column: ColumnFacts, window: Window, case: Case, *, warned: Warned | None = None) -> Judgement:
    """Whether the column's newest date was within the window on the day it was last seen whole."""
    seen = column_seen(column, case.law, case.as_of)
    counts = {"rows": column.rows, "dated": column.dated, "unread_undated": column.unread_undated}
    excused = excuse(column, seen.on, window) if seen.shows and not seen.moved else None
    if column.newest_on is not None and seen.shows:
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
            warning = warned.warning(window, column.newest_on, seen.on) if warned is not None else None
            return compliant(warning=warning, **facts)
        if excused is not None:
            return excused
        appeared = column.appeared_on
        if seen.gap is None and appeared is not None and appeared <= seen.on <= window.due(appeared):
            words = (
                f"a document that no complete look had shown before was first seen on {appeared.isoformat()}, "
                f"though none shows a date after {column.newest_on.isoformat()}: a person has to see when it came out"
            )
            return not_assessable("appeared", words, **facts, appeared_on=appeared)
        if seen.gap is None and column.unread_undated == 0:
            return breach(**facts, days_since=(seen.on - column.newest_on).days, days_over=(seen.on - due).days)
    if excused is not None:
        return excused
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
