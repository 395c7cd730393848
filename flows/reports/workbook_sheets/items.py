"""Counts of items → 信息分类 and 信息月份: how many each unit has by class, and by the month they were published in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from flows.reports.sheets import Book, Head, Value
from flows.reports.workbook_sheets.contents import Contents
from storage.schema import Category


def write_categories(book: Book, told: Contents) -> None:
    """The sheet 信息分类; of several units, a last row counts each document once."""
    heads = [
        Head("单位", "unit", 30),
        *(Head(category.value, category.name.lower(), 11, "whole") for category in Category),
        Head("合计", "all", 11, "whole"),
        Head("已撤下", "withdrawn", 11, "whole"),
    ]
    counts: dict[str, Counter[str]] = {}
    for one in told.items:
        name = "withdrawn" if one.withdrawn else one.category.value
        counts.setdefault(one.unit, Counter())[name] += one.count
    names = [category.value for category in Category]

    def rows() -> Iterator[list[Value]]:
        for unit in told.units:
            own = counts.get(unit.id, Counter())
            yield [unit.name, *(own[name] for name in names), sum(own[name] for name in names), own["withdrawn"]]
        if len(told.units) > 1:
            whole = [told.documents[category] for category in Category]
            yield ["全市（同一文件只计一次）", *whole, sum(whole), None]

    book.table("信息分类", f"信息数（八类） · {told.scope}", heads, rows(), frozen=1)


def write_months(book: Book, told: Contents) -> None:
    """The sheet 信息月份: the shown months one by one, what is before and after them in one."""
    shown = list(told.shown_months)
    heads = [
        Head("单位", "unit", 30),
        Head("更早", "earlier", 9, "whole"),
        *(Head(f"{year}年{month}月", f"{year}-{month:02}", 9, "whole") for year, month in shown),
        Head("更晚", "later", 9, "whole"),
        Head("无日期", "undated", 9, "whole"),
        Head("合计", "all", 10, "whole"),
    ]
    counts: dict[str, Counter[tuple[int, int] | None]] = {}
    for one in told.months:
        counts.setdefault(one.unit, Counter())[one.month] += one.count

    def rows() -> Iterator[list[Value]]:
        for unit in told.units:
            own = counts.get(unit.id, Counter[tuple[int, int] | None]())
            earlier = sum(count for month, count in own.items() if month is not None and month < shown[0])
            later = sum(count for month, count in own.items() if month is not None and month > shown[-1])
            yield [unit.name, earlier, *(own[month] for month in shown), later, own[None], own.total()]

    book.table("信息月份", f"信息数（按发布月份） · {told.scope}", heads, rows(), frozen=1)
