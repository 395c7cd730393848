"""What units owe by a day that is coming, or has passed without it: verdicts and the registry in, due dates out; pure.

Nothing is foretold that does not follow from a fact we have: the newest date of a column, a yearly day, the approval of
a budget that the city entered, a period for opinions that the page states, a limit of the unit's own directory, the end
of a waiver. What only the unit knows (when something will be formed, approved or decided) is due by no day here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flows.compliance.facts import Case
from flows.compliance.judgement import waiver_for
from flows.compliance.obligations import obligations
from flows.compliance.rulebook import RULES, applies
from flows.compliance.rules import annual_report, budget, consultation_result, interpretation_time, yearly_report
from flows.compliance.yearly import due_year
from storage.due_dates import DueDate
from storage.schema import ColumnKind, DutyDirectory, Unit, Verdict, VerdictKind

AHEAD: Final = 400  # days: what is due once a year is always among them
FRESH: Final = ("UP-01", "UP-02", "UP-03", "UP-08", "UP-09")
YEARLY: Final = ("TM-10", "TM-11", "TM-12", "TM-13")
BUDGETS: Final = ("TM-04", "TM-05")
OPINIONS: Final = ("TM-07", "TM-09")
# whose verdicts are asked for; all but those on items are given afresh each day
ASKED: Final = (*FRESH, *YEARLY, *BUDGETS, *OPINIONS)
INTERPRETED: Final = (ColumnKind.NORMATIVE, ColumnKind.POLICIES)
_YEARLY_NAMES: Final = {
    "TM-10": "政府信息公开工作年度报告",
    "TM-11": "政府信息公开工作年度报告",
    "TM-12": "法治政府建设年度报告",
    "TM-13": "政府网站工作年度报表、行政执法年度数据",
}
_PAPERS: Final = {"budget": "预算", "accounts": "决算"}


@dataclass(frozen=True, kw_only=True)
class Fresh:
    """A document that came out lately: if it is interpreted, the interpretation is due within the limit."""

    unit: str
    column: str
    item: str | None
    title: str
    published_on: dt.date


def coming(
    unit: Unit,
    case: Case,
    verdicts: Sequence[Verdict],
    *,
    directory: DutyDirectory | None = None,
    documents: Iterable[Fresh] = (),
) -> Iterator[DueDate]:
    """What one unit owes from the day judged on, and what it owes since before.

    :param verdicts: its latest ones under ``ASKED``.
    :param directory: its own 主动公开基本目录, where one was imported.
    :param documents: its documents of the last days, in columns whose documents are interpreted.
    """
    last = case.as_of + dt.timedelta(days=AHEAD)
    found = (
        *_fresh(unit, verdicts),
        *_yearly(unit, case, verdicts),
        *_budgets(unit, case, verdicts),
        *_opinions(unit, case, verdicts),
        *_interpretations(unit, case, documents),
        *_promised(unit, case, directory),
        *_waivers(unit, case),
    )
    for one in found:
        if one.due_on <= last:
            waiver = waiver_for(unit, one.rule, [one.column], case.as_of) if one.facts["what"] != "waiver" else None
            yield _with(one, waived_until=waiver.until.isoformat()) if waiver else one


def _fresh(unit: Unit, verdicts: Iterable[Verdict]) -> Iterator[DueDate]:
    names = {column.id: column.name for column in unit.columns}
    for one in verdicts:
        due = _day(one.facts, "due_on")
        if one.rule not in FRESH or due is None or not (one.column is None or one.column in names):
            continue
        if due >= one.as_of or one.verdict is VerdictKind.BREACH:
            where = names[one.column] if one.column else "首页"
            yield _owed(
                unit,
                one.rule,
                "recurring",
                f"{where}应有更新",
                due,
                column=one.column,
                facts={"what": "freshness", "newest_on": one.facts.get("newest_on"), "window": one.facts.get("window")},
            )


def _yearly(unit: Unit, case: Case, verdicts: Iterable[Verdict]) -> Iterator[DueDate]:
    """The next day of each yearly paper; and the last one where the paper is proven to be missing."""
    own = annual_report.rule_for(unit, case.law)
    for rule in YEARLY:
        is_asked = rule == own if rule in annual_report.RULES else applies(RULES[rule], case, unit)
        if not is_asked:
            continue
        asked = case.of(rule)
        due = asked.text(annual_report.Text).due if rule in annual_report.RULES else asked.text(yearly_report.Text).due
        year, passed = due_year(case.as_of, due)
        missing = [one for one in verdicts if one.rule == rule and one.facts.get("missing")]
        for number, day in ((year, passed), (year + 1, passed.replace(year=passed.year + 1))):
            if number == year and not any(one.verdict is VerdictKind.BREACH for one in missing):
                continue
            yield _owed(
                unit,
                rule,
                "recurring",
                f"公布{number}年{_YEARLY_NAMES[rule]}",
                day,
                facts={"what": "yearly", "year": number},
            )


def _budgets(unit: Unit, case: Case, verdicts: Iterable[Verdict]) -> Iterator[DueDate]:
    for rule in BUDGETS:
        if not applies(RULES[rule], case, unit):
            continue
        missing = {
            one.facts.get("year")
            for one in verdicts
            if one.rule == rule and one.verdict is VerdictKind.BREACH and one.facts.get("missing")
        }
        for due in budget.given(unit.id, case.of(rule)):
            if due.deadline >= case.as_of or due.year in missing:
                yield _owed(
                    unit,
                    rule,
                    "prompt",
                    f"公开{due.year}年{_PAPERS[due.what]}",
                    due.deadline,
                    facts={"what": "budget", "year": due.year, "since": due.since.isoformat()},
                )


def _opinions(unit: Unit, case: Case, verdicts: Iterable[Verdict]) -> Iterator[DueDate]:
    """The end of each period for opinions, and by when its result is due; neither once it is met."""
    has_limit = applies(RULES["TM-09"], case, unit)
    limit = case.of("TM-09").text(consultation_result.Text).days if has_limit else 0
    answered = {one.item for one in verdicts if one.rule == "TM-09" and one.verdict is not VerdictKind.BREACH}
    for one in verdicts:
        ends = _day(one.facts, "ends_on")
        if one.rule != "TM-07" or ends is None or one.verdict is VerdictKind.NOT_APPLICABLE:
            continue
        facts: dict[str, Any] = {"what": "limit", "ends_on": ends.isoformat()}
        if ends >= case.as_of:
            yield _owed(
                unit,
                "TM-07",
                "prompt",
                "征求意见截止",
                ends,
                column=one.column,
                item=one.item,
                facts=facts,
            )
        due = ends + dt.timedelta(days=limit)
        if has_limit and one.item not in answered and due >= case.as_of:
            yield _owed(
                unit,
                "TM-09",
                "prompt",
                "公布意见采纳反馈情况",
                due,
                column=one.column,
                item=one.item,
                facts=facts,
            )
    for one in verdicts:
        due_on = _day(one.facts, "due_on")
        if one.rule == "TM-09" and due_on is not None and one.facts.get("missing"):
            yield _owed(
                unit,
                "TM-09",
                "prompt",
                "公布意见采纳反馈情况",
                due_on,
                column=one.column,
                item=one.item,
                facts={"what": "limit", "ends_on": one.facts.get("ended_on")},
            )


def _interpretations(unit: Unit, case: Case, documents: Iterable[Fresh]) -> Iterator[DueDate]:
    """By when a document's interpretation is due, if it has one: which documents need it nobody outside can say."""
    if not applies(RULES["TM-06"], case, unit):
        return
    limit = case.of("TM-06").text(interpretation_time.Text).working_days
    for one in documents:
        due = case.days.add_working_days(one.published_on, limit)
        if due.on >= case.as_of:
            yield _owed(
                unit,
                "TM-06",
                "prompt",
                f"如需解读，应发布解读材料：{one.title}",
                due.on,
                column=one.column,
                item=one.item,
                facts={
                    "what": "limit",
                    "published_on": one.published_on.isoformat(),
                    "provisional": due.provisional,
                },
            )


def _promised(unit: Unit, case: Case, directory: DutyDirectory | None) -> Iterator[DueDate]:
    """Rows of the unit's own directory that are due by a day."""
    if directory is None:
        return
    for owed in obligations(unit, case.law, case.as_of, {}, directory):
        if owed.rule == "CV-DIR" and owed.due_on is not None:
            yield _owed(
                unit,
                owed.rule,
                owed.nature,
                owed.title,
                owed.due_on,
                column=owed.column,
                facts={"what": "directory", "limit_text": owed.limit},
            )


def _waivers(unit: Unit, case: Case) -> Iterator[DueDate]:
    for waiver in unit.waivers:
        if waiver.until >= case.as_of:
            yield _owed(
                unit,
                waiver.rule or "*",
                "standing",
                f"豁免到期：{waiver.reason}",
                waiver.until,
                column=waiver.column,
                facts={"what": "waiver", "approved_by": waiver.approved_by},
            )


def _owed(
    unit: Unit,
    rule: str,
    nature: str,
    title: str,
    due_on: dt.date,
    *,
    column: str | None = None,
    item: str | None = None,
    facts: Mapping[str, Any],
) -> DueDate:
    return DueDate(
        unit=unit.id, rule=rule, nature=nature, title=title, due_on=due_on, column=column, item=item, facts=facts
    )


def _with(one: DueDate, **facts: Any) -> DueDate:
    return DueDate(**{**vars(one), "facts": {**one.facts, **facts}})


def _day(facts: Mapping[str, Any], name: str) -> dt.date | None:
    value = facts.get(name)
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, dt.date) else None
