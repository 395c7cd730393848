"""``gongkai report calendar``: what units owe by a day, as the last assessment told it."""

from __future__ import annotations

import datetime as dt
import json
import zoneinfo
from contextlib import closing

import typer

from flows.commands.stages import check_targets
from flows.report import known_city
from storage import boards, due_dates
from storage.database import open_database, utcnow


def show(unit: str | None, days: int, *, as_json: bool) -> int:
    """Prints what is due within ``days`` days, and what passed without being met; 1 before the first assessment.

    :raises UnknownTarget: there is no city yet, or no such unit.
    """
    with closing(open_database()) as database:
        city = known_city(database)
        if unit is not None:
            check_targets(city, [unit], None)
        today = utcnow().astimezone(zoneinfo.ZoneInfo(city.timezone)).date()
        found = due_dates.between(database, dt.date.min, today + dt.timedelta(days=days), unit=unit, limit=100_000)
        board = boards.latest(database)
    if board is None:
        typer.echo("gongkai: nothing was judged yet, so nothing is known to be due: run gongkai assess", err=True)
        return 1
    names = {one.id: one for one in city.units}
    for one in (each for each in found if each.unit in names):
        if as_json:
            told = {**vars(one), "due_on": one.due_on.isoformat(), "facts": dict(one.facts)}
            typer.echo(json.dumps({**told, "passed": one.due_on < today}, ensure_ascii=False))
            continue
        late = (today - one.due_on).days
        when = f"passed {late} days ago" if late > 0 else "today" if late == 0 else f"in {-late} days"
        waived = f", waived until {one.facts['waived_until']}" if one.facts.get("waived_until") else ""
        typer.echo(f"{one.due_on}  {names[one.unit].name}  {one.title}  ({one.rule}, {when}{waived})")
    return 0
