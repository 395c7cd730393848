"""A document does not claim to have been published on a day on which we looked and it was not there: FK-01.

Judged where its column had been walked to the end without it before it appeared. A forged date of publication is a
veto (国办秘函〔2019〕19号 单项否决指标一：弄虚作假，如伪造发稿日期), so nothing is concluded here: a document may have
been moved from a page we do not watch. It is put before a person, with both looks, and is no finding.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from flows.compliance.facts import Case, ItemContext
from flows.compliance.judgement import Judgement, compliant, not_applicable, not_assessable
from flows.compliance.regulation import RuleText
from storage.schema import Item

RULES = ("FK-01",)
SUBJECT = "item"
VERSION = "1"
SEARCHES = True


class Text(RuleText):
    """By how many days a look may be ahead of the site's clock."""

    tolerance_days: Annotated[int, Field(ge=0)] = 0


def judge(item: Item, _context: ItemContext, case: Case) -> Judgement:
    """Whether the claimed day of publication lies before a look that did not show the item."""
    if item.withdrawn_at is not None:
        return not_applicable("withdrawn", "the item no longer stands on the site")
    looked = case.day(item.not_before)
    if looked is None or item.published_on is None:
        return not_applicable("no_look_before", "it stood there at our first look, or shows no date of publication")
    tolerance = dt.timedelta(days=case.text(Text).tolerance_days)
    if item.published_on + tolerance >= looked:
        return compliant()
    words = (
        f"shown as published on {item.published_on.isoformat()}, but a complete look on {looked.isoformat()} did not "
        "show it: a person has to see whether it was moved here or dated back"
    )
    return not_assessable(
        "review",
        words,
        published_on=item.published_on,
        not_before=item.not_before,
        first_seen=item.first_seen,
    )
