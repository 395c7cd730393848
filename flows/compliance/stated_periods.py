"""A period as a notice states it: 公告期限：自2026年3月1日至3月20日, 公示期为10个工作日, 公告时间不少于三十日.

A label and a text come in, ``Period`` goes out: first and last day, or a length. Both days belong to the period; of a
last day written short (3月20日, 20日) month and year are the first day's. Dates and numerals are read by
``harvesters/reading/dates.py``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from harvesters.reading.dates import ReadDate, all_dates, han_number, read_date

_LONGEST: Final = 50_000  # characters of a text in which a label is looked for
_REACH: Final = 90  # characters behind a label in which its period stands
_ENDS: Final = re.compile(r"[。；;]|\n\s*\S[^\n]{0,20}[：:]|\n\s*\n")
# what may lead from a label to its period; behind anything else (公告期满后30日内, 公告期内有异议的) stands another
_LEAD: Final = re.compile(
    r"(?:[\s:：∶（(【\[]|[为是自从本共计]|公告|公示|发布|张贴|之日|次日|当日|起|不(?:得)?[少低]于|至少|暂?定为|原则上|一般)*"
)
_ASIDE: Final = re.compile(r"[\s,，（(、]*(?:共计?|即|计|从|自|期限为?|为期|时间为?|[:：])?[\s:：]*")
_CUT: Final = re.compile(r"[^，,、（）()\s]{0,24}$")
_TO: Final = re.compile(r"至|到|[—–~～－]+|-+")
_FROM_ON: Final = re.compile(r"[ \u3000]*(?:起|开始|始)?[ \u3000]*[,，]?[ \u3000]*$")
_HAN: Final = "一二三四五六七八九十"
_SHORT: Final = re.compile(
    rf"(?:(?P<month>\d{{1,2}}|[{_HAN}元]{{1,2}}) ?[月./-] ?)?(?P<day>\d{{1,2}}|[{_HAN}廿卅]{{1,3}}) ?[日号]?(?!\d)"
)
# not the day of a date, nor the last day of a span
_LENGTH: Final = re.compile(
    rf"(?<![\d年月至到—–~～./{_HAN}-])(?P<number>\d{{1,3}}|[{_HAN}]{{1,3}})(?: ?[（(][\d{_HAN}]{{1,3}}[)）])? ?个?"
    r"(?P<unit>工作日|自然日|日历天|日历日|日|天)(?!期|历|前)"
)
_YEAR: Final = re.compile(r"^.{4}[ \u3000]*[年./-]")


@dataclass(frozen=True, kw_only=True)
class Period:
    """A period: from ``first`` to ``last``, both belonging to it, or ``length`` days, ``working`` ones or all."""

    raw: str
    first: dt.date | None = None
    last: dt.date | None = None
    length: int | None = None
    working: bool = False

    @property
    def days(self) -> int | None:
        """Calendar days from first to last."""
        return (self.last - self.first).days + 1 if self.first is not None and self.last is not None else None


def periods_under(label: re.Pattern[str], text: str) -> Iterator[Period]:
    """Every period that stands behind a label, in order; nothing where what stands there is none."""
    for found in label.finditer(text[:_LONGEST]):
        begins = found.end()
        near = text[begins : begins + _REACH]
        end = _ENDS.search(near)
        # a date that the reach cuts in two would read as another one
        near = near[: end.start()] if end is not None else _CUT.sub("", near) if len(near) == _REACH else near
        raw = " ".join(text[found.start() : begins + len(near)].split())
        lead = _LEAD.match(near)
        at = lead.end() if lead is not None else 0
        span, length = _span(near, at), _LENGTH.match(near, at)
        if span is not None:
            yield Period(raw=raw, first=span[0], last=span[1])
            length = _LENGTH.match(near, _aside(near, span[2]))
        elif length is not None and (span := _span(near, _aside(near, length.end()))) is not None:
            yield Period(raw=raw, first=span[0], last=span[1])
        if length is not None and (number := _number(length["number"])):
            yield Period(raw=raw, length=number, working=length["unit"] == "工作日")


def _aside(near: str, at: int) -> int:
    """Where, behind a period, the same one would be told once more: （10个工作日）, ，共30日."""
    found = _ASIDE.match(near, at)
    return found.end() if found is not None else at


def _span(near: str, at: int) -> tuple[dt.date, dt.date, int] | None:
    """First and last day of a span that begins at ``at``, and where it ends; two days and what leads between them."""
    for to in _TO.finditer(near, at):
        before = _FROM_ON.sub("", near[at : to.start()])
        first = next(all_dates(before), None)
        if first is None or first.on is None or first.start != 0 or first.end != len(before):
            continue
        begins = to.end() + len(near[to.end() :]) - len(near[to.end() :].lstrip())
        following = next(all_dates(near[begins:]), None)
        if following is not None and following.start == 0:
            last, ends = following.on, begins + following.end
        else:
            last, ends = _short(first, near[begins:]), begins
            short = _SHORT.match(near, begins)
            ends = short.end() if short is not None else ends
        if last is not None and last >= first.on:
            return first.on, last, ends + len("止" if near[ends : ends + 1] == "止" else "")
    return None


def _short(first: ReadDate, rest: str) -> dt.date | None:
    """The last day, where it is written without its year, or without year and month."""
    found, year = _SHORT.match(rest), _YEAR.match(first.raw)
    if found is None or year is None or first.on is None:
        return None
    mark = year[0][-1]
    month = _number(found["month"]) if found["month"] else first.on.month
    year_of = first.on.year + (1 if month < first.on.month else 0)
    between, end = ("月", "日") if mark == "年" else (mark, "")
    whole = read_date(f"{year_of}{mark}{month}{between}{_number(found['day'])}{end}")
    return whole.on if whole is not None else None


def _number(text: str) -> int:
    return int(text) if text.isdigit() else han_number(text)
