"""The yearly report is not last year's or another unit's over again (内容雷同): AR-11.

Compared are the own sentences of parts 一 and 五 without numbers, years and names; what a third of all units write is
nobody's own. Of two units' reports only the one that shows a later date is held to have copied; where dates do not
tell, both are put before a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from flows.compliance.annual.about import about
from flows.compliance.annual.alike import judge_alike
from flows.compliance.annual.known import Known
from flows.compliance.facts import About, Case
from flows.compliance.regulation import RuleText

RULES = ("AR-11",)
SUBJECT = "group"
GROUPS = "annual"
VERSION = "1"


class Text(RuleText):
    """From which share of its own words a report is alike, and how much text there must be to say so."""

    alike: Annotated[float, Field(gt=0.5, le=1)]
    least_sentences: Annotated[int, Field(ge=1)]
    least_characters: Annotated[int, Field(ge=1)]


def judge(group: Known, case: Case) -> Iterator[About]:
    """What is said of the report's words."""
    text = case.text(Text)
    yield about(
        group,
        lambda known: judge_alike(
            known,
            share=text.alike,
            least_sentences=text.least_sentences,
            least_characters=text.least_characters,
        ),
    )
