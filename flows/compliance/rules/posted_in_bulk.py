"""A column's items come out one by one: not so many of them in one and the same minute: FK-04.

Where many items claim one minute of publication they were brought in together: moved with a new site, or made up the
evening before an inspection (弄虚作假 is a veto: 国办秘函〔2019〕19号). Which of the two nobody can see from outside:
it is put before a person and is no finding. Midnight is how sites write a date without a time, and is not counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from flows.compliance.facts import About, Case, PostedInBulk
from flows.compliance.judgement import not_assessable
from flows.compliance.regulation import RuleText

RULES = ("FK-04",)
SUBJECT = "group"
GROUPS = "posted_in_bulk"
VERSION = "1"

_TOLD = 5  # minutes told of a column


class Text(RuleText):
    """How many items in one minute count."""

    least: Annotated[int, Field(ge=2)]


def judge(group: PostedInBulk, case: Case) -> Iterator[About]:
    """What is to be said of the column."""
    least = case.text(Text).least
    minutes = [one for one in group.minutes if one.count >= least and one.at.astimezone(case.zone).time() != dt.time()]
    if not minutes:
        return
    minutes.sort(key=lambda one: (-one.count, one.at))
    total = sum(one.count for one in minutes)
    words = (
        f"{total} items claim {len(minutes)} minute(s) of publication: a person has to see whether they were moved here"
    )
    told = [{"at": one.at.astimezone(case.zone), "items": one.count, "urls": list(one.urls)} for one in minutes[:_TOLD]]
    judgement = not_assessable("review", words, items=total, minutes=told)
    yield About(unit=group.unit, judgement=judgement, column=group.column)
