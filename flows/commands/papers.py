"""``gongkai report``'s papers: notice, bulletin, board and workbook, written to a file."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from pathlib import Path

import typer

from flows import papers_made
from flows.papers_made import Form, Made
from flows.reports import workbook as book
from flows.reports.notice import Paper
from storage import settings
from storage.database import open_database
from storage.export import finished

BY = "gongkai"  # whose the papers made on the command line are


def notice(unit: str, paper: Paper, out: Path, *, due: dt.date | None, number: str | None) -> None:
    """Writes the paper.

    :raises UnknownTarget: no such unit, or no city yet.
    :raises PaperFailed: there is nothing to tell the unit, or the template cannot be filled in.
    """
    known = settings.load()
    with closing(open_database(known.database_url)) as database:
        made = papers_made.notice(database, known, unit, paper, due=due, number=number)
    _write(made, out)
    typer.echo(f"{out}: {made.count} findings of {unit}")


def bulletin(
    out: Path, form: Form, *, period: str | None, due: dt.date | None, number: str | None, last: str | None
) -> None:
    """Writes the bulletin, and keeps it among the papers, for the next one to be compared with.

    :raises UnknownTarget: no city, nothing judged yet, no such period or bulletin.
    :raises PaperFailed: the template cannot be filled in, or a PDF cannot be printed here.
    """
    known = settings.load()
    with closing(open_database(known.database_url)) as database:
        made = papers_made.inspection(database, known, form=form, period=period, due=due, number=number, last=last)
        _write(made, out)
        kept = papers_made.keep(database, made, by=BY)
    typer.echo(f"{out}: {made.count} findings named; kept as {kept.id}")


def board(out: Path, form: Form, *, period: str | None) -> None:
    """Writes the board as a sheet to print.

    :raises UnknownTarget: no city, nothing judged yet, no such period.
    :raises PaperFailed: the template cannot be filled in, or a PDF cannot be printed here.
    """
    known = settings.load()
    with closing(open_database(known.database_url)) as database:
        made = papers_made.board(database, known, form=form, period=period)
    _write(made, out)
    typer.echo(f"{out}: written")


def workbook(out: Path, *, period: str | None, unit: str | None) -> int:
    """Writes the workbook and says what it lists.

    :raises UnknownTarget: no such unit or frozen period, or no city yet.
    :raises PeriodRefused: what is stored of the period is not what was frozen.
    :raises ExportError: the file cannot be written, or that of the period's verdicts is not the one that was frozen.
    """
    now = settings.load()
    with closing(open_database(now.database_url)) as database:
        count = book.make(database, now.home, out, period=period, unit=unit)
    typer.echo(f"{out}: {count} findings listed")
    return 0


def _write(made: Made, out: Path) -> None:
    with finished(out) as stream:
        stream.write(made.content)
