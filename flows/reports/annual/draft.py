"""The city's yearly report as a draft: the six parts of 国办公开办函〔2021〕30号, or the older form of nine."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from flows.annual.rolling import form_of
from flows.reports.annual import annexes, forms, parts
from flows.reports.annual.numbers import CHANNELS, Numbers
from flows.reports.annual.said import Block, Draft, Gap, Heading, gaps_of, paragraph
from storage.annual.forms import PARTS, Form
from storage.annual.rollup import Rollup


class Layout(StrEnum):
    """Which form the city's report has."""

    SIX = "six"  # 六部分
    NINE = "nine"  # 九部分, the city's own older one


def draft(rollup: Rollup, layout: Layout = Layout.SIX) -> Draft:
    """The draft of the year's report, pure: the same roll-up gives the same draft."""
    form = form_of(rollup.year)
    numbers = Numbers(rollup, form if form in (Form.F2021, Form.F2019) else Form.F2021)
    blocks = _WRITERS[layout](numbers)
    gaps = gaps_of(blocks)
    behind = annexes.of(numbers, gaps)
    title = f"{rollup.city}{rollup.year}年政府信息公开工作年度报告"
    return Draft(
        title=title,
        cover=annexes.cover(numbers, gaps),
        blocks=tuple(blocks),
        annexes=tuple(behind),
        sources=tuple(numbers.sources.found.values()),
        gaps=gaps,
    )


def _six(n: Numbers) -> list[Block]:
    heads = dict(zip(PARTS, "一二三四五六", strict=True))

    def part(number: int) -> Heading:
        return Heading(1, f"{heads[number]}、{PARTS[number]}")

    return [
        *parts.opening(n),
        part(1),
        Heading(2, "（一）主动公开"),
        *parts.catalogue(n),
        *parts.made_public(n),
        Heading(2, "（二）依申请公开"),
        *parts.asked(n),
        Heading(2, "（三）政府信息管理"),
        paragraph(Gap("政府信息管理情况（规范性文件清理、公开审查、目录更新等）")),
        Heading(2, "（四）政府信息公开平台建设"),
        paragraph(
            Gap("政府网站、政务新媒体、政府公报等平台建设情况"),
            "全年出版政府公报",
            n.entered("channel/gazette_issues"),
            "期。",
        ),
        *parts.entered_by_some(n, ("channel/gazette_issues",)),
        Heading(2, "（五）监督保障"),
        *parts.reports(n),
        *parts.supervised(n),
        *parts.entered_by_some(n, ("office/trainings", "office/trained", "office/accountability")),
        part(2),
        forms.active(n.figure, n.form),
        *parts.lacking(n, "2/"),
        part(3),
        forms.requests(n.figure, n.form),
        *parts.lacking(n, "3/"),
        part(4),
        forms.cases(n.figure),
        *parts.lacking(n, "4/"),
        part(5),
        *parts.problems(n),
        parts.plan(n),
        part(6),
        parts.fees(n),
        *parts.entered_by_some(n, ("fees/processing",)),
        paragraph(Gap("其他需要报告的事项；没有的，写明“无其他需要报告的事项”")),
    ]


_CONSULTED: Final = {
    "接受咨询（人次）": "consultations/total",
    "其中：现场咨询": "consultations/in_person",
    "电话咨询": "consultations/phone",
    "网上咨询": "consultations/online",
    "已答复咨询（件）": "consultations/answered",
}


def _nine(n: Numbers) -> list[Block]:
    return [
        *parts.opening(n),
        Heading(1, "一、概述"),
        *parts.reports(n),
        *parts.supervised(n),
        *parts.entered_by_some(n, ("office/trainings", "office/trained", "office/accountability")),
        paragraph(Gap("全市政府信息公开工作的总体情况")),
        Heading(1, "二、主动公开政府信息情况"),
        *parts.catalogue(n),
        parts.by_category(n),
        parts.by_channel(n),
        *parts.entered_by_some(n, [f"channel/{one}" for one in CHANNELS]),
        *parts.made_public(n),
        Heading(1, "三、依申请公开政府信息情况"),
        *parts.asked(n),
        Heading(1, "四、咨询处理情况"),
        parts.measured(n, _CONSULTED),
        *parts.entered_by_some(n, _CONSULTED.values()),
        Heading(1, "五、行政复议、行政诉讼和投诉情况"),
        *parts.appealed(n),
        paragraph("全年收到投诉举报", n.entered("complaints/received"), "件。"),
        *parts.entered_by_some(n, ("complaints/received",)),
        Heading(1, "六、收费及减免情况"),
        parts.fees(n),
        *parts.entered_by_some(n, ("fees/processing",)),
        Heading(1, "七、存在的主要问题"),
        *parts.problems(n),
        Heading(1, "八、改进措施和下一步工作计划"),
        parts.plan(n),
        Heading(1, "九、统计附表"),
        forms.active(n.figure, n.form),
        *parts.lacking(n, "2/"),
        forms.requests(n.figure, n.form),
        *parts.lacking(n, "3/"),
        forms.cases(n.figure),
        *parts.lacking(n, "4/"),
    ]


_WRITERS: Final[dict[Layout, Callable[[Numbers], list[Block]]]] = {Layout.SIX: _six, Layout.NINE: _nine}
