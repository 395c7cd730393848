"""Names, options and help of what is asked of the catalogue as a whole: its counts, its metadata, its classes."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from flows.commands.options import OutOption
from storage.schema import Category

UnitOption = Annotated[str | None, typer.Option("--unit", metavar="ID", help="Only this unit.")]


def _day(name: str, text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as problem:
        raise typer.BadParameter(f"--{name}: found {text!r}, expected a day like 2026-03-31") from problem


def add_reports(report_app: typer.Typer) -> None:
    """Adds what is reported of the catalogue to ``gongkai report``."""
    report_app.command("categories")(report_categories)
    report_app.command("metadata")(report_metadata)


def add_commands(catalogue_app: typer.Typer) -> None:
    """Adds what is done with the catalogue's classes to ``gongkai catalogue``."""
    catalogue_app.command("recategorise")(recategorise)


def report_categories(
    *,
    year: Annotated[int | None, typer.Option(min=1949, max=9998, help="Only what was published in this year.")] = None,
    from_: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Only from this day on.")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Only up to this day.")] = None,
    unit: UnitOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables.")] = False,
    out: OutOption = None,
) -> None:
    """How many items there are of the office's eight classes: they always sum to the whole.

    A document that several units published is counted once in the whole, and once in each unit's own count.
    """
    from flows.commands import catalogue_classes as command

    if year is not None and (from_ or to):
        raise typer.BadParameter("give either --year or --from and --to")
    first, last = _day("from", from_), _day("to", to)
    command.show_categories(year=year, first=first, last=last, unit=unit, as_json=as_json, out=out)


def report_metadata(
    *,
    unit: UnitOption = None,
    category: Annotated[
        list[Category] | None, typer.Option("--category", help="Only this class of the eight (may be repeated).")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="JSON instead of tables, with what every single item lacks.")
    ] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV for Excel: a row a unit and element.")] = False,
    out: OutOption = None,
) -> None:
    """How far units fill the core metadata of the national catalogue: so many of so many, and what is missing."""
    from flows.commands import catalogue_classes as command

    if as_json and as_csv:
        raise typer.BadParameter("give either --json or --csv")
    command.show_metadata(unit=unit, category=tuple(category or ()), as_json=as_json, as_csv=as_csv, out=out)


def recategorise(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would change.")] = False,
) -> None:
    """Class everything anew by the tables of today, without fetching: after categories.yml or a column's kind changed.

    Each change is a revision that consumers receive. Run again it changes nothing.
    """
    from flows.commands import catalogue_classes as command

    command.recategorise(dry_run=dry_run)
