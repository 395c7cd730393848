"""A permit or penalty is public within 7 working days of its decision, another decision within 20: TM-02, TM-03.

国办发〔2018〕118号: 行政许可、行政处罚 7 working days, the other enforcement decisions (行政强制、行政征收、行政确认、
行政裁决、行政给付、行政检查) 20. The day of the decision is the one the page states (``decisions.py``); counted and
judged on the unit's side as ``working_day_limit.py`` says. Of several decisions in one list a breach needs every one of
them to be late.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from flows.compliance.bodies import is_same, other_body
from flows.compliance.decisions import CONFIDENCE, RULE_OF, decision_of
from flows.compliance.facts import Case, ItemContext
from flows.compliance.judgement import Judgement, not_applicable, not_assessable
from flows.compliance.regulation import RuleText
from flows.compliance.working_day_limit import Start, all_within
from storage.schema import Item

RULES = ("TM-02", "TM-03")
SUBJECT = "item"
VERSION = "1"


class Text(RuleText):
    """The limit, in working days from the decision."""

    working_days: Annotated[int, Field(ge=1)]


def concerns(item: Item, context: ItemContext, case: Case) -> bool:
    """TM-02 answers for all that stands in its columns, TM-03 for what is a decision of its sort."""
    if case.rule == "TM-02":
        return True
    decision = decision_of(item, context)
    return decision is not None and RULE_OF[decision.sort] == case.rule


def judge(item: Item, context: ItemContext, case: Case) -> Judgement:
    """Whether the decision came out in time."""
    if item.withdrawn_at is not None:
        return not_applicable("withdrawn", "the item no longer stands on the site")
    decision = decision_of(item, context)
    if decision is None:
        return not_applicable("no_decision", "by its title it makes no decision public")
    if RULE_OF[decision.sort] != case.rule:
        return not_applicable("other_decision", f"judged under {RULE_OF[decision.sort]}")
    foreign = [maker for maker in decision.makers if not is_same(maker, context.unit.name, case.city)]
    if other := f"decided by {foreign[0]}" if foreign else other_body(item, context.unit, case.city):
        return not_applicable("other_issuer", other)
    text, days = case.text(Text), decision.days
    if days and days[-1] < text.in_force_from:
        return not_applicable("before_force", f"decided on {days[-1]}, the limit is in force from {text.in_force_from}")
    if not days and not decision.unclear:
        if not item.page_read:
            return not_assessable("unread", "the page has not been read")
        return not_assessable("no_decision_date", "the page states no day of the decision that can be read as such")
    facts: dict[str, Any] = {"stated": decision.raw or None, "read_from": decision.how or None}
    if len(days) > 1:
        facts["decisions_from"] = days[0]
    judged = None
    if not decision.unclear:
        sure = CONFIDENCE[decision.how] >= case.law.dates.least_confidence
        first, last = (Start(on=day, name="decided_on", sure=sure, facts=facts) for day in (days[0], days[-1]))
        judged = all_within(item, first, last, text.working_days, case)
    if judged is None:
        words = "several decisions on one page, which do not all come to the same or cannot be told apart"
        return not_assessable("several", words, **facts)
    return judged
