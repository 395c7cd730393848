"""Last year's disclosure report is out by 31 January (departments) or 31 March (governments): TM-10, TM-11.

条例 第四十九条. The report is known by its title: the year in Arabic or Chinese digits, 年度报告 or 年报, and
信息公开. It is on time when its displayed date or the day we first saw it is not later than the deadline. That it is
missing must be proven: every annual report column seen whole after the deadline, with every title legible. A deadline
that falls on a day off is not moved: the article sets a date and not a number of days.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from typing import Any

from flows.compliance.facts import Case, ColumnFacts, Report, UnitFacts
from flows.compliance.judgement import Judgement, breach, not_applicable, not_assessable
from flows.compliance.regulation import MonthDay, Regulation, RuleText
from flows.compliance.seen import column_seen
from flows.compliance.yearly import NOT_MOVED, due_year, in_time, is_of, report_year
from storage.schema import ColumnKind, Unit

RULES = ("TM-10", "TM-11")
SUBJECT = "unit"
VERSION = "2"

_REPORT = re.compile(r"年度[^，。]{0,20}报告|年报|工作报告")
_DISCLOSURE = re.compile(r"信息公开|政务公开")
_BARE_YEAR = re.compile(r"^\W*\w{4}年?度?\W*$")
_SOMETHING_ELSE = re.compile(r"法治政府|法治建设|网站工作|报表|财务|决算|预算|统计年报|的通知|解读$|图解")


class Text(RuleText):
    """The day of the year by which last year's report is out."""

    due: MonthDay


def rule_for(unit: Unit, law: Regulation) -> str | None:
    """The rule that sets this unit's deadline."""
    return next((rule for rule in RULES if law.rules[rule].enabled and law.rules[rule].asks_unit(unit)), None)


def rests_on(unit: UnitFacts) -> tuple[ColumnFacts, ...]:
    """The unit's annual report columns."""
    return tuple(facts for facts in unit.columns.values() if facts.column.kind is ColumnKind.ANNUAL_REPORTS)


def may_be_report(title: str, *, in_report_column: bool) -> bool:
    """Whether a title may be that of a report on disclosure work; in its own column less need be said."""
    if _SOMETHING_ELSE.search(title):
        return False
    if in_report_column and _BARE_YEAR.match(title) and report_year(title):
        return True
    return bool(_REPORT.search(title) and (in_report_column or _DISCLOSURE.search(title)))


def judge(unit: UnitFacts, case: Case) -> Judgement:
    """Whether the last report due was published in time."""
    return judge_year(unit, case, *due_year(case.as_of, case.text(Text).due))


def judge_year(unit: UnitFacts, case: Case, year: int, deadline: dt.date) -> Judgement:
    """Whether the report on ``year`` was published by its deadline; on a day after the deadline."""
    facts: dict[str, Any] = {"year": year, "deadline": deadline}
    columns = {facts.column.id: facts for facts in rests_on(unit)}
    named = [report for report in unit.reports if _reports_on(report, columns) == year]
    own = [report for report in named if is_of(report.title, unit.unit.name, case.city)]
    if own:
        return in_time(own, deadline, {**facts, "note": NOT_MOVED})[0]
    if not columns:
        return not_applicable("no_column", "the unit has no annual report column, which PL-01 judges")
    if named:
        words = f"a report of {year} is shown that by its title may be another body's: {named[0].title}"
        return not_assessable("whose_report", words, **facts, url=named[0].url)
    for column in columns.values():
        seen = column_seen(column, case.law, case.as_of)
        if seen.gap is not None:
            word, _, words = (seen.gap.reason or "").partition(": ")
            return not_assessable(word, f"{column.column.name}: {words}", **facts, column=column.column.id)
        whole = column.looks.whole_on
        if seen.on <= deadline or whole is None or whole <= deadline:
            words = f"{column.column.name}: not seen whole since the deadline, so that it may have come out in time"
            return not_assessable("not_seen_since", words, **facts, column=column.column.id)
        if column.ever and not column.rows:
            words = f"{column.column.name}: rows were listed before and are gone: look at the page"
            return not_assessable("rows_vanished", words, **facts, column=column.column.id)
    cut = next((report for report in unit.reports if report.column in columns and not report.title_whole), None)
    if cut is not None:
        words = f"a title is cut short and its page has not been read: {cut.title}"
        return not_assessable("cut_title", words, **facts, url=cut.url)
    looks = [column.looks.last for column in columns.values() if column.looks.last is not None]
    return breach(
        evidence=tuple(page for look in looks for page in look.evidence[:1]),
        **facts,
        missing=True,
        days_over=(case.as_of - deadline).days,
        columns=sorted(columns),
        rows=sum(column.rows for column in columns.values()),
        looked_at=[look.at.isoformat() for look in looks],
        note=NOT_MOVED,
    )


def _reports_on(report: Report, columns: Collection[str]) -> int | None:
    """The year reported on; a title without one, in the report column, reports on the year before it came out."""
    in_column = report.column in columns
    if not may_be_report(report.title, in_report_column=in_column):
        return None
    year = report_year(report.title)
    if year is None and in_column and report.published_on is not None:
        return report.published_on.year - 1
    return year
