"""Copies of one document say the same wherever they stand: no two units show other words under one number: CT-06.

Compared are pages that were read and that show a whole number (代字、年份、序号). The copy of the body that issued it
is the measure, else the one published first; a copy that leaves out its annexes or adds a heading says nothing else.
What differs is told to the office: one of the copies is out of date, or the number is wrong on one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from flows.compliance.bodies import is_same, lead_of
from flows.compliance.facts import About, Alike, Case
from flows.compliance.judgement import breach
from flows.compliance.regulation import RuleText
from flows.compliance.texts import likeness, may_be_one
from storage.schema import Item

RULES = ("CT-06",)
SUBJECT = "group"
GROUPS = "same_document_number"
VERSION = "1"

_WHOLE = re.compile(r"[\u4e00-\u9fa5]{2,}[\u4e00-\u9fa5A-Za-z（）()·]*〔(?:19|20)\d{2}〕\D{0,4}\d+号")
_ABOUT_ANOTHER = ("解读", "图解", "读懂", "问答", "说明", "吹风会", "发布会")


class Text(RuleText):
    """Texts of at least ``least_text`` characters are compared; a copy says the same from ``alike`` on."""

    least_text: Annotated[int, Field(ge=1)]
    alike: Annotated[float, Field(ge=0, le=1)]


def judge(group: Alike, case: Case) -> Iterator[About]:
    """What is to be said of each copy that says something else."""
    text = case.text(Text)
    if not _WHOLE.fullmatch(group.what):
        return
    copies = [
        item
        for item in group.items
        if len(item.body_text or "") >= text.least_text and not any(word in item.title for word in _ABOUT_ANOTHER)
    ]
    if len({item.unit for item in copies}) < 2:
        return
    measure = next((item for item in copies if _is_issuers(item, group, case)), copies[0])
    for item in copies:
        if item.unit == measure.unit:
            continue
        share = likeness(item.body_text or "", measure.body_text or "")
        other_title = not may_be_one(item.title, measure.title)
        if share >= text.alike:
            continue
        yield About(
            unit=group.units[item.unit],
            column=item.column,
            item=item.id,
            judgement=breach(
                evidence=tuple(one.evidence for one in (item, measure) if one.evidence is not None),
                document_number=group.what,
                title=item.title,
                url=item.url,
                compared_with=measure.title,
                compared_unit=group.units[measure.unit].name,
                compared_url=measure.url,
                alike=round(share, 2),
                differs=["标题", "正文"] if other_title else ["正文"],
            ),
        )


def _is_issuers(item: Item, group: Alike, case: Case) -> bool:
    return bool(item.issuer) and is_same(lead_of(item.issuer or ""), group.units[item.unit].name, case.city)
