"""People move a finding through its life: one step, one event with who and when, in one transaction.

What else belongs to the step (its line of the log, the proof handed in with it) is kept in the same transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database, storable, take_lock
from storage.exceptions import StepRefused, UnknownTarget
from storage.findings.life import State, moved


def take_step(
    db: Database,
    finding: str,
    step: str,
    *,
    who: str,
    at: dt.datetime,
    note: str | None = None,
    approved_by: str | None = None,
    until: dt.date | None = None,
    also: Callable[[Session, int], None] | None = None,
) -> State:
    """Takes ``step`` with the finding and returns where it stands now; what stood in its events stays.

    :param who: the person who acts.
    :param at: now, aware.
    :param approved_by: who allowed a waiver.
    :param until: the last day of a waiver, in the city's time zone.
    :param also: writes what belongs to the step, in its transaction, given the number of its event; what it raises
        undoes the step.
    :raises UnknownTarget: there is no such finding.
    :raises StepRefused: the step cannot be taken now, or lacks its reason, approver or day.
    """
    who, note, approved_by = storable(who), storable(note), storable(approved_by)
    if not who.strip():
        raise StepRefused(f"{step}: say who takes this step")
    if (step == "waived") != (until is not None and bool((approved_by or "").strip())):
        raise StepRefused("a waiver, and nothing else, has someone who approved it and a last day (until)")
    if until is not None and until < at.date():
        raise StepRefused(f"the waiver would have ended on {until.isoformat()}: give a day to come")
    table = tables.findings
    with db.begin() as session:
        take_lock(session, "findings")
        found = session.execute(sa.select(table.c.state).where(table.c.id == finding)).scalar()
        if found is None:
            raise UnknownTarget(f"no finding {finding} in {db.name}: see `gongkai export findings` for those there are")
        state = moved(State(found), step, note)
        said = note
        if until is not None:
            said = f"{note} (approved by {approved_by}, until {until.isoformat()})"
        event = {"finding": finding, "at": at, "who": who, "step": step, "note": said}
        written = sa.insert(tables.finding_events).values(**event).returning(tables.finding_events.c.id)
        number = session.execute(written).scalar_one()
        values = {"state": state.value, "closed_at": at if state.is_settled else None, "waived_until": until}
        session.execute(sa.update(table).where(table.c.id == finding).values(**values))
        if also is not None:
            also(session, number)
    return state
