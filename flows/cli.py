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

from flows.commands import (
    annual_app,
    catalogue_app,
    city_app,
    classes_app,
    deliver_app,
    duties_app,
    files_app,
    notices_app,
    papers_app,
    people_app,
    period_app,
    requests_app,
    search_app,
)
from flows.commands.options import Format, OutOption
from storage.exceptions import (
    ChannelsFileError,
    CityFileError,
    DutyFileError,
    GongkaiError,
    PeopleRefused,
    PeriodRefused,
    ReceiversFileError,
    ReportRefused,
    SettingsError,
    SheetRefused,
    StepRefused,
    UnknownTarget,
)

WRONG_USE = (
    ChannelsFileError,
    CityFileError,
    DutyFileError,
    PeopleRefused,
    PeriodRefused,
    ReceiversFileError,
    ReportRefused,
    SettingsError,
    SheetRefused,
    StepRefused,
    UnknownTarget,
)
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
report_app = typer.Typer(no_args_is_help=True, help="Reports to read and to send.")
archive_app = typer.Typer(no_args_is_help=True, help="The captured pages.")
app.add_typer(annual_app.app, name="annual")
app.add_typer(city_app.app, name="city")
app.add_typer(report_app, name="report")
app.add_typer(period_app.app, name="period")
app.add_typer(archive_app, name="archive")
app.add_typer(duties_app.app, name="duties")
app.add_typer(people_app.app, name="people")
app.add_typer(notices_app.app, name="notices")
app.add_typer(deliver_app.app, name="deliver")
app.add_typer(catalogue_app.app, name="catalogue")
app.add_typer(requests_app.app, name="requests")
classes_app.add_reports(report_app)
papers_app.add_reports(report_app)
classes_app.add_commands(catalogue_app.app)
app.add_typer(files_app.app, name="files")
app.add_typer(search_app.app)  # one command, no group

CityOption = Annotated[
    Path | None,
    typer.Option("--city", metavar="FILE", help="City file to apply first; left out: the registry as it is."),
]


class Table(StrEnum):
    """What can be exported whole."""

    ITEMS = "items"
    OBSERVATIONS = "observations"
    VERDICTS = "verdicts"
    FINDINGS = "findings"
    VERIFY = "verify"


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
    url: Annotated[str | None, typer.Argument(metavar="URL", help="The unit's home page.")] = None,
    city: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Instead of URL: this city file, with columns for the units that have none."),
    ] = None,
    unit: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="With --city: only this unit (may be repeated).")
    ] = None,
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

    Only the unit's own pages are asked for, politely. Nothing is stored. Exits 1 if a home page cannot be read.
    """
    from flows.commands import discover as command

    if (url is None) == (city is None):
        raise typer.BadParameter("give either URL or --city FILE")
    if yaml and as_json:
        raise typer.BadParameter("give either --yaml or --json")
    if city is not None:
        if as_json or allow_private:
            raise typer.BadParameter("--city writes a city file, and the file says whether private addresses are asked")
        raise typer.Exit(command.run_city(city, units=unit or (), pages=pages))
    assert url is not None
    if unit:
        raise typer.BadParameter("--unit names a unit of --city FILE")
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


@app.command()
def export(
    *,
    table: Annotated[Table, typer.Argument(help="What to export, whole; or verify, to prove an export.")],
    proof: Annotated[Path | None, typer.Argument(metavar="MANIFEST", help="Only for verify: what to prove.")] = None,
    file_format: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.JSONL,
    out: OutOption = None,
    manifest: Annotated[
        Path | None,
        typer.Option("--manifest", metavar="FILE", help="Write the manifest here; left out: beside the file of --out."),
    ] = None,
) -> None:
    """Everything, whole, to standard output or a file (written aside, then renamed).

    Beside a file goes its manifest: what it holds, counts by unit and class, hashes of the file and of its state.
    verify MANIFEST reads the file again and says what of it is not as its manifest says; it exits 1 then.

    csv and xlsx hold lists and objects as JSON text, and cells that a spreadsheet would take for a formula begin
    with an apostrophe; xlsx cuts texts at the 32,767 characters a cell can hold.
    """
    from flows.commands.export import export_table, verify_file

    if (table is Table.VERIFY) != (proof is not None):
        raise typer.BadParameter("give MANIFEST with verify, and only there")
    if proof is not None:
        raise typer.Exit(verify_file(proof))
    typer.echo(f"{export_table(table, file_format, out, manifest)} {table}", err=True)


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
