"""``gongkai report notice`` and ``workbook``: papers out of what is stored, as it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import typer

from flows.compliance.regimes import of_city
from flows.report import known_city
from flows.reports import word
from flows.reports import workbook as book
from flows.reports.notice import Paper, Told, belongs, context
from storage import catalogue, findings, settings
from storage.database import Database, open_database, utcnow
from storage.exceptions import UnknownTarget
from storage.export import finished
from storage.schema import City, Unit


def notice(unit: str, paper: Paper, out: Path, *, due: dt.date | None, number: str | None) -> int:
    """Writes the paper; 1 where there is nothing to tell the unit, and no paper.

    :raises UnknownTarget: no such unit, or no city yet.
    :raises PaperFailed: the template cannot be filled in.
    """
    now = settings.load()
    with closing(open_database(now.database_url)) as database:
        city = known_city(database)
        known = next((one for one in city.units if one.id == unit), None)
        if known is None:
            raise UnknownTarget(f"no unit {unit!r} in the registry; gongkai city export shows them")
        told = list(_told(database, city, known, paper, now.home))
    if not told:
        typer.echo(f"{known.name}: nothing to tell in a {paper.value}", err=True)
        return 1
    today = utcnow().astimezone(ZoneInfo(city.timezone)).date()
    shown = context(paper, city, known, told, today=today, due=due, number=number)
    with finished(out) as stream:
        stream.write(word.filled("notice", shown, now.home))
    typer.echo(f"{out}: {len(told)} findings of {known.name}")
    return 0


def workbook(out: Path, *, period: str | None, unit: str | None) -> int:
    """Writes the workbook and says what it lists.

    :raises UnknownTarget: no such unit or frozen period, or no city yet.
    :raises PeriodRefused: what is stored of the period is not what was frozen.
    :raises ExportError: the file cannot be written, or that of the period's verdicts is not the one that was frozen.
    """
    now = settings.load()
    with closing(open_database(now.database_url)) as database:
        count = book.make(database, now.home, out, period=period, unit=unit)
    typer.echo(f"{out}: {count} findings listed")
    return 0


def _told(database: Database, city: City, unit: Unit, paper: Paper, home: Path) -> Iterator[Told]:
    law = of_city(city.code, home)
    columns = {column.id: column for column in unit.columns}
    for one in findings.iter_findings(database, "open", unit=unit.id):
        found = findings.get_finding(database, one.id)
        if found is None or not belongs(found, paper):
            continue
        column = columns.get(found.column) if found.column else None
        item = catalogue.get_item(database, found.item) if found.item else None
        text = law.rules.get(found.rule)
        yield Told(
            finding=found,
            rule=text.title if text else found.rule,
            column=column.name if column else found.column,
            item=item.title if item else None,
            url=item.url if item else column.url if column else unit.home,
        )
