"""The meta tag PubDate is a date, and the day that the page shows its readers: MT-02.

Judged where an article shows a date of publication that was read with confidence: the reader keeps the tag's value
where it is another day or no date at all (国办发〔2017〕47号 网页标签规范). A page without the tag is MT-01's; a date
that only the list or the address gives is not compared.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from flows.compliance.facts import Case, ItemContext
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.regulation import RuleText
from storage.schema import Item

RULES = ("MT-02",)
SUBJECT = "item"
VERSION = "1"
SEARCHES = True

_SHOWN = frozenset(("label", "beside_title"))  # origins of what a page shows its readers


class Text(RuleText):
    """How sure the shown date must be: an update's date that stands for the publication's is not."""

    least_confidence: Annotated[float, Field(ge=0, le=1)]


def judge(item: Item, _context: ItemContext, case: Case) -> Judgement:
    """Whether tag and page give the same day."""
    if item.withdrawn_at is not None:
        return not_applicable("withdrawn", "the item no longer stands on the site")
    shown = item.provenance.get("published_on")
    if item.published_on is None or shown is None or shown.origin not in _SHOWN:
        return not_applicable("no_date", "the page shows no date of publication to compare with")
    if shown.conflict is None:
        return compliant()
    facts: dict[str, Any] = {"published_on": item.published_on, "shown": shown.raw, "tag": shown.conflict}
    if shown.confidence < case.text(Text).least_confidence:
        return not_assessable("unsure_date", "the date shown was read with too little confidence", **facts)
    return breach(**facts)
