"""What the workbook is told: the scoreboard, findings, columns, counts, past periods; nothing of it is changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from flows.reports.sheets import Value
from storage.catalogue import Count, MonthCount
from storage.console.board import Trouble
from storage.schema import Category, Column, Finding, FindingKind, Observation, Unit

Line = Mapping[str, Any]  # of a unit, as the scoreboard's JSON has it


KINDS: Final = [kind.value for kind in FindingKind]


@dataclass(frozen=True, kw_only=True)
class Past:
    """A frozen period as its amendments leave it; it has so many ``months``."""

    chinese: str
    months: int
    as_of: str
    lines: Sequence[Line]


@dataclass(frozen=True, kw_only=True)
class ColumnLine:
    """A column with its looks; ``due_on`` is the last day on which it is fresh without anything new."""

    unit: Unit
    column: Column
    rows: int
    newest_on: dt.date | None
    due_on: dt.date | None
    last: Observation | None
    good_at: dt.datetime | None
    looks: tuple[int, int]  # days with a good look, days on which one was due


@dataclass(frozen=True, kw_only=True)
class Told:
    """A finding with the words that name what it is about."""

    finding: Finding
    unit: Unit
    rule: str
    column: str | None = None
    item: str | None = None
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Contents:
    """Everything that is told. What is long comes as an iterator and is asked for once, in the order of the sheets.

    ``board`` is the scoreboard's JSON, its ``scores`` only those of ``units``; ``cells`` count verdicts by unit and
    rule; ``documents`` count each document once.
    """

    city: str
    board: Mapping[str, Any]
    units: Sequence[Unit]
    made_at: dt.datetime
    zone: dt.tzinfo
    scope: str  # which period or day, in words
    notes: Sequence[tuple[str, str]]
    losses: Iterable[Sequence[Value]]
    findings: Iterable[Told]
    columns: Sequence[ColumnLine]
    cells: Mapping[tuple[str, str], Mapping[str, int]]
    rules: Mapping[str, str]  # titles
    items: Sequence[Count]
    documents: Mapping[Category, int]
    months: Sequence[MonthCount]
    shown_months: Sequence[tuple[int, int]]  # at least one, in a row; what is before and after them is told in one
    troubles: Sequence[Trouble]
    receivers: Sequence[Mapping[str, Any]]
    past: Sequence[Past] = field(default_factory=tuple)  # those of one length side by side, in their order

    @property
    def names(self) -> dict[str, str]:
        """Names of the units by id."""
        return {unit.id: unit.name for unit in self.units}
