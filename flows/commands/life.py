"""``gongkai finding STEP ID``: one step of a finding's life, taken from the command line."""

from __future__ import annotations

import datetime as dt
import getpass
from contextlib import closing
from typing import Any

import typer
from sqlalchemy.orm import Session

from storage import findings, people
from storage.database import open_database, utcnow


def take(
    finding: str, step: str, *, who: str, note: str | None, approved_by: str | None, until: dt.date | None
) -> None:
    """Takes the step and says where the finding stands.

    :raises UnknownTarget: there is no such finding.
    :raises StepRefused: the step cannot be taken now, or lacks its reason, approver or day.
    """

    def log(transaction: Session, _: int) -> None:
        facts = {"step": step, "note": note, "who": who}
        people.note(transaction, f"{getpass.getuser()} (command line)", "finding.step", finding, facts=facts)

    told: dict[str, Any] = {"who": who, "note": note, "approved_by": approved_by}
    with closing(open_database()) as database:
        state = findings.take_step(database, finding, step, at=utcnow(), until=until, also=log, **told)
    typer.echo(f"{finding}: {step} by {who}; it is {state.value} now")
