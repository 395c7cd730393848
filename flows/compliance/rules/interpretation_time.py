"""An interpretation comes out within three working days of its document, and each links the other: TM-06.

国办发〔2016〕80号 asks for both at once; three days and links both ways are the practice of named places. A document is
judged by the first of its interpretations and by the links of any of its copies; one that nobody interprets is not
judged, for which documents need it nobody outside can say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from flows.compliance.chain import ChainText, Interpreted, Member, UnitChains
from flows.compliance.facts import About, Case
from flows.compliance.judgement import Judgement, breach, compliant, not_assessable

RULES = ("TM-06",)
SUBJECT = "group"
GROUPS = "chains"
VERSION = "1"


class Text(ChainText):
    """The limit in working days."""

    working_days: Annotated[int, Field(ge=0)]


def judge(group: UnitChains, case: Case) -> Iterator[About]:
    """What is said of every document of the unit that is interpreted and not too old."""
    text = case.text(Text)
    first = text.first_day(case.as_of)
    for one in group.interpreted:
        document = one.document
        if document.unit != group.unit.id or document.published_on is None:
            continue
        if first <= document.published_on <= case.as_of:
            judged = _judge(one, text.working_days, case)
            yield About(unit=group.unit, column=document.column, item=document.id, judgement=judged)


def _judge(one: Interpreted, limit: int, case: Case) -> Judgement:
    document, published = one.document, one.document.published_on
    assert published is not None
    facts: dict[str, Any] = {
        "document": document.title,
        "document_url": document.url,
        "published_on": published,
        "interpretations": [_told(each) for each in one.interpretations],
        "limit": limit,
    }
    dated = [each for each in one.interpretations if each.published_on is not None]
    if not dated:
        return not_assessable("undated", "the interpretation shows no date of publication", **facts)
    first = min(dated, key=lambda each: (each.published_on, each.id))
    assert first.published_on is not None
    facts["interpreted_on"] = first.published_on
    facts["links_interpretation"] = any(_links(copy, one.interpretations, "interpreted_by") for copy in _copies(one))
    facts["links_document"] = any(_links(each, _copies(one), "interprets") for each in one.interpretations)
    count = case.days.count(published, first.published_on) if first.published_on > published else None
    facts["counted"] = count.counted if count is not None else 0
    faults = []
    if count is not None and count.counted > limit:
        if not (document.is_sure and first.is_sure):
            words = "a date was read with too little confidence to hold it against the unit"
            return not_assessable("unsure_date", words, **facts)
        if count.at_least <= limit:
            words = f"{count.counted} working days if no holiday falls between, {count.at_least} at the least"
            return not_assessable("calendar_provisional", words, **facts)
        faults.append("late")
        facts |= {"count_start": published, "count_end": first.published_on}
        facts["deadline"] = case.days.add_working_days(published, limit).on
    unread = [each.url for each in (*_copies(one), *one.interpretations) if not each.page_read]
    if not facts["links_interpretation"] and not unread:
        faults.append("the document does not link the interpretation")
    if not facts["links_document"] and not unread:
        faults.append("the interpretation does not link the document")
    if faults:
        evidence = tuple(each.evidence for each in (document, first) if each.evidence is not None)
        return breach(evidence=evidence, **facts, faults=faults)
    if not (facts["links_interpretation"] and facts["links_document"]):
        return not_assessable("unread", f"{unread[0]}: the page was not read, and may link the other", **facts)
    return compliant(**facts)


def _copies(one: Interpreted) -> tuple[Member, ...]:
    return (one.document, *one.copies)


def _links(page: Member, others: tuple[Member, ...], relation: str) -> bool:
    """Whether the page links any of the others, or says of a link that it is of the sort, wherever it leads."""
    return relation in page.link_kinds or any(other.id in page.links for other in others)


def _told(one: Member) -> dict[str, Any]:
    return {"title": one.title, "url": one.url, "published_on": one.published_on}
