"""The yearly report that sums up all units is not below the sum of theirs: AR-08, where the city says whose it is.

The compiler's own share is published nowhere, but it is not negative; so only a total that is smaller than what the
units' published reports add up to is wrong. Off until a city names the unit that compiles (``compiled_by``).
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.compliance.annual.about import about
from flows.compliance.annual.known import Known
from flows.compliance.annual.years import judge_city
from flows.compliance.facts import About, Case
from flows.compliance.regulation import RuleText

RULES = ("AR-08",)
SUBJECT = "group"
GROUPS = "annual"
VERSION = "1"


class Text(RuleText):
    """The unit, by its id, whose report sums up all others."""

    compiled_by: str | None = None


def judge(group: Known, case: Case) -> Iterator[About]:
    """What is said of the compiler's report."""
    compiler = case.text(Text).compiled_by
    yield about(group, lambda known: judge_city(known, compiler))
