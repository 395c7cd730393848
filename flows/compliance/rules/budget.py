"""Budget and accounts are public 20 days after approval, a department's 20 after the reply to it, or 40: TM-04, TM-05.

预算法 第十四条: the government's within 20 days of approval by the congress or its standing committee, a department's
within 20 days of the finance department's reply (批复). That reply is due within 20 days of the approval (第五十二条、
第八十条), so where it is not known a department has 40 days. The days are calendar days. The days of approval and reply
are the city's to give (``approvals`` in its regulations file); where only the paper's own text states one, a late paper
is put before a person. That a paper is missing must be proven: every budget column seen whole, lately, with every title
legible. A budget of a subordinate body does not count, nor does the expenditure of a single fund or project.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Final, Literal, NamedTuple

from pydantic import Field

from flows.compliance.facts import About, Case, ColumnFacts, Paper, Yearly
from flows.compliance.judgement import Judgement, breach, not_applicable, not_assessable
from flows.compliance.regulation import RuleText, Strict
from flows.compliance.seen import column_seen
from flows.compliance.yearly import body_of, in_time, whose, years_of
from harvesters.reading.dates import all_dates
from storage.schema import VerdictKind

RULES = ("TM-04", "TM-05")
SUBJECT = "group"
READS_COLUMNS = True
GROUPS = "yearly"
VERSION = "1"

What = Literal["budget", "accounts"]
WORDS: Final = ("预算", "决算")
_NAMES: Final[dict[What, str]] = {"budget": "预算", "accounts": "决算"}

# a title that names the whole, whatever else it names
_WHOLE: Final = re.compile(
    r"(?:部门|单位|政府|财政|一般公共|全[区县市镇乡]|[区县]级|总)(?:收支)?[预决]算|[预决]算(?:信息)?公开|[预决]算(?:草案|报告|报表|表|书)"
)
# a part of a budget, or what was done with one; the report on last year's execution holds next year's budget
_PART: Final = re.compile(
    r"绩效|评价|债务|专项|项目|资金|招标|采购|科目|控制价|造价|施工|工程|中标|调整|测算|执行情况(?!.{0,8}[和及与].{0,12}预算)"
)
# what is about one and is none, though it may hold one
_ABOUT: Final = re.compile(
    r"通知|编制|培训|会议|办法|制度|解读|图解|问答|审查|评审|审计|批复|意见|工作|方案|调整|执行情况(?!.{0,8}[和及与].{0,12}预算)"
)
_OF_DEPARTMENT: Final = re.compile(r"部门|单位|机关")
_OWN_PART: Final = re.compile(r"(?:本级|机关|汇总|部门|系统|合并)[)）\]】]?$")
_SUBORDINATE: Final = re.compile(
    r"(?:[站所队馆院社处园库场校校厂段]|中心|大队|支队|总队|中学|小学|幼儿园|学院|学校|基地|公司|协会|医院|管理处|事务所)$"
)
_OF_FINANCE: Final = re.compile(r"财政局$|财政部门$")
_SENTENCES: Final = re.compile(r"[。；\n]")
_CONGRESS: Final = re.compile(r"人民代表大会|人大常委|人大")
_NATIONAL: Final = re.compile(r"全国人民代表大会|全国人大|预算法|监督法")
_APPROVED: Final = re.compile(r"批准|通过")
_REPLIED: Final = re.compile(r"财政(?:局|部门|厅|所)[^。；\n]{0,40}(?:批复|批准)|批复[^。；\n]{0,20}(?:日期|时间)")


class Approval(Strict):
    """When one year's budget and accounts were approved, and when the finance department replied to departments."""

    budget: dt.date | None = None
    accounts: dt.date | None = None
    budget_reply: dt.date | None = None
    accounts_reply: dt.date | None = None

    def of(self, what: What) -> tuple[dt.date | None, dt.date | None]:
        """The days of approval and of the reply."""
        return (self.budget, self.budget_reply) if what == "budget" else (self.accounts, self.accounts_reply)


class Text(RuleText):
    """Days from the approval, and from the finance department's reply where departments wait for one.

    ``approvals``: by the year that is budgeted or accounted for; ``approvals_of``: the same for single units, by id.
    """

    days_from_approval: Annotated[int, Field(ge=1)]
    days_from_reply: Annotated[int, Field(ge=1)] | None = None
    approvals: dict[int, Approval] = Field(default_factory=dict)
    approvals_of: dict[str, dict[int, Approval]] = Field(default_factory=dict)

    def known(self, unit: str) -> Mapping[int, Approval]:
        """The approvals given for a unit, its own before those of all."""
        return {**self.approvals, **self.approvals_of.get(unit, {})}


class Due(NamedTuple):
    """What is due: the papers of which year, by which day, and since which day that is counted."""

    what: What
    year: int
    since: dt.date
    deadline: dt.date
    given_by: Literal["city", "page"]
    from_reply: bool


def approval_in(text: str) -> tuple[dt.date | None, dt.date | None]:
    """The latest days on which a text says that a congress approved, and that the finance department replied."""
    approved: list[dt.date] = []
    replied: list[dt.date] = []
    for sentence in _SENTENCES.split(text):
        of_congress = _CONGRESS.search(sentence) and _APPROVED.search(sentence) and not _NATIONAL.search(sentence)
        of_finance = _REPLIED.search(sentence)
        if of_congress or of_finance:
            days = [date.on for date in all_dates(sentence) if date.on is not None]
            if days:
                (approved if of_congress else replied).append(max(days))
    return max(approved, default=None), max(replied, default=None)


def judge(unit: Yearly, case: Case) -> Iterator[About]:
    """Whether the budget and the accounts last due came out in time; one answer for both."""
    answers = [(what, _judged(what, unit, case)) for what in _NAMES]
    what, judged = min(answers, key=lambda answer: _GRAVEST.index(answer[1].verdict))
    others = {_NAMES[other]: _said(answer) for other, answer in answers if other != what}
    column = next(iter(unit.columns)) if len(unit.columns) == 1 else None
    known = [one.looks.coverage for one in unit.columns.values() if one.looks.coverage is not None]
    judged = replace(judged, facts={"paper": _NAMES[what], **judged.facts, "others": others})
    yield About(unit=unit.unit, judgement=judged, column=column, coverage=min(known, default=None))


_GRAVEST: Final = (
    VerdictKind.BREACH,
    VerdictKind.COMPLIANT,
    VerdictKind.NOT_ASSESSABLE,
    VerdictKind.NOT_APPLICABLE,
)


def _judged(what: What, unit: Yearly, case: Case) -> Judgement:
    of_department = case.text(Text).days_from_reply is not None
    papers = [paper for paper in unit.papers if is_paper(paper.title, what, of_department=of_department)]
    own = [paper for paper in papers if _counts(paper, unit, of_department=of_department, city=case.city)]
    due = _due(what, unit, own, case)
    if isinstance(due, Judgement):
        return due
    facts: dict[str, Any] = {
        "year": due.year,
        "replied_on" if due.from_reply else "approved_on": due.since,
        "given_by": due.given_by,
        "limit_days": (due.deadline - due.since).days,
        "deadline": due.deadline,
    }
    if not due.from_reply and of_department:
        facts["note"] = "the reply of the finance department is not known; it is due within 20 days of the approval"
    own = [paper for paper in own if due.year in budget_years(paper, what)]
    if own:
        judged, _ = in_time(own, due.deadline, facts)
        if judged.verdict is not VerdictKind.BREACH:
            return judged
        if due.given_by == "page":
            words = f"late by the day that the paper itself states; a person has to see whether it is {due.since}"
            return not_assessable("review", words, **judged.facts)
        published = dt.date.fromisoformat(judged.facts["published_on"])
        judged = replace(judged, facts={**judged.facts, **_count(due.since, published)})
    elif due.given_by == "page":
        return not_assessable("no_approval_date", "neither the city nor the page gives the day of approval")
    else:
        judged = breach(
            **facts, missing=True, days_over=(case.as_of - due.deadline).days, **_count(due.since, case.as_of)
        )
    return _unproven(what, unit, due.year, case) or _with_looks(judged, unit)


def is_one(title: str) -> bool:
    """Whether a title may be that of any budget or accounts."""
    return any(is_paper(title, what, of_department=True) for what in _NAMES)


def is_paper(title: str, what: What, *, of_department: bool) -> bool:
    """Whether a title is that of a whole year's budget or accounts, a department's or a government's."""
    if _NAMES[what] not in title or _ABOUT.search(title) is not None:
        return False
    if _PART.search(title) is not None and _WHOLE.search(title) is None:
        return False
    return of_department or _OF_DEPARTMENT.search(title) is None


def budget_years(paper: Paper, what: What) -> tuple[int, ...]:
    """The years a paper may be of: those its title names, else the one it came out in; of accounts the one before."""
    named = years_of(paper.title)
    if named or paper.published_on is None:
        return named
    return (paper.published_on.year - (1 if what == "accounts" else 0),)


def _counts(paper: Paper, unit: Yearly, *, of_department: bool, city: str) -> bool:
    """Whether a paper is the unit's own; of its parts those that may speak for the whole, never a subordinate body."""
    owner = whose(paper, unit.unit.name, city)
    if owner != "part":
        return owner == "own"
    body = body_of(paper.title) or (paper.issuer or "")
    if not of_department:
        return _OF_FINANCE.search(body) is not None
    return _OWN_PART.search(body) is not None or _SUBORDINATE.search(body) is None


def given(unit: str, case: Case) -> list[Due]:
    """What is due by the days of approval that the city entered for a unit, budgets and accounts."""
    text = case.text(Text)
    known = text.known(unit).items()
    found = (_counted(what, year, *approval.of(what), text, "city") for what in _NAMES for year, approval in known)
    return [due for due in found if due is not None]


def _due(what: What, unit: Yearly, own: Sequence[Paper], case: Case) -> Due | Judgement:
    """What was last due, by the city's days, else by those the papers state; why nothing is, where nothing is."""
    text = case.text(Text)
    all_given = [due for due in given(unit.unit.id, case) if due.what == what]
    past = [due for due in all_given if due.deadline < case.as_of]
    if past:
        return max(past, key=lambda due: due.year)
    if all_given:
        soon = min(due.deadline for due in all_given)
        return not_applicable("not_due", f"the next {_NAMES[what]} is due by {soon}")
    stated = []
    for paper in own:
        for year in budget_years(paper, what):
            approved, replied = (
                day if day is not None and _may_be(what, year, day) else None
                for day in (paper.approved_on, paper.replied_on)
            )
            due = _counted(what, year, approved, replied, text, "page")
            stated += [due] if due is not None else []
    if stated:
        return max(stated, key=lambda due: (due.year, due.since))
    return not_assessable("no_approval_date", "neither the city nor the page gives the day of approval")


def _counted(
    what: What,
    year: int,
    approved: dt.date | None,
    replied: dt.date | None,
    text: Text,
    given_by: Literal["city", "page"],
) -> Due | None:
    waits = text.days_from_reply is not None
    since, days = approved, text.days_from_approval
    if waits and replied is not None:
        since, days = replied, text.days_from_reply or days
    if since is None:
        return None
    return Due(what, year, since, since + dt.timedelta(days=days), given_by, waits and since == replied)


def _may_be(what: What, year: int, day: dt.date) -> bool:
    """Whether a budget of that year can have been approved then: at the turn of the year, accounts in the one after."""
    return day.year in ((year - 1, year) if what == "budget" else (year + 1, year + 2))


def _count(since: dt.date, end: dt.date) -> dict[str, Any]:
    return {"count_of": "calendar days", "count_start": since.isoformat(), "count_end": end.isoformat()}


# ------------------------------------------------------------------ what proves it


def _unproven(what: What, unit: Yearly, year: int, case: Case) -> Judgement | None:
    """Why nothing is proven: an earlier paper may stand where it was not seen, or under another name."""
    if not unit.columns:
        return not_assessable("no_column", "no budget column of the unit is watched, so it may stand elsewhere")
    for column in unit.columns.values():
        gap = column_seen(column, case.law, case.as_of).gap
        if gap is not None:
            word, _, words = (gap.reason or "").partition(": ")
            return not_assessable(word, f"{column.column.name}: {words}", column=column.column.id)
        if column.ever and not column.rows:
            words = f"{column.column.name}: rows were listed before and are gone: look at the page"
            return not_assessable("rows_vanished", words, column=column.column.id)
    for row in unit.rows:
        if not row.title_whole:
            words = f"a title is cut short and its page has not been read: {row.title}"
            return not_assessable("cut_title", words, url=row.url)
        if _is_unclear(row.title, what, year):
            words = f"by its title it may be the {_NAMES[what]} of {year}: {row.title}"
            return not_assessable("unclear_title", words, url=row.url)
    return None


def _is_unclear(title: str, what: What, year: int) -> bool:
    """Whether a title in a budget column may hide the paper: it is about one, or it tells nothing."""
    years = years_of(title)
    if years and not {year, year + 1} & set(years):
        return False
    if any(name in title for name in _NAMES.values()):
        return _NAMES[what] in title and _ABOUT.search(title) is not None and _PART.search(title) is None
    return _PART.search(title) is None and _ABOUT.search(title) is None


def _with_looks(judged: Judgement, unit: Yearly) -> Judgement:
    """The answer with the lists in which it was looked for as its evidence, where no page of its own speaks."""
    columns: Sequence[ColumnFacts] = list(unit.columns.values())
    looks = [column.looks.last for column in columns if column.looks.last is not None]
    facts = {**judged.facts, "columns": sorted(unit.columns), "rows": sum(column.rows for column in columns)}
    lists = tuple(page for look in looks for page in look.evidence[:1])
    return replace(judged, facts=facts, evidence=(*judged.evidence, *lists))


def _said(judged: Judgement) -> str:
    word = (judged.reason or "").partition(":")[0]
    return f"{judged.verdict.value} {word}".strip()
