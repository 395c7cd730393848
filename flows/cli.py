"""``gongkai``: the command line, one command per stage of the data's way.

Here stand the names, options and help; what a command does stands in flows/commands/ and is imported when it
runs, so that ``gongkai --help``, ``read`` and ``discover`` need neither Prefect nor Scrapy. Exit status: 0 done, 1 done
with failures that are listed or stopped by one, 2 wrong use, 130 stopped by hand. What we expect to go wrong is
told in one line on standard error; a traceback means a bug of ours.
"""

from __future__ import annotations

import datetime as dt
import errno
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from flows.commands import search_app
from storage.exceptions import (
    CityFileError,
    DutyFileError,
    GongkaiError,
    PeriodRefused,
    SettingsError,
    StepRefused,
    UnknownTarget,
)

WRONG_USE = (CityFileError, DutyFileError, PeriodRefused, SettingsError, StepRefused, UnknownTarget)
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


class Commands(TyperGroup):
    """Every command runs inside this: expected failures become one line and an exit status."""

    def invoke(self, ctx: Any) -> Any:
        """Runs the command of ``ctx``."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            _tell("stopped; what was stored is kept, run again to go on")
            raise typer.Exit(130) from stop
        except GongkaiError as problem:
            _tell(str(problem))
            raise typer.Exit(2 if isinstance(problem, WRONG_USE) else 1) from problem
        except BrokenPipeError as problem:  # the reader of our output went away (… | head)
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(1) from problem
        except OSError as problem:
            if problem.errno not in DISK_FULL:
                raise
            where = f" at {problem.filename}" if problem.filename else ""
            _tell(f"the disk is full{where}; what was stored is kept, make room and run again")
            raise typer.Exit(1) from problem


def _tell(problem: str) -> None:
    for line in problem.splitlines():
        typer.echo(f"gongkai: {line}", err=True)


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Watches whether a city's public bodies publish what they owe, and keeps one catalogue of it all.\n\n"
    "Begin with: gongkai demo (a fictional city, nothing leaves this machine). For a real city: write city.yml "
    "(deploy/city.example.yml shows how), then gongkai harvest --city city.yml, gongkai assess, gongkai report "
    "scoreboard, gongkai up. Data lies in the folder GONGKAI_HOME names (./var).",
)
city_app = typer.Typer(no_args_is_help=True, help="The registry: a city file in, a city file out.")
report_app = typer.Typer(no_args_is_help=True, help="Reports to read and to send.")
period_app = typer.Typer(
    no_args_is_help=True, help="Scoreboards frozen for a month (2026-10), quarter (2026-Q3) or year (2026)."
)
archive_app = typer.Typer(no_args_is_help=True, help="The captured pages.")
duties_app = typer.Typer(no_args_is_help=True, help="What units say they owe: their own 主动公开基本目录.")
app.add_typer(city_app, name="city")
app.add_typer(report_app, name="report")
app.add_typer(period_app, name="period")
app.add_typer(archive_app, name="archive")
app.add_typer(duties_app, name="duties")
app.add_typer(search_app.app)  # one command, no group

CityOption = Annotated[
    Path | None,
    typer.Option("--city", metavar="FILE", help="City file to apply first; left out: the registry as it is."),
]
PeriodArgument = Annotated[
    str, typer.Argument(metavar="PERIOD", help="A month (2026-10), a quarter (2026-Q3) or a year (2026).")
]
OutOption = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write here instead of standard output.")]


class Table(StrEnum):
    """What can be exported whole."""

    ITEMS = "items"
    OBSERVATIONS = "observations"
    VERDICTS = "verdicts"
    FINDINGS = "findings"


class Format(StrEnum):
    """How it can be written."""

    JSONL = "jsonl"
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


class Step(StrEnum):
    """What people do with a finding; ``storage.findings.life`` says when each can be done."""

    NOTIFIED = "notified"  # 交办
    RECEIVED = "received"  # 签收
    FIXING = "fixing"  # 整改
    ANSWERED = "answered"  # 反馈
    DISPUTED = "disputed"  # 申诉
    UPHELD = "upheld"  # 申诉不成立
    WAIVED = "waived"  # 豁免
    CLOSED = "closed"  # 销号
    REOPENED = "reopened"  # 重新打开


@app.command()
def demo(
    *,
    seed: Annotated[int, typer.Option(help="Another seed is another city.")] = 1,
    units: Annotated[int | None, typer.Option(min=1, help="How many units; left out: 34.")] = None,
    items: Annotated[int | None, typer.Option(min=1, help="About how many items; left out: 5000.")] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the data in ./var/demo instead of a temporary folder.")
    ] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the comparison with the truth here.")
    ] = None,
) -> None:
    """The whole job on a fictional city: serve, harvest, assess, deliver, compare with its truth.

    Takes about a minute, contacts only this machine. Exits 1 if anything differs from what the city knows is true.
    """
    from flows.demo import run_demo

    raise typer.Exit(run_demo(seed=seed, units=units, items=items, keep=keep, json_file=json_file))


@app.command()
def read(
    *,
    source: Annotated[str | None, typer.Argument(metavar="FILE_OR_URL", help="A saved page, or an address.")] = None,
    url: Annotated[str | None, typer.Option("--url", help="The address a saved page came from.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of lines for people.")] = False,
    manifest: Annotated[
        Path | None,
        typer.Option("--manifest", metavar="FILE.jsonl", help="Read many: one JSON object a line with id, path, url."),
    ] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Also fetch from this machine and private networks.")
    ] = False,
) -> None:
    """What the harvester sees on one page, field by field with its provenance. Nothing is stored."""
    from flows.commands import reading
    from harvesters.reading.document import is_address

    if (source is None) == (manifest is None):
        raise typer.BadParameter("give either FILE_OR_URL or --manifest FILE.jsonl")
    if url is not None and not is_address(url):
        raise typer.BadParameter(f"{url} is not an address")
    if manifest is not None:
        raise typer.Exit(reading.read_manifest(manifest))
    assert source is not None
    reading.read_one(source, url=url, as_json=as_json, allow_private=allow_private)


@app.command()
def discover(
    *,
    url: Annotated[str, typer.Argument(metavar="URL", help="The unit's home page.")],
    yaml: Annotated[
        bool, typer.Option("--yaml", help="An entry for units: of a city file, to be reviewed by a person.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of lines for people.")] = False,
    pages: Annotated[int, typer.Option("--pages", min=1, metavar="N", help="Ask for at most this many pages.")] = 60,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Also fetch from this machine and private networks.")
    ] = False,
) -> None:
    """Propose the columns of a unit from its home page: kind, engine, sample rows, how sure and why.

    Only the unit's own pages are asked for, politely. Nothing is stored. Exits 1 if the home page cannot be read.
    """
    from flows.commands import discover as command

    if yaml and as_json:
        raise typer.BadParameter("give either --yaml or --json")
    raise typer.Exit(command.run(url, yaml=yaml, json_=as_json, pages=pages, allow_private=allow_private))


@app.command()
def harvest(
    *,
    city: CityOption = None,
    unit: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only this unit (may be repeated).")] = None,
    column: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this column of each unit (may be repeated).")
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Walk every list to its end, not only where it changed.")
    ] = False,
) -> None:
    """One harvest now, through the flow: lists, articles and feeds of every unit, or of those named.

    Stopped half-way it loses nothing: run it again and it goes on.
    """
    from flows.commands import stages

    raise typer.Exit(stages.harvest(city, units=unit, columns=column, full=full))


@app.command()
def probe(*, city: CityOption = None) -> None:
    """Whether every unit's home page answers and still links its columns."""
    from flows.commands import stages

    raise typer.Exit(stages.probe(city))


@app.command()
def assess(
    *,
    city: CityOption = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="Judge as of this day (YYYY-MM-DD); left out: today.")
    ] = None,
) -> None:
    """Judge what is stored by the rules: verdicts and findings. Fetches nothing."""
    from flows.commands import stages

    try:
        day = dt.date.fromisoformat(as_of) if as_of else None
    except ValueError as problem:
        raise typer.BadParameter(f"--as-of: found {as_of!r}, expected a day like 2026-03-31") from problem
    raise typer.Exit(stages.assess(city, as_of=day))


@app.command()
def deliver() -> None:
    """Hand every change that was not delivered yet to the receivers: each once, in order."""
    from flows.commands import stages

    raise typer.Exit(stages.deliver())


@app.command()
def explain(
    *,
    finding: Annotated[str, typer.Argument(metavar="FINDING", help="Its id, F-…, as gongkai export findings has it.")],
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of lines.")] = False,
) -> None:
    """What a finding rests on: rule, citation, facts, the count of its deadline day by day, evidence, its life."""
    from flows.commands import explain as explaining

    explaining.explain(finding, as_json=as_json)


@app.command()
def evidence(
    *,
    finding: Annotated[str, typer.Argument(metavar="FINDING", help="Its id, F-….")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A new or empty folder.")],
) -> None:
    """What proves a finding, as a folder to hand over: captured pages (WARC, text, picture), facts, rule, all sums."""
    from flows.commands import explain as explaining

    raise typer.Exit(explaining.evidence(finding, out))


@app.command("finding")
def finding_step(
    *,
    step: Annotated[Step, typer.Argument(metavar="STEP", help=f"One of {', '.join(Step)}.")],
    finding: Annotated[str, typer.Argument(metavar="FINDING", help="Its id, F-….")],
    who: Annotated[str, typer.Option(help="Who takes the step.")],
    note: Annotated[str | None, typer.Option(help="Number of the notice, the answer, the reason.")] = None,
    approved_by: Annotated[str | None, typer.Option(help="Who allowed a waiver.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="The last day of a waiver (YYYY-MM-DD).")] = None,
) -> None:
    """A step of a finding's life: notice, receipt, fix, answer, dispute, waiver, closing. Nothing is overwritten.

    Rechecking is no step: each assessment after an answer is one.
    """
    from flows.commands import life

    try:
        day = dt.date.fromisoformat(until) if until else None
    except ValueError as problem:
        raise typer.BadParameter(f"--until: found {until!r}, expected a day like 2026-12-31") from problem
    life.take(finding, step, who=who, note=note, approved_by=approved_by, until=day)


@archive_app.command("verify")
def archive_verify(
    *,
    link: Annotated[
        str | None, typer.Option(metavar="HEX", help="A link noted earlier: it must still be there.")
    ] = None,
) -> None:
    """Whether every captured page is still as it was when its file was closed; if not, what was changed, and where."""
    from flows.commands import archive

    raise typer.Exit(archive.verify(link=link))


@report_app.command("scoreboard")
def report_scoreboard(
    *,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Write here instead of standard output.")] = None,
    losses: Annotated[int, typer.Option(min=0, help="Below each unit, this many reasons why points are missing.")] = 0,
    as_json: Annotated[
        bool, typer.Option("--json", help="JSON instead of a table: all numbers, groups, losses, the formula.")
    ] = False,
) -> None:
    """Units by rank among their peers, open findings by kind, and how much of what was due was observed."""
    from flows.commands import stages

    stages.scoreboard(as_json=as_json, losses=losses, out=file)


@app.command()
def rules(
    *,
    rule: Annotated[
        str | None, typer.Argument(metavar="RULE", help="Only this one, with all that is said of it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of lines.")] = False,
) -> None:
    """The rules in force for the city: what binds, what is advice, what is off; and what public pages cannot show."""
    from flows.commands import rules as command

    command.show(rule, as_json=as_json)


@period_app.command("freeze")
def period_freeze(
    *,
    period: PeriodArgument,
    by: Annotated[str, typer.Option(help="Who freezes it.")],
    note: Annotated[str | None, typer.Option(help="What is to be known about it.")] = None,
    early: Annotated[bool, typer.Option("--early", help="Also where the period is not over.")] = False,
) -> None:
    """Freeze a period's scoreboard, with everything it can be recomputed from. Done once; a correction is an amendment.

    It is the scoreboard of the last day assessed in the period. Where the store has been assessed since, the period's
    last day is judged for it by what is known now; no finding opens or closes for that.
    """
    from flows.commands import period as command

    command.freeze(period, by=by, note=note, early=early)


@period_app.command("list")
def period_list(*, as_json: Annotated[bool, typer.Option("--json", help="JSON instead of lines.")] = False) -> None:
    """Every frozen period."""
    from flows.commands import period as command

    command.show_list(as_json=as_json)


@period_app.command("show")
def period_show(
    *,
    period: PeriodArgument,
    losses: Annotated[int, typer.Option(min=0, help="Below each unit, this many reasons why points are missing.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables.")] = False,
) -> None:
    """A frozen scoreboard, its amendments, and the scoreboard as they leave it."""
    from flows.commands import period as command

    command.show(period, as_json_=as_json, losses=losses)


@period_app.command("amend")
def period_amend(
    *,
    period: PeriodArgument,
    unit: Annotated[str, typer.Option(metavar="ID", help="The unit whose numbers are corrected.")],
    reason: Annotated[str, typer.Option(help="Why: what was wrong, and where it was decided.")],
    by: Annotated[str, typer.Option(help="Who corrects them.")],
    finding: Annotated[
        list[str] | None,
        typer.Option(metavar="FINDING", help="A finding that a person closed as wrong or waived (may be repeated)."),
    ] = None,
) -> None:
    """Correct one unit's numbers beside what was frozen, with the old numbers, the new ones and the reason.

    Without --finding the same day is judged again, and what is said differently now counts (a reader was mended, a
    waiver granted). What a unit mended later is no correction.
    """
    from flows.commands import period as command

    command.amend(period, unit=unit, reason=reason, by=by, wrong=finding or ())


@period_app.command("verify")
def period_verify(
    *,
    period: Annotated[str | None, typer.Argument(metavar="PERIOD", help="Left out: every frozen period.")] = None,
) -> None:
    """Whether the frozen numbers, and those of the amendments, still follow from the stored verdicts."""
    from flows.commands import period as command

    raise typer.Exit(command.verify(period))


@app.command()
def export(
    *,
    table: Annotated[Table, typer.Argument(help="What to export, whole.")],
    file_format: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.JSONL,
    out: OutOption = None,
) -> None:
    """Everything, whole, to standard output or a file (written aside, then renamed).

    csv and xlsx hold lists and objects as JSON text, and cells that a spreadsheet would take for a formula begin
    with an apostrophe; xlsx cuts texts at the 32,767 characters a cell can hold.
    """
    from flows.commands.export import export_table

    typer.echo(f"{export_table(table, file_format, out)} {table}", err=True)


@city_app.command("apply")
def city_apply(
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The city file.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Check a city file, show what would change in the registry, and change it.

    Asks only on a terminal. A unit that leaves keeps its history.
    """
    from flows.commands import registry

    raise typer.Exit(registry.apply_file(file, yes=yes))


@city_app.command("export")
def city_export(*, out: OutOption = None) -> None:
    """Write the registry back as a city file."""
    from flows.commands import registry

    registry.export_file(out)


@duties_app.command("import")
def duties_import(
    *,
    source: Annotated[str, typer.Argument(metavar="FILE_OR_URL", help=".xlsx, .docx, a saved page, or an address.")],
    unit: Annotated[str, typer.Option(metavar="ID", help="Whose directory it is.")],
    in_force: Annotated[
        str | None,
        typer.Option("--in-force", metavar="DATE", help="The day from which it holds (YYYY-MM-DD); left out: today."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Also fetch from this machine and private networks.")
    ] = False,
) -> None:
    """Show what is understood of a unit's own directory, row by row, what is not, and where each row is looked for.

    Then keep it as the unit's next version; asks only on a terminal. Nothing is held to have been due before the day
    from which it holds. Corrections made to earlier versions hold on.
    """
    from flows.commands import duties

    day = _day(in_force, "--in-force")
    raise typer.Exit(duties.import_directory(source, unit=unit, in_force=day, yes=yes, allow_private=allow_private))


@duties_app.command("list")
def duties_list(
    *,
    unit: Annotated[str | None, typer.Option(metavar="ID", help="Only this unit, row by row.")] = None,
    file_format: Annotated[
        Format | None, typer.Option("--format", help="Every row, as data; left out: lines for people.")
    ] = None,
    out: OutOption = None,
) -> None:
    """How much of what units owe is there: the rows of their directories, where each is looked for, its verdict."""
    from flows.commands import duties

    if file_format is None:
        if out is not None:
            raise typer.BadParameter("--out needs --format")
        duties.show(unit)
    else:
        typer.echo(f"{duties.export_rows(unit, file_format, out)} duties", err=True)


@duties_app.command("map")
def duties_map(
    *,
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="The unit's id.")],
    row: Annotated[str, typer.Argument(metavar="ROW", help="The row's number, as gongkai duties list shows it.")],
    column: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="The column that holds it (may be repeated).")
    ] = None,
    none: Annotated[
        str | None, typer.Option("--none", metavar="REASON", help="No column does, and why; the row is set aside.")
    ] = None,
    why: Annotated[str | None, typer.Option(help="Why this column.")] = None,
    who: Annotated[str | None, typer.Option(help="Who says so; left out: the name of your account here.")] = None,
) -> None:
    """Say where a row of a unit's directory is published. Who, when and why are kept; later versions keep to it."""
    from flows.commands import duties

    if bool(column) == (none is not None):
        raise typer.BadParameter("give either --column ID or --none REASON")
    if none is not None and not none.strip():
        raise typer.BadParameter("--none needs a reason")
    duties.correct(unit, row, columns=column or [], why=none if none is not None else why, who=who)


def _day(text: str | None, option: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as problem:
        raise typer.BadParameter(f"{option}: found {text!r}, expected a day like 2026-03-31") from problem


@app.command()
def serve(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8080,
) -> None:
    """The console at /, the REST interface at /api/v1, /healthz and /metrics."""
    from flows.commands import service

    service.serve(host, port)


@app.command()
def up(
    *,
    host: Annotated[str, typer.Option(help="Address the console listens on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port the console listens on.")] = 8080,
    prefect_port: Annotated[int, typer.Option(min=1, max=65535, help="Port of Prefect's server on loopback.")] = 4200,
) -> None:
    """Everything on this machine: console, schedules and workers. Ctrl-C or SIGTERM stops it cleanly."""
    from flows.commands import service

    raise typer.Exit(service.up(host, port, prefect_port))


@app.command()
def status(*, as_json: Annotated[bool, typer.Option("--json", help="JSON instead of lines.")] = False) -> None:
    """Last harvests, coverage, what waits for delivery, and what an operator must do."""
    from flows.commands.status import show_status

    show_status(as_json=as_json)


def main() -> None:
    """The console script."""
    app(prog_name="gongkai")
