"""``gongkai catalogue held`` and ``accept``: columns that are held back, and a person's word that a change is real."""

from __future__ import annotations

import dataclasses
import json
import zoneinfo
from collections.abc import Iterator, Sequence
from contextlib import closing

import typer

from flows.commands.account import account_name
from flows.commands.stages import check_targets
from storage import catalogue, registry
from storage.catalogue import Acceptance, Held
from storage.database import open_database, utcnow
from storage.exceptions import UnknownTarget
from storage.schema import City

# reason → what is lost, and of what
_WHAT = {
    "rows_gone": ("rows are gone", "rows"),
    "dates_gone": ("rows lost their dates", "rows"),
    "body_text_gone": ("articles lost their text", "articles read again"),
    "document_number_gone": ("articles lost their document number (发文字号)", "articles read again"),
    "index_number_gone": ("articles lost their index number (索引号)", "articles read again"),
    "source_gone": ("articles lost their source (来源)", "articles read again"),
    "published_on_gone": ("articles lost their date of publication", "articles read again"),
    "formed_on_gone": ("articles lost their date of formation (成文日期)", "articles read again"),
}


def show_held(*, as_json: bool, past: bool) -> None:
    """Prints the columns that are held; with ``past`` also what was ever accepted."""
    with closing(open_database()) as database:
        city = registry.load_city(database)
        found = catalogue.held(database)
        before = catalogue.acceptances(database) if past else []
    if as_json:
        told = {"held": [dataclasses.asdict(one) for one in found]}
        if past:
            told["accepted"] = [dataclasses.asdict(one) for one in before]
        typer.echo(json.dumps(told, ensure_ascii=False, default=str))
        return
    for line in (*_held_lines(found, city), *_past_lines(before, city)):
        typer.echo(line)


def accept(unit: str, column: str, *, why: str, who: str | None) -> None:
    """Lets what is held of a column through at its next look.

    :raises UnknownTarget: no such unit or column, or it is not held.
    :raises StepRefused: it is accepted already, or the reason is empty.
    """
    with closing(open_database()) as database:
        city = registry.load_city(database)
        if city is None:
            raise UnknownTarget("there is no city in the registry; run gongkai city apply FILE first")
        name = column.removeprefix(f"{unit}/")
        check_targets(city, [unit], [name])
        told = catalogue.accept(database, unit, name, who=who or account_name(), why=why, at=utcnow())
    typer.echo(f"{unit}/{name}: {words(told.reason, told.lost, told.of)}; accepted by {told.who}: {told.why}")
    typer.echo(f"it is taken over at the next full look: gongkai harvest --unit {unit} --column {name} --full")


def words(reason: str, lost: int, of: int) -> str:
    """What is held, for people: "23 of 40 rows are gone"."""
    what, among = _WHAT.get(reason, (f"lost {reason.removesuffix('_gone')}", "articles read again"))
    noun, _, rest = what.partition(" ")
    return f"{lost} of {of} {among if noun in among else noun} {rest}"


def _held_lines(found: Sequence[Held], city: City | None) -> Iterator[str]:
    if not found:
        yield "no column is held"
        return
    yield f"{len(found)} columns are held: what they lost at once was not written, and nobody is judged by it"
    for one in found:
        yield f"{one.unit}/{one.column}  since {_shown(one.since, city)}: {words(one.reason, one.lost, one.of)}"
        for gone in one.sample:
            yield f"    {gone.date or '          '}  {gone.title}  {gone.url}"
        if one.accepted is not None:
            given = one.accepted
            yield f"  → accepted by {given.who} on {_shown(given.at, city)} ({given.why}): the next full look takes it"
        else:
            yield f"  → look at the column; if it is real: {accept_command(one.unit, one.column)}"


def accept_command(unit: str, column: str) -> str:
    """What the operator is to type."""
    return f'gongkai catalogue accept {unit} {column} --why "…"'


def _past_lines(before: Sequence[Acceptance], city: City | None) -> Iterator[str]:
    for one in before:
        came = {"taken_over": "taken over", "not_needed": "not needed: the next look was as usual"}
        end = f"{came.get(str(one.outcome), one.outcome)} on {_shown(one.used_at, city)}" if one.used_at else "waits"
        yield (
            f"accepted  {_shown(one.at, city)}  {one.unit}/{one.column}  {words(one.reason, one.lost, one.of)}  "
            f"by {one.who}: {one.why}  ({end})"
        )


def _shown(at: object, city: City | None) -> str:
    zone = zoneinfo.ZoneInfo(city.timezone if city is not None else "Asia/Shanghai")
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if hasattr(at, "astimezone") else "-"
