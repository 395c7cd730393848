"""``gongkai city apply`` and ``export``: a city file into the registry, and back."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import typer

from harvesters import city_file
from storage import registry, settings
from storage.database import Database, open_database
from storage.exceptions import UnknownTarget

SHOWN = 40  # changes listed; a first city has thousands
_SIGNS = {"added": "+", "returned": "+", "changed": "~", "left": "-"}


def apply_file(file: Path, *, yes: bool) -> int:
    """Shows what ``file`` would change and changes it; 1 where the person at the terminal said no.

    :raises CityFileError: the file is not valid; the registry is as it was.
    """
    city = city_file.load(file)
    with closing(open_database(settings.load().database_url)) as database:
        plan = registry.plan(database, city)
        for line in describe(plan):
            typer.echo(line)
        if plan.is_empty:
            return 0
        if not yes and sys.stdin.isatty() and not typer.confirm("Apply this?"):
            typer.echo("nothing was changed", err=True)
            return 1
        registry.apply(database, city)
        typer.echo("applied")
        return 0


def apply_first(database: Database, file: Path) -> None:
    """Applies ``file`` before a harvest, unless something would leave: that is for a person to decide.

    :raises CityFileError: the file is not valid.
    :raises UnknownTarget: the file lacks units or columns the registry has.
    """
    city = city_file.load(file)
    plan = registry.plan(database, city)
    leaving = [change.key for change in plan.changes if change.after is None and change.what != "waiver"]
    if leaving:
        named = ", ".join(leaving[:5]) + (" …" if len(leaving) > 5 else "")
        raise UnknownTarget(
            f"{file}: {len(leaving)} units or columns of the registry are not in it ({named}); "
            f"run gongkai city apply {file} to let them leave, or set GONGKAI_HOME to this city's data folder"
        )
    if not plan.is_empty:
        registry.apply(database, city)


def export_file(out: Path | None) -> None:
    """Writes the registry as a city file to ``out``, or to standard output.

    :raises UnknownTarget: no city was applied yet.
    """
    with closing(open_database(settings.load().database_url)) as database:
        city = registry.load_city(database)
    if city is None:
        raise UnknownTarget("the registry is empty; run gongkai city apply FILE first")
    text = city_file.dump(city)
    if out is None:
        typer.echo(text, nl=False)
    else:
        part = out.with_name(f".{out.name}.part")
        part.write_text(text, encoding="utf-8")
        part.replace(out)


def describe(plan: registry.Plan) -> list[str]:
    """The plan for people: one line a change, then the sums."""
    if plan.is_empty:
        return ["nothing to change: the registry already says what the file says"]
    lines: list[str] = []
    sums: dict[str, int] = {}
    for change in plan.changes:
        step = _step(change)
        sums[f"{change.what} {step}"] = sums.get(f"{change.what} {step}", 0) + 1
        if len(lines) < SHOWN:
            lines.append(f"{_SIGNS[step]} {change.what} {change.key}: {_detail(change, step)}")
    if len(plan.changes) > SHOWN:
        lines.append(f"  … {len(plan.changes) - SHOWN} more")
    return [*lines, "in all: " + ", ".join(f"{count} {what}" for what, count in sums.items())]


def _step(change: registry.Change) -> str:
    if change.before is None:
        return "returned" if change.returned else "added"
    return "left" if change.after is None else "changed"


def _detail(change: registry.Change, step: str) -> str:
    if step == "left":
        return "leaves; its history is kept"
    after: Mapping[str, Any] = change.after or {}
    if step == "changed":
        return ", ".join(f"{name} {(change.before or {}).get(name)!r} → {value!r}" for name, value in after.items())
    named = " ".join(str(after[name]) for name in ("name", "reason", "url", "home") if after.get(name))
    return f"{named} (back, with its history)" if step == "returned" else named
