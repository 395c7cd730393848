"""What a unit owes, when it is next due, and how much of what was due to be observed was observed.

The registry says which columns a unit keeps, the regulation what each kind asks, the unit's own directory what it has
promised. Three natures:
recurring (定期, a column kept fresh; a yearly report), prompt (随时, an item within a limit of its formation) and
standing (长期, a column that must always be there and never be blank).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from flows.compliance.duty_limits import due_on, is_recurring
from flows.compliance.judgement import waiver_for
from flows.compliance.regulation import Regulation
from flows.compliance.rules import annual_report, blank, required_columns, timely_item
from flows.compliance.yearly import due_year
from storage.schema import Duty, DutyDirectory, DutyMapping, LimitKind, Unit

_DIRECTORY = "CV-DIR"


@dataclass(frozen=True, kw_only=True)
class Obligation:
    """One thing a unit owes.

    ``due_on`` is the last day on which it is met without anything new; None where nothing is due by a date
    (prompt, standing) or the newest date of the column is not known.
    """

    unit: str
    rule: str
    nature: Literal["recurring", "prompt", "standing"]
    title: str
    limit: str
    basis: str
    column: str | None = None
    due_on: dt.date | None = None
    waived_until: dt.date | None = None


def obligations(
    unit: Unit,
    law: Regulation,
    as_of: dt.date,
    newest: Mapping[str, dt.date] | None = None,
    directory: DutyDirectory | None = None,
) -> Iterator[Obligation]:
    """Everything the unit owes on this day.

    :param newest: the newest date each column displays, by column id, as far as it is known.
    :param directory: the unit's own 主动公开基本目录, where one was imported; each of its rows is owed, too.
    """
    newest = newest or {}

    def owe(
        rule: str,
        nature: Literal["recurring", "prompt", "standing"],
        limit: str,
        column: str | None = None,
        due_on: dt.date | None = None,
    ) -> Obligation:
        text = law.rules[rule]
        waiver = waiver_for(unit, rule, [column], as_of)
        return Obligation(
            unit=unit.id,
            rule=rule,
            nature=nature,
            title=text.title,
            limit=limit,
            basis=text.basis,
            column=column,
            due_on=due_on,
            waived_until=waiver.until if waiver else None,
        )

    for column in unit.columns:
        found = law.window(column.kind)
        if found is not None:
            rule, window = found
            shown = newest.get(column.id)
            yield owe(rule, "recurring", str(window), column.id, window.due(shown) if shown else None)
        if _in_force(law, "UP-06") and column.kind not in law.text("UP-06", blank.Text).event_driven:
            yield owe("UP-06", "standing", "never blank", column.id)
        if _in_force(law, "CT-01") and law.rules["CT-01"].asks_column(column):
            yield owe("CT-01", "standing", "four fields an entry", column.id)
    report = annual_report.rule_for(unit, law)
    if report is not None:
        due = law.text(report, annual_report.Text).due
        _, last = due_year(as_of, due)
        yield owe(
            report, "recurring", f"every year by {due[0]:02d}-{due[1]:02d}", due_on=last.replace(year=last.year + 1)
        )
    for kind in law.text("PL-01", required_columns.Text).required.get(unit.kind, ()) if _in_force(law, "PL-01") else ():
        yield owe("PL-01", "standing", f"a {kind.value} column")
    if _in_force(law, "TM-01"):
        yield owe("TM-01", "prompt", f"{law.text('TM-01', timely_item.Text).working_days} working days from formation")
    if directory is not None and _in_force(law, _DIRECTORY):
        for duty, mapping in directory.duties:
            yield _promised(unit, law, as_of, newest, duty, mapping)


def _promised(
    unit: Unit, law: Regulation, as_of: dt.date, newest: Mapping[str, dt.date], duty: Duty, mapping: DutyMapping
) -> Obligation:
    """A row of the unit's own directory; what its limit does not say, or nobody understood, is due by no day."""
    column = mapping.columns[0] if len(mapping.columns) == 1 else None
    limit = duty.limit
    nature: Literal["recurring", "prompt", "standing"] = "prompt"
    if limit is not None and is_recurring(limit):
        nature = "recurring"
    elif limit is not None and limit.kind is LimitKind.STANDING:
        nature = "standing"
    waiver = waiver_for(unit, _DIRECTORY, [column], as_of)
    return Obligation(
        unit=unit.id,
        rule=_DIRECTORY,
        nature=nature,
        title=duty.name,
        limit=duty.limit_text or "not stated",
        basis=duty.basis or law.rules[_DIRECTORY].basis,
        column=column,
        due_on=due_on(limit, newest.get(column) if column else None, as_of) if limit is not None else None,
        waived_until=waiver.until if waiver else None,
    )


def _in_force(law: Regulation, rule: str) -> bool:
    return rule in law.rules and law.rules[rule].enabled


def looks_due(good: set[dt.date], tried: set[dt.date], as_of: dt.date, days: int) -> tuple[int, int]:
    """On how many of the days due a good look was had, and how many were due.

    Every day is due from the first look on, at most ``days`` back from ``as_of``; ``as_of`` itself only once
    something was tried on it, so that a morning's assessment does not count the harvest still to come.

    :param good: days with a good look, in the city's time zone.
    :param tried: days with any look.
    """
    first = min(tried, default=None)
    if first is None:
        return 0, 0
    begin = max(first, as_of - dt.timedelta(days=days - 1))
    due = [dt.date.fromordinal(day) for day in range(begin.toordinal(), as_of.toordinal() + 1)]
    due = [day for day in due if day != as_of or day in tried]
    return sum(day in good for day in due), len(due)
