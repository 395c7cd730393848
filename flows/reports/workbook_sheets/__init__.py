"""What the workbook's sheets say: a scoreboard, findings, columns, counts in; heads, rows and charts out; pure.

Heads are those of the office's papers (检查情况通报, its annexes). Every share has its two numbers in cells of their
own. What is ours to put right stands on a sheet of its own and is counted against no unit.
"""

from __future__ import annotations

from flows.reports.sheets import Book, Head
from flows.reports.workbook_sheets.columns import COLUMNS, VERDICTS, column_row, verdict_rows
from flows.reports.workbook_sheets.contents import ColumnLine, Contents, Past, Told
from flows.reports.workbook_sheets.findings import FINDINGS, finding_rows
from flows.reports.workbook_sheets.items import write_categories, write_months
from flows.reports.workbook_sheets.ours import RECEIVERS, TROUBLES, receiver_row, trouble_rows
from flows.reports.workbook_sheets.overview import write_overview
from flows.reports.workbook_sheets.points import LOSSES, items_of, losses, write_ranking

__all__ = ["ColumnLine", "Contents", "Past", "Told", "items_of", "losses", "write"]


def write(book: Book, told: Contents) -> None:
    """All sheets, in their order. The first is written last, for it counts what the others hold."""
    title = f"{told.city}政府信息公开监测：{told.scope}"
    overview = book.sheet("总览", title, [32, 12, 12, 12, 12, 12, 12, 12, 12])
    places = write_ranking(book, told)
    book.table("扣分明细", f"扣分明细 · {told.scope}", LOSSES, told.losses, frozen=1)
    book.table("问题清单", f"问题清单 · {told.scope}", FINDINGS, finding_rows(told), frozen=1)
    book.table("栏目", "栏目与最近观测", COLUMNS, map(column_row, told.columns), frozen=2)
    book.table("判定", f"判定数 · {told.scope}", VERDICTS, verdict_rows(told), frozen=1)
    write_categories(book, told)
    write_months(book, told)
    book.table("我方待处理", "我方待处理（不计入任何单位）", TROUBLES, trouble_rows(told), frozen=1)
    book.table("供数", "供数情况", RECEIVERS, map(receiver_row, told.receivers), frozen=1)
    notes = [Head("事项", "what", 24), Head("说明", "how it is counted", 110)]
    book.table("说明", "说明", notes, told.notes)
    write_overview(book, overview, told, places)
