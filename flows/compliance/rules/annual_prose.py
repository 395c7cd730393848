"""Numbers that the yearly report's text names are those of its tables: AR-07.

Only phrases that surely mean one figure of the whole year are read; what compares, takes a part out or speaks of other
bodies is not. Prose can mean something else, so that this is advice.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.compliance.annual.about import about
from flows.compliance.annual.known import Known
from flows.compliance.annual.prose import judge_prose
from flows.compliance.facts import About, Case

RULES = ("AR-07",)
SUBJECT = "group"
GROUPS = "annual"
VERSION = "1"


def judge(group: Known, _case: Case) -> Iterator[About]:
    """What is said of the numbers in the report's text."""
    yield about(group, judge_prose)
