"""A yearly disclosure report, read from a page's bytes or a file's text and tables: its parts, figures and their cells.

Pure. Title and text decide whether it is one, and words decide which figure is which; whatever is not sure is absent
and is told in ``problems``. Reports for 2019 and later have named figures (国办公开办函〔2019〕60号 and 〔2021〕30号);
older ones keep their tables as they stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from harvesters.reading.annual_report import figures, tables, text
from harvesters.reading.annual_report.page import Shown, shown
from harvesters.reading.document import Document
from harvesters.reading.facts import Article
from harvesters.reading.grids import Grid
from storage.annual.forms import PARTS, Form
from storage.annual.report import Report

__all__ = ["VERSION", "as_json", "from_document", "from_file", "from_page"]

VERSION: Final = "2"  # of this way of reading; kept with each report, so that older ones are read again
_SOME_PARTS: Final = 3
_LEAST_TEXT: Final = 100  # characters; the shortest report with tables elsewhere has some 300
_LONG_CELL: Final = 100  # characters; prose that stands in a table
_MOST_TEXT: Final = 400_000  # characters


class Read(Protocol):
    """What is asked of a file that was read: ``harvesters.reading.files.FileRead`` is one."""

    @property
    def text(self) -> str:
        """Its text, a table's row a line with its cells apart by tabs."""

    @property
    def prose(self) -> str:
        """Its text without tables."""

    @property
    def whole(self) -> bool:
        """Whether all of it was read."""

    @property
    def grids(self) -> tuple[Grid, ...]:
        """Its tables."""


def from_page(body: bytes, url: str, headers: Mapping[str, str] | None = None) -> Report | None:
    """The report that a page holds; None where it holds none. Never raises for what a page contains."""
    document = Document(body, url, headers=headers)
    if not _may_hold(document.text):
        return None
    from harvesters.reading.page import read_page

    page = read_page(document, expect="article")
    return from_document(document, page.article)


def from_document(document: Document, article: Article | None) -> Report | None:
    """The report that a page holds which is read already; ``article`` is what was read of it."""
    if not _may_hold(document.text):
        return None
    title = article.title if article else None
    if title and article and not text.is_title(title):
        told = article.body_text or ""
        if "结转下" not in told and text.own_title(told.splitlines()) is None:
            return None
    page: Shown = shown(document)
    return _report(page.lines, page.tables, title, page.problems)


def from_file(read: Read, name: str, title: str | None = None) -> Report | None:
    """The report that a file holds. ``title``: of the item it is attached to; ``name``: the file's own."""
    whole = read.text[:_MOST_TEXT]
    if not _may_hold(whole) and not (title and text.is_title(title)):
        return None
    stem = name.rpartition("/")[2].rpartition(".")[0]
    titled = next((one for one in (title, stem) if one and text.is_title(one)), title)
    laid_out = tables.of_grids(read.grids)
    lines = [line.strip() for line in read.prose[:_MOST_TEXT].splitlines() if line.strip()]
    if len(text.read_parts(lines)) < len(PARTS):  # headings in the tables' cells
        around = _lines_without(whole, laid_out)
        lines = around if len(text.read_parts(around)) > len(text.read_parts(lines)) else lines or around
    problems = () if read.whole else ("The file is longer than what is read of one; its end is not read.",)
    return _report(lines, laid_out, titled, problems)


def _may_hold(whole: str) -> bool:
    """Whether a text can be a report's at all; costs next to nothing on the pages that are none."""
    return "公开" in whole and ("年度报告" in whole or "年报" in whole or "结转下" in whole or "公开工作" in whole)


def _report(
    lines: Sequence[str], laid_out: Sequence[tables.Table], title: str | None, more: Sequence[str] = ()
) -> Report | None:
    collected = figures.read_tables(laid_out)
    if not _is_report(title, lines, collected):
        return None
    told = text.read_lines(lines, title)
    figures.told_in_text(lines, collected)
    form = figures.form_of(collected)
    if form is None and collected.parts:
        form = Form.F2019 if told.year in (2019, 2020) else Form.F2021
    problems = [*more, *told.problems]
    kept: tuple[tuple[tuple[str, ...], ...], ...] = ()
    if form is None:
        kept = tuple(table for one in laid_out if (table := one.as_it_stands()) and _counts(table))
        form = Form.INDICATORS if kept else Form.PROSE
    named = figures.figures_of(collected, form) if collected.parts else {}
    return Report(
        title=told.title,
        year=told.year,
        unit=told.unit,
        form=form,
        parts=told.parts,
        figures=named,
        tables=kept,
        tables_found=tuple(sorted(collected.parts)),
        signed_on=told.signed_on,
        text="\n".join(lines),
        problems=tuple(dict.fromkeys([*problems, *collected.problems])),
    )


def _is_report(title: str | None, lines: Sequence[str], collected: figures.Collected) -> bool:
    """Whether title or tables prove a report. A notice that hands down the form has its tables too, but no numbers.

    A title alone, over a link to a file or a viewer, is none: the report is the file.
    """
    has_tables = {3, 4} <= collected.parts
    own = text.own_title(lines)
    if title is not None and not text.may_be_title(title):
        return has_tables and own is not None and collected.has_numbers()
    titles = [one for one in (title, own) if one and text.is_title(one)]
    if has_tables or not titles:
        return has_tables
    is_told = any(text.years_in(one) for one in titles) or len(text.read_parts(lines)) >= _SOME_PARTS
    return is_told and (bool(collected.parts) or sum(map(len, lines)) >= _LEAST_TEXT)


def _counts(table: Sequence[Sequence[str]]) -> bool:
    """Whether a table counts something: several rows, several columns, short cells."""
    return len(table) >= 2 and max(map(len, table)) >= 2 and all(len(cell) <= 200 for row in table for cell in row)


def _lines_without(whole: str, laid_out: Sequence[tables.Table]) -> list[str]:
    """The lines of a file's text that are no rows of its tables; a heading in a table is a line of its own."""
    cells = {
        text.tight(piece)
        for table in laid_out
        if max(map(len, table.rows), default=0) > 1  # in a sheet of one column stands text
        for row in table.rows
        for place in row
        for piece in (place.text, *place.text.split("\n"))
    }
    found = []
    for line in whole.splitlines():
        pieces = [piece.strip() for piece in line.split("\t") if piece.strip()]
        if pieces and all(text.tight(piece) in cells for piece in pieces):
            pieces = [piece for piece in pieces if text.heading_of(piece) or len(piece) > _LONG_CELL]
        found += [" ".join(pieces)] if pieces else []
    return found


def as_json(report: Report, *, publish_date: str | None = None) -> dict[str, Any]:
    """The report in the machine-readable form of ``gongkai read``: absent is null, numbers are numbers."""
    by_part: dict[str, dict[str, dict[str, Any]]] = {}
    for name, figure in report.figures.items():
        part, row, column = name.split("/")
        key = {"2": "two", "3": "three", "4": "four"}[part]
        by_part.setdefault(key, {}).setdefault(row, {})[column] = _number(figure.value)
    told: dict[str, Any] | None = None
    if by_part or report.tables:
        told = {key: by_part.get(key) for key in ("two", "three", "four")}
        told["indicator_tables"] = [[list(row) for row in table] for table in report.tables] or None
    return {
        "year": report.year,
        "unit": report.unit,
        "form": report.form.value,
        "title": report.title,
        "publish_date": publish_date,
        "signed_on": report.signed_on.isoformat() if report.signed_on else None,
        "parts": [{"number": part.number, "heading": part.heading, "text": part.text} for part in report.parts],
        "tables": told,
        "cells": {
            name: {
                "value": _number(figure.value),
                "raw": figure.raw,
                "state": figure.state.value,
                "address": figure.cell.address if figure.cell else None,
            }
            for name, figure in report.figures.items()
        },
        "problems": list(report.problems),
    }


def _number(value: Any) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
