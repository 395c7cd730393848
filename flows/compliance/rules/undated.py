"""A column with a window displays at least one date, in a row or in an article: UP-07.

What shows no date counts as not updated (2015 inspection). That no date is shown must itself be proven: every
page of the list walked and every article behind an undated row read. A column whose page says that nothing happened,
or that it is archived, is not judged.
"""

from __future__ import annotations

from flows.compliance.facts import Case, ColumnFacts
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.notes import excuse
from flows.compliance.seen import column_seen

RULES = ("UP-07",)
SUBJECT = "column"
VERSION = "2"


def judge(column: ColumnFacts, case: Case) -> Judgement:
    """Whether anything in the column shows a date."""
    window = case.law.window(column.column.kind)
    if window is None:
        return not_applicable("no_window", f"a {column.column.kind.value} column need not show when it was updated")
    seen = column_seen(column, case.law, case.as_of)
    dated = column.dated + column.later
    if dated and seen.shows:
        return compliant(rows=column.rows, dated=dated, judged_on=seen.on)
    if seen.shows and not seen.moved and (excused := excuse(column, seen.on, window[1])) is not None:
        return excused
    if seen.gap is not None:
        return seen.gap
    if column.rows == 0:
        return not_applicable("blank", "judged under UP-06")
    if column.unread_undated:
        words = f"{column.unread_undated} articles behind undated rows have not been read and may show a date"
        return not_assessable("unread", words, rows=column.rows, unread_undated=column.unread_undated)
    return breach(rows=column.rows, read=column.read, dated=0, judged_on=seen.on)
