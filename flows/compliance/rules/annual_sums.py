"""The numbers of the yearly report's tables add up: AR-01 to AR-04, and AR-10 for errors that cancel each other.

国办公开办函〔2021〕30号. AR-01: in each column of table 三 what came in is what was handled and what is carried on, as
the form itself says. AR-02: in each column (七)总计 is the sum of its results. AR-03: in each row 总计 is the sum of
its applicants. AR-04: in each block of table 四 总计 is the sum of its four. AR-10: two columns, or two rows, are off
by as much in opposite directions while their sum holds. Sums over a cell without a number are not judged; a blank is
never 0.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.compliance.annual.about import about
from flows.compliance.annual.known import Known
from flows.compliance.annual.sums import judge_pairs, judge_sums
from flows.compliance.facts import About, Case

RULES = ("AR-01", "AR-02", "AR-03", "AR-04", "AR-10")
SUBJECT = "group"
GROUPS = "annual"
VERSION = "1"


def judge(group: Known, case: Case) -> Iterator[About]:
    """What is said of the report's sums."""
    rule = case.rule
    yield about(group, judge_pairs if rule == "AR-10" else lambda known: judge_sums(rule, known))
