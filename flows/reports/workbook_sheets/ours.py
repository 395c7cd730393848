"""What is ours to put right → 我方待处理 and 供数: columns we could not read, receivers behind; no unit is blamed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from flows.reports.sheets import Head, Value
from flows.reports.workbook_sheets.contents import Contents
from storage.console import texts

TROUBLES: Final = (
    Head("涉及单位", "unit", 26),
    Head("栏目", "column", 20),
    Head("现象", "what", 14),
    Head("原因", "reason", 20),
    Head("详情", "in words", 50),
    Head("最近观测", "last look", 16, "moment"),
    Head("最近正常观测", "last good look", 16, "moment"),
    Head("处理办法", "what to do", 50),
)


def trouble_rows(told: Contents) -> Iterator[list[Value]]:
    """The rows under ``TROUBLES``, one for each column (or 首页)."""
    for one in told.troubles:
        for column in one.columns:
            yield [
                one.unit.name,
                column.name if column else "首页",
                texts.word("zh", "outcome", one.what),
                one.reason,
                "；".join(one.details),
                one.last_look,
                one.last_good,
                texts.advice("zh", one.what, one.reason),
            ]


RECEIVERS: Final = (
    Head("接收方", "receiver", 20),
    Head("方式", "kind", 14),
    Head("已送至", "cursor", 12, "whole"),
    Head("目录最新变更号", "head", 14, "whole"),
    Head("滞后（条）", "lag", 11, "whole", mark="wrong"),
    Head("连续失败", "failures", 9, "whole", mark="wrong"),
    Head("死信", "dead letters", 9, "whole", mark="wrong"),
    Head("上次比对差异", "drift", 11, "whole", mark="wrong"),
    Head("比对时间", "compared at", 16, "moment"),
    Head("待办", "to do", 60),
)


def receiver_row(one: Mapping[str, Any]) -> list[Value]:
    """A receiver's standing under ``RECEIVERS``; what was never compared stays empty."""
    compared = one["last_reconciliation"] or {}
    return [
        one["name"],
        one["kind"],
        one["cursor"],
        one["head"],
        one["lag"],
        one["failures"],
        one["dead_letters"],
        compared.get("drift"),
        compared.get("at"),
        "；".join(one["to_do"]),
    ]
