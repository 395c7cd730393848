"""Whoever asks the public for opinions shows the draft, its explanation, how to answer and until when: TM-08.

重大行政决策程序暂行条例 第十五条. Each is known by the words of the page or the names of its files. What was not found
is missing for certain only where nothing can hold it: no file whose name does not tell what it is, no page elsewhere
that the notice leads to. It is a breach only where the page itself says that it is about a 重大行政决策; all else is
put before a person.
"""

from __future__ import annotations

from typing import Any

from flows.compliance.consultation import (
    is_consultation,
    names_draft,
    other_asker,
    papers_of,
    period_of_item,
    says_major,
)
from flows.compliance.facts import Case, ItemContext
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from storage.schema import Item

RULES = ("TM-08",)
SUBJECT = "item"
VERSION = "1"


def concerns(item: Item, context: ItemContext, _case: Case) -> bool:
    """Whether the item asks the public for opinions at all."""
    return is_consultation(item, context.column.kind)


def judge(item: Item, context: ItemContext, case: Case) -> Judgement:
    """Whether the notice comes with all it must."""
    in_force_from = case.law.rules[case.rule].in_force_from
    if item.withdrawn_at is not None:
        return not_applicable("withdrawn", "the item no longer stands on the site")
    if not concerns(item, context, case):
        return not_applicable("no_consultation", "the page does not ask the public for opinions")
    if other := other_asker(item, context.unit, case.city):
        return not_applicable("other_issuer", other)
    if item.published_on is not None and item.published_on < in_force_from:
        words = f"published on {item.published_on}, the article is in force from {in_force_from}"
        return not_applicable("before_force", words)
    if not item.page_read or not item.body_text:
        return not_assessable("unread", "the page's text was not read, or it shows none")
    papers, period = papers_of(item), period_of_item(item)
    missing = papers.missing(period)
    facts: dict[str, Any] = {
        "draft": papers.draft,
        "explanation": papers.explanation,
        "ways": list(papers.ways),
        "period": list(period.raw) if period is not None else None,
    }
    if not missing:
        return compliant(**facts)
    facts |= {"missing": list(missing), "major": says_major(item)}
    named = "、".join(missing)
    if papers.unsure is not None or papers.draft is None:
        why = papers.unsure or "the draft itself was not found, and may stand in a picture"
        return not_assessable("review", f"not found: {named}; {why}", **facts)
    if facts["major"] is None or not names_draft(item):
        words = f"not found: {named}; a person has to see whether it is a matter that needs them"
        return not_assessable("review", words, **facts)
    return breach(**facts)
