"""The public messages of the last year, each with the day its page was last known to say what it says."""

from __future__ import annotations

from collections.abc import Iterator

from flows.compliance.facts import Letter
from flows.compliance.regulation import add_months
from flows.compliance.rules import unanswered
from flows.gathering.run import Run
from storage import catalogue


def gather_letters(run: Run) -> Iterator[Letter]:
    """Every message that came within the time that counts, in the columns the rule asks of."""
    text = run.case.law.text("IN-02", unanswered.Text)
    places = [place for place, column in run.columns.items() if text.asks_column(column)]
    since = add_months(run.case.as_of, -text.asked_within.months).replace(day=1)
    for standing in catalogue.standing_in(run.database, places, since=since):
        item = standing.item
        place = (item.unit, item.column)
        known = run.column_facts.get(place)
        yield Letter(
            item=item,
            unit=run.units[item.unit],
            column=run.columns[place],
            listed=standing.listed,
            read_on=run.day(standing.read_at) if standing.read_at is not None else None,
            coverage=known.looks.coverage if known is not None else None,
        )
