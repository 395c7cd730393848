"""Last year's disclosure report is out by 31 January (departments) or 31 March (governments): TM-10, TM-11.

条例 第四十九条. The report is known by its title: the year in Arabic or Chinese digits, 年度报告 or 年报, and
信息公开. It is on time when its displayed date or the day we first saw it is not later than the deadline. That it is
missing must be proven: every annual report column seen whole after the deadline, with every title legible. A deadline
that falls on a day off is not moved: the article sets a date and not a number of days.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection
from typing import Any

from flows.compliance.bodies import is_same
from flows.compliance.facts import Case, ColumnFacts, Report, UnitFacts
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.regulation import MonthDay, Regulation, RuleText
from flows.compliance.seen import column_seen
from storage.schema import ColumnKind, Unit

RULES = ("TM-10", "TM-11")
SUBJECT = "unit"
VERSION = "1"

NOT_MOVED = "the deadline is a date and is not moved by days off"

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|[一二][九〇○零Oo0][〇○零Oo0一二三四五六七八九]{2}(?=年)")
_CHINESE_DIGITS = str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789")
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


def due_year(as_of: dt.date, due: tuple[int, int]) -> tuple[int, dt.date]:
    """The last year whose report is due on ``as_of``, and the last day on which it was on time."""
    deadline = dt.date(as_of.year, *due)
    if as_of <= deadline:
        deadline = dt.date(as_of.year - 1, *due)
    return deadline.year - 1, deadline


def report_year(title: str) -> int | None:
    """The first year a title names: the year reported on."""
    found = _YEAR.search(unicodedata.normalize("NFKC", title))
    return int(found[0].translate(_CHINESE_DIGITS)) if found else None


def may_be_report(title: str, *, in_report_column: bool) -> bool:
    """Whether a title may be that of a report on disclosure work; in its own column less need be said."""
    if _SOMETHING_ELSE.search(title):
        return False
    if in_report_column and _BARE_YEAR.match(title) and report_year(title):
        return True
    return bool(_REPORT.search(title) and (in_report_column or _DISCLOSURE.search(title)))


def judge(unit: UnitFacts, case: Case) -> Judgement:
    """Whether the last report due was published in time."""
    year, deadline = due_year(case.as_of, case.text(Text).due)
    facts: dict[str, Any] = {"year": year, "deadline": deadline}
    columns = {facts.column.id: facts for facts in rests_on(unit)}
    named = [report for report in unit.reports if _reports_on(report, columns) == year]
    own = [report for report in named if _is_of(report.title, unit.unit.name, case.city)]
    if own:
        return _timeliness(own, deadline, facts)
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


def _is_of(title: str, name: str, city: str) -> bool:
    """Whether the words before the year name the unit, or nobody."""
    before = _YEAR.split(unicodedata.normalize("NFKC", title), maxsplit=1)[0]
    body = re.split(r"关于|政府信息公开|信息公开|政务公开|年度", before, maxsplit=1)[0].strip('《“" 　:【[(')
    return not body or is_same(body, name, city)


def _timeliness(reports: list[Report], deadline: dt.date, facts: dict[str, Any]) -> Judgement:
    """On time if any of the reports shows it; late only where every one of them shows a date after the deadline."""
    days = [min(filter(None, (report.published_on, report.first_seen_on)), default=None) for report in reports]
    dated = [(day, report) for day, report in zip(days, reports, strict=True) if day is not None]
    day, report = min(dated, key=lambda pair: pair[0], default=(None, reports[0]))
    if day is not None and day <= deadline:
        return compliant(**facts, published_on=day, url=report.url, title=report.title)
    undated = next((report for report in reports if report.published_on is None), None)
    if day is None or undated is not None:
        shown = undated or report
        words = "present, undated: neither the row nor the page shows when it came out"
        return not_assessable("undated", words, **facts, url=shown.url, title=shown.title)
    return breach(
        evidence=report.evidence,
        **facts,
        published_on=day,
        days_over=(day - deadline).days,
        url=report.url,
        title=report.title,
        note=NOT_MOVED,
    )
