"""Findings with their words → 问题清单: rows under the heads of the bulletins' annex (检查情况通报)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from flows.reports.notice import facts_in_words
from flows.reports.sheets import Head, Value
from flows.reports.workbook_sheets.contents import Contents, Told
from storage.console import texts
from storage.findings import State
from storage.schema import Evidence, Finding

FINDINGS: Final = (
    Head("序号", "number", 6, "whole"),
    Head("网站标识码", "site code", 13),
    Head("网站名称", "site", 24),
    Head("主办单位", "organiser", 24),
    Head("网址", "address", 26),
    Head("检查结果", "result", 14),
    Head("存在问题", "problem", 50),
    Head("问题页面", "page", 40),
    Head("发现时间", "found on", 11, "date"),
    Head("整改时限", "to be mended by", 11, "date"),
    Head("整改结果", "what came of it", 30),
    Head("状态", "state", 12),
    Head("类别", "kind", 9),
    Head("等级", "severity", 6),
    Head("指标", "rule", 10),
    Head("栏目", "column", 18),
    Head("信息", "item", 40),
    Head("依据", "basis", 40),
    Head("编号", "id", 20),
)


def finding_rows(told: Contents) -> Iterator[list[Value]]:
    """The rows under ``FINDINGS``, numbered from 1."""
    for number, one in enumerate(told.findings, start=1):
        yield _finding_row(number, one, told.zone)


def _finding_row(number: int, one: Told, zone: dt.tzinfo) -> list[Value]:
    """A finding under the heads of the bulletins' annex; when it is to be mended the office fills in."""
    found, unit = one.finding, one.unit
    evidence: Evidence | None = next(iter(found.evidence), None)
    kind, severity = (texts.word("zh", family, value) for family, value in _words(found))
    facts = "；".join(facts_in_words(found.facts))
    return [
        number,
        unit.site_code,
        unit.name,
        unit.name,
        unit.home,
        f"{kind}（{severity}）",
        f"{one.rule}（{found.rule}）：{facts}" if facts else f"{one.rule}（{found.rule}）",
        one.url or (evidence.url if evidence else None),
        found.opened_at.astimezone(zone).date(),
        None,
        _came_of(found, zone),
        texts.word("zh", "state", found.state),
        kind,
        severity,
        found.rule,
        one.column,
        one.item,
        found.basis,
        found.id,
    ]


def _words(found: Finding) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("finding_kind", found.kind.value), ("severity", found.severity)


def _came_of(found: Finding, zone: dt.tzinfo) -> str | None:
    """整改结果: what the finding's life says of it, with the last words given with that step."""
    state = State(found.state)
    said = next((event.note for event in reversed(found.events) if event.step == state.value and event.note), None)
    if state is State.CLOSED and found.closed_at is not None:
        words = f"已销号（{found.closed_at.astimezone(zone).date()}）"
    elif state is State.WAIVED:
        words = f"已豁免至{found.waived_until}" if found.waived_until else "已豁免"
    elif state in (State.ANSWERED, State.DISPUTED):
        words = texts.word("zh", "state", state.value)
    else:
        return None
    return f"{words}：{said}" if said else words
