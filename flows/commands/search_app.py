"""``gongkai search``: its names, options and help; what is found is ``storage.search``'s."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated

import typer

from storage.schema import Category

app = typer.Typer()


class Withdrawn(StrEnum):
    """Whether withdrawn items are searched."""

    NO = "no"
    YES = "yes"
    ANY = "any"


@app.command()
def search(
    *,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="QUERY",
            help='Words that all must be found; "a phrase" in quotes; one OR other; -word leaves out. '
            "Quote the whole for the shell.",
        ),
    ] = None,
    unit: Annotated[str | None, typer.Option(metavar="ID", help="Only items of this unit.")] = None,
    column: Annotated[str | None, typer.Option(metavar="ID", help="Only items of columns with this id.")] = None,
    category: Annotated[Category | None, typer.Option(metavar="CLASS", help=f"One of {'、'.join(Category)}.")] = None,
    since: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Published on this day or later.")] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Published on this day or earlier.")] = None,
    number: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Document number or its beginning, in any brackets: 青政发.")
    ] = None,
    index_number: Annotated[str | None, typer.Option(metavar="TEXT", help="Index number or its beginning.")] = None,
    validity: Annotated[str | None, typer.Option(metavar="TEXT", help="As the item says it: 有效.")] = None,
    theme: Annotated[str | None, typer.Option(metavar="TEXT", help="主题分类, as the item says it.")] = None,
    statutory: Annotated[str | None, typer.Option(metavar="CLASS", help="法定公开事项: 20-01.")] = None,
    withdrawn: Annotated[Withdrawn, typer.Option(help="Withdrawn items: no, yes or any.")] = Withdrawn.NO,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most this many.")] = 20,
    after: Annotated[str | None, typer.Option(metavar="CURSOR", help="Go on from where an answer ended.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of lines.")] = False,
    update: Annotated[bool, typer.Option("--update", help="Only bring the index up to date.")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make the index anew, from the stored revisions.")] = False,
) -> None:
    """Search the catalogue: the best first, the newest first among equals; every document that fits, and no other.

    The index is brought up to the latest change first; the answer says how far it is.
    """
    from flows.commands import search as command
    from storage.search import Filters

    filters = Filters(
        unit=unit,
        column=column,
        category=category and category.value,
        since=_day("--from", since),
        until=_day("--to", until),
        document_number=number,
        index_number=index_number,
        validity=validity,
        theme=theme,
        statutory=statutory,
        withdrawn={Withdrawn.NO: False, Withdrawn.YES: True, Withdrawn.ANY: None}[withdrawn],
    )
    command.bring_up(rebuild=rebuild)
    if not (update or rebuild) or words:
        command.show(" ".join(words) if words else None, filters, after=after, limit=limit, as_json=as_json)


def _day(option: str, text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as problem:
        raise typer.BadParameter(f"{option}: found {text!r}, expected a day like 2026-12-31") from problem
