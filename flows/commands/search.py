"""What ``gongkai search`` does: brings the index up to date, asks it, and shows what was found."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import closing

import typer

from storage import registry, search
from storage.database import Database, open_database
from storage.search import Filters, Part, Standing

_MUCH = 5000  # changes after which a line tells how far the index is


def bring_up(*, rebuild: bool) -> None:
    """Brings the index up to the latest change; or makes it anew."""
    with closing(open_database()) as database:
        if rebuild:
            search.clear(database)
        told = 0

        def tell(stands: Standing) -> None:
            nonlocal told
            if stands.seq - told >= _MUCH:
                told = stands.seq
                typer.echo(f"indexed up to {stands.seq} of {stands.head}", err=True)

        if search.standing(database).lag:
            search.catch_up(database, tell=tell)


def show(text: str | None, filters: Filters, *, after: str | None, limit: int, as_json: bool) -> None:
    """Prints what fits.

    :raises UnknownTarget: ``after`` is no place an answer ended with.
    """
    with closing(open_database()) as database:
        found = search.search(database, text, filters, after=after, limit=limit)
        names = {} if as_json else _names(database)
    if as_json:
        total = None if found.total is None else {"count": found.total.count, "exact": found.total.is_exact}
        answer = {"data": search.as_json(found), "total": total, "cursor": found.after}
        typer.echo(
            json.dumps({**answer, "indexed_to": found.standing.seq, "head": found.standing.head}, ensure_ascii=False)
        )
        return
    if found.query.is_empty:
        typer.echo("there is nothing to search for in this: give Chinese signs, letters or digits", err=True)
    for match in found.matches:
        data = match.data
        facts = (
            data["published_on"] or "-",
            names.get(data["unit"], data["unit"]),
            data["category"],
            data["document_number"],
            data["validity"],
            "已撤下" if data["withdrawn_at"] else None,
        )
        typer.echo(_styled(search.shown(data["title"], found.query)))
        typer.echo(f"  {' · '.join(one for one in facts if one)}")
        if passage := search.passage(search.text_of(data), found.query):
            typer.echo(f"  {_styled(passage)}")
        for one in search.attachments(data, found.query):
            typer.echo(f"  附件 {_styled(one.name)}")
            if one.text:
                typer.echo(f"    {_styled(one.text)}")
        typer.echo(f"  {data['url']}")
    typer.echo(_summary(found), err=True)


def _names(database: Database) -> dict[str, str]:
    city = registry.load_city(database)
    return {unit.id: unit.name for unit in city.units} if city else {}


def _styled(parts: Sequence[Part]) -> str:
    """What was asked for in bold on a terminal, in plain text elsewhere; on one line."""
    is_terminal = sys.stdout.isatty()
    told = (typer.style(part.text, bold=True) if part.is_hit and is_terminal else part.text for part in parts)
    return " ".join("".join(told).split())


def _summary(found: search.Found) -> str:
    told = []
    if found.total is not None:
        told.append(f"{found.total.count} found" if found.total.is_exact else f"{found.total.count} or more found")
    if found.after is not None:
        told.append(f"go on with --after {found.after}")
    if found.query.is_cut:
        told.append("the question is too long, only its beginning was used")
    told.append(f"the index is at change {found.standing.seq} of {found.standing.head}")
    return "; ".join(told)
