"""An index number is one document's alone: no two different documents of a unit carry the same: CT-02U.

The number is unique and never changes (政府信息公开目录系统实施指引). Both pages must have been read, both must stand,
and the documents must differ in title, number and text; two looks alike may be one document in two places, and an
interpretation is often shown under the number of what it interprets. The one published first keeps its number. A number
that stands on very many pages is a template's, or was misread, and is put before a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from flows.compliance.facts import About, Alike, Case
from flows.compliance.index_numbers import is_displayed, read_index_number
from flows.compliance.judgement import breach, not_assessable
from flows.compliance.regulation import RuleText
from flows.compliance.texts import likeness, may_be_one, squeezed
from storage.schema import Item

RULES = ("CT-02U",)
SUBJECT = "group"
GROUPS = "same_index_number"
VERSION = "1"

_ABOUT_ANOTHER = ("解读", "图解", "读懂", "问答", "说明", "吹风会", "发布会", "附件")


class Text(RuleText):
    """More pages than ``most`` under one number are a template's; texts are different documents below ``alike``."""

    most: Annotated[int, Field(ge=2)]
    alike: Annotated[float, Field(ge=0, le=1)]
    least_text: Annotated[int, Field(ge=1)]


def judge(group: Alike, case: Case) -> Iterator[About]:
    """What is to be said of each document after the first one under the number."""
    text = case.text(Text)
    if not read_index_number(group.what).tells_apart:
        return
    readable = [item for item in group.items if _is_own(item) and len(item.body_text or "") >= text.least_text]
    if not readable:
        return
    first, unit = readable[0], group.units[readable[0].unit]
    if group.total > text.most:
        words = f"{group.total} pages show the index number {group.what}: a template's, or misread"
        judgement = not_assessable("review", words, index_number=group.what, pages=group.total, url=first.url)
        yield About(unit=unit, judgement=judgement, column=first.column, item=first.id)
        return
    documents = [first]
    for item in readable[1:]:
        if any(_may_be_one(item, other) for other in documents):
            continue
        shares = [likeness(item.body_text or "", other.body_text or "") for other in documents]
        facts: dict[str, Any] = {
            "index_number": group.what,
            "title": item.title,
            "url": item.url,
            "published_on": item.published_on,
            "first_title": first.title,
            "first_url": first.url,
            "first_published_on": first.published_on,
            "alike": round(max(shares), 2),
        }
        documents.append(item)
        if max(shares) < text.alike:
            pages = tuple(one.evidence for one in (item, first) if one.evidence is not None)
            judgement = breach(evidence=pages, **facts)
        else:
            words = f"the number of {first.title}, whose text is much alike: one document twice, or two of one form"
            judgement = not_assessable("review", words, **facts)
        yield About(unit=unit, judgement=judgement, column=item.column, item=item.id)


def _is_own(item: Item) -> bool:
    """Whether the page shows a document of its own under the number, and not one about another document."""
    if not is_displayed(item) or any(relation.kind == "interprets" for relation in item.relations):
        return False
    return not any(word in item.title for word in _ABOUT_ANOTHER)


def _may_be_one(one: Item, other: Item) -> bool:
    same_number = one.document_number is not None and one.document_number == other.document_number
    if same_number or squeezed(one.body_text or "") == squeezed(other.body_text or ""):
        return True
    return may_be_one(one.title, other.title)
