"""``gongkai catalogue``: what the catalogue knows of one item, which documents may be one, what is held back of it.

Names, options and help stand here; what a command does stands in ``flows.commands.catalogue`` and ``held`` and is
imported then.
"""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="The catalogue: an item's history, and documents that several units have.")

ItemArgument = Annotated[
    str, typer.Argument(metavar="ITEM", help="An item's id, the beginning of it, or an address it stands at.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON instead of lines.")]
WhyOption = Annotated[str, typer.Option("--why", help="The reason; it is kept.")]
WhoOption = Annotated[str | None, typer.Option("--who", help="Who says so; left out: the name of your account here.")]


@app.command("history")
def history(item: ItemArgument, *, as_json: JsonOption = False) -> None:
    """Every revision of an item: when, what changed, how it went out; and what joined it to others or parted it."""
    from flows.commands import catalogue

    catalogue.history(item, as_json=as_json)


@app.command("show")
def show(item: ItemArgument, *, as_json: JsonOption = False) -> None:
    """One item as it stands, with everywhere it stands."""
    from flows.commands import catalogue

    catalogue.show(item, as_json=as_json)


@app.command("duplicates")
def duplicates(
    *,
    limit: Annotated[int, typer.Option(min=1, help="Pairs listed, the most alike first.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Documents of several units that may be one, for a person to look at; then merge them, or split them for good."""
    from flows.commands import catalogue

    catalogue.duplicates(limit=limit, as_json=as_json)


@app.command("merge")
def merge(
    item: ItemArgument,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The item it is a copy of: likewise.")],
    *,
    why: WhyOption,
    who: WhoOption = None,
) -> None:
    """Say that ITEM is the document that INTO is. No rule overrules it; gongkai catalogue split undoes it."""
    from flows.commands import catalogue

    catalogue.merge(item, into, why=why, who=who)


@app.command("split")
def split(
    item: ItemArgument,
    other: Annotated[
        str | None, typer.Argument(metavar="[OTHER]", help="From this one only, joined to it or not; else from all.")
    ] = None,
    *,
    why: WhyOption,
    who: WhoOption = None,
) -> None:
    """Say that ITEM is a document of its own. No rule joins it again; gongkai catalogue merge undoes it."""
    from flows.commands import catalogue

    catalogue.split(item, other, why=why, who=who)


@app.command("held")
def held(
    *,
    past: Annotated[bool, typer.Option("--past", help="Also what was ever accepted, by whom, and why.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Columns of which too much changed at once: since when, why, how many of how many, and some of what is gone."""
    from flows.commands import held as command

    command.show_held(as_json=as_json, past=past)


@app.command("accept")
def accept(
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="The unit's id.")],
    column: Annotated[str, typer.Argument(metavar="COLUMN", help="The column's id.")],
    *,
    why: WhyOption,
    who: WhoOption = None,
) -> None:
    """Let what is held of a column through at its next full look, once. Who, when and why are kept."""
    from flows.commands import held as command

    command.accept(unit, column, why=why, who=who)
