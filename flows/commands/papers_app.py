"""``gongkai report``'s papers: names and options; what is done stands in ``papers``."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from flows.papers_made import Form


class Kind(StrEnum):
    """Which notice; ``flows.reports.notice`` says what each tells."""

    REMINDER = "reminder"  # 提示单
    RECTIFICATION = "rectification"  # 整改通知书


class Layout(StrEnum):
    """How the city's yearly report is laid out."""

    SIX = "six"
    NINE = "nine"


class Written(StrEnum):
    """As what the city's yearly report is written; xlsx is the compile-up."""

    DOCX = "docx"
    HTML = "html"
    PDF = "pdf"
    XLSX = "xlsx"


def add_reports(report_app: typer.Typer) -> None:
    """Adds the papers to ``gongkai report``."""
    report_app.command("notice")(notice)
    report_app.command("bulletin")(bulletin)
    report_app.command("board")(board)
    report_app.command("workbook")(workbook)
    report_app.command("annual")(annual)
    report_app.command("calendar")(calendar)


Due = Annotated[str | None, typer.Option(metavar="DATE", help="Last day for mending; left out: a marked gap.")]
Number = Annotated[str | None, typer.Option(help="The paper's number (发文字号); left out: a marked gap.")]
Period = Annotated[str | None, typer.Option(metavar="NAME", help="A frozen period; left out: as of now.")]


def notice(
    *,
    unit: Annotated[str, typer.Option(metavar="ID", help="The unit that is written to.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.docx", help="The Word file to write.")],
    kind: Annotated[
        Kind,
        typer.Option(
            help="reminder (提示单): what it was not told yet; rectification (整改通知书): what still stands."
        ),
    ] = Kind.REMINDER,
    due: Due = None,
    number: Number = None,
) -> None:
    """A notice to a unit as Word, out of its findings. A template of your own: templates/notice.docx, data folder."""
    from flows.commands import papers
    from flows.reports.notice import Paper

    papers.notice(unit, Paper(kind.value), out, due=_day(due), number=number)


def bulletin(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write: .docx, .html or .pdf.")],
    period: Period = None,
    due: Due = None,
    number: Number = None,
    last: Annotated[
        str | None,
        typer.Option(
            metavar="PAPER", help="The bulletin to compare with, or none; left out: the last one of an earlier day."
        ),
    ] = None,
) -> None:
    """The inspection bulletin (检查情况通报) of all units. Own templates: templates/bulletin.docx and .html."""
    from flows.commands import papers

    papers.bulletin(out, _form(out, "docx", "html", "pdf"), period=period, due=_day(due), number=number, last=last)


def board(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write: .html or .pdf.")],
    period: Period = None,
) -> None:
    """The board as a sheet to print, A4. A template of your own: templates/board.html in the data folder."""
    from flows.commands import papers

    papers.board(out, _form(out, "html", "pdf"), period=period)


def workbook(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE.xlsx", help="The Excel file to write.")],
    period: Annotated[
        str | None, typer.Option(metavar="NAME", help="A frozen period (2026-Q3); left out: as it stands now.")
    ] = None,
    unit: Annotated[str | None, typer.Option(metavar="ID", help="Only this unit's.")] = None,
) -> None:
    """Everything as one Excel workbook: ranking, lost points, findings, columns, counts, charts; ours apart."""
    from flows.commands import papers

    raise typer.Exit(papers.workbook(out, period=period, unit=unit))


def annual(
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="The file to write: .docx, .html, .pdf, or .xlsx for the compile-up; left out: a file here.",
        ),
    ] = None,
    written: Annotated[
        Written | None, typer.Option("--as", help="As what; left out: as --out ends, else docx.")
    ] = None,
    year: Annotated[int | None, typer.Option(metavar="Y", help="The year reported on; left out: the last due.")] = None,
    form: Annotated[
        Layout, typer.Option(help="six (六部分, since 2021) or nine (九部分, the older form).")
    ] = Layout.SIX,
    as_json: Annotated[bool, typer.Option("--json", help="Print what the units' reports came to as JSON.")] = False,
) -> None:
    """The city's own yearly report (年度报告) drafted from its units': tables filled, sources annexed, gaps marked."""
    from flows.commands import papers
    from flows.papers_made import Form

    chosen = Form(written.value) if written is not None else None
    if out is not None:
        ending = _form(out, *([chosen.value] if chosen else list(Written)))
        chosen = chosen or ending
    papers.annual(year, out, chosen or Form.DOCX, form.value, as_json=as_json)


def calendar(
    *,
    unit: Annotated[str | None, typer.Option(metavar="ID", help="Only this unit; left out: all.")] = None,
    days: Annotated[int, typer.Option(min=0, max=400, help="How many days ahead.")] = 60,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines instead of lines.")] = False,
) -> None:
    """What units owe by a day: yearly reports, budgets, fresh columns, limits, directories, waivers."""
    from flows.commands import calendar as command

    raise typer.Exit(command.show(unit, days, as_json=as_json))


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as problem:
        raise typer.BadParameter(f"--due: found {text!r}, expected a day like 2026-03-31") from problem


def _form(out: Path, *endings: str) -> Form:
    from flows.papers_made import Form

    ending = out.suffix.removeprefix(".").lower()
    if ending not in endings:
        raise typer.BadParameter(f"--out: found {out.name!r}, expected a name that ends in .{', .'.join(endings)}")
    return Form(ending)
