"""``gongkai report``'s papers: names and options; what is done stands in ``papers``."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Kind(StrEnum):
    """Which notice; ``flows.reports.notice`` says what each tells."""

    REMINDER = "reminder"  # 提示单
    RECTIFICATION = "rectification"  # 整改通知书


def add_reports(report_app: typer.Typer) -> None:
    """Adds the papers to ``gongkai report``."""
    report_app.command("notice")(notice)
    report_app.command("workbook")(workbook)


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
    due: Annotated[
        str | None, typer.Option(metavar="DATE", help="Last day for mending; left out: a marked gap.")
    ] = None,
    number: Annotated[str | None, typer.Option(help="The paper's number; left out: a marked gap.")] = None,
) -> None:
    """A notice to a unit as Word, out of its findings. A template of your own: templates/notice.docx, data folder."""
    from flows.commands import papers
    from flows.reports.notice import Paper

    try:
        day = dt.date.fromisoformat(due) if due else None
    except ValueError as problem:
        raise typer.BadParameter(f"--due: found {due!r}, expected a day like 2026-03-31") from problem
    raise typer.Exit(papers.notice(unit, Paper(kind.value), out, due=day, number=number))


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
