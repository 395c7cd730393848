"""Whether an item came out within so many working days of a day, judged on the unit's side, for all rules that ask it.

The first working day counted is the day after. Published is the date the unit displays, or the day we first saw the
item where that is earlier. Where no date is displayed, a breach still stands if a complete look after the limit did
not show the item. In a year whose holidays have not been announced only the least count that any notice could leave
is held against anyone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.compliance.facts import Case
from flows.compliance.judgement import Judgement, breach, compliant, not_assessable
from flows.compliance.regulation import Regulation
from storage.schema import Item, VerdictKind


@dataclass(frozen=True, kw_only=True)
class Start:
    """The day from which the limit runs. ``name``: what the facts call it (``formed_on``, ``decided_on`` …).

    ``sure``: read with enough confidence to hold against the unit. ``earliest``: a further day on which the item was
    public by what it says itself, which speaks for the unit. ``facts`` are told with every answer.
    """

    on: dt.date
    name: str
    sure: bool = True
    earliest: dt.date | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def within(item: Item, start: Start, limit: int, case: Case) -> Judgement:
    """Whether the item came out within ``limit`` working days of the start."""
    days = case.days
    first_seen, not_before = case.day(item.first_seen), case.day(item.not_before)
    published = min(filter(None, (item.published_on, first_seen, start.earliest)), default=None)
    displayed = item.published_on if is_displayed(item) else None
    facts: dict[str, Any] = {
        start.name: start.on,
        "published_on": item.published_on,
        "limit": limit,
        **start.facts,
    }
    if published != item.published_on:
        facts["first_seen_on"] = first_seen
    if published is not None and published < start.on:
        facts[f"published_before_{start.name.removesuffix('_on')}"] = True
        return compliant(**facts)
    if published is not None and (count := days.count(start.on, published)).counted <= limit:
        return compliant(**facts, counted=count.counted)
    if displayed is None:
        if not_before is None or days.count(start.on, not_before).counted <= limit:
            return not_assessable("no_published_date", "the page shows no date of publication", **facts)
        published = not_before
        facts["not_before"] = not_before
    assert published is not None
    unsure = [] if start.sure else [start.name]
    if is_unsure(item, "published_on", case.law):
        unsure.append("published_on")
    if unsure:
        words = f"{' and '.join(unsure)} read with too little confidence to hold against the unit"
        return not_assessable("unsure_date", words, **facts)
    count = days.count(start.on, published)
    if count.at_least <= limit:
        words = f"{count.counted} working days if no holiday falls between, {count.at_least} at the least"
        return not_assessable("calendar_provisional", words, **facts, counted=count.counted, at_least=count.at_least)
    deadline = days.add_working_days(start.on, limit).on
    return breach(
        **facts,
        counted=count.counted,
        days_over=count.counted - limit,
        deadline=deadline,
        count_start=start.on,
        count_end=published,
        skipped=days.skipped(start.on, deadline),
        provisional=count.provisional,
        at_least=count.at_least,
    )


def all_within(item: Item, first: Start, last: Start, limit: int, case: Case) -> Judgement | None:
    """The answer that holds for every start from ``first`` to ``last``; None where it differs from one to the other.

    An item in time for the first day is in time for all, and one late for the last day is late for all.
    """
    judged = within(item, last, limit, case)
    if judged.verdict is VerdictKind.BREACH or first.on == last.on:
        return judged
    judged = within(item, first, limit, case)
    return judged if judged.verdict is VerdictKind.COMPLIANT else None


def is_displayed(item: Item) -> bool:
    """Whether a reader is told when the item came out; a date in its address tells nobody."""
    origin = item.provenance.get("published_on") or item.provenance.get("published_at")
    return item.published_on is not None and (origin is None or origin.origin != "address")


def is_unsure(item: Item, field: str, law: Regulation) -> bool:
    """Whether a date was read with too little confidence to hold it against anyone."""
    origin = item.provenance.get(field)
    return origin is not None and origin.confidence < law.dates.least_confidence
