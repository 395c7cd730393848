"""Consultation, result, document and interpretation of one matter are all there, and linked: CN-01.

重大行政决策程序暂行条例 第十五条, 第三十二条; 政府网站发展指引（国办发〔2017〕47号）. Looked at some months after the
period for opinions ended. What is found is told with address and date, whether anything is missing or not; where there
is no document the matter may still be open, and nothing is held against anyone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from flows.compliance.chain import Chain, ChainText, Member, UnitChains, linked
from flows.compliance.facts import About, Case
from flows.compliance.judgement import Judgement, breach, compliant, not_assessable

RULES = ("CN-01",)
SUBJECT = "group"
GROUPS = "chains"
VERSION = "1"


class Text(ChainText):
    """How many days after the end of its period a consultation is looked at."""

    after_days: Annotated[int, Field(ge=0)]


def judge(group: UnitChains, case: Case) -> Iterator[About]:
    """What is said of every consultation of the unit that has been over for some time."""
    text = case.text(Text)
    first = text.first_day(case.as_of)
    last = case.as_of - dt.timedelta(days=text.after_days)
    for chain in group.chains:
        asked = chain.consultation
        if asked.ends_on is not None and asked.ends_surely and asked.on_draft and first <= asked.ends_on < last:
            yield About(unit=group.unit, column=asked.column, item=asked.id, judgement=_judge(chain))


def _judge(chain: Chain) -> Judgement:
    asked = chain.consultation
    parts = {
        "result": chain.results,
        "document": chain.documents,
        "interpretation": chain.interpretations,
    }
    facts: dict[str, Any] = {
        "consultation": _told(asked, chain),
        "ended_on": asked.ends_on,
        **{f"{name}s": [_told(one, chain) for one in found] for name, found in parts.items()},
    }
    missing = [name for name, found in parts.items() if not found and not (name == "result" and asked.answered)]
    unlinked = [one.url for one in chain.members if not _is_linked(one, chain)]
    if not chain.documents:
        words = "no document of this matter was found by link or title: it may be open, or stand where nobody looks"
        return not_assessable("no_document", words, **facts, missing=missing)
    if not missing and not unlinked:
        return compliant(**facts)
    if not missing and not all(one.page_read for one in chain.members):
        return not_assessable("unread", "a page was not read, and may link the others", **facts, unlinked=unlinked)
    evidence = tuple(one.evidence for one in chain.members if one.evidence is not None)
    return breach(evidence=evidence, **facts, missing=missing or None, unlinked=unlinked or None)


def _told(one: Member, chain: Chain) -> dict[str, Any]:
    return {
        "title": one.title,
        "url": one.url,
        "published_on": one.published_on,
        "linked": _is_linked(one, chain),
    }


def _is_linked(one: Member, chain: Chain) -> bool:
    """Whether any other of the chain links the page, or the page links what it says belongs to it."""
    return bool(one.link_kinds) or any(linked(one, other) for other in chain.members if other.id != one.id)
