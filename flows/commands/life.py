"""``gongkai finding STEP ID``: one step of a finding's life, taken from the command line."""

from __future__ import annotations

import datetime as dt
from contextlib import closing

import typer

from storage import findings
from storage.database import open_database, utcnow


def take(
    finding: str, step: str, *, who: str, note: str | None, approved_by: str | None, until: dt.date | None
) -> None:
    """Takes the step and says where the finding stands.

    :raises UnknownTarget: there is no such finding.
    :raises StepRefused: the step cannot be taken now, or lacks its reason, approver or day.
    """
    with closing(open_database()) as database:
        state = findings.take_step(
            database, finding, step, who=who, at=utcnow(), note=note, approved_by=approved_by, until=until
        )
    typer.echo(f"{finding}: {step} by {who}; it is {state.value} now")
