"""An item is published within 20 working days of being formed (条例 第二十六条): TM-01.

Counted and judged on the unit's side as ``working_day_limit.py`` says. Another or unknown body's document, and one
formed before the Regulation of 2019 came into force, are not judged; nor is an enforcement decision whose day is
known, for which a shorter or equal limit of its own prevails (TM-02, TM-03).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from flows.compliance.bodies import other_body
from flows.compliance.decisions import special_limit
from flows.compliance.facts import Case, ItemContext
from flows.compliance.judgement import Judgement, not_applicable, not_assessable
from flows.compliance.regulation import RuleText
from flows.compliance.working_day_limit import Start, is_unsure, within
from storage.schema import Item

RULES = ("TM-01",)
SUBJECT = "item"
VERSION = "2"


class Text(RuleText):
    """The limit, in working days from formation."""

    working_days: Annotated[int, Field(ge=1)]


def judge(item: Item, context: ItemContext, case: Case) -> Judgement:
    """Whether the item came out in time."""
    law, text = case.law, case.text(Text)
    if item.withdrawn_at is not None:
        return not_applicable("withdrawn", "the item no longer stands on the site")
    formed = item.formed_on
    if formed is not None and formed < text.in_force_from:
        return not_applicable("before_force", f"formed on {formed}, the article is in force from {text.in_force_from}")
    if other := other_body(item, context.unit, case.city):
        return not_applicable("other_issuer", other)
    if special := special_limit(item, context, law):
        return not_applicable("special_limit", f"a limit of its own prevails, judged under {special}")
    if formed is None:
        return not_assessable("no_formed_date", "the page shows no date of formation")
    start = Start(on=formed, name="formed_on", sure=not is_unsure(item, "formed_on", law))
    return within(item, start, text.working_days, case)
