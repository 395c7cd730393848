"""Columns with their looks, verdicts counted by unit and rule → 栏目 and 判定."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flows.reports.sheets import Head, Value
from flows.reports.workbook_sheets.contents import ColumnLine, Contents
from storage.console import texts
from storage.schema import VerdictKind

COLUMNS: Final = (
    Head("单位", "unit", 26),
    Head("栏目", "column", 20),
    Head("类别", "kind", 14),
    Head("地址", "address", 40),
    Head("最近观测", "last look", 16, "moment"),
    Head("结果", "outcome", 14),
    Head("最近正常观测", "last good look", 16, "moment"),
    Head("条数", "rows", 9, "whole"),
    Head("最新日期", "newest date", 11, "date"),
    Head("最迟更新", "due on", 11, "date"),
    Head("观测天次", "good looks", 9, "whole"),
    Head("应观测天次", "looks due", 9, "whole"),
    Head("观测覆盖率", "coverage", 9, "rate", (10, 11)),
)


def column_row(one: ColumnLine) -> list[Value]:
    """A column under ``COLUMNS``; what was never seen stays empty."""
    return [
        one.unit.name,
        one.column.name,
        texts.word("zh", "column_kind", one.column.kind.value),
        one.column.url,
        one.last.at if one.last else None,
        texts.word("zh", "outcome", one.last.outcome.value if one.last else "no_look"),
        one.good_at,
        one.rows,
        one.newest_on,
        one.due_on,
        *one.looks,
        None,
    ]


VERDICTS: Final = (
    Head("单位", "unit", 28),
    Head("指标", "rule", 12),
    Head("要求", "what it asks", 54),
    Head("合规", "compliant", 9, "whole"),
    Head("不合规", "breach", 9, "whole", mark="wrong"),
    Head("未能判定", "not assessable", 9, "whole"),
    Head("不适用", "not applicable", 9, "whole"),
    Head("可判定", "judged", 9, "whole"),
    Head("合规率", "share compliant", 9, "rate", (3, 7)),
)


def verdict_rows(told: Contents) -> Iterator[list[Value]]:
    """The rows under ``VERDICTS``, in the units' order, then by rule."""
    names = told.names
    places = {unit: place for place, unit in enumerate(names)}
    for unit, rule in sorted((key for key in told.cells if key[0] in names), key=lambda key: (places[key[0]], key[1])):
        counts = told.cells[unit, rule]
        good, bad, unsure, none = (counts.get(kind.value, 0) for kind in VerdictKind)
        yield [names[unit], rule, told.rules.get(rule), good, bad, unsure, none, good + bad, None]
