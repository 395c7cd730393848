"""The year's compile-up as Excel: who reported, every sum and its parts, what is claimed, what was counted, entered.

What comes from outside is text and stays text, as in the workbook of everything.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from typing import Final

from flows.annual.rolling import form_of
from flows.reports.annual.annexes import OUTCOMES, PUBLISHED
from flows.reports.annual.numbers import CHANNELS, LACKS
from flows.reports.sheets import Book, Head, Value
from storage.annual.forms import Form, figures_of, words_of
from storage.annual.measures import MEASURES
from storage.annual.rollup import Rollup

_ROSTER: Final = (
    Head("单位", "Unit", 28),
    Head("期限", "Due", 12, "date"),
    Head("公布情况", "Published", 12),
    Head("公布日期", "Published on", 12, "date"),
    Head("收到日期", "Received on", 12, "date"),
    Head("地址", "Address", 40),
    Head("格式", "Format", 8),
    Head("读取", "Reading", 12),
    Head("未通过的核对", "Broken checks", 20),
    Head("未能核对", "Not assessable", 20),
    Head("雷同", "Alike", 30),
)
_SUMS: Final = (
    Head("数字", "Figure", 46),
    Head("合计", "Sum", 12, "points"),
    Head("计入单位数", "Units counted", 12, "whole"),
    Head("上年合计", "Last year", 12, "points"),
    Head("上年计入单位数", "Units counted last year", 14, "whole"),
    Head("未计入的单位", "Units not counted", 50),
)
_PARTS: Final = (Head("单位", "Unit", 28), Head("数字", "Figure", 46), Head("数值", "Value", 12, "points"))
_CLAIMS: Final = (
    Head("单位", "Unit", 28),
    Head("年报所述", "What", 40),
    Head("年报数", "Claimed", 10, "points"),
    Head("目录数", "In the catalogue", 10, "whole"),
    Head("说明", "Why", 40),
)
_COUNTS: Final = (Head("类别", "By", 14), Head("项目", "Of", 28), Head("条数", "Items", 12, "whole"))
_ENTERED: Final = (
    Head("单位", "Unit", 28),
    Head("项目", "Measure", 28),
    Head("数值", "Value", 12, "points"),
    Head("来源", "Source", 36),
    Head("录入人", "Entered by", 14),
)


def made(rollup: Rollup, *, zone: dt.tzinfo) -> bytes:
    """The workbook's bytes; made at the beginning of the day it tells of, so that the same roll-up gives the same."""
    out = io.BytesIO()
    title = f"{rollup.city}{rollup.year}年政府信息公开年报汇总（截至{rollup.as_of}）"
    book = Book(out, title=title, made_at=dt.datetime.combine(rollup.as_of, dt.time(), zone), zone=zone)
    try:
        for name, heads, rows in (
            ("名册", _ROSTER, _roster(rollup)),
            ("表格合计", _SUMS, _sums(rollup)),
            ("分单位数据", _PARTS, _parts(rollup)),
            ("年报与目录比对", _CLAIMS, _claims(rollup)),
            ("公开数量", _COUNTS, _counts(rollup)),
            ("录入数据", _ENTERED, _entered(rollup)),
        ):
            book.table(name, title, heads, rows, frozen=1)
    finally:
        book.close()
    return out.getvalue()


def _roster(rollup: Rollup) -> Iterator[tuple[Value, ...]]:
    for line in rollup.lines:
        said = {
            verdict: "、".join(check.rule for check in line.checks if check.verdict == verdict)
            for verdict in ("breach", "not_assessable")
        }
        alike = "；".join(f"{one.name} {one.year}（{one.share:.0%}）" for one in line.alike)
        yield (
            *(line.name, line.due, PUBLISHED[line.published], line.published_on, line.received_on, line.url),
            *(line.format, OUTCOMES.get(line.outcome or ""), said["breach"], said["not_assessable"], alike),
        )


def _form(rollup: Rollup) -> Form:
    form = form_of(rollup.year)
    return form if form in (Form.F2021, Form.F2019) else Form.F2021


def _sums(rollup: Rollup) -> Iterator[tuple[Value, ...]]:
    names = {line.unit: line.name for line in rollup.lines}
    for name in figures_of(_form(rollup)):
        if (one := rollup.sums.get(name)) is None:
            continue
        lacking = "；".join(
            f"{names.get(each.unit, each.unit)}（{LACKS.get(each.why, each.why)}）" for each in one.lacks
        )
        value = float(one.value) if one.value is not None else None
        last = float(one.last) if one.last is not None else None
        yield words_of(name, _form(rollup)), value, one.counted, last, one.last_counted, lacking


def _parts(rollup: Rollup) -> Iterator[tuple[Value, ...]]:
    for line in rollup.lines:
        for name in figures_of(_form(rollup)):
            value = rollup.sums[name].parts.get(line.unit) if name in rollup.sums else None
            if value is not None:
                yield line.name, words_of(name, _form(rollup)), float(value)


def _claims(rollup: Rollup) -> Iterator[tuple[Value, ...]]:
    names = {line.unit: line.name for line in rollup.lines}
    for one in rollup.claims:
        what = words_of(one.what, _form(rollup))
        yield names.get(one.unit, one.unit), what, float(one.claimed), one.found, one.why


def _counts(rollup: Rollup) -> Iterator[tuple[Value, ...]]:
    names = {line.unit: line.name for line in rollup.lines}
    counts = rollup.counts
    for head, found in (
        ("信息类别", counts.by_category),
        ("法定类别", counts.by_statutory),
        ("渠道", counts.by_channel),
    ):
        for key, count in found.items():
            yield head, CHANNELS.get(key, "未分类" if key == "none" else key), count
    for unit, count in counts.by_unit.items():
        yield "单位", names.get(unit, unit), count


def _entered(rollup: Rollup) -> Iterator[tuple[Value, ...]]:
    names = {line.unit: line.name for line in rollup.lines}
    for one in rollup.entered:
        whose = names.get(one.unit or "", "全市") if one.unit else "全市"
        yield whose, MEASURES.get(one.measure, one.measure), float(one.value), one.source, one.entered_by
