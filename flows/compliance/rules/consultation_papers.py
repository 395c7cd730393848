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
    notice_gap,
    papers_of,
    period_of_item,
    says_major,
)
from flows.compliance.facts import Case, ItemContext
from flows.compliance.judgement import Judgement, breach, compliant, not_assessable
from storage.schema import Item

RULES = ("TM-08",)
SUBJECT = "item"
VERSION = "1"


def concerns(item: Item, context: ItemContext, _case: Case) -> bool:
    """Whether the item asks the public for opinions at all."""
    return is_consultation(item, context.column.kind)


def judge(item: Item, context: ItemContext, case: Case) -> Judgement:
    """Whether the notice comes with all it must."""
    if (gap := notice_gap(item, context, case)) is not None:
        return gap
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
