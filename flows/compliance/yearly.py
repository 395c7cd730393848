"""What a title says of a yearly report, which year and whose, and whether it came out in time: for all rules that ask.

The year is the first one a title names, in Arabic or Chinese digits; the body is what stands before it. Published is
the date the unit displays, or the day we first saw the report where that is earlier. A deadline that falls on a day off
is not moved: such a deadline is a date and no number of days.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypeVar

from flows.compliance.bodies import is_same
from flows.compliance.facts import Paper, Report
from flows.compliance.judgement import Judgement, breach, compliant, not_assessable

Whose = Literal["own", "part", "other"]

NOT_MOVED: Final = "the deadline is a date and is not moved by days off"

AnyReport = TypeVar("AnyReport", bound=Report)

_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|[一二][九〇○零Oo0][〇○零Oo0一二三四五六七八九]{2}(?=年)")
_CHINESE_DIGITS: Final = str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789")
_BEFORE_MATTER: Final = re.compile(
    r"关于|政府信息公开|信息公开|政务公开|年度|(?<!人民)政府网站|(?<=人民政府)网站|门户网站|(?:推进)?法治政府|法治建设|依法行政|"
    r"行政执法(?![局委中]|[支大总]?队)|部门[预决]算|单位[预决]算|财政[预决]算|(?<!人民)政府[预决]算|[预决]算"
)
_AFTER_YEAR: Final = re.compile(r"(?P<body>.{1,24}(?:[局委府厅办院署省市县区旗州镇乡]|街道|中心|委员会|办公室))$")
_OURSELVES: Final = re.compile(r"^[本我][局委市县区镇乡办院]")
_AROUND: Final = '《“" 　:：【[('


def years_of(title: str) -> tuple[int, ...]:
    """The years a title names, in order."""
    plain = unicodedata.normalize("NFKC", title)
    return tuple(int(found[0].translate(_CHINESE_DIGITS)) for found in _YEAR.finditer(plain))


def report_year(title: str) -> int | None:
    """The first year a title names: the year reported on."""
    return next(iter(years_of(title)), None)


def due_year(as_of: dt.date, due: tuple[int, int]) -> tuple[int, dt.date]:
    """The last year whose report is due on ``as_of``, and the last day on which it was on time."""
    deadline = dt.date(as_of.year, *due)
    if as_of <= deadline:
        deadline = dt.date(as_of.year - 1, *due)
    return deadline.year - 1, deadline


def body_of(title: str) -> str:
    """The body a title names before its year, or else between year and matter; empty where it names none there."""
    parts = _YEAR.split(unicodedata.normalize("NFKC", title), maxsplit=1)
    body = _BEFORE_MATTER.split(parts[0], maxsplit=1)[0].strip(_AROUND)
    if not body and len(parts) > 1:
        after = re.sub(r"^年度?", "", parts[1])
        found = _AFTER_YEAR.fullmatch(_BEFORE_MATTER.split(after, maxsplit=1)[0].strip(_AROUND))
        body = found["body"] if found else ""
    return "" if _OURSELVES.match(body) else body


def is_of(title: str, name: str, city: str) -> bool:
    """Whether a title names the unit as the one that reports, or nobody."""
    body = body_of(title)
    return not body or is_same(body, name, city)


def whose(paper: Paper, name: str, city: str) -> Whose:
    """Whether a paper is the unit's own, that of a part of it, or another's; by its title, else by its issuer.

    A district's department is a part of the district, and its report is not the district's.
    """
    body = body_of(paper.title) or (paper.issuer or "")
    if not body or (is_same(body, name, city) and is_same(name, body, city)):
        return "own"
    return "part" if is_same(body, name, city) else "other"


def day_of(report: Report) -> dt.date | None:
    """The day the report was public by, on the unit's side."""
    return min(filter(None, (report.published_on, report.first_seen_on)), default=None)


def in_time(reports: Sequence[AnyReport], deadline: dt.date, facts: Mapping[str, Any]) -> tuple[Judgement, AnyReport]:
    """On time if any of the reports shows it; late only where every one of them shows a date after the deadline.

    The report that decides comes with the answer.
    """
    dated = [(day, report) for report in reports if (day := day_of(report)) is not None]
    day, report = min(dated, key=lambda pair: pair[0], default=(None, reports[0]))
    if day is not None and day <= deadline:
        return compliant(**facts, published_on=day, url=report.url, title=report.title), report
    undated = next((report for report in reports if report.published_on is None), None)
    if day is None or undated is not None:
        shown = undated or report
        words = "present, undated: neither the row nor the page shows when it came out"
        return not_assessable("undated", words, **facts, url=shown.url, title=shown.title), shown
    unsure = next((report for report in reports if not report.date_sure), None)
    if unsure is not None:
        words = "its date was read with too little confidence to hold against the unit"
        return not_assessable("unsure_date", words, **facts, url=unsure.url, title=unsure.title), unsure
    judged = breach(
        evidence=report.evidence,
        **facts,
        published_on=day,
        days_over=(day - deadline).days,
        url=report.url,
        title=report.title,
    )
    return judged, report
