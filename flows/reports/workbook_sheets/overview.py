"""What the other sheets hold, and where → 总览: totals with their two numbers, three tables, and the charts below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flows.reports.scoreboard import CHINESE
from flows.reports.sheets import Area, Book, Head, Value
from flows.reports.workbook_sheets.charts import draw_points, draw_small_charts
from flows.reports.workbook_sheets.contents import KINDS, Contents, Line
from flows.reports.workbook_sheets.points import looks_of
from storage.console import texts
from storage.schema import PeerGroup


def write_overview(book: Book, sheet: Any, told: Contents, ranking: Area) -> None:
    """Totals with their two numbers, three tables, and below them the charts over cells."""
    made = told.made_at.astimezone(told.zone)
    sheet.write_string(1, 0, f"截至 {told.board['as_of'] or '尚未判定'} · 生成于 {made:%Y-%m-%d %H:%M}", book.small)
    at = _totals(book, sheet, told, 3)
    kinds, at = _by_kind(book, sheet, told, at + 1)
    classes, at = _by_class(book, sheet, told, at + 1)
    past, at = _trend(book, sheet, told, at + 1)
    at = draw_small_charts(book, sheet, told, (kinds, classes, past), at + 1)
    draw_points(book, sheet, told, ranking, at)
    sheet.freeze_panes(2, 0)


def _totals(book: Book, sheet: Any, told: Contents, at: int) -> int:
    lines = told.board["scores"]
    looks = [looks_of(line) for line in lines]
    opened = sum(count for line in lines for count in line["open_findings"].values())
    rows: list[tuple[str, int, int | None]] = [
        ("观测覆盖（天次／应观测天次）", sum(good for good, _ in looks), sum(due for _, due in looks)),
        ("履行情况（已履行／可判定）", sum(line["met"] for line in lines), sum(line["judged"] for line in lines)),
        ("参加排名单位／全部单位", sum(line["rank"] is not None for line in lines), len(lines)),
        ("无单项否决单位／参加排名单位", *_passing(lines)),
        ("有未整改问题单位／全部单位", sum(bool(line["open_findings"]) for line in lines), len(lines)),
        ("未整改问题", opened, None),
        ("栏目", sum(len(unit.columns) for unit in told.units), None),
        ("信息（同一文件只计一次）", sum(told.documents.values()), None),
    ]
    heads = [
        Head("总体情况", "overall", 26),
        Head("数量", "number", 12, "whole"),
        Head("总数", "of", 12, "whole"),
        Head("占比", "share", 12, "rate", (1, 2)),
    ]
    book.heads(sheet, at, heads)
    for place, (name, part, whole) in enumerate(rows, start=at + 2):
        row: list[Value] = [name, part] if whole is None else [name, part, whole, None]
        book.row(sheet, place, heads[: len(row)], row)
    return at + 2 + len(rows)


def _passing(lines: Sequence[Line]) -> tuple[int, int]:
    ranked = [line for line in lines if line["rank"] is not None]
    return sum(line["passes"] for line in ranked), len(ranked)


def _by_kind(book: Book, sheet: Any, told: Contents, at: int) -> tuple[Area, int]:
    """Open findings by peer group and kind."""
    heads = [
        Head("未整改问题", "open findings", 26),
        *(Head(texts.word("zh", "finding_kind", kind), kind, 12, "whole") for kind in KINDS),
        Head("合计", "all", 12, "whole"),
    ]
    book.heads(sheet, at, heads)
    first = at + 2
    counts: dict[str, Counter[str]] = {group["id"]: Counter() for group in told.board["peer_groups"]}
    for line in told.board["scores"]:
        counts.setdefault(line["peer_group"], Counter()).update(line["open_findings"])
    present = [group for group in PeerGroup if any(one["peer_group"] == group for one in told.board["scores"])]
    at = first
    for group in present:
        own = counts[group.value]
        book.row(sheet, at, heads, [CHINESE[group], *(own[kind] for kind in KINDS), sum(own[kind] for kind in KINDS)])
        at += 1
    area = Area(sheet="总览", first=first, last=at - 1)
    if present:
        sheet.write_string(at, 0, "合计", book.head)
        each = [sum(own[kind] for own in counts.values()) for kind in KINDS]
        book.sums(sheet, at, range(1, len(KINDS) + 2), (first, at - 1), [*each, sum(each)])
        at += 1
    return area, at


def _by_class(book: Book, sheet: Any, told: Contents, at: int) -> tuple[Area, int]:
    """Documents by the eight classes."""
    heads = [
        Head("信息（八类）", "items by class", 26),
        Head("数量", "number", 12, "whole"),
        Head("总数", "of", 12, "whole"),
        Head("占比", "share", 12, "rate", (1, 2)),
    ]
    book.heads(sheet, at, heads)
    first, whole = at + 2, sum(told.documents.values())
    for place, (category, count) in enumerate(told.documents.items(), start=first):
        row: list[Value] = [category.value, count, whole, None]
        book.row(sheet, place, heads, row)
    last = first + len(told.documents) - 1
    return Area(sheet="总览", first=first, last=last), last + 1


def _trend(book: Book, sheet: Any, told: Contents, at: int) -> tuple[Area, int]:
    """Every frozen period: mean points, coverage, open findings."""
    heads = [
        Head("各期情况", "frozen periods", 26),
        Head("截至", "as of", 12),
        Head("得分合计", "points", 12, "points"),
        Head("得分单位", "units", 12, "whole"),
        Head("平均分", "mean", 12, "points"),
        Head("观测天次", "good looks", 12, "whole"),
        Head("应观测天次", "looks due", 12, "whole"),
        Head("观测覆盖率", "coverage", 12, "rate", (5, 6)),
        Head("未整改问题", "open findings", 12, "whole"),
    ]
    book.heads(sheet, at, heads)
    first = at + 2
    for place, one in enumerate(told.past, start=first):
        points = [line["points"] for line in one.lines if line["points"] is not None]
        total, looks = round(sum(points), 1), [looks_of(line) for line in one.lines]
        row: list[Value] = [one.chinese, one.as_of, total, len(points), None]
        row += [sum(good for good, _ in looks), sum(due for _, due in looks), None]
        row.append(sum(count for line in one.lines for count in line["open_findings"].values()))
        book.row(sheet, place, heads, row)
        mean = round(total / len(points), 1) if points else ""
        formula = f'=IF(D{place + 1}=0,"",ROUND(C{place + 1}/D{place + 1},1))'
        sheet.write_formula(place, 4, formula, book.formats["points"], mean)
    last = first + len(told.past) - 1
    if not told.past:
        sheet.write_string(first, 0, "尚无固定的考核期（gongkai period freeze）")
        return Area(sheet="总览", first=first, last=last), first + 1
    return Area(sheet="总览", first=first, last=last), last + 1
