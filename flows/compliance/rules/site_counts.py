"""A site has fewer than five stale, ten long idle and five blank columns: UP-04, UP-05, UP-06S.

The counts that fail a whole site (国办秘函〔2019〕19号 单项否决“栏目不更新”), taken over every registered column that
stands on its host, whichever unit keeps it, and held against the unit whose home page the host's front door is. A
count is a breach when so many columns are proven; where those that could not be judged might make it one, nothing is
said. Warnings come at a common monitor's early-warning values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from flows.compliance.facts import Case, Counted
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.regulation import RuleText, Strict
from storage.schema import VerdictKind

RULES = ("UP-04", "UP-05", "UP-06S")
SUBJECT = "site"
VERSION = "1"


class Counts(Strict):
    """How many breaches of which rules on one site fail it, and from how many on a warning is given."""

    rules: tuple[str, ...]
    fails_at: Annotated[int, Field(ge=1)]
    warns_at: Annotated[int, Field(ge=1)] | None = None


class Text(RuleText):
    """What is counted."""

    counts: Counts


def judge(columns: Sequence[Counted], case: Case) -> Judgement:
    """Whether so many of a site's columns breach the rules that are counted."""
    limit = case.text(Text).counts
    asked = [one for one in columns if one.rule in limit.rules and one.verdict is not VerdictKind.NOT_APPLICABLE]
    if not asked:
        return not_applicable("no_columns", "no column on this site is judged by what is counted")
    proven = [one for one in asked if one.verdict is VerdictKind.BREACH]
    unseen = sum(one.verdict is VerdictKind.NOT_ASSESSABLE for one in asked)
    facts: dict[str, Any] = {
        "counted": len(proven),
        "of": len(asked),
        "not_assessable": unseen,
        "limit": limit.fails_at,
        "columns": [f"{one.unit}/{one.column} {one.rule}" for one in proven],
    }
    if len(proven) >= limit.fails_at:
        return breach(**facts)
    if len(proven) + unseen >= limit.fails_at:
        words = f"{len(proven)} are proven and {unseen} could not be judged; {limit.fails_at} would fail the site"
        return not_assessable("unseen_columns", words, **facts)
    if limit.warns_at is not None and len(proven) >= limit.warns_at:
        return compliant(warning=f"{len(proven)} columns; {limit.fails_at} fail the site", **facts)
    return compliant(**facts)
