"""Dates as Chinese public sites write them.

Text comes in, ``ReadDate`` goes out: the calendar day, the moment where a time is shown, the raw text, and the
name of the form it was read by. A date that cannot be, or lies after the day it was looked at, is rejected on
its own: the raw text stays, ``on`` is None and ``problem`` says why, so that "shown but not usable" is never taken
for "not shown". Times without a zone are Chinese standard time, which has no daylight saving (UTC+8).

Numbers that only look like dates are left alone: ``2026-02-00018`` is the tail of an index number (索引号), and so
is anything glued to further digits or letters.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

CHINA = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")
EARLIEST = 1949  # documents of the People's Republic; older years on a page are history, not publication
_SLACK = dt.timedelta(days=1)  # a page is looked at in one zone and dated in another
_EPOCH_FIRST, _EPOCH_LAST = 631_152_000, 4_102_444_800  # 1990 to 2100, in seconds

# same length in, same length out: positions found in the one hold in the other
_PLAIN = str.maketrans(
    "０１２３４５６７８９∶：．／－–—―\u3000\xa0\u200b\ufeff\t\r\n",
    "0123456789::./----       ",
)
_HAN_DIGITS = {sign: value for value, signs in enumerate(("〇○ＯOoО零0", *"一二三四五六七八九")) for sign in signs}
_HAN_YEAR = "".join(_HAN_DIGITS)
_TIME = (
    r"(?:[ T,，]{0,4}(?P<half>上午|下午)? ?(?P<h>[01]?\d|2[0-3]) ?[:时点] ?(?P<mi>[0-5]\d)(?!\d) ?分?"
    r"(?: ?:? ?(?P<s>[0-5]\d)(?!\d) ?秒?(?:\.\d{1,9})?)?"
    r"(?P<zone> ?(?:Z(?![A-Za-z])|[+-](?:0\d|1[0-4]):?[0-5]\d(?!\d)))?)?"
)
_LOOSE = r"(?<![\dA-Za-z])(?<![\dA-Za-z][-/.])"  # not the tail of a longer number
_FORMS = (
    (
        "digits",
        re.compile(
            _LOOSE + r"(?P<y>19\d\d|20\d\d) ?[-/.] ?(?P<m>\d{1,2}) ?[-/.] ?(?P<d>\d{1,2})(?!\d|[-/]\d)" + _TIME,
        ),
    ),
    (
        "han",
        re.compile(r"(?<!\d)(?P<y>19\d\d|20\d\d) ?年 ?(?P<m>\d{1,2}) ?月 ?(?P<d>\d{1,2}) ?[日号]" + _TIME),
    ),
    (
        "han-numerals",
        re.compile(
            rf"(?P<y>[一二][{_HAN_YEAR}]{{3}}) ?年 ?(?P<m>[元一二三四五六七八九十]{{1,2}}) ?月 ?"
            r"(?P<d>[一二三四五六七八九十廿卅]{1,3}) ?日" + _TIME
        ),
    ),
)
_ANY = re.compile(r"(?:19|20)\d\d ?[-/.年]|[一二].{3} ?年")
_BEGINS = re.compile("[12１２一二]")  # what ``_ANY`` begins with, before anything is made plain
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:(\d\d)(\d\d)(\d\d)?)?(?!\d)")
_SHORT = re.compile(
    r"(?<![\d:/.年-])(?P<m>1[0-2]|0?[1-9]) ?[-/.月] ?(?P<d>3[01]|[12]\d|0?[1-9])(?![\d:/.-]) ?日?" + _TIME
)
_YEAR_MONTH = re.compile(r"(?P<y>(?:19|20)\d\d) ?[-/.年] ?(?P<m>1[0-2]|0?[1-9]) ?月?[-/.]?")
_RFC_822 = re.compile(r"^(?:[A-Za-z]{3,9},? *)?\d{1,2} +[A-Za-z]{3,9} +\d{2,4}\b")

_IN_ADDRESS = (
    re.compile(r"/t((?:19|20)\d\d)(\d\d)(\d\d)_\d+"),  # TRS
    re.compile(r"/art/((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})/"),  # Hanweb
    re.compile(r"/((?:19|20)\d\d)-(\d\d)/(\d\d)/"),
    re.compile(r"/((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})/"),
    re.compile(r"/((?:19|20)\d\d)-(\d\d)-(\d\d)/"),
    re.compile(r"/((?:19|20)\d\d)/(\d\d)-(\d\d)/"),
    re.compile(r"/((?:19|20)\d\d)(\d\d)/(\d\d)/"),
    re.compile(r"/((?:19|20)\d\d)(\d\d)(\d\d)/"),
    re.compile(r"/((?:19|20)\d\d)(\d\d)(\d\d)\d{4,12}/index\.s?html?$"),
)


@dataclass(frozen=True, kw_only=True)
class ReadDate:
    """One date as read. ``on`` None: shown, but impossible or in the future, as ``problem`` says."""

    raw: str
    on: dt.date | None
    at: dt.datetime | None = None  # aware; None where no time is shown, or only the filler 00:00
    form: str
    problem: str | None = None  # "impossible" | "future"
    start: int = 0  # where in the text it stands
    end: int = 0


def all_dates(text: str, *, reference: dt.date | None = None) -> Iterator[ReadDate]:
    """Every complete date in ``text``, in order. ``reference`` is the day the text was seen, if known."""
    if not _BEGINS.search(text):
        return
    plain = text.translate(_PLAIN)
    if not _ANY.search(plain):
        return
    matches = [(match, form) for form, pattern in _FORMS for match in pattern.finditer(plain)]
    last = -1
    for match, form in sorted(matches, key=lambda found: found[0].start()):
        if match.start() >= last:
            last = match.end()
            yield _from_match(match, form, text, reference)


def read_date(text: str, *, reference: dt.date | None = None) -> ReadDate | None:
    """The first usable complete date in ``text``; if all are unusable the first of them; None if there is none."""
    rejected = None
    for found in all_dates(text, reference=reference):
        if found.on:
            return found
        rejected = rejected or found
    return rejected


def read_short(text: str, *, reference: dt.date) -> ReadDate | None:
    """Like ``read_date``, and a month and day alone ("10-04") are given the last year in which they had come."""
    found = read_date(text, reference=reference)
    if found:
        return found
    match = _SHORT.search(text.translate(_PLAIN))
    if not match:
        return None
    # "02-29" had last come up to eight years ago (no leap day in 1900 or 2100)
    for year in range(reference.year, reference.year - 9, -1):
        completed = _from_match(match, "month-day", text, reference, year=year)
        if completed.on:
            break
    return completed


def read_split(parts: Sequence[str], *, reference: dt.date | None = None) -> ReadDate | None:
    """A date spread over neighbouring elements: "14" + "2023-04", "2023." + "04-14", "21" + "2024年02月"."""
    texts = [part.strip() for part in parts if part.strip()]
    if not 2 <= len(texts) <= 3:
        return None
    found = read_date(" ".join(texts), reference=reference)
    if found:
        return found
    for first, second in ((texts[0], texts[-1]), (texts[-1], texts[0])):
        month = _YEAR_MONTH.fullmatch(second.translate(_PLAIN))
        day = re.fullmatch(r"(\d{1,2})[日号]?", first)
        if month and day:
            return _checked(int(month["y"]), int(month["m"]), int(day[1]), None, " ".join(texts), "split", reference)
        year = re.fullmatch(r"((?:19|20)\d\d)[年./-]?", second)
        short = _SHORT.fullmatch(first.translate(_PLAIN))
        if year and short:
            return _checked(int(year[1]), int(short["m"]), int(short["d"]), None, " ".join(texts), "split", reference)
    return None


def read_value(value: object, *, reference: dt.date | None = None) -> ReadDate | None:
    """A value that is a date and nothing else: text of any form, RFC 822, ISO, ``20260304``, epoch (s or ms)."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _from_epoch(value, str(value), reference)
    text = str(value).strip()
    if re.fullmatch(r"\d{9,10}|\d{12,13}", text) and not _COMPACT.fullmatch(text):
        return _from_epoch(int(text), text, reference)
    found = read_date(text, reference=reference)
    if found:
        return found
    compact = _COMPACT.fullmatch(text)
    if compact:
        year, month, day, hour, minute, second = (int(part) if part else 0 for part in compact.groups())
        clock = (hour, minute, second) if compact[4] and hour < 24 and minute < 60 and second < 60 else None
        return _checked(year, month, day, clock, text, "compact", reference)
    if _RFC_822.match(text):
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        return _from_moment(moment, text, "rfc822", reference)
    return None


def address_date(url: str, *, reference: dt.date | None = None) -> dt.date | None:
    """The day an article's address carries, where its dialect carries a whole one: a first guess, not a statement."""
    path = url.partition("://")[2].partition("/")[2].partition("?")[0]
    for pattern in _IN_ADDRESS:
        match = pattern.search("/" + path)
        if match:
            found = _checked(int(match[1]), int(match[2]), int(match[3]), None, match[0], "address", reference)
            if found.on:
                return found.on
    return None


def han_number(text: str) -> int:
    """One to ninety-nine in Chinese numerals (十、二十一、廿三); 元 is the first month; 0 for no such number."""
    text = text.replace("元", "一").replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = text.rpartition("十")
    if len(tens) > 1 or len(ones) > 1:
        return 0
    return (_HAN_DIGITS.get(tens, 1) * 10 if ten else 0) + (_HAN_DIGITS.get(ones, 0) if ones else 0)


# ------------------------------------------------------------------ from parts to days


def _from_match(
    match: re.Match[str], form: str, text: str, reference: dt.date | None, year: int | None = None
) -> ReadDate:
    parts = match.groupdict()
    clock = None
    if parts["h"]:
        hour = int(parts["h"])
        if parts["half"] == "下午" and hour < 12:
            hour += 12
        clock = (hour, int(parts["mi"]), int(parts["s"] or 0))
    number = han_number if form == "han-numerals" else int
    return _checked(
        year or (_han_year(parts["y"]) if form == "han-numerals" else int(parts["y"])),
        number(parts["m"]),
        number(parts["d"]),
        clock,
        text[match.start() : match.end()].strip(),
        form,
        reference,
        zone=_zone(parts["zone"]),
        span=match.span(),
    )


def _checked(
    year: int,
    month: int,
    day: int,
    clock: tuple[int, int, int] | None,
    raw: str,
    form: str,
    reference: dt.date | None,
    *,
    zone: dt.timezone = CHINA,
    span: tuple[int, int] = (0, 0),
) -> ReadDate:
    """The date if it can be and was not in the future at ``reference``; else the rejection."""
    start, end = span
    try:
        on = dt.date(year, month, day)
        at = dt.datetime(year, month, day, *clock, tzinfo=zone).astimezone(CHINA) if clock else None
    except (ValueError, OverflowError):
        return ReadDate(raw=raw, on=None, form=form, problem="impossible", start=start, end=end)
    if at:
        on = at.date()
        if (at.hour, at.minute, at.second) == (0, 0, 0):
            at = None  # what systems print when only a day was entered
    if on.year < EARLIEST:
        return ReadDate(raw=raw, on=None, form=form, problem="impossible", start=start, end=end)
    if reference and on > reference + _SLACK:
        return ReadDate(raw=raw, on=None, form=form, problem="future", start=start, end=end)
    return ReadDate(raw=raw, on=on, at=at, form=form, start=start, end=end)


def _from_epoch(value: float, raw: str, reference: dt.date | None) -> ReadDate | None:
    seconds = value / 1000 if value >= 1e11 else value
    if not _EPOCH_FIRST <= seconds <= _EPOCH_LAST:
        return None
    return _from_moment(dt.datetime.fromtimestamp(seconds, CHINA), raw, "epoch", reference)


def _from_moment(moment: dt.datetime, raw: str, form: str, reference: dt.date | None) -> ReadDate:
    local = moment.replace(tzinfo=CHINA) if moment.tzinfo is None else moment
    try:
        local = local.astimezone(CHINA)
    except OverflowError:
        return ReadDate(raw=raw, on=None, form=form, problem="impossible")
    clock = (local.hour, local.minute, local.second)
    return _checked(local.year, local.month, local.day, clock, raw, form, reference)


def _zone(text: str | None) -> dt.timezone:
    if not text:
        return CHINA
    text = text.strip().replace(":", "")
    if text == "Z":
        return dt.UTC
    offset = dt.timedelta(hours=int(text[1:3]), minutes=int(text[3:5]))
    return dt.timezone(offset if text[0] == "+" else -offset)


def _han_year(text: str) -> int:
    return int("".join(str(_HAN_DIGITS[sign]) for sign in text))
