"""``gongkai annual``: names and options; what is done stands in ``annual``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    help="The units' yearly disclosure reports (政府信息公开工作年度报告): read, received, brought together.\n\n"
    "gongkai assess reads what was published and tells the console; gongkai report annual writes the city's own.",
)

YearOption = Annotated[
    int | None, typer.Option(metavar="Y", min=2008, help="The year reported on; left out: the last one that is due.")
]
WhoOption = Annotated[str | None, typer.Option("--by", help="Who says so; left out: the name of your account here.")]


@app.command("read")
def read(
    *, again: Annotated[bool, typer.Option("--again", help="All of them, also those that did not change.")] = False
) -> None:
    """Read the published reports out of the archive, check them, bring their years together. Nothing is fetched."""
    from flows.commands import annual

    annual.read(again=again)


@app.command("add")
def add(
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=".docx, .pdf, .xlsx, .doc, .xls, .wps, .ofd or .html.")],
    unit: Annotated[str, typer.Option(metavar="ID", help="Whose report it is.")],
    year: Annotated[int, typer.Option(metavar="Y", help="The year it reports on.")],
    by: WhoOption = None,
    received: Annotated[
        str | None, typer.Option(metavar="DATE", help="When it came (YYYY-MM-DD); left out: today.")
    ] = None,
    note: Annotated[str | None, typer.Option(help="What else is to be remembered of it.")] = None,
) -> None:
    """Take in a report that came by mail: read, kept, checked. It accuses nobody. Exits 1 where it cannot be read."""
    from flows.commands import annual

    try:
        day = dt.date.fromisoformat(received) if received else None
    except ValueError as problem:
        raise typer.BadParameter(f"--received: found {received!r}, expected a day like 2026-01-20") from problem
    raise typer.Exit(annual.add(file, unit=unit, year=year, by=by, received_on=day, note=note))


@app.command("figures")
def figures(
    *,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A sheet, .xlsx or .csv, with the figures of the year.")
    ] = None,
    year: Annotated[int, typer.Option(metavar="Y", help="The year they are of.")],
    by: WhoOption = None,
    template: Annotated[
        Path | None,
        typer.Option("--template", metavar="OUT", help="Write an empty sheet to fill in, and nothing else."),
    ] = None,
) -> None:
    """Enter figures that no table of the reports has: by channel, consultations, fees. All of a sheet, or nothing.

    The sheet has the head 单位 年度 指标 数值, or a row to a unit and a column to a measure, as --template writes it.
    """
    from flows.commands import annual

    if (file is None) == (template is None):
        raise typer.BadParameter("give either FILE or --template OUT")
    if template is not None:
        annual.write_template(template, year)
    else:
        assert file is not None
        annual.enter_figures(file, year, by=by)


@app.command("roster")
def roster(
    *,
    year: YearOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of lines for people.")] = False,
) -> None:
    """Which unit reported on a year, when, as what, how its checks stand; who is late, who is missing."""
    from flows.commands import annual

    annual.roster(year, as_json=as_json)


@app.command("show")
def show(
    *,
    what: Annotated[str, typer.Argument(metavar="REPORT|UNIT", help="A report's id, or a unit's with --year.")],
    year: YearOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of lines for people.")] = False,
) -> None:
    """One report: where it came from, its figures with the cells they stand in, its checks."""
    from flows.commands import annual

    annual.show(what, year, as_json=as_json)
