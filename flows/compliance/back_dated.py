"""A document does not claim to have been published on a day on which we looked and it was not there: FK-01.

Judged where its column had been walked to the end without it before it appeared. A forged date of publication is a
veto (国办秘函〔2019〕19号 单项否决指标一：弄虚作假，如伪造发稿日期), so nothing is concluded here: a document may have
been moved from a page we do not watch. It is put before a person, with both looks, and is no finding.
"""

from __future__ import annotations

import datetime as dt

from flows.compliance.facts import ItemCase, ItemContext
from flows.compliance.judgement import Judgement, compliant, not_applicable, not_assessable
from flows.compliance.regulation import Regulation
from storage.schema import Item

VERSION = "1"
SEARCHES = True


def asks(_context: ItemContext, _law: Regulation) -> bool:
    """The rule asks something of every item."""
    return True


def judge(item: Item, _context: ItemContext, case: ItemCase) -> Judgement:
    """Whether the claimed day of publication lies before a look that did not show the item."""
    if item.withdrawn_at is not None:
        return not_applicable("withdrawn", "the item no longer stands on the site")
    looked = case.day(item.not_before)
    if looked is None or item.published_on is None:
        return not_applicable("no_look_before", "it stood there at our first look, or shows no date of publication")
    tolerance = dt.timedelta(days=case.law.rules["FK-01"].tolerance_days)
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
