"""The yearly report has its six parts and its three tables: AR-12.

国办公开办函〔2021〕30号, and 〔2019〕60号 before it. A part is missing only where the others were recognised and none
of its words stands anywhere in the text. A table that was not read may be a picture or a file, and is never missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.compliance.annual.about import about
from flows.compliance.annual.known import Known
from flows.compliance.annual.whole import judge_parts
from flows.compliance.facts import About, Case

RULES = ("AR-12",)
SUBJECT = "group"
GROUPS = "annual"
VERSION = "1"


def judge(group: Known, _case: Case) -> Iterator[About]:
    """What is said of the report's parts."""
    yield about(group, judge_parts)
