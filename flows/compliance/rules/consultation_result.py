"""What a consultation brought is published within the city's limit after its end, and linked with it: TM-09.

优化营商环境条例 第六十二条 asks for a mechanism of adoption and feedback (意见采纳反馈机制) and sets no limit; the days
are the city's. The result is a page linked with the consultation or of the same matter by its title, or a word of it on
the consultation's own page. That there is none must be proven: every column in which it may stand seen whole, lately,
with every page read. A consultation whose end is not known for sure is not judged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from flows.compliance.chain import Chain, ChainText, UnitChains, linked
from flows.compliance.facts import About, Case
from flows.compliance.judgement import Judgement, breach, compliant, not_assessable

RULES = ("TM-09",)
SUBJECT = "group"
GROUPS = "chains"
VERSION = "1"


class Text(ChainText):
    """The limit in calendar days from the end."""

    days: Annotated[int, Field(ge=1)]


def judge(group: UnitChains, case: Case) -> Iterator[About]:
    """What is said of every consultation of the unit that is over and not too old."""
    text = case.text(Text)
    first = text.first_day(case.as_of)
    for chain in group.chains:
        asked = chain.consultation
        if asked.ends_on is None or not (asked.ends_surely and asked.on_draft and first <= asked.ends_on < case.as_of):
            continue
        judged = _judge(chain, asked.ends_on, group.gap, text.days, case)
        if judged is not None:
            yield About(unit=group.unit, column=asked.column, item=asked.id, judgement=judged)


def _judge(chain: Chain, ended: dt.date, gap: str | None, limit: int, case: Case) -> Judgement | None:
    """None as long as the result is not due."""
    asked, due = chain.consultation, ended + dt.timedelta(days=limit)
    facts: dict[str, Any] = {
        "consultation": asked.title,
        "consultation_url": asked.url,
        "published_on": asked.published_on,
        "ended_on": ended,
        "due_on": due,
        "limit": limit,
    }
    evidence = (asked.evidence,) if asked.evidence is not None else ()
    if not chain.results:
        if asked.answered is not None:
            return compliant(**facts, said=asked.answered)
        if case.as_of <= due:
            return None
        if gap is not None:
            return not_assessable("no_result_found", f"none was found, and one may be there: {gap}", **facts)
        count = {"count_of": "calendar days", "count_start": ended, "count_end": case.as_of}
        return breach(evidence=evidence, **facts, **count, missing=True, days_over=(case.as_of - due).days)
    facts["results"] = [
        {"title": one.title, "url": one.url, "published_on": one.published_on, "linked": linked(one, asked)}
        for one in chain.results
    ]
    is_linked = "answered_by" in asked.link_kinds or any(
        linked(one, asked) or "answers" in one.link_kinds for one in chain.results
    )
    dated = [one for one in chain.results if one.published_on is not None]
    if not dated:
        return not_assessable("undated", "the result shows no date of publication", **facts)
    result = min(dated, key=lambda one: (one.published_on, one.id))
    assert result.published_on is not None
    facts |= {"result_on": result.published_on, "days": (result.published_on - ended).days}
    faults = []
    if result.published_on > due:
        if not result.is_sure:
            words = "its date was read with too little confidence to hold it against the unit"
            return not_assessable("unsure_date", words, **facts)
        faults.append("late")
        facts |= {"count_of": "calendar days", "count_start": ended, "count_end": result.published_on}
    if not is_linked:
        if not all(one.page_read for one in (asked, *chain.results)):
            return not_assessable("unread", "a page was not read, and may link the other", **facts)
        faults.append("neither page links the other")
    if not faults:
        return compliant(**facts)
    evidence = (*evidence, *((result.evidence,) if result.evidence is not None else ()))
    return breach(evidence=evidence, **facts, faults=faults)
