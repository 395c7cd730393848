"""Which enforcement decision (行政执法决定) an item makes public, and of which day it is: read from its title and text.

国办发〔2018〕118号 counts the limit from the decision, not from the document that tells of it, so the day must be the
decision's own: it stands under its label (许可决定日期, 处罚决定日期, 作出决定日期 …), in the sentence that makes it
public (于某日作出行政处罚决定，现予公示), as the signature under a decision that is shown whole (决定书), or in the
column of such dates in a list of decisions. A title that speaks of something else (裁量基准, 告知书, 典型案例 …) is
overruled only by a page that says whose decision of which day it makes public.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal

from flows.compliance.facts import ItemContext
from flows.compliance.regulation import Regulation
from flows.compliance.stated import StatedDate, bodies_under, dates_behind, dates_under, is_body
from harvesters.reading.dates import all_dates
from storage.schema import ColumnKind, Item

Sort = Literal["permit", "penalty", "other"]
RULE_OF: Final[dict[Sort, str]] = {"permit": "TM-02", "penalty": "TM-02", "other": "TM-03"}
_OF_COLUMN: Final[dict[ColumnKind, Sort]] = {ColumnKind.PERMITS: "permit", ColumnKind.PENALTIES: "penalty"}
# how sure each way of reading the day is, on the scale of a field's provenance
CONFIDENCE: Final = {"label": 0.9, "table": 0.8, "sentence": 0.8, "signature": 0.7}

_SORT: Final = r"许可|处罚|强制(?:措施|执行)?|征收|征用|确认|裁决|给付"
# 决定日期 alone must stand alone: 立案决定日期, 延期决定日期 are other days; 拟… is no decision yet
_LABEL: Final = re.compile(
    rf"(?<![拟预])(?:行政)?(?P<sort>{_SORT})决定书?的?(?:作出|做出|制作)?的?(?:日期|时间)"
    r"|(?:作出|做出)(?:该|本|此)?(?:行政)?决定书?的?(?:日期|时间)"
    r"|(?<![\u4e00-\u9fff])决定书?的?(?:作出|做出)?的?(?:日期|时间)"
    r"|(?<![拟预])(?P<short>许可|处罚)(?:作出|做出)?的?(?:日期|时间)"
)
# of an inspection (行政检查) the result counts, and not the day somebody came
_RESULT_LABEL: Final = re.compile(
    r"(?:检查|抽查|结果|结论)(?:结果|结论)?的?(?:作出|做出|出具|形成|认定|完成|结束)的?(?:日期|时间)|检查(?:结论|结果)(?:日期|时间)"
)
_MAKER: Final = re.compile(
    rf"(?:作出|做出)(?:行政)?(?:{_SORT})?决定的?(?:机关|单位|部门)(?:名称)?"
    rf"|(?<!被)(?:行政)?(?:{_SORT}|决定|执法|审批|实施|检查)(?:机关|单位|部门|主体)(?:名称)?"
)
_SENTENCE: Final = re.compile(
    rf"(?:作出|做出)[^。；\n]{{0,20}}?(?P<sort>{_SORT})(?:的)?决定[^。；\n]{{0,40}}?[，,]"
    r"\s?(?:现|特)(?![^。；\n]{0,12}(?:案例|典型))[^。；\n]{0,12}(?:公示|公开|公布)"
)
_BEFORE: Final = 60  # characters before 作出 in which day and body stand
_MADE_BY: Final = re.compile(r"(?:^|[，,：:。\s])(?P<body>[^，,：:。\s]{2,40}?)(?:已|依法)?于?$")
_SOMETHING_ELSE: Final = re.compile(
    r"案例|以案释法|以案说法|裁量|基准|办法|规定|规范|制度|目录|清单|指南|流程|依据|标准|通知|告知|听证|受理|拟|征求|解读|图解|问答|计划|"
    r"方案|总结|统计|年报|年度报告|报表|通报|催告|送达|名录|样本|范本|样式|模板|要点|会议|培训|宣传|招聘|说明|须知|意见|责令|建议|协议|"
    r"失信|信用修复|工作|活动|部署|倡议|简报|动态|取消|下放|废止|修改|调整|事项|委托|印发"
)
_OTHER_SORT: Final = re.compile(
    r"行政强制|强制(?:措施|执行)|查封|扣押|代履行|行政征收|征收决定|行政确认|工伤认定|行政裁决|裁决书|行政给付|行政检查"
)
_RESULT: Final = re.compile(r"(?:检查|抽查|抽检)(?:情况|结果|结论)")
# a decision shown whole ends in its signature; a notice about one ends in the notice's
_DOCUMENT: Final = re.compile(
    rf"(?:{_SORT}|审批|核准|认定)[^，。；]{{0,10}}决定|决定书|裁决书|(?:的|准予.{{0,30}})(?:批复|决定)"
)
_ABOUT: Final = re.compile(r"公[示告布开]|通告|信息|汇总|一览|名单|情况")
_SEAL: Final = re.compile(r"(?:加盖)?[公印盖]?章|印")
_LONGEST: Final = 50_000  # characters that are read; a longer list of decisions is not told apart
_TAIL: Final = 12  # lines at a text's end in which its signature stands
_SIGNED: Final = 80  # characters; body and day take no more
_AFTER_SIGNATURE: Final = 4  # lines that may follow it: seal, contact, attachments
_HEAD_CELL: Final = 20  # characters; longer lines head no column
_DATE_CELL: Final = re.compile(r"日期|时间|期限|有效期|生效|截止|[自至]$")
_ROW_NUMBER: Final = re.compile(r"(\d{1,4})[.、．]?")


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What an item says of the decision it makes public.

    ``days`` are the different days it states, in order; more than one where it lists several decisions. Empty where it
    states none that can be read. ``unclear``: rows of several decisions that cannot be told apart. ``makers``: who it
    says made it. ``how``: label, table, sentence or signature.
    """

    sort: Sort
    days: tuple[dt.date, ...] = ()
    how: str = ""
    raw: str = ""
    unclear: bool = False
    makers: tuple[str, ...] = ()


def decision_of(item: Item, context: ItemContext) -> Decision | None:
    """The decision that an item makes public; None where it makes none public, or none that it could be known by.

    A date of formation stands for the decision's only where the page labels it so.
    """
    decision = _decision_in(item.title, item.body_text or "", context.column.kind)
    if decision is None or decision.days or decision.unclear or item.formed_on is None:
        return decision
    formed = item.provenance.get("formed_on")
    if formed is None or _LABEL.search(formed.raw) is None:
        return decision
    return replace(decision, days=(item.formed_on,), how="label", raw=formed.raw)


def special_limit(item: Item, context: ItemContext, law: Regulation) -> str | None:
    """The rule with a limit of its own that judges the item: it prevails over the general one (条例 第二十六条)."""
    for rule in ("TM-02", "TM-03"):
        text = law.rules[rule]
        if text.enabled and text.asks_unit(context.unit) and text.asks_column(context.column):
            decision = decision_of(item, context)
            if decision is not None and RULE_OF[decision.sort] == rule and (decision.days or decision.unclear):
                return rule
    return None


# an item is asked about by several rules, one after the other
@lru_cache(maxsize=16)
def _decision_in(title: str, text: str, kind: ColumnKind) -> Decision | None:
    rest, text = text[_LONGEST:], text[:_LONGEST]
    is_result = _RESULT.search(title) is not None and kind is not ColumnKind.PERMITS
    labels = list(_LABEL.finditer(text)) if "日期" in text or "时间" in text else []
    stated = list(dates_behind(labels, text))
    if is_result and not stated:
        stated = list(dates_under(_RESULT_LABEL, text))
    makers = tuple(dict.fromkeys(bodies_under(_MAKER, text)))
    sentence = _sentence(text) if not stated and "决定" in text else None
    other = _SOMETHING_ELSE.search(title) is not None and not (stated and makers) and sentence is None
    sort = _sort(title, kind, [one.label for one in stated] + ([sentence[0]] if sentence else []))
    if other or sort is None:
        return None
    if stated:
        dated = {one.label.start() for one in stated}
        more = rest != "" or _head(text, [label for label in labels if label.start() not in dated]) is not None
        days = tuple(sorted({one.on for one in stated}))
        return Decision(sort=sort, days=days, how="label", raw=_raw(stated), unclear=more, makers=makers)
    if sentence is not None:
        match, day, body = sentence
        made_by = (*makers, *((body,) if body else ()))
        raw = text[max(0, match.start() - _BEFORE) : match.end()].split("\n")[-1]
        return Decision(sort=sort, days=(day,), how="sentence", raw=raw.strip(), makers=made_by)
    head = _head(text, labels)
    if head is not None:
        column = _dates_of_column(text, head) if not rest else None
        return Decision(sort=sort, days=column or (), how="table" if column else "", unclear=not column)
    if _DOCUMENT.search(title) and not _ABOUT.search(title) and (signed := signature(rest or text)):
        day, body, raw = signed
        return Decision(sort=sort, days=(day,), how="signature", raw=raw, makers=makers or (body,))
    return Decision(sort=sort, makers=makers)


def _sort(title: str, kind: ColumnKind, labels: Sequence[re.Match[str]]) -> Sort | None:
    """What sort of decision: as its label says, else its title, else the column it stands in."""
    for label in labels:
        groups = label.groupdict()
        said = groups.get("sort") or groups.get("short")
        if said:
            return "permit" if said == "许可" else "penalty" if said == "处罚" else "other"
    if _OTHER_SORT.search(title) or (_RESULT.search(title) and kind is not ColumnKind.PERMITS):
        return "other"
    return _OF_COLUMN.get(kind)


def _raw(stated: Sequence[StatedDate]) -> str:
    return "；".join(dict.fromkeys(" ".join(one.raw.split()) for one in stated[:3]))


def _sentence(text: str) -> tuple[re.Match[str], dt.date, str | None] | None:
    """The sentence that makes a decision public, its day, and who it says made it."""
    for found in _SENTENCE.finditer(text):
        before = re.split(r"[。；\n]", text[max(0, found.start() - _BEFORE) : found.start()])[-1]
        dates = [date for date in all_dates(before) if date.on is not None]
        if len(dates) == 1 and dates[0].on is not None:
            body = _MADE_BY.search(before[: dates[0].start].strip())
            name = body["body"] if body is not None and is_body(body["body"]) else None
            return found, dates[0].on, name
    return None


# ------------------------------------------------------------------ lists of decisions


def _head(text: str, labels: Sequence[re.Match[str]]) -> int | None:
    """The line of the first of these labels that heads a column: another head stands right behind it."""
    for found in labels:
        ends = text.find("\n", found.end())
        if ends < 0 or text[found.end() : ends].strip(" \u3000）)】"):
            continue  # what stands behind it on its line is its value, whatever it is
        following = text[ends:].strip().split("\n", 1)[0].strip()
        if following and len(following) <= _HEAD_CELL:
            return text.count("\n", 0, found.start())
    return None


def _dates_of_column(text: str, head: int) -> tuple[dt.date, ...] | None:
    """The days in the column that line ``head`` heads; None where rows and cells cannot be told apart for sure."""
    lines = [line.strip() for line in text.split("\n")]
    rows = _numbered_rows(lines, head)
    cells = rows if rows is not None else _only_dates(lines, head)
    if not cells:
        return None
    days = set()
    for cell in cells:
        on = _date_alone(cell)
        if on is None:
            return None
        days.add(on)
    return tuple(sorted(days))


def _numbered_rows(lines: Sequence[str], head: int) -> list[str] | None:
    """The cells under ``head`` where 序号 begins the heads and 1, 2, 3 … the rows; None where they do not."""
    first = next((n for n in range(head, max(-1, head - 30), -1) if lines[n] == "序号"), None)
    if first is None:
        return None
    begins = next((n for n in range(head + 1, min(len(lines), head + 30)) if _ROW_NUMBER.fullmatch(lines[n])), None)
    if begins is None or _row_number(lines[begins]) != 1:
        return None
    width, place = begins - first, head - first
    cells = []
    at, number = begins, 1
    while at + width <= len(lines) and _row_number(lines[at]) == number:
        cells.append(lines[at + place])
        at, number = at + width, number + 1
    # what is left must be no part of a row: a cell more or less somewhere would have moved all that follow
    left = lines[at:]
    return [] if number in map(_row_number, left) or any(map(_date_alone, left)) else cells


def _only_dates(lines: Sequence[str], head: int) -> list[str] | None:
    """The dates that stand alone in lines below ``head``, where no other head beside it can be over dates."""
    first = head
    while first > 0 and 0 < len(lines[first - 1]) <= _HEAD_CELL and not any(all_dates(lines[first - 1])):
        first -= 1
    last = head
    while last + 1 < len(lines) and len(lines[last + 1]) <= _HEAD_CELL and _date_alone(lines[last + 1]) is None:
        last += 1
    others = [line for n, line in enumerate(lines[first : last + 1], first) if n != head and _DATE_CELL.search(line)]
    if others:
        return None
    found = [line for line in lines[head + 1 :] if _date_alone(line) is not None]
    dated = sum(any(True for _ in all_dates(line)) for line in lines[head + 1 :])
    return found if len(found) == dated else None


def _row_number(line: str) -> int | None:
    found = _ROW_NUMBER.fullmatch(line)
    return int(found[1]) if found else None


def _date_alone(line: str) -> dt.date | None:
    """The day, where a line is one date and nothing else."""
    if len(line) > 26:
        return None
    found = next(all_dates(line), None)
    if found is None or found.start != 0 or line[found.end :].strip(" 。.0:"):
        return None
    return found.on


# ------------------------------------------------------------------ signatures


def signature(text: str) -> tuple[dt.date, str, str] | None:
    """Day, body and raw text of the signature that ends a document: a body's name and, under or behind it, a date."""
    lines = [line.strip(" 　（）()") for line in text.strip().split("\n")[-_TAIL:]]
    lines = [line for line in lines if line and not _SEAL.fullmatch(line)]
    for place in range(len(lines) - 1, max(-1, len(lines) - 2 - _AFTER_SIGNATURE), -1):
        line = lines[place]
        if len(line) > _SIGNED:
            continue
        dates = [date for date in all_dates(line) if date.on is not None]
        if len(dates) != 1 or line[dates[0].end :].strip(" 　。"):
            continue
        before = line[: dates[0].start].strip(" 　，,")
        name = before or (lines[place - 1] if place else "")
        on = dates[0].on
        if on is not None and is_body(name):
            return on, name, f"{name} {dates[0].raw}"
        return None
    return None
