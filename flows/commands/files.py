"""``gongkai files``: which attachments we have and what they say; they are fetched with their columns, read apart."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any, Final

import typer

from storage import files, settings
from storage.database import Database, open_database

TOLD: Final = 30  # files that say nothing listed; --json has more
_MOST: Final = 1000
_GOOD: Final = frozenset(("read", "empty"))


def show(unit: str | None, *, as_json: bool) -> None:
    """Prints how the files stand."""
    with closing(open_database()) as database:
        told = standing(database, unit)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for line in lines(told):
        typer.echo(line)


def standing(database: Database, unit: str | None = None) -> dict[str, Any]:
    """How the files stand: fetched or not and why, read or not and why; JSON-safe."""
    fetches = files.count_fetches(database, unit=unit)
    contents = files.count_contents(database)
    unread = [one for one in files.not_read_well(database, limit=_MOST) if unit in (None, one[0])]
    names = ("unit", "item", "url", "outcome", "detail")
    return {
        "unit": unit,
        "files": [{"state": state, "reason": reason or None, "count": n} for (state, reason), n in fetches.items()],
        "contents": [{"outcome": outcome, "kind": kind, "count": n} for (outcome, kind), n in contents.items()],
        "not_read": [dict(zip(names, one, strict=True)) for one in unread],
    }


def lines(told: Mapping[str, Any]) -> list[str]:
    """The same for people."""
    if not told["files"]:
        return ["no attachment is named by any item yet; gongkai harvest finds and fetches them"]
    found = ["files     " + _counted([(one["state"], one["reason"], one["count"]) for one in told["files"]])]
    if told["unit"] is None and told["contents"]:
        found.append("contents  " + _counted([(one["outcome"], one["kind"], one["count"]) for one in told["contents"]]))
    if told["not_read"]:
        found += ["", f"{len(told['not_read'])} files say nothing to us:"]
        for one in told["not_read"][:TOLD]:
            found.append(f"  {one['unit']}  {one['outcome']}: {one['detail'] or '-'}  {one['url']}")
        if len(told["not_read"]) > TOLD:
            found.append(f"  … only {TOLD} are listed; gongkai files --json lists more")
    return found


def _counted(some: Sequence[tuple[str, str | None, int]]) -> str:
    return ", ".join(f"{count} {one}{f' ({more})' if more else ''}" for one, more, count in some)


def fetch(units: Sequence[str] | None, columns: Sequence[str] | None, *, again: bool) -> int:
    """Harvests these columns, which asks for the files that are due; ``again``: also those that could not be had."""
    from flows.commands.stages import harvest

    if again:
        with closing(open_database()) as database:
            places = itertools.product(units or (None,), columns or (None,))
            reset = sum(files.again(database, unit=unit, column=column) for unit, column in places)
        typer.echo(f"{reset} files that could not be had are asked for again")
    return harvest(None, units=units, columns=columns, full=False)


def read(*, again: bool) -> None:
    """Reads what was fetched and not read; ``again``: everything, out of the archive."""
    from flows.files import read_files

    known = settings.load()
    with closing(open_database(known.database_url)) as database:
        if again:
            typer.echo(f"{files.forget_readings(database)} files are read anew")
        typer.echo(str(read_files(database, known)) or "nothing to read")


def todo(database: Database) -> list[str]:
    """What an operator is told of files: how many could not be had or read, and why, in a line each."""
    failed = {key: n for key, n in files.count_fetches(database).items() if key[0] in ("failed", "refused")}
    unread: dict[str, int] = {}
    for (outcome, _), count in files.count_contents(database).items():
        if outcome not in _GOOD:
            unread[outcome] = unread.get(outcome, 0) + count
    found = []
    if failed:
        why = ", ".join(f"{count} {reason or state}" for (state, reason), count in failed.items())
        found.append(f"{sum(failed.values())} attachments could not be had: {why}")
    if unread:
        why = ", ".join(f"{count} {outcome}" for outcome, count in unread.items())
        found.append(f"{sum(unread.values())} attachments say nothing to us: {why}")
    return found
