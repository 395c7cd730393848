"""``gongkai period``: scoreboards frozen for a month, quarter or year, their amendments, whether they still follow."""

from __future__ import annotations

import datetime as dt
import json
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

import typer

from flows.periods.amending import amend as amend_period
from flows.periods.freezing import freeze as freeze_period
from flows.periods.frozen import amendment_json, as_json, heading, problems
from flows.reports import scoreboard
from storage import periods, registry, settings
from storage.database import Database, open_database
from storage.schema import VerdictKind


def freeze(name: str, *, by: str, note: str | None, early: bool) -> None:
    """Freezes a period and says by which day it was judged.

    :raises UnknownTarget: there is no such period, or no city.
    :raises PeriodRefused: it is frozen already or is not over; or nothing in it was assessed, or not whole.
    :raises ExportError: the file of its verdicts cannot be written.
    """
    home = _prepared().home
    with closing(open_database()) as database:
        made = freeze_period(database, home, name, by=by, note=note, early=early)
    board = json.loads(made.board)
    before = (made.last - made.as_of).days
    day = f"judged as of {made.as_of}" + (f", {before} days before its end" if before else "")
    typer.echo(f"{name} is frozen: {day}; {len(board['scores'])} units, score formula {board['formula']['version']}")
    typer.echo(f"  {home / made.file}: {made.rows} verdicts, sha256 {made.sha256}")
    items = board["items_as_of"]
    if items and items[1] > made.last.isoformat():
        typer.echo(f"  verdicts on items were given up to {items[1]}, after its end: they stand as they are known now")


def show_list(*, as_json: bool) -> None:
    """Prints every frozen period."""
    with closing(open_database()) as database:
        found = [(one, len(periods.amendments(database, one.name))) for one in periods.iter_periods(database)]
        zone = _zone(database)
    if as_json:
        typer.echo(json.dumps([{**heading(one), "amendments": count} for one, count in found], ensure_ascii=False))
        return
    if not found:
        typer.echo("no period is frozen yet; see gongkai period freeze --help")
    for one, count in found:
        told = heading(one)
        amended = f", {count} amendment{'s' if count > 1 else ''}" if count else ""
        early = ", before it was over" if one.early else ""
        typer.echo(
            f"{one.name:8} {told['chinese']}  {one.first} to {one.last}  judged as of {one.as_of}  "
            f"frozen {one.frozen_at.astimezone(zone):%Y-%m-%d} by {one.frozen_by}{early}{amended}"
        )


def show(name: str, *, as_json_: bool, losses: int) -> None:
    """Prints a frozen period, its amendments, and the scoreboard as they leave it.

    :raises UnknownTarget: no period of this name is frozen.
    """
    with closing(open_database()) as database:
        told = as_json(database, periods.get(database, name))
        zone = _zone(database)
    if as_json_:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for line in _lines(told, zone, losses):
        typer.echo(line)


def amend(name: str, *, unit: str, reason: str, by: str, wrong: Sequence[str]) -> None:
    """Amends a frozen period and says what changed.

    :raises UnknownTarget: no such period is frozen, or there is no such unit or finding.
    :raises PeriodRefused: nothing is different, or a finding still stands.
    :raises ExportError: the file of the frozen verdicts is not the one that was frozen.
    """
    with closing(open_database()) as database:
        made = amend_period(database, _prepared().home, name, unit=unit, reason=reason, by=by, wrong=wrong)
        zone = _zone(database)
    for line in _amendment_lines(amendment_json(made), zone):
        typer.echo(line)


def verify(name: str | None) -> int:
    """Prints what does not follow from the stored verdicts; the exit status: 1 if there is anything.

    :raises UnknownTarget: no period of this name is frozen.
    """
    home = settings.load().home
    with closing(open_database()) as database:
        names = [name] if name is not None else [one.name for one in periods.iter_periods(database)]
        found = {one: list(problems(database, home, one)) for one in names}
    for problem in (problem for told in found.values() for problem in told):
        typer.echo(f"gongkai: {problem}", err=True)
    for one, told in found.items():
        typer.echo(f"{one}: " + (f"{len(told)} problems" if told else "every number follows from the frozen verdicts"))
    if not names:
        typer.echo("no period is frozen yet")
    return 1 if any(found.values()) else 0


def _lines(told: Mapping[str, Any], zone: zoneinfo.ZoneInfo, losses: int) -> Iterator[str]:
    at = dt.datetime.fromisoformat(told["frozen_at"]).astimezone(zone)
    early = ", before it was over" if told["early"] else ""
    yield f"{told['period']} {told['chinese']} · {told['first']} to {told['last']} · judged as of {told['as_of']}"
    yield f"frozen {at:%Y-%m-%d %H:%M} by {told['frozen_by']}{early}" + (f": {told['note']}" if told["note"] else "")
    kept = told["verdicts"]
    yield f"{kept['rows']} verdicts in {kept['file']}, sha256 {kept['sha256']}; regulation {told['regulation_digest']}"
    yield ""
    yield from scoreboard.lines(told["board"], losses=losses)
    if not told["amendments"]:
        return
    yield ""
    yield "amendments"
    for one in told["amendments"]:
        yield from _amendment_lines(one, zone)
    yield ""
    yield "as amended"
    yield from scoreboard.lines(told["amended"], losses=losses)


def _prepared() -> settings.Settings:
    """The settings, and what Prefect reads when it is imported: judging a day again brings it."""
    known = settings.load()
    settings.prepare_prefect(known, quiet=True)
    return known


def _zone(database: Database) -> zoneinfo.ZoneInfo:
    city = registry.load_city(database)
    return zoneinfo.ZoneInfo(city.timezone if city else "UTC")


def _amendment_lines(one: Mapping[str, Any], zone: zoneinfo.ZoneInfo) -> Iterator[str]:
    before, after = one["before"], one["after"]
    on = dt.datetime.fromisoformat(one["at"]).astimezone(zone).date()
    yield f"{one['period']} amendment {one['number']}, {on} by {one['who']}: {one['reason']}"
    yield f"  {after['name']}: {_standing(before)} → {_standing(after)}"
    for change in one["changes"]:
        what = " ".join(filter(None, (change["rule"], change["column"], change["item"])))
        yield f"  {what}: {change['was']['verdict']} → {change['now']['verdict']}" + _because(change["now"])
    for peer in one["ranks"]:
        yield f"  {peer['unit']}: rank {peer['was'] or '–'} → {peer['now'] or '–'}"


def _standing(line: Mapping[str, Any]) -> str:
    points = "–" if line["points"] is None else f"{line['points']:.1f}"
    fails = "" if line["passes"] else " 不合格"
    return f"{points}{fails} ({line['met']}/{line['judged']}), rank {line['rank'] or '–'}/{line['peers']}"


def _because(now: Mapping[str, Any]) -> str:
    return f" ({now['reason']})" if now["reason"] and now["verdict"] != VerdictKind.COMPLIANT else ""
