"""An item is published within 20 working days of being formed (条例 第二十六条): TM-01.

The first working day counted is the day after formation. Published is the date the unit displays, or the day we
first saw the item where that is earlier. Where no date is displayed, a breach still stands if a complete look
after the limit did not show the item. An earlier or unknown body's document, and one formed before the Regulation
of 2019 came into force, are not judged.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from flows.compliance.bodies import is_national_number, is_same, lead_of
from flows.compliance.facts import Case, ItemContext
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.regulation import Regulation, RuleText
from storage.schema import Item

RULES = ("TM-01",)
SUBJECT = "item"
VERSION = "1"


class Text(RuleText):
    """The limit, in working days from formation."""

    working_days: Annotated[int, Field(ge=1)]


def judge(item: Item, context: ItemContext, case: Case) -> Judgement:
    """Whether the item came out in time."""
    law, days, text = case.law, case.days, case.text(Text)
    limit = text.working_days
    if item.withdrawn_at is not None:
        return not_applicable("withdrawn", "the item no longer stands on the site")
    formed = item.formed_on
    if formed is not None and formed < text.in_force_from:
        return not_applicable("before_force", f"formed on {formed}, the article is in force from {text.in_force_from}")
    if other := _other_body(item, context, case.city):
        return not_applicable("other_issuer", other)
    if formed is None:
        return not_assessable("no_formed_date", "the page shows no date of formation")
    first_seen, not_before = case.day(item.first_seen), case.day(item.not_before)
    published = min(filter(None, (item.published_on, first_seen)), default=None)
    displayed = item.published_on if is_displayed(item) else None
    facts: dict[str, Any] = {"formed_on": formed, "published_on": item.published_on, "limit": limit}
    if published != item.published_on:
        facts["first_seen_on"] = first_seen
    if published is not None and published < formed:
        return compliant(**facts, published_before_formed=True)
    if published is not None and (count := days.count(formed, published)).counted <= limit:
        return compliant(**facts, counted=count.counted)
    if displayed is None:
        if not_before is None or days.count(formed, not_before).counted <= limit:
            return not_assessable("no_published_date", "the page shows no date of publication", **facts)
        published = not_before
        facts["not_before"] = not_before
    assert published is not None
    unsure = [field for field in ("formed_on", "published_on") if _is_unsure(item, field, law)]
    if unsure:
        words = f"{' and '.join(unsure)} read with too little confidence to hold against the unit"
        return not_assessable("unsure_date", words, **facts)
    count = days.count(formed, published)
    if count.at_least <= limit:
        words = f"{count.counted} working days if no holiday falls between, {count.at_least} at the least"
        return not_assessable("calendar_provisional", words, **facts, counted=count.counted, at_least=count.at_least)
    deadline = days.add_working_days(formed, limit).on
    return breach(
        **facts,
        counted=count.counted,
        days_over=count.counted - limit,
        deadline=deadline,
        count_start=formed,
        count_end=published,
        skipped=days.skipped(formed, deadline),
        provisional=count.provisional,
        at_least=count.at_least,
    )


def is_displayed(item: Item) -> bool:
    """Whether a reader is told when the item came out; a date in its address tells nobody."""
    origin = item.provenance.get("published_on") or item.provenance.get("published_at")
    return item.published_on is not None and (origin is None or origin.origin != "address")


def _is_unsure(item: Item, field: str, law: Regulation) -> bool:
    origin = item.provenance.get(field)
    return origin is not None and origin.confidence < law.dates.least_confidence


def _other_body(item: Item, context: ItemContext, city: str) -> str | None:
    """Whose document it is, where it is not the unit's own to publish in time."""
    if any(relation.kind == "reposts" for relation in item.relations):
        return "a repost"
    if is_national_number(item.document_number):
        return f"{item.document_number} is not a number of {context.unit.name}"
    if item.issuer:
        lead = lead_of(item.issuer)
        if not is_same(lead, context.unit.name, city):
            return f"issued by {lead}"
    return None
