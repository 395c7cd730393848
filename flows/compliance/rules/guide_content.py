"""The guide states how information is classed, arranged and got, and six ways to reach the body (条例 第十二条): GD-01.

Judged on the newest guide of a unit, on text that was read and is long enough to be a guide; of several that may be
the newest, what none of them states. Where hardly any way to reach the body was read, the rest may stand in a picture
or in a part of the page that was not read, and nothing is held against anyone.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from flows.compliance import guide
from flows.compliance.facts import Case, UnitFacts
from flows.compliance.guide import rests_on
from flows.compliance.judgement import Judgement, breach, compliant, not_assessable
from flows.compliance.regulation import RuleText

__all__ = ["RULES", "SUBJECT", "VERSION", "Text", "judge", "rests_on"]

RULES = ("GD-01",)
SUBJECT = "unit"
VERSION = "1"


class Text(RuleText):
    """Chinese characters that a guide has at least, and of the six ways to reach the body how many must be read."""

    least_text: Annotated[int, Field(ge=0)]
    least_contacts: Annotated[int, Field(ge=0, le=6)]


def judge(unit: UnitFacts, case: Case) -> Judgement:
    """Whether the guide in force states all nine."""
    guides = guide.in_force(unit, case)
    if isinstance(guides, Judgement):
        return guides
    text = case.text(Text)
    read = [guide.stated(one.text or "") for one in guides]
    best = min(range(len(guides)), key=lambda place: sum(words is None for words in read[place].values()))
    one = guides[best]
    facts: dict[str, Any] = {"title": one.title, "url": one.url, "published_on": one.published_on, "item": one.item}
    missing = [name for name in read[0] if all(said[name] is None for said in read)]
    if not missing:
        return compliant(**facts)
    characters = guide.length(one.text or "")
    if characters < text.least_text:
        words = f"of the guide's page only {characters} characters were read: look whether it is a picture"
        return not_assessable("short_text", words, **facts, not_read=missing)
    contacts = sum(read[best][name] is not None for name in guide.CONTACTS)
    if contacts < text.least_contacts:
        words = f"only {contacts} of six ways to reach the body were read: they may stand in a picture"
        return not_assessable("not_whole", words, **facts, not_read=missing)
    stated = {name: words for name, words in read[best].items() if words is not None}
    return breach(
        evidence=tuple(found.evidence for found in guides if found.evidence is not None),
        **facts,
        missing=missing,
        stated=stated,
        characters=characters,
        versions=[found.url for found in guides] if len(guides) > 1 else None,
    )
