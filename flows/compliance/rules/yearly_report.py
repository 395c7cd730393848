"""Last year's report on the rule of law is out before 1 April, website and enforcement data in January: TM-12, TM-13.

法治政府建设年度报告 before 1 April (法治政府建设与责任落实督察工作规定 第二十四条); 政府网站工作年度报表 (国办发
〔2017〕47号) and 行政执法年度数据 (国办发〔2018〕118号) by 31 January. They are known by their titles, wherever among
the unit's items they stand. One that is found late is a breach; one that is not found may stand in a column that is not
watched, so nothing is said of it. A report found elsewhere under the unit's name speaks for the unit only.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from flows.compliance.facts import About, Case, Paper, Yearly
from flows.compliance.judgement import Judgement, not_assessable
from flows.compliance.regulation import MonthDay, RuleText
from flows.compliance.yearly import NOT_MOVED, due_year, in_time, whose, years_of
from storage.schema import VerdictKind

RULES = ("TM-12", "TM-13")
SUBJECT = "group"
GROUPS = "yearly"
VERSION = "1"

_ABOUT_IT: Final = (
    r"通知|方案|要点|计划|规划|纲要|会议|解读|图解|示范|培训|征求|考[核评]|督察|清单|部署|调研|召开|听取|学习|举办|接受|检查|迎[检接]|"
    r"宣传|答记者|讲话|动态|推进会|述法|任务|意见稿"
)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of yearly report: how its titles read, and what else reads nearly so."""

    name: str
    is_it: re.Pattern[str]
    is_not: re.Pattern[str]

    def fits(self, title: str) -> bool:
        """Whether a title is that of such a report."""
        return self.is_it.search(title) is not None and self.is_not.search(title) is None


KINDS: Final[dict[str, tuple[Kind, ...]]] = {
    "TM-12": (
        Kind(
            name="法治政府建设年度报告",
            is_it=re.compile(r"(?:法治政府|法治建设|依法行政).{0,20}(?:报告|情况|总结)"),
            is_not=re.compile(_ABOUT_IT),
        ),
    ),
    "TM-13": (
        Kind(
            name="政府网站工作年度报表",
            is_it=re.compile(r"网站.{0,12}(?:年度.{0,8}报表|年报|年度报告)|网站.{0,6}报表"),
            is_not=re.compile(f"{_ABOUT_IT}|信息公开"),
        ),
        Kind(
            name="行政执法年度数据",
            is_it=re.compile(
                r"(?:行政)?执法.{0,10}(?:年报|年度报告|统计数据|数据统计|统计报[告表]|总体情况|年度数据|年度统计|数据)|年度.{0,4}行政执法.{0,6}(?:情况|数据)"
            ),
            is_not=re.compile(f"{_ABOUT_IT}|案例|决定|处罚信息"),
        ),
    ),
}
# what the database is asked for: words of which one stands in every such title
WORDS: Final = ("法治政府", "法治建设", "依法行政", "网站", "执法")


def is_one(title: str) -> bool:
    """Whether a title may be that of any of these reports."""
    return any(kind.fits(title) for kinds in KINDS.values() for kind in kinds)


class Text(RuleText):
    """The last day of the year on which last year's report is in time."""

    due: MonthDay


def judge(unit: Yearly, case: Case) -> Iterator[About]:
    """Whether the last reports due came out in time; one answer for all that the rule asks."""
    year, deadline = due_year(case.as_of, case.text(Text).due)
    answers = [(kind, *_judged(kind, unit, year, deadline, case)) for kind in KINDS[case.rule]]
    kind, judged, paper = min(answers, key=lambda answer: _GRAVEST.index(answer[1].verdict))
    others = {other.name: _said(answer) for other, answer, _ in answers if other is not kind}
    if others:
        judged = replace(judged, facts={**judged.facts, "others": others})
    column = paper.column if paper is not None and not paper.elsewhere else None
    item = paper.item if column is not None and paper is not None else None
    yield About(unit=unit.unit, judgement=judged, column=column, item=item)


_GRAVEST: Final = (
    VerdictKind.BREACH,
    VerdictKind.COMPLIANT,
    VerdictKind.NOT_ASSESSABLE,
    VerdictKind.NOT_APPLICABLE,
)


def _judged(kind: Kind, unit: Yearly, year: int, deadline: dt.date, case: Case) -> tuple[Judgement, Paper | None]:
    facts: dict[str, Any] = {"report": kind.name, "year": year, "deadline": deadline, "note": NOT_MOVED}
    named = [paper for paper in unit.papers if kind.fits(paper.title) and _year_of(paper) == year]
    owners = {paper.url: whose(paper, unit.unit.name, case.city) for paper in named}
    own = [paper for paper in named if owners[paper.url] == "own"]
    here = [paper for paper in own if not paper.elsewhere]
    judged, paper = in_time(own, deadline, facts) if own else (None, None)
    if judged is not None and judged.verdict is VerdictKind.COMPLIANT:
        return judged, paper
    if here:
        return in_time(here, deadline, facts)
    if own:
        words = f"it stands elsewhere, and later than its day: {own[0].url}"
        return not_assessable("elsewhere", words, **facts, url=own[0].url), None
    if named:
        words = f"one of {year} is shown that by its title may be another body's: {named[0].title}"
        return not_assessable("whose_report", words, **facts, url=named[0].url), None
    words = "none is found among the unit's items; it may stand in a column that is not watched"
    return not_assessable("not_found", words, **facts), None


def _year_of(paper: Paper) -> int | None:
    """The year reported on; a title without one reports on the year before it came out, one with several on none."""
    years = set(years_of(paper.title))
    if not years and paper.published_on is not None:
        return paper.published_on.year - 1
    return next(iter(years)) if len(years) == 1 else None


def _said(judged: Judgement) -> str:
    word = (judged.reason or "").partition(":")[0]
    return f"{judged.verdict.value} {word}".strip()
