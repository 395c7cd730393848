"""``gongkai catalogue``: names and options; what is done stands in ``held``."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="The catalogue: what is held back of it, and why.")


@app.command("held")
def held(
    *,
    past: Annotated[bool, typer.Option("--past", help="Also what was ever accepted, by whom, and why.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of lines.")] = False,
) -> None:
    """Columns of which too much changed at once: since when, why, how many of how many, and some of what is gone."""
    from flows.commands import held as command

    command.show_held(as_json=as_json, past=past)


@app.command("accept")
def accept(
    *,
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="The unit's id.")],
    column: Annotated[str, typer.Argument(metavar="COLUMN", help="The column's id.")],
    why: Annotated[str, typer.Option(help="Why the change is real; kept for good.")],
    who: Annotated[str | None, typer.Option(help="Who says so; left out: the name of your account here.")] = None,
) -> None:
    """Let what is held of a column through at its next full look, once. Who, when and why are kept."""
    from flows.commands import held as command

    command.accept(unit, column, why=why, who=who)
