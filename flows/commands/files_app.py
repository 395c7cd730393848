"""``gongkai files``: names, options and help; what is done stands in ``files``."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(help="Attachments (附件): which we have, what they say.", invoke_without_command=True)

Units = Annotated[list[str] | None, typer.Option("--unit", metavar="ID", help="Only this unit; may be repeated.")]
Columns = Annotated[list[str] | None, typer.Option("--column", metavar="ID", help="Only this column; repeatable.")]


@app.callback()
def files(
    context: typer.Context,
    *,
    unit: Annotated[str | None, typer.Option(metavar="ID", help="Only files of this unit's items.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of lines.")] = False,
) -> None:
    """How many attachments we have, how many say nothing, and why."""
    if context.invoked_subcommand is None:
        from flows.commands import files as command

        command.show(unit, as_json=as_json)


@app.command()
def fetch(
    *,
    unit: Units = None,
    column: Columns = None,
    again: Annotated[bool, typer.Option("--again", help="Also those that could not be had so far.")] = False,
) -> None:
    """Harvests these columns, which asks for the files that are due."""
    from flows.commands import files as command

    raise typer.Exit(command.fetch(unit, column, again=again))


@app.command()
def read(
    *,
    again: Annotated[bool, typer.Option("--again", help="All of them anew, out of the archive.")] = False,
) -> None:
    """Reads what was fetched: text and tables, in a process that time and memory bound."""
    from flows.commands import files as command

    command.read(again=again)
