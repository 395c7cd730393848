"""``gongkai duties``: names and options; what is done stands in ``duties``."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from flows.commands.options import Format, OutOption

app = typer.Typer(no_args_is_help=True, help="What units say they owe: their own 主动公开基本目录.")


@app.command("import")
def import_directory(
    *,
    source: Annotated[str, typer.Argument(metavar="FILE_OR_URL", help=".xlsx, .docx, a saved page, or an address.")],
    unit: Annotated[str, typer.Option(metavar="ID", help="Whose directory it is.")],
    in_force: Annotated[
        str | None,
        typer.Option("--in-force", metavar="DATE", help="The day from which it holds (YYYY-MM-DD); left out: today."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Also fetch from this machine and private networks.")
    ] = False,
) -> None:
    """Show what is understood of a unit's own directory, row by row, what is not, and where each row is looked for.

    Then keep it as the unit's next version; asks only on a terminal. Nothing is held to have been due before the day
    from which it holds. Corrections made to earlier versions hold on.
    """
    from flows.commands import duties

    day = _day(in_force, "--in-force")
    raise typer.Exit(duties.import_directory(source, unit=unit, in_force=day, yes=yes, allow_private=allow_private))


@app.command("list")
def list_rows(
    *,
    unit: Annotated[str | None, typer.Option(metavar="ID", help="Only this unit, row by row.")] = None,
    file_format: Annotated[
        Format | None, typer.Option("--format", help="Every row, as data; left out: lines for people.")
    ] = None,
    out: OutOption = None,
) -> None:
    """How much of what units owe is there: the rows of their directories, where each is looked for, its verdict."""
    from flows.commands import duties

    if file_format is None:
        if out is not None:
            raise typer.BadParameter("--out needs --format")
        duties.show(unit)
    else:
        typer.echo(f"{duties.export_rows(unit, file_format, out)} duties", err=True)


@app.command("map")
def map_row(
    *,
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="The unit's id.")],
    row: Annotated[str, typer.Argument(metavar="ROW", help="The row's number, as gongkai duties list shows it.")],
    column: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="The column that holds it (may be repeated).")
    ] = None,
    none: Annotated[
        str | None, typer.Option("--none", metavar="REASON", help="No column does, and why; the row is set aside.")
    ] = None,
    why: Annotated[str | None, typer.Option(help="Why this column.")] = None,
    who: Annotated[str | None, typer.Option(help="Who says so; left out: the name of your account here.")] = None,
) -> None:
    """Say where a row of a unit's directory is published. Who, when and why are kept; later versions keep to it."""
    from flows.commands import duties

    if bool(column) == (none is not None):
        raise typer.BadParameter("give either --column ID or --none REASON")
    if none is not None and not none.strip():
        raise typer.BadParameter("--none needs a reason")
    duties.correct(unit, row, columns=column or [], why=none if none is not None else why, who=who)


def _day(text: str | None, option: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as problem:
        raise typer.BadParameter(f"{option}: found {text!r}, expected a day like 2026-03-31") from problem
