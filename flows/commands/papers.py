"""``gongkai report``'s papers: notice, bulletin, board and workbook, written to a file."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import closing
from pathlib import Path

import typer

from flows import papers_made
from flows.papers_made import Form, Made
from flows.report import known_city
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


def annual(year: int | None, out: Path | None, form: Form, layout: str, *, as_json: bool) -> None:
    """Writes the draft of the year's report and keeps it among the papers; with ``as_json`` prints the roll-up.

    :param year: None: the last one whose reports are due.
    :param out: None: a file of the paper's own name in the folder one is in; with ``as_json`` none.
    :raises UnknownTarget: no city yet.
    :raises PaperFailed: a template of the office's cannot be used, or a PDF cannot be printed here.
    """
    from flows.annual.telling import due_last, tell_year
    from storage.annual.rollup import as_data

    known = settings.load()
    with closing(open_database(known.database_url)) as database:
        known_city(database)
        chosen = year if year is not None else due_last(database, known)
        if as_json:
            typer.echo(json.dumps(as_data(tell_year(database, known, chosen)), ensure_ascii=False))
        if out is None and as_json:
            return
        made = papers_made.annual(database, known, chosen, layout=layout, form=form)
        out = out or Path(made.name)
        _write(made, out)
        kept = papers_made.keep(database, made, by=BY)
    gaps = len(made.facts.get("gaps", ()))
    typer.echo(f"{out}: {chosen}, {made.count} units; {gaps} gaps to fill in; kept as {kept.id}", err=as_json)


def _write(made: Made, out: Path) -> None:
    with finished(out) as stream:
        stream.write(made.content)
