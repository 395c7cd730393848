"""A yearly report out of a page and the files that it names: pure.

Many units put the words on the page and the tables into a file, or everything into a file. What the page says goes
before what a file says; a part or a table that the page lacks is the file's, and each cell then says in which file it
stands. Where tables are lacking and a file could not be read, it is not known what the unit reported: the report
counts as unread, for the reason that the file was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from storage.annual.forms import Form
from storage.annual.held import Outcome
from storage.annual.report import Figure, Report
from storage.schema import Evidence

ALL_TABLES: Final = frozenset((2, 3, 4))
# of several files that could not be read the first of these tells most
_TOLD_FIRST: Final = (Outcome.NOT_FETCHED, Outcome.SCANNED, Outcome.LOCKED, Outcome.REFUSED, Outcome.UNREADABLE)


@dataclass(frozen=True, kw_only=True)
class FileSeen:
    """A file that a report's page names, as far as it could be read. ``report`` None: it is no such report."""

    name: str
    outcome: Outcome
    format: str = ""
    detail: str | None = None
    sha256: str | None = None
    evidence: Evidence | None = None
    report: Report | None = None


@dataclass(frozen=True, kw_only=True)
class Whole:
    """What page and files come to. ``tables_from``: the file that the tables stand in; None: the page, or nowhere."""

    outcome: Outcome
    report: Report | None = None
    detail: str | None = None
    tables_from: FileSeen | None = None


def put_together(page: Report | None, files: Sequence[FileSeen], belongs: Callable[[Report], bool]) -> Whole:
    """The report as a whole.

    :param belongs: whether what a file reports is the same unit's and year's; a page may carry others' reports too.
    """
    report, source = page, None
    for file in files:
        if file.report is None or not belongs(file.report):
            continue
        before = report
        report = _with_file(report, file)
        if before is None or (source is None and report is not before and file.report.tables_found):
            source = file
    unread = sorted(
        (file for file in files if file.outcome in _TOLD_FIRST), key=lambda file: _TOLD_FIRST.index(file.outcome)
    )
    if report is None:
        if not unread:
            return Whole(outcome=Outcome.NO_REPORT, detail="neither the page nor a file of it reads as such a report")
        return Whole(outcome=unread[0].outcome, detail=_told(unread[0]))
    if lacks_tables(report) and unread:
        if not report.tables_found:
            return Whole(outcome=unread[0].outcome, detail=_told(unread[0]))
        report = replace(report, problems=(*report.problems, *(_told(file) for file in unread)))
    return Whole(outcome=Outcome.READ, report=report, tables_from=source)


def lacks_tables(report: Report | None) -> bool:
    """Whether tables of the form may stand elsewhere; forms of one's own are as they are."""
    return report is None or (report.form is not Form.INDICATORS and not set(report.tables_found) >= ALL_TABLES)


def _told(file: FileSeen) -> str:
    said = f"{file.name}: {file.outcome.value}"
    return f"{said} ({file.detail})" if file.detail else said


def _with_file(report: Report | None, file: FileSeen) -> Report:
    """The report with what only the file says."""
    more = file.report
    assert more is not None
    if report is None:
        return more
    tables = [number for number in more.tables_found if number not in report.tables_found]
    if tables and report.tables_found and more.form is not report.form:
        tables = []
    has = {part.number for part in report.parts}
    parts = tuple(part for part in more.parts if part.number not in has)
    if not tables and not parts:
        return report
    bare = bool(tables) and not report.tables_found
    figures = {} if bare else dict(report.figures)
    figures |= {name: _in_file(one, file.name) for name, one in more.figures.items() if bare or int(name[0]) in tables}
    found = tuple(sorted({*report.tables_found, *tables}))
    return replace(
        report,
        title=report.title or more.title,
        year=report.year or more.year,
        unit=report.unit or more.unit,
        form=more.form if bare else report.form,
        parts=tuple(sorted((*report.parts, *parts), key=lambda part: part.number)),
        figures=figures,
        tables=(*report.tables, *more.tables),
        tables_found=found,
        signed_on=report.signed_on or more.signed_on,
        text=report.text if report.parts or not more.text else "\n".join(filter(None, (report.text, more.text))),
        problems=(*(() if bare else report.problems), *(f"{file.name}: {one}" for one in more.problems)),
    )


def _in_file(figure: Figure, name: str) -> Figure:
    if figure.cell is None:
        return figure
    return replace(figure, cell=replace(figure.cell, address=f"《{name}》{figure.cell.address}"))
