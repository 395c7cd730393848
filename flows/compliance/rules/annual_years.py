"""The yearly report goes on from last year's: what was carried on (AR-06) and what is in force (AR-05).

AR-06: each column of 上年结转 is last year's 结转下年度继续办理. AR-05: 现行有效件数 is last year's with what was made
and without what was repealed; a review of old documents can break it, so that it is advice. Last year's report must be
held, read and the same body's.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.compliance.annual.about import about
from flows.compliance.annual.known import Known
from flows.compliance.annual.years import judge_carried, judge_in_force
from flows.compliance.facts import About, Case

RULES = ("AR-05", "AR-06")
SUBJECT = "group"
GROUPS = "annual"
VERSION = "1"


def judge(group: Known, case: Case) -> Iterator[About]:
    """What is said of the report against last year's."""
    yield about(group, judge_in_force if case.rule == "AR-05" else judge_carried)
