"""How long a notice asks the public for opinions, as notices write it: 自…至…, 截止日期, 于…前, 公布之日起30日内.

A notice's text and its day of publication come in, a ``Period`` goes out, with the words it was read from. Dates and
durations that belong to something else (有效期, 报名, 听证会, the articles of the draft itself) are left alone: only
what stands beside words of consulting counts. Where a text says several ends the latest is taken, which is the unit's
side, and the period is not sure.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

MOST = 12_000  # characters of a text that are looked at; what follows is the draft
_SLACK = dt.timedelta(days=15)  # a day without a year lies in the year of publication, or early in the next

_SIGNS = str.maketrans({**dict.fromkeys("—–―－~～〜─", "-"), "∶": ":", "：": ":"})
_SPACES = re.compile(r"[ \t\r\f\v\u00a0\u3000\u200b\ufeff]+")
_ASIDE = re.compile(r"\((?:星期|周)[一二三四五六日天]\)|\((?:含|包含|包括)?(?:当日|当天|本日|首尾两?日)\)|\(含\)")
_CLOCK = r"(?:(?:上午|下午|晚)?(?:\d{1,2}[:时]\d{0,2}分?(?::\d\d)?|\d{1,2}点(?:整|半)?)|下班|24时)?"
_FULL = r"(?:19|20)\d\d[年./-]\d{1,2}[月./-]\d{1,2}(?!\d)[日号]?"
_SHORT = r"(?<!\d)\d{1,2}月\d{1,2}[日号]"
_DAY = rf"(?:{_FULL}|{_SHORT})"
_TO = r"(?:起|开始)?(?:至|到|-|--)"
_RANGE = re.compile(rf"(?P<one>{_DAY}){_CLOCK}{_TO}(?P<two>{_DAY}|(?<=日[至到-])\d{{1,2}}日|(?<=起至)\d{{1,2}}日)")
_SINCE = (
    r"(?:自|从|在)?(?:即日|今日|(?:本|该|此)?(?:公告|通告|通知|公示|启事|意见稿|征求意见稿|草案|文件|网站|网)?"
    r"(?:发布|公布|发出|印发|刊登|刊发|公示|公告|公开|登载|上网|挂网)(?:之)?(?:日|即日))(?:起|开始)"
)
_SINCE_TO = re.compile(rf"{_SINCE}(?:,|截止|截至)*(?:至|到|-)?(?P<two>{_DAY})")
_ENDS = re.compile(rf"(?:截止|截至|结束)(?:日期|时间|日|期限|期)?(?:为|是|到|至|于|在|:|\n)*(?P<two>{_DAY})")
_STOPS = re.compile(rf"(?P<two>{_DAY}){_CLOCK}(?:截止|为止|止(?!损)|结束)")
_UNTIL = re.compile(rf"(?:期限|期间|时间|日期|意见|反馈|公示期)(?:为|是|:)?(?:至|到)(?P<two>{_DAY})")
_BEFORE = re.compile(rf"(?P<two>{_DAY}){_CLOCK}(?:之|以)?前")
_BEGINS = re.compile(rf"(?:开始|起始)(?:日期|时间|日)(?:为|:|\n)*(?P<one>{_DAY})")
_NUMBER = r"(?P<number>\d{1,3}|[一二两三四五六七八九十]{1,3})"
_UNIT = r"(?P<unit>个?(?:工作日|自然日|日历日|日|天|周|星期)|个月)(?!(?:以|之)?前)"
_LASTS = re.compile(
    r"(?:征求意见|征集意见|意见征集|征询意见|意见征询|公示|公告|意见反馈|反馈|征集|征求)(?:的)?(?:时间|期限|期间|期)?"
    rf"(?:共计|不少于|共|为期|为|是|:|\(|,|\n){{0,3}}{_NUMBER}{_UNIT}"
)
_LASTS_SINCE = re.compile(rf"{_SINCE}(?:的|,|之)?(?:共计|共|为期)?{_NUMBER}{_UNIT}(?!后|以后|之后)(?:之内|以内|内)?")
_LASTS_FROM = re.compile(rf"(?P<one>{_DAY})(?:起|开始)(?:,|的)?(?:共计|共|为期)?{_NUMBER}{_UNIT}(?!后|以后|之后)")
_FOR = re.compile(rf"为期{_NUMBER}{_UNIT}")
_PARTS = re.compile(r"(?:(?P<y>(?:19|20)\d\d)[年./-])?(?:(?P<m>\d{1,2})[月./-])?(?P<d>\d{1,2})[日号]?")

_SENTENCE = re.compile(r"[^。;\n]*+[。;\n]?+(?<=.)", re.DOTALL)
_MAY_TELL = re.compile(r"\d{1,2}[日号前天]|\d[-./]\d|[\d一二两三四五六七八九十]个?(?:工作日|自然日|日|天|月|周|星期)")
_HEADING = 40  # characters

_CONSULTING = re.compile(r"征求|征集|征询|听取|意见|建议|公示|公告|反馈|截止|起止|公开期|期限|异议")
# what a date or a duration right behind these words is of
_ELSE = re.compile(
    r"有效|施行|实施|执行|规划|任期|试点|服务期|建设|工期|起草|调研|统计|考核|评选|考试|竞赛|停水|停电|会议|活动|施工|报名|申报|听证|"
    r"论证|座谈|培训|办公|接待|受理|作出|修订于|通过|收到(?!.{0,6}意见)"
)
_FIRST_ARTICLE = re.compile(r"第[一1]章[^\n]{0,20}\n|第[一1]条[ 　:、]?(?!第)")
_DIGITS = {sign: value for value, sign in enumerate("一二三四五六七八九", 1)} | {"两": 2}


@dataclass(frozen=True, kw_only=True)
class Period:
    """A period for opinions: the day it ends on, or its length in ``unit`` (日, 工作日, 月, 周), or both.

    ``is_sure`` False: the text says several ends, or several lengths and no end. ``raw``: the words it was read from.
    """

    starts_on: dt.date | None = None  # where the text says it
    ends_on: dt.date | None = None
    length: int | None = None
    unit: str = "日"
    is_sure: bool = True
    raw: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Found:
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    length: int | None = None
    unit: str = "日"
    raw: str = ""


def period_of(text: str, published_on: dt.date | None) -> Period | None:
    """The period that ``text`` states; None where it states none.

    :param published_on: the day the notice came out: it gives the year to days without one, and what ended before it
        is no period of this notice.
    """
    plain = _plain(text[:MOST])
    article = _FIRST_ARTICLE.search(plain)
    for part in (plain[: article.start()], plain) if article else (plain,):
        found = [one for one in _all(_telling(part), published_on) if _may_be(one, published_on)]
        if found:
            return _together(found)
    return None


def _together(found: list[_Found]) -> Period:
    """The longest period that is said: the last of the ends, else the greatest of the lengths."""
    raw = tuple(dict.fromkeys(one.raw for one in found))
    lengths = {(one.length, one.unit) for one in found if one.length is not None}
    longest = max(lengths, key=lambda one: (one[0] or 0) * _DAYS_OF[one[1]], default=(None, "日"))
    ends = {one.ends_on for one in found if one.ends_on is not None}
    if not ends:
        starts = [one.starts_on for one in found if one.starts_on is not None]
        return Period(
            starts_on=min(starts, default=None), length=longest[0], unit=longest[1], is_sure=len(lengths) == 1, raw=raw
        )
    last = max(ends)
    starts = [one.starts_on for one in found if one.starts_on is not None and one.ends_on == last]
    return Period(
        starts_on=min(starts, default=None),
        ends_on=last,
        length=longest[0],
        unit=longest[1],
        is_sure=len(ends) == 1,
        raw=raw,
    )


_UNITS = {"工作日": "工作日", "月": "月", "周": "周", "星期": "周"}
_DAYS_OF = {"日": 1, "工作日": 1, "周": 7, "月": 30}


def _may_be(one: _Found, published_on: dt.date | None) -> bool:
    if one.ends_on is None:
        return True
    if one.starts_on is not None and one.ends_on < one.starts_on:
        return False
    return published_on is None or one.ends_on >= published_on


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    text = _SPACES.sub("", text).replace("，", ",").replace("（", "(").replace("）", ")")
    return _ASIDE.sub("", text)


def _telling(text: str) -> str:
    """The sentences of ``text`` that a day or a length stands in, each with a heading that is right above it."""
    kept: list[str] = []
    before = ""
    for sentence in _SENTENCE.findall(text):
        if _MAY_TELL.search(sentence):
            if before.endswith("\n") and len(before) <= _HEADING:
                kept.append(before)
            kept.append(sentence)
            before = ""
        else:
            before = sentence
    return "".join(kept)


def _all(text: str, published_on: dt.date | None) -> Iterator[_Found]:
    """Everything in ``text`` that states a period or the end of one."""
    taken: list[tuple[int, int]] = []
    begins = _BEGINS.search(text)
    start = _day(begins["one"], published_on) if begins else None
    for pattern, needs_context in _DATED:
        for match in pattern.finditer(text):
            if any(match.start("two") < last and match.end("two") > first for first, last in taken):
                continue
            if not _is_of_consulting(text, match, needs_context=needs_context):
                continue
            one, two = match.groupdict().get("one"), match["two"]
            ends = _day(two, published_on, after=one)
            starts = _day(one, published_on, before=ends) if one else start
            if ends is not None:
                taken.append(match.span())
                yield _Found(starts_on=starts, ends_on=ends, raw=_words(match))
    for pattern in (_LASTS, _LASTS_SINCE, _LASTS_FROM, _FOR):
        for match in pattern.finditer(text):
            number = _number(match["number"])
            if number and _is_of_consulting(text, match, needs_context=pattern is not _LASTS):
                unit = _UNITS.get(match["unit"].removeprefix("个"), "日")
                one = match.groupdict().get("one")
                starts = _day(one, published_on) if one else None
                yield _Found(starts_on=starts, length=number, unit=unit, raw=_words(match))


_DATED = ((_RANGE, True), (_SINCE_TO, False), (_ENDS, False), (_STOPS, True), (_UNTIL, True), (_BEFORE, True))


def _is_of_consulting(text: str, match: re.Match[str], *, needs_context: bool) -> bool:
    """Whether what was matched speaks of the time for opinions: by the words before it, or those right after it."""
    before = text[max(0, match.start() - 40) : match.start()]
    sentence = re.split(r"[。;;]", before)[-1]
    if _ELSE.search(sentence[-12:]):
        return False
    if not needs_context:
        return True
    after = re.split(r"[。;;\n]", text[match.end() : match.end() + 60])[0]
    return bool(_CONSULTING.search(sentence) or _CONSULTING.search(after)) and not _ELSE.match(after[:6])


def _day(
    text: str, published_on: dt.date | None, *, after: str | None = None, before: dt.date | None = None
) -> dt.date | None:
    """The day ``text`` writes; what it leaves out is the day's before it (``after``), or follows from the others."""
    parts = _PARTS.fullmatch(text)
    if parts is None:
        return None
    first = _PARTS.fullmatch(after) if after else None
    month = parts["m"] or (first["m"] if first else None)
    year = parts["y"] or (first["y"] if first else None)
    if month is None:
        return None
    if year is not None:
        found = _date(int(year), int(month), int(parts["d"]))
        if parts["y"] is None and first is not None and found is not None:
            began = _date(int(year), int(first["m"] or month), int(first["d"]))
            if began is not None and found < began:  # from December into January
                found = _date(int(year) + 1, int(month), int(parts["d"]))
        return found
    known = before or published_on
    if known is None:
        return None
    found = _date(known.year, int(month), int(parts["d"]))
    if found is None:
        return None
    if before is not None and found > before:
        return _date(known.year - 1, int(month), int(parts["d"]))
    if before is None and found < known - _SLACK:
        return _date(known.year + 1, int(month), int(parts["d"]))
    return found


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    """One to ninety-nine in digits of either kind; None for what is no number."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return _DIGITS.get(text)
    if (tens and tens not in _DIGITS) or (ones and ones not in _DIGITS):
        return None
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def _words(match: re.Match[str]) -> str:
    return match[0].replace("\n", "")[:80]
