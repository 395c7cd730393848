"""The figures of the yearly report's tables are whole numbers and not negative, amounts of money decimal: AR-09.

A fault is only what surely stands in the cell: a negative count, a part of a whole, words that are no number such as
若干. A blank, a slash, or words that may stand for a number elsewhere are told and are no fault.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.compliance.annual.about import about
from flows.compliance.annual.known import Known
from flows.compliance.annual.whole import judge_numbers
from flows.compliance.facts import About, Case

RULES = ("AR-09",)
SUBJECT = "group"
GROUPS = "annual"
VERSION = "1"


def judge(group: Known, _case: Case) -> Iterator[About]:
    """What is said of the report's figures."""
    yield about(group, judge_numbers)
