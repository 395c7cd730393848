"""Where tables stand → charts that refer to their cells, with the same numbers for readers that work nothing out."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from flows.reports.scoreboard import CHINESE
from flows.reports.sheets import Area, Book
from flows.reports.workbook_sheets.contents import KINDS, Contents
from flows.reports.workbook_sheets.points import short_name
from storage.console import texts
from storage.schema import PeerGroup

_TALL: Final = 22  # pixels of a unit in a chart
_ROW: Final = 20  # pixels of a row


def draw_small_charts(book: Book, sheet: Any, told: Contents, areas: tuple[Area, Area, Area], at: int) -> int:
    """Open findings, classes and past periods, over ``areas`` in this order; the row below the charts."""
    kinds, classes, past = areas
    size = {"width": 440, "height": 300}
    present = [group for group in PeerGroup if any(one["peer_group"] == group for one in told.board["scores"])]
    lines = told.board["scores"]
    if present:
        names = [CHINESE[group] for group in present]
        series = [
            {
                "name": texts.word("zh", "finding_kind", kind),
                "categories": kinds.cells(0),
                "values": kinds.cells(place),
                "categories_data": names,
                "values_data": [
                    sum(line["open_findings"].get(kind, 0) for line in lines if line["peer_group"] == group)
                    for group in present
                ],
            }
            for place, kind in enumerate(KINDS, start=1)
        ]
        chart = book.chart({"type": "column", "subtype": "stacked"}, "未整改问题（按类别）", series)
        chart.set_size(size)
        sheet.insert_chart(at, 0, chart, _alt("各类单位未整改问题数，按问题类别堆叠"))
    one = {
        "categories": classes.cells(0),
        "values": classes.cells(1),
        "categories_data": [category.value for category in told.documents],
        "values_data": list(told.documents.values()),
        "data_labels": {"value": True},
    }
    chart = book.chart({"type": "column"}, "信息数（八类）", [one])
    chart.set_size(size)
    sheet.insert_chart(at, 4, chart, _alt("八类信息的数量"))
    at += 300 // _ROW + 1
    if told.past:
        # one line through periods of one length: those of which there are most, of as many the shorter ones
        lengths = Counter(one.months for one in told.past)
        months = max(lengths, key=lambda length: (lengths[length], -length))
        places = [place for place, one in enumerate(told.past, start=past.first) if one.months == months]
        shown = [one for one in told.past if one.months == months]
        points = [[line["points"] for line in one.lines if line["points"] is not None] for one in shown]
        line = {
            "name": "平均分",
            "categories": past.cells(0, places[0], places[-1]),
            "values": past.cells(4, places[0], places[-1]),
            "categories_data": [one.chinese for one in shown],
            "values_data": [round(sum(own) / len(own), 1) if own else 0 for own in points],
            "marker": {"type": "circle"},
        }
        chart = book.chart({"type": "line"}, "各期平均分", [line], most=100)
        chart.set_size(size)
        sheet.insert_chart(at, 0, chart, _alt("各固定考核期的平均分"))
        at += 300 // _ROW + 1
    return at


def draw_points(book: Book, sheet: Any, told: Contents, ranking: Area, at: int) -> None:
    """One chart a peer group: its units that have points, in their rank."""
    first = ranking.first
    for group in PeerGroup:
        own = [line for line in told.board["scores"] if line["peer_group"] == group]
        scored = [line for line in own if line["points"] is not None]  # those without stand after them
        if scored:
            last = first + len(scored) - 1
            one = {
                "categories": ranking.cells(1, first, last),
                "values": ranking.cells(4, first, last),
                "categories_data": [short_name(line["name"]) for line in scored],
                "values_data": [line["points"] for line in scored],
                "data_labels": {"value": True, "num_format": "0.0"},
                "gap": 40,
            }
            chart = book.chart({"type": "bar"}, f"得分：{CHINESE[group]}", [one], most=100)
            height = 90 + _TALL * len(scored)
            chart.set_size({"width": 890, "height": height})
            sheet.insert_chart(at, 0, chart, _alt(f"{CHINESE[group]}各单位得分"))
            at += height // _ROW + 1
        first += len(own)


def _alt(words: str) -> dict[str, str]:
    return {"description": words}
