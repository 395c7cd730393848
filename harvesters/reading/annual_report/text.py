"""What a report's lines say besides its figures: title, year, unit, the six parts, the day it is signed.

The year is the one the title names, else the one the text says it reports on; the day of publication says nothing of
it. The unit is what stands in the title besides year and matter, else the body that the text names as its maker.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from harvesters.reading.annual_report.values import narrow
from storage.annual.forms import PARTS
from storage.annual.report import Part

_SPACES: Final = re.compile(r"\s+")
_CHINESE: Final = str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789")
_YEAR: Final = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d|[-./年]\d{1,2}[-./月])|[一二][九〇○零Oo0][〇○零Oo0一二三四五六七八九]{2}(?=年)"
)
_MATTER: Final = r"(?:政府信息与?政务公开|政府信息公开|信息公开|政务公开)"
_REPORT: Final = re.compile(
    rf"{_MATTER}.{{0,10}}(?:年度.{{0,8}}(?:报告|报表)|年报|工作报告|情况报告|报告)|"
    rf"(?:19|20)\d\d年?度?{_MATTER}.{{0,6}}(?:报告|年报)|年度报告.{{0,4}}{_MATTER}"
)
_SOMETHING_ELSE: Final = re.compile(
    r"通知|格式|解读|图解|一图读懂|的函$|办法$|通报|公告$|培训会?$|会议$|检查|评估报告|第三方评|召开|提醒|模板|样式|目录$|指南$|汇总表$"
)
_BESIDES: Final = re.compile(
    r"(?:19|20)\d\d(?:年度?)?|[一二][九〇○零][〇○零一二三四五六七八九]{2}年度?|年度|^关于|[:：·,，]"
)
_TAIL: Final = re.compile(r"(?:的|推进|关于)+$")
_ASIDE: Final = re.compile(r"^(?:【[^】]{0,12}】|\[[^\]]{0,12}\])")
_NAME: Final = re.compile(r"[\u4e00-\u9fa5][\u4e00-\u9fa5()]{2,39}")
_BODY: Final = re.compile(
    r"[\u4e00-\u9fa5（）()]{2,40}(?:局|委|府|厅|办|院|署|处|所|站|队|会|中心|街道|镇|乡|公司|区|县|市|旗|州|省|学校|医院|大学|室|行|社|馆)"
)
_WITHOUT_PLACE: Final = re.compile(r"^[市县区州省](?=[^市县区州省]{2})")  # 市林业局: of which city is not said
_OURSELVES: Final = re.compile(r"^[本我该](?:[局委市县区镇乡办院省厅]|单位|机关|部门|街道)?")
_PERIOD: Final = re.compile(
    r"(?:统计|数据|报告)?(?:期限|时限|时间|数据)?.{0,8}?(20\d\d)年1月1日?(?:起)?[至到—\-~～]{1,2}(?:\1年)?(?:12月31日|12月底|年底)"
)
_MADE_BY: Final = re.compile(
    r"(?:本(?:年度)?报告|本年报|年度报告)?(?:由|系)(?P<made>[\u4e00-\u9fa5]{3,30}?)"
    r"(?:根据|按照|依据|依照|编制|编写|制作|负责编制)"
)
_LABELLED: Final = re.compile(
    r"(?:填报|报告|编制|报送|填表|单位|机关)?(?:单位|机关)(?:名称)?[:：](?P<unit>[\u4e00-\u9fa5]{3,30})(?:\(\w{0,6}\))?$"
)
_IN_BRACKETS: Final = re.compile(r"\([^()]{0,20}\)")
_HEADED_YEAR: Final = re.compile(r"^(20\d\d)年(?:度|以来|来)?[,，]")
_DAY: Final = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日$")
_CHINESE_DAY: Final = re.compile(
    r"(二[〇○零Oo0][〇○零Oo0一二三四五六七八九]{2})年([一二三四五六七八九十元]{1,2})月([一二三四五六七八九十]{1,3})日$"
)
_HEADING: Final = re.compile(
    r"^(?:(?:第\s*)?(?P<chinese>[一二三四五六])(?:\s*部分)?\s*[、.:：．,，]?|(?P<digit>[1-6])\s*[、.．](?!\d))[\s、.]*"
)
# each part's heading as the form says it, and as reports say it, blanks left out
_HEADS: Final = {
    1: re.compile(
        rf"(?:20\d\d年度?|年度)?{_MATTER}?(?:年度)?(?:工作)?(?:的)?(?:总体|基本)(?:工作)?(?:情况|概况)|概述|概况(?!信息)"
    ),
    2: re.compile(
        r"主动公开(?:政府)?信息(?:的)?(?:工作|数量)?(?:的)?情况|(?:政府)?信息主动公开(?:工作)?(?:的)?情况|主动公开情况"
    ),
    3: re.compile(
        r"(?:收到|受理|办理|处理)(?:(?:和|与|及|、)(?:处理|办理|答复))?(?:的)?(?:政府)?信息(?:公开)?申请(?:的)?情况|"
        r"(?:政府)?信息公开申请(?:的)?(?:收到|受理|办理)(?:(?:和|与|及|、)(?:处理|办理|答复))?(?:的)?情况|"
        r"依申请公开(?:政府信息)?(?:工作)?(?:办理)?(?:的)?情况"
    ),
    4: re.compile(
        r"(?:因)?(?:政府)?信息公开(?:工作)?(?:被)?(?:申请|提起)?(?:的)?行政复议(?:和|与|及|、|，|,)?(?:提起)?(?:的)?(?:行政)?诉讼(?:的)?情况|"
        r"行政复议(?:和|与|及|、)?(?:提起)?(?:行政)?诉讼(?:的)?情况"
    ),
    5: re.compile(
        r"(?:政府信息公开|信息公开)?(?:工作)?(?:中)?(?:存在(?:的)?(?:主要)?(?:问题|不足)|主要问题(?=及|和|与|、))"
        r"(?:(?:及|和|与|、)(?:下一?步)?(?:工作)?(?:改进|整改)?(?:的)?(?:情况|措施|打算|安排|方向)?)?"
    ),
    6: re.compile(
        r"其[他它](?:需要|需|应当|应)(?:要)?(?:报告|说明)的?(?:事项|情况|内容)|其[他它](?:报告)?事项|"
        r"(?:需要|需)(?:报告|说明)的?其[他它](?:事项|情况|内容)"
    ),
}
_RUNS_IN: Final = re.compile(r"[:：。\s]|20\d\d|本|我|无|没|全|截至")  # how the sentence behind a heading begins
_SHORT_HEADING: Final = 40  # characters; longer lines are headings run into their first sentence
_ALONE: Final = 3  # headings without a number; fewer may be what is said inside a part
_LINES_OF_TITLE: Final = 8


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the lines say."""

    title: str | None
    year: int | None
    unit: str | None
    parts: tuple[Part, ...]
    signed_on: dt.date | None
    problems: tuple[str, ...]


def tight(text: str) -> str:
    """``text`` without any blank, full-width digits made narrow."""
    return _SPACES.sub("", narrow(text))


def is_title(text: str) -> bool:
    """Whether a title is that of a yearly report on disclosure; not that of a notice or a picture about it."""
    plain = tight(text)
    return len(plain) <= 80 and _REPORT.search(plain) is not None and _SOMETHING_ELSE.search(plain) is None


def may_be_title(text: str) -> bool:
    """Whether a title alone leaves it open that a page is a report: it is not surely of something else."""
    return _SOMETHING_ELSE.search(tight(text)) is None


def years_in(text: str) -> tuple[int, ...]:
    """The years that a title or heading names, in order, Chinese digits too; digits set apart ("201 8") too."""
    return tuple(int(found[0].translate(_CHINESE)) for found in _YEAR.finditer(tight(text)))


def read_lines(lines: Sequence[str], title: str | None) -> Told:
    """What title and text say. ``lines``: the text without tables, a paragraph each."""
    problems: list[str] = []
    own = own_title(lines)
    year = _year(title, own, lines, problems)
    return Told(
        title=_title(title, own),
        year=year,
        unit=_unit(title, own, lines),
        parts=read_parts(lines),
        signed_on=_signed_on(lines),
        problems=tuple(problems),
    )


def _title(title: str | None, own: str | None) -> str | None:
    """The title that says most: one of a report, with a year, the page's before the text's."""
    for one in (title, own):
        if one and is_title(one) and years_in(one):
            return one
    return title if title and (is_title(title) or own is None) else own


def own_title(lines: Sequence[str]) -> str | None:
    """The title that the text itself begins with, on one line or on two or three."""
    first = [line.strip() for line in lines[:_LINES_OF_TITLE]]
    for at, line in enumerate(first):
        if 4 <= len(line) <= 60 and is_title(line) and not line.endswith(("。", "，", "；")):
            before = first[at - 1] if at else ""
            whole = tight(line)
            if not body_in(whole) and 3 <= len(before) <= 30 and _BODY.fullmatch(tight(before)):
                return f"{before}{line}"
            return line
    for at in range(len(first) - 1):
        joined = first[at] + first[at + 1]
        if len(joined) <= 60 and is_title(joined) and not joined.endswith(("。", "，")):
            return joined
        if at + 2 < len(first):
            joined += first[at + 2]
            if len(joined) <= 60 and is_title(joined) and not joined.endswith(("。", "，")):
                return joined
    return None


def _year(title: str | None, own: str | None, lines: Sequence[str], problems: list[str]) -> int | None:
    for where, text in (("title", title), ("heading", own)):
        named = sorted(set(years_in(text))) if text else []
        if len(named) == 1:
            said = set(years_in(own)) if own and where == "title" else set()
            if said and named[0] not in said:
                problems.append(f"The title says {named[0]}, the heading of the text {min(said)}.")
            return named[0]
        if named:
            problems.append(f"The {where} names more years than one: {', '.join(map(str, named))}.")
    whole = [tight(line) for line in lines]
    for line in whole:
        found = _PERIOD.search(line)
        if found:
            return int(found[1])
    for line in whole:
        found = _HEADED_YEAR.match(line)
        if found:
            return int(found[1])
    return None


def body_in(title: str) -> str | None:
    """The body that a title names besides year and matter."""
    plain = _ASIDE.sub("", tight(title)).strip("《》“”\"'")
    body = re.split(_MATTER, _BESIDES.sub("", plain), maxsplit=1)[0]
    body = _TAIL.sub("", body)
    return body if _NAME.fullmatch(body) and not _OURSELVES.match(body) else None


def _unit(title: str | None, own: str | None, lines: Sequence[str]) -> str | None:
    named = [body for text in (title, own) if text and (body := body_in(text))]
    for body in named:
        if not _WITHOUT_PLACE.match(body):
            return body
    for line in lines:
        found = _LABELLED.match(tight(line)) if len(line) <= 60 else None
        if found and _BODY.fullmatch(found["unit"]) and not _OURSELVES.match(found["unit"]):
            return found["unit"]
    for line in lines[:_LINES_OF_TITLE]:
        found = _MADE_BY.search(tight(line))
        if found and not _OURSELVES.match(found["made"]) and _BODY.fullmatch(found["made"]):
            return found["made"]
    return _signer(lines) or (named[0] if named else None)


def _signer(lines: Sequence[str]) -> str | None:
    """The body that stands alone on a line before the day at the end, or before the day on its line."""
    last = [tight(line) for line in lines[-6:]]
    for at, line in enumerate(last):
        day = _DAY.search(line) or _CHINESE_DAY.search(line)
        if day:
            body = _IN_BRACKETS.sub("", line[: day.start()] or (last[at - 1] if at else ""))
            if len(body) <= 30 and _BODY.fullmatch(body) and not _OURSELVES.match(body):
                return body
    return None


def _signed_on(lines: Sequence[str]) -> dt.date | None:
    """The day at the end of the text, or of a line among the first that holds nothing else."""
    candidates = [tight(line) for line in lines[-8:]][::-1] + [tight(line) for line in lines[:_LINES_OF_TITLE]]
    for at, line in enumerate(candidates):
        line = line.rstrip("。)")
        found = _DAY.search(line)
        chinese = _CHINESE_DAY.search(line) if found is None else None
        if found and (found.start() == 0 or (at < 3 and len(line) - found.start() < len(line) and len(line) <= 60)):
            if found.start() and not _may_sign(line[: found.start()]):
                continue
            return _date(int(found[1]), int(found[2]), int(found[3]))
        if chinese and chinese.start() <= 30:
            return _date(int(chinese[1].translate(_CHINESE)), _small(chinese[2]), _small(chinese[3]))
    return None


def _may_sign(before: str) -> bool:
    """Whether what stands on the line before a day is a signature, or the end of a sentence, and no part of one."""
    return before.endswith(("。", "；", ")", " ")) or _BODY.fullmatch(before[-30:]) is not None


def _small(text: str) -> int:
    """A Chinese number below 100: 元 is 1, 十二 is 12, 二十 is 20."""
    text = text.replace("元", "一")
    ten, _, one = text.partition("十") if "十" in text else ("", "", text)
    digits = "〇一二三四五六七八九"
    value = digits.find(one) if one else 0
    return (10 * (digits.find(ten) if ten else 1) if "十" in text else 0) + value


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


# ------------------------------------------------------------------ parts


class Heading(NamedTuple):
    """A part's heading as it stands, what of its line belongs to the text, and how it is numbered."""

    number: int
    heading: str
    rest: str
    style: str  # "chinese", "digit", "none"


def heading_of(line: str) -> Heading | None:
    """The heading of a part that a line is, or begins with. One without number (Word counts by itself) stands alone."""
    plain = line.strip()
    found = _HEADING.match(plain)
    rest = plain[found.end() :] if found else plain
    words = _SPACES.sub("", rest[: 2 * _SHORT_HEADING])
    for part, pattern in _HEADS.items():
        begun = pattern.match(words)
        if not begun:
            continue
        if found is None:
            return Heading(part, plain, "", "none") if begun.end() == len(_SPACES.sub("", rest)) else None
        number = "一二三四五六".index(found["chinese"]) + 1 if found["chinese"] else int(found["digit"])
        style = "chinese" if found["chinese"] else "digit"
        if abs(part - number) > 1:  # a heading inside a part; numbers run on by one where a place adds a part
            return None
        cut = found.end() + _place(rest, begun.end())
        after = plain[cut:]
        if not after or _RUNS_IN.match(after):
            return Heading(part, plain[:cut], after.lstrip(" :：。\u3000\xa0"), style)
        return Heading(part, plain, "", style) if len(plain) <= _SHORT_HEADING and "。" not in plain else None
    return None


def _place(text: str, count: int) -> int:
    """Where in ``text`` its first ``count`` characters that are no blanks end."""
    for at, character in enumerate(text):
        if count == 0:
            return at
        count -= not character.isspace()
    return len(text)


def read_parts(lines: Sequence[str]) -> tuple[Part, ...]:
    """Those of the six parts that are there, in order. A heading said again, as in a list, counts once."""
    headings = {at: heading for at, line in enumerate(lines) if (heading := heading_of(line))}
    numbered = {heading.number for heading in headings.values() if heading.style == "chinese"}
    alone = {heading.number for heading in headings.values() if heading.style == "none"}
    kept = {"chinese"} if numbered else {"digit"}
    if len(alone - numbered) >= _ALONE:
        kept.add("none")
    headings = {
        at: heading
        for at, heading in headings.items()
        if heading.style in kept and (heading.style != "none" or heading.number not in numbered)
    }
    begun: list[tuple[int, str, list[str]]] = []
    for at, line in enumerate(lines):
        heading = headings.get(at)
        if heading:
            begun.append((heading.number, heading.heading, [heading.rest] if heading.rest else []))
        elif begun and line.strip():
            begun[-1][2].append(line.strip())
    chosen: dict[int, tuple[str, list[str]]] = {}
    for number, text, told in begun:
        known = chosen.get(number)
        if known is None or not known[1] or (told and len(told) > len(known[1])):
            chosen[number] = (text, told)
    return tuple(
        Part(number=number, heading=chosen[number][0], text="\n".join(chosen[number][1]))
        for number in PARTS
        if number in chosen
    )
