"""One stage now: harvest, probe, assess, each through its flow; and the scoreboard."""

from __future__ import annotations

import datetime as dt
import difflib
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import typer

from flows.commands.prefect_server import a_server
from flows.commands.progress import watching
from flows.commands.registry import apply_first
from storage import registry, settings
from storage.database import open_database
from storage.exceptions import UnknownTarget
from storage.export import finished
from storage.schema import City, Unit


def harvest(city_file: Path | None, *, units: Sequence[str] | None, columns: Sequence[str] | None, full: bool) -> int:
    """Harvests once; 1 where hosts were left out because another harvest holds them.

    A site that blocks or breaks is an observation and no failure of the harvest: ``gongkai status`` lists it.

    :raises UnknownTarget: no such unit or column, or no city yet.
    """
    city = _city(city_file)
    check_targets(city, units, columns)
    with a_server(settings.load()), watching("harvest"):
        from flows.harvest import harvest as harvest_flow

        harvested = harvest_flow(units=wanted(units), columns=wanted(columns), full=full)
    typer.echo(str(harvested))
    return 1 if harvested.skipped else 0


def wanted(names: Sequence[str] | None) -> list[str] | None:
    """The targets named; None for all of them."""
    return list(names) if names else None


def probe(city_file: Path | None) -> int:
    """Looks at every unit's home page."""
    _city(city_file)
    with a_server(settings.load()), watching("probe"):
        from flows.probe import probe as probe_flow

        typer.echo(str(probe_flow()))
    return 0


def assess(city_file: Path | None, *, as_of: dt.date | None) -> int:
    """Judges what is stored."""
    _city(city_file)
    with a_server(settings.load()):
        from flows.assess import assess as assess_flow

        typer.echo(str(assess_flow(as_of=as_of)))
    return 0


def scoreboard(*, as_json: bool, losses: int, out: Path | None) -> None:
    """Prints the scoreboard, or writes it to ``out``.

    :raises UnknownTarget: no city yet.
    :raises ExportError: ``out`` cannot be written.
    """
    from flows.report import board, lines
    from flows.reports import scoreboard as report

    with closing(open_database()) as database:
        told = board(database)
    shown = lines(told, losses=losses)
    text = json.dumps(report.as_json(told), ensure_ascii=False, indent=1) if as_json else "\n".join(shown)
    if out is None:
        typer.echo(text)
        return
    with finished(out) as stream:
        stream.write(f"{text}\n".encode())


# ------------------------------------------------------------------ what the stages share


def _city(city_file: Path | None) -> City:
    with closing(open_database()) as database:
        if city_file is not None:
            apply_first(database, city_file)
        city = registry.load_city(database)
    if city is None:
        raise UnknownTarget("no city yet; give --city FILE, or run gongkai city apply FILE first")
    return city


def check_targets(city: City, units: Sequence[str] | None, columns: Sequence[str] | None) -> None:
    """Whether every unit and column named exists.

    :raises UnknownTarget: one does not; the nearest that does is suggested.
    """
    known_units = [unit.id for unit in city.units]
    for name in units or ():
        if name not in known_units:
            raise UnknownTarget(f"--unit {name}: there is no such unit{_nearest(name, known_units)}")
    among = [unit for unit in city.units if not units or unit.id in units]
    known_columns = list(_column_names(among))
    for name in columns or ():
        if name not in known_columns:
            raise UnknownTarget(f"--column {name}: there is no such column{_nearest(name, known_columns)}")


def _column_names(units: Sequence[Unit]) -> Iterator[str]:
    for unit in units:
        for column in unit.columns:
            yield column.id
            yield f"{column.unit}/{column.id}"


def _nearest(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    if close:
        return f" (did you mean {close[0]}?)"
    return f"; there are {', '.join(sorted(set(known))[:8])}{' …' if len(set(known)) > 8 else ''}"
