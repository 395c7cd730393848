"""A document is not published before it is formed: TM-16.

A date of publication before the date of formation contradicts itself on the page (公文提前公开, as local inspections
count it: 鲤城区 2020). Which of the two is wrong nobody can see from outside, so it is put before a person and is no
finding.
"""

from __future__ import annotations

from flows.compliance.facts import Case, ItemContext
from flows.compliance.judgement import Judgement, compliant, not_applicable, not_assessable
from storage.schema import Item

RULES = ("TM-16",)
SUBJECT = "item"
VERSION = "1"
SEARCHES = True


def judge(item: Item, _context: ItemContext, _case: Case) -> Judgement:
    """Whether the two dates the page shows contradict each other."""
    if item.withdrawn_at is not None:
        return not_applicable("withdrawn", "the item no longer stands on the site")
    if item.formed_on is None or item.published_on is None:
        return not_applicable("no_dates", "the page does not show both dates")
    if item.published_on >= item.formed_on:
        return compliant()
    words = f"shown as published on {item.published_on.isoformat()} and formed on {item.formed_on.isoformat()}"
    return not_assessable("review", words, published_on=item.published_on, formed_on=item.formed_on)
