"""``gongkai status``: how the last harvests went, what waits, and what an operator must do."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import zoneinfo
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import typer

from flows import report
from flows.commands import files
from flows.commands.held import accept_command, words
from flows.delivery.standing import standings
from flows.drift import moved_to
from flows.telling_drift import drifts
from storage import catalogue, observations, outbox, registry, settings
from storage.addresses import address_key
from storage.database import Database, open_database
from storage.schema import City, Column, Observation, Outcome, Subject, Unit
from storage.scoreboard import scoreboard

TOLD = 30  # things to do listed; --json has all
# outcomes that may mean that the column stands elsewhere now
_LOST = (Outcome.SOFT404, Outcome.REDIRECTED, Outcome.STRUCTURE_CHANGED)


def show_status(*, as_json: bool) -> None:
    """Prints the status."""
    with closing(open_database()) as database:
        told = status(database)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, default=str))
        return
    for line in lines(told):
        typer.echo(line)


def status(database: Database) -> dict[str, Any]:
    """What there is to know, JSON-safe but for times."""
    now = settings.load()
    board = scoreboard(database)
    city = registry.load_city(database)
    latest = observations.latest_by_column(database, Subject.COLUMN)
    delivery = [one for one in standings(database, now) if one["configured"]]
    homes = observations.latest_good_by_column(database, Subject.HOME)
    todo, never = [], 0
    for unit in city.units if city else ():
        for column in unit.columns:
            look = latest.get((unit.id, column.id))
            if look is None:
                never += 1
            elif not look.outcome.is_good:
                todo.append(
                    {
                        "unit": unit.id,
                        "column": column.id,
                        "name": f"{unit.name} {column.name}",
                        "outcome": look.outcome.value,
                        "reason": look.reason,
                        "detail": look.detail,
                        "proposal": _proposal(unit, column, look, homes.get((unit.id, None))),
                        "url": column.url,
                        "at": look.at,
                    }
                )
    return {
        "home": str(now.home),
        "city": board.city or None,
        "timezone": city.timezone if city else None,
        "units": len(board.lines),
        "columns": board.columns,
        "items": board.items,
        "looks": dict(board.looks),
        "never_looked_at": never,
        "without_columns": [
            {"unit": unit.id, "home": unit.home} for unit in (city.units if city else ()) if not unit.columns
        ],
        "last_look": max((look.at for look in latest.values()), default=None),
        "assessed_as_of": board.as_of,
        "coverage": _coverage(database) if city else None,
        "open_findings": dict(board.findings),
        "delivery": {
            "head": outbox.head(database),
            "waiting": max((one["lag"] for one in delivery), default=0),
            "receivers": delivery,
        },
        "to_do": todo,
        "held": [dataclasses.asdict(one) for one in catalogue.held(database)],
        "drift": [dataclasses.asdict(one) for one in drifts(database, city)] if city else [],
        "feeds": list(_feeds(database, city)) if city else [],
        "feeds_found": list(_feeds_found(database, city)) if city else [],
        "files": files.todo(database),
    }


def _proposal(unit: Unit, column: Column, look: Observation, home: Observation | None) -> str | None:
    """Where a column that could not be read may stand now."""
    other = moved_to(column, home)
    if other is not None:
        return f"new address {other}"
    return f"gongkai discover {unit.home}" if look.outcome in _LOST else None


def _feeds(database: Database, city: City) -> Iterator[dict[str, Any]]:
    """Feeds that cannot be read or are not what they should be; they say nothing about their columns."""
    latest = observations.latest_by_column(database, Subject.FEED)
    for unit in city.units:
        for column in unit.columns:
            look = latest.get((unit.id, column.id))
            if (
                look is None
                or look.url != column.feed
                or (look.outcome.is_good and look.reason in (None, "unassigned"))
            ):
                continue
            told = {"outcome": look.outcome.value, "reason": look.reason, "detail": look.detail, "at": look.at}
            yield {"unit": unit.id, "column": column.id, "url": look.url, **told}


def _feeds_found(database: Database, city: City) -> Iterator[dict[str, Any]]:
    """Feeds that the units' pages lead to and no column has."""
    latest = observations.latest_by_column(database, Subject.HOME)
    used = {address_key(column.feed) for unit in city.units for column in unit.columns if column.feed is not None}
    for unit in city.units:
        look = latest.get((unit.id, None))
        for found in look.facts.get("feeds", ()) if look is not None else ():
            if address_key(found["url"]) not in used:
                yield {"unit": unit.id, **found}


def _coverage(database: Database) -> float | None:
    good, due = report.board(database).coverage()
    return good / due if due else None


def lines(told: dict[str, Any]) -> list[str]:
    """The status for people."""
    if told["city"] is None:
        return [f"{told['home']}: no city yet; run gongkai city apply FILE"]
    looks = ", ".join(f"{count} {outcome}" for outcome, count in told["looks"].items()) or "none"
    coverage = "-" if told["coverage"] is None else f"{100 * told['coverage']:.1f}%"
    found = [
        f"{told['city']}  {told['units']} units, {told['columns']} columns, {told['items']} items  ({told['home']})",
        f"last look      {_shown(told['last_look'], told['timezone'])}",
        f"latest looks   {looks}; {told['never_looked_at']} columns never looked at",
        f"assessed       {told['assessed_as_of'] or 'never'}, coverage {coverage}, "
        f"open findings {sum(told['open_findings'].values())}",
        *(f"delivery       {one['lag']} changes wait for {one['name']}" for one in told["delivery"]["receivers"]),
    ]
    feeds = [*_bare_lines(told), *_held_lines(told), *_delivery_lines(told), *_feed_lines(told), *_file_lines(told)]
    if not told["to_do"] and not told["drift"]:
        return [*found, *feeds] if feeds else [*found, "nothing to do"]
    if told["to_do"]:
        said = f"to do: {len(told['to_do'])} columns could not be read at the last look (no verdict on their units)"
        found += ["", said]
    for entry in told["to_do"][:TOLD]:
        why = entry["detail"] or entry["reason"] or entry["outcome"]
        found.append(f"  {entry['unit']}/{entry['column']}  {entry['outcome']}: {why}  {entry['url']}")
        if entry["proposal"]:
            found.append(f"    → {entry['proposal']}")
    if told["drift"]:
        found += ["", f"drift: {len(told['drift'])} signs that columns are no longer read as they were"]
    for sign in told["drift"][:TOLD]:
        found.append(f"  {sign['unit']}/{sign['column']}  {sign['what']}: {sign['was']} before, now {sign['now']}")
        found.append(f"    → {sign['proposal']}")
    if max(len(told["to_do"]), len(told["drift"])) > TOLD:
        found.append(f"  … only {TOLD} of each are listed; gongkai status --json lists all")
    return [*found, *feeds]


def _bare_lines(told: dict[str, Any]) -> list[str]:
    """Units of which nothing can be harvested yet."""
    if not told["without_columns"]:
        return []
    return [
        "",
        f"no columns: {len(told['without_columns'])} units, of which only the home page is looked at",
        *(f"  {one['unit']}  {one['home']}" for one in told["without_columns"][:TOLD]),
        "    → gongkai discover --city FILE writes the city file with their columns, to be reviewed and applied",
    ]


def _delivery_lines(told: dict[str, Any]) -> list[str]:
    """What is to be done about receivers."""
    to_do = [(one["name"], what) for one in told["delivery"]["receivers"] for what in one["to_do"]]
    if not to_do:
        return []
    return ["", f"delivery: {len(to_do)} things to do", *(f"  {name}  {what}" for name, what in to_do)]


def _held_lines(told: dict[str, Any]) -> list[str]:
    if not told["held"]:
        return []
    lines = ["", f"held: {len(told['held'])} columns changed too much at once; nothing of it was written"]
    for one in told["held"][:TOLD]:
        lines.append(f"  {one['unit']}/{one['column']}  {words(one['reason'], one['lost'], one['of'])}")
        if one["accepted"] is not None:
            lines.append(f"    → accepted by {one['accepted']['who']}: the next full harvest takes it over")
        else:
            lines.append(
                f"    → gongkai catalogue held shows some; if it is real, {accept_command(one['unit'], one['column'])}"
            )
    return lines


def _feed_lines(told: dict[str, Any]) -> list[str]:
    lines = []
    if told["feeds"]:
        lines += ["", f"feeds: {len(told['feeds'])} are not what they should be (their columns are read all the same)"]
        lines += [f"  {one['unit']}/{one['column']}  {one['detail'] or one['reason']}" for one in told["feeds"][:TOLD]]
    if told["feeds_found"]:
        lines += ["", f"feeds found: {len(told['feeds_found'])}; name one as feed: of the column it serves to use it"]
        for one in told["feeds_found"][:TOLD]:
            whose = f"{one['unit']}/{one['column'] or '?'}"
            lines.append(f"  {whose}  {one['title'] or '-'}  {one['url']}")
    return lines


def _file_lines(told: dict[str, Any]) -> list[str]:
    return ["", *told["files"], "    → gongkai files says which"] if told["files"] else []


def _shown(at: dt.datetime | None, zone: str) -> str:
    return f"{at.astimezone(zoneinfo.ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})" if at else "never"
