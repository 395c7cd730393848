"""``gongkai annual``: the units' yearly reports read, received, listed and shown on a terminal."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import typer

from flows.annual.sheet import enter, template
from flows.annual.telling import due_last, tell, tell_year
from flows.commands.account import account_name
from flows.report import known_city
from storage import settings
from storage.annual import forms, held, rollup
from storage.annual.forms import Form
from storage.annual.held import HeldReport
from storage.annual.report import Figure, Report, State, report_of
from storage.annual.rollup import Line, Published, Rollup
from storage.database import Database, open_database
from storage.exceptions import ExportError, UnknownTarget

_SAID: Final[Mapping[Published, str]] = {
    Published.IN_TIME: "in time",
    Published.LATE: "LATE",
    Published.MISSING: "MISSING",
    Published.UNKNOWN: "not known",
    Published.DUE: "due",
    Published.NOT_OWED: "not owed",
}


def read(*, again: bool) -> None:
    """Reads what was published and brings the years together."""
    from flows.annual.mail import read_again
    from flows.annual.reading import read_published

    known = settings.load()
    with closing(open_database(known.database_url)) as database:
        known_city(database)
        typer.echo(str(read_published(database, known, again=again)))
        mailed = read_again(database, known)
        if mailed:
            typer.echo(f"{mailed} reports that came by mail were read anew")
        years = tell(database, known)
        typer.echo(f"brought together: {', '.join(map(str, years)) or 'no year, nothing changed'}")


def add(file: Path, *, unit: str, year: int, by: str | None, received_on: dt.date | None, note: str | None) -> int:
    """Takes in a report that came by mail; 1 where it could not be read.

    :raises UnknownTarget: no such file, unit or year.
    :raises ReportRefused: the file cannot be taken in.
    """
    from flows.annual.mail import receive

    known = settings.load()
    content = _content(file, known.file_bytes)
    with closing(open_database(known.database_url)) as database:
        received = receive(
            database,
            known,
            unit,
            year,
            file.name,
            content,
            by=by or account_name(),
            note=note,
            received_on=received_on,
        )
    typer.echo(received.told)
    typer.echo(f"kept as {received.report.id}; gongkai annual show {received.report.id}")
    return 0 if received.report.outcome is held.Outcome.READ else 1


def enter_figures(file: Path, year: int, *, by: str | None) -> None:
    """Enters the figures of a sheet.

    :raises UnknownTarget: no such file.
    :raises SheetRefused: something in it is not understood; nothing of it was kept.
    """
    known = settings.load()
    content = _content(file, known.max_body_bytes)
    with closing(open_database(known.database_url)) as database:
        count = enter(database, known, year, file.name, content, by=by or account_name())
        tell_year(database, known, year)
    typer.echo(f"{file.name}: {count} figures of {year} entered")


def write_template(out: Path, year: int) -> None:
    """Writes an empty sheet to fill in.

    :raises ExportError: the file cannot be written.
    """
    with closing(open_database(settings.load().database_url)) as database:
        content = template(year, known_city(database))
    try:
        out.write_bytes(content)
    except OSError as problem:
        raise ExportError(f"{out}: {problem.strerror or problem}") from problem
    typer.echo(f"{out}: fill in what is known, leave the rest empty; then gongkai annual figures {out} --year {year}")


def roster(year: int | None, *, as_json: bool) -> None:
    """The roster of a year as it stands now."""
    known = settings.load()
    with closing(open_database(known.database_url)) as database:
        known_city(database)
        told = tell_year(database, known, year if year is not None else due_last(database, known))
    if as_json:
        data = rollup.as_data(told)
        typer.echo(json.dumps({name: data[name] for name in ("year", "as_of", "city", "lines")}, ensure_ascii=False))
        return
    for line in roster_lines(told):
        typer.echo(line)


def roster_lines(told: Rollup) -> Iterator[str]:
    """The roster for a terminal: a line to a unit, and what it comes to."""
    yield f"{told.city}: yearly reports on {told.year}, as of {told.as_of}"
    for line in told.lines:
        yield f"  {line.unit}  {line.name}: {'; '.join(_of_line(line))}"
    counts = Counter(line.published for line in told.lines)
    said = [f"{counts[one]} {_SAID[one].lower()}" for one in Published if counts[one]]
    read_ones = sum(line.outcome == held.Outcome.READ.value for line in told.lines)
    broken = sum(any(check.verdict == "breach" for check in line.checks) for line in told.lines)
    yield f"{len(told.lines)} units: {', '.join(said)}; {read_ones} reports read, {broken} with checks that do not hold"


def _of_line(line: Line) -> Iterator[str]:
    on = f" on {line.published_on}" if line.published_on else ""
    due = f", due by {line.due}" if line.due and line.published is not Published.IN_TIME else ""
    yield f"{_SAID[line.published]}{on}{due}" + (f" ({line.why})" if line.why else "")
    if line.received_on:
        yield f"came by mail on {line.received_on}"
    if line.report:
        why = f" ({line.detail})" if line.detail else ""
        yield f"{line.format}, form {line.form}" if line.outcome == "read" else f"not read: {line.outcome}{why}"
    broken = [check.rule for check in line.checks if check.verdict == "breach"]
    if broken:
        yield f"does not hold: {', '.join(broken)}"
    if line.alike:
        yield "like " + ", ".join(f"{one.name} {one.year} ({one.share:.0%})" for one in line.alike)


def show(what: str, year: int | None, *, as_json: bool) -> None:
    """One report with its figures and checks.

    :raises UnknownTarget: no such report, or none of this unit and year.
    """
    known = settings.load()
    with closing(open_database(known.database_url)) as database:
        report = _found(database, what, year if year is not None else due_last(database, known))
    if as_json:
        typer.echo(json.dumps(_as_json(report), ensure_ascii=False, default=str))
        return
    for line in report_lines(report):
        typer.echo(line)


def report_lines(one: HeldReport) -> Iterator[str]:
    """One report for a terminal."""
    yield f"{one.unit} {one.year or 'of no known year'}: {one.name}"
    yield f"  {one.id}, {one.source}, {one.format}, {one.outcome.value}" + (f": {one.detail}" if one.detail else "")
    for name, value in (
        ("address", one.url),
        ("published", one.published_on),
        ("received", one.received_at),
        ("by", one.received_by),
        ("note", one.note),
        ("evidence", one.evidence.record_id if one.evidence else None),
        ("sha256", one.sha256),
    ):
        if value is not None:
            yield f"  {name}: {value}"
    if one.report is not None:
        yield from _read_lines(report_of(one.report))
    for check in one.checks or ():
        yield f"  {check['rule']}: {check['verdict']}" + (f" ({check['reason']})" if check.get("reason") else "")


def _read_lines(report: Report) -> Iterator[str]:
    tables = ", ".join(map(str, report.tables_found)) or "none"
    yield f"  form {report.form.value}, unit {report.unit or 'not named'}, tables of parts: {tables}"
    yield from (f"  part {part.number} {part.heading}: {len(part.text)} characters" for part in report.parts)
    yield from (f"  problem: {one}" for one in report.problems)
    yield from (f"  {line}" for line in map(_of_figure, report.figures.values(), [report.form] * len(report.figures)))


def _of_figure(figure: Figure, form: Form) -> str:
    said = str(figure.value) if figure.state is State.NUMBER else f"{figure.state.value} {figure.raw!r}"
    at = f"  [{figure.cell.address}]" if figure.cell else ""
    return f"{forms.words_of(figure.name, form)} = {said}{at}"


def _as_json(one: HeldReport) -> dict[str, Any]:
    return {**vars(one), "evidence": vars(one.evidence) if one.evidence else None, "outcome": one.outcome.value}


def _found(database: Database, what: str, year: int) -> HeldReport:
    report = held.get(database, what)
    if report is None:
        some = held.of_unit(database, what, year)
        report = next(iter(some), None)
    if report is None:
        raise UnknownTarget(f"no report {what!r}, and no unit of that id with a report on {year}")
    return report


def _content(file: Path, most: int) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(most + 1)
    except OSError as problem:
        raise UnknownTarget(f"{file}: {problem.strerror or problem}; expected a file") from problem
