"""``gongkai period``: names and options; what is done stands in ``period``."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True, help="Scoreboards frozen for a month (2026-10), quarter (2026-Q3) or year (2026)."
)

PeriodArgument = Annotated[
    str, typer.Argument(metavar="PERIOD", help="A month (2026-10), a quarter (2026-Q3) or a year (2026).")
]


@app.command("freeze")
def freeze(
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


@app.command("list")
def list_all(*, as_json: Annotated[bool, typer.Option("--json", help="JSON instead of lines.")] = False) -> None:
    """Every frozen period."""
    from flows.commands import period as command

    command.show_list(as_json=as_json)


@app.command("show")
def show(
    *,
    period: PeriodArgument,
    losses: Annotated[int, typer.Option(min=0, help="Below each unit, this many reasons why points are missing.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables.")] = False,
) -> None:
    """A frozen scoreboard, its amendments, and the scoreboard as they leave it."""
    from flows.commands import period as command

    command.show(period, as_json_=as_json, losses=losses)


@app.command("amend")
def amend(
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


@app.command("verify")
def verify(
    *,
    period: Annotated[str | None, typer.Argument(metavar="PERIOD", help="Left out: every frozen period.")] = None,
) -> None:
    """Whether the frozen numbers, and those of the amendments, still follow from the stored verdicts."""
    from flows.commands import period as command

    raise typer.Exit(command.verify(period))
