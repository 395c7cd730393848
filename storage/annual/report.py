"""A yearly disclosure report as it was read: its parts' texts, and each figure with the cell it stands in.

What the reader yields, what storage keeps (``as_data`` and ``report_of`` are each other's inverse, JSON-safe), what the
checks and the city's own report are made from. A blank is never 0: a figure says what stood in its cell.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from storage.annual.forms import Form


class State(StrEnum):
    """What stands in a figure's cell."""

    NUMBER = "number"
    BLANK = "blank"  # nothing, or a dash that stands for nothing
    SLASH = "slash"  # "/", "—", 不适用: the unit says that it does not apply
    TEXT = "text"  # anything else, such as 若干 or 见附件
    ABSENT = "absent"  # the table has no such cell


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A place in the report: the table's number among all its tables, row and column, all from 1.

    ``address`` is how people find it: "表3 第5行第4列"; in a workbook "Sheet1!D5".
    """

    table: int
    row: int
    column: int
    address: str


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure. ``value`` is set exactly where ``state`` is a number, which may be negative or a fraction."""

    name: str  # part/row/column, see ``forms``
    state: State
    value: Decimal | None = None
    raw: str = ""  # as it stands in the cell
    cell: Cell | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    """One of the six parts: its heading as it stands, and its text without tables."""

    number: int
    heading: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """One report as read. ``problems`` say in one sentence each what could not be read, and where."""

    title: str | None
    year: int | None
    unit: str | None  # as the report names it
    form: Form
    parts: tuple[Part, ...] = ()
    figures: Mapping[str, Figure] = field(default_factory=dict)  # every name of the form, if its table was found
    tables: tuple[tuple[tuple[str, ...], ...], ...] = ()  # as they stand, of a form whose figures have no names
    tables_found: tuple[int, ...] = ()  # of parts 2, 3, 4: those whose table was found
    signed_on: dt.date | None = None
    text: str = ""  # the whole text without tables
    problems: tuple[str, ...] = ()

    def number(self, name: str) -> Decimal | None:
        """A figure's value; None where there is no number."""
        figure = self.figures.get(name)
        return figure.value if figure is not None else None


def as_data(report: Report) -> dict[str, Any]:
    """The report as JSON-safe data; numbers as text, so that no digit is lost."""
    return {
        "title": report.title,
        "year": report.year,
        "unit": report.unit,
        "form": report.form.value,
        "parts": [{"number": one.number, "heading": one.heading, "text": one.text} for one in report.parts],
        "figures": {name: _figure_data(one) for name, one in report.figures.items()},
        "tables": [[list(row) for row in table] for table in report.tables],
        "tables_found": list(report.tables_found),
        "signed_on": report.signed_on.isoformat() if report.signed_on else None,
        "text": report.text,
        "problems": list(report.problems),
    }


def report_of(data: Mapping[str, Any]) -> Report:
    """The report of such data."""
    return Report(
        title=data["title"],
        year=data["year"],
        unit=data["unit"],
        form=Form(data["form"]),
        parts=tuple(Part(**one) for one in data["parts"]),
        figures={name: _figure_of(name, one) for name, one in data["figures"].items()},
        tables=tuple(tuple(tuple(row) for row in table) for table in data["tables"]),
        tables_found=tuple(data["tables_found"]),
        signed_on=dt.date.fromisoformat(data["signed_on"]) if data["signed_on"] else None,
        text=data["text"],
        problems=tuple(data["problems"]),
    )


def _figure_data(figure: Figure) -> dict[str, Any]:
    at = figure.cell
    return {
        "state": figure.state.value,
        "value": str(figure.value) if figure.value is not None else None,
        "raw": figure.raw,
        "cell": [at.table, at.row, at.column, at.address] if at else None,
    }


def _figure_of(name: str, data: Mapping[str, Any]) -> Figure:
    at = data["cell"]
    return Figure(
        name=name,
        state=State(data["state"]),
        value=Decimal(data["value"]) if data["value"] is not None else None,
        raw=data["raw"],
        cell=Cell(table=at[0], row=at[1], column=at[2], address=at[3]) if at else None,
    )
