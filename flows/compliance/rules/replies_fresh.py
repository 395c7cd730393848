"""A list of replies shows one of the last two months, a list of service statistics one of the last three: IN-03.

国办秘函〔2019〕19号 扣分指标 as a bureau's self-check quotes it (留言答复 2个月, 办事统计数据 3个月). No kind of column
is for statistics of services, so they are known by the column's name.
"""

from __future__ import annotations

import re

from flows.compliance.facts import Case, ColumnFacts
from flows.compliance.judgement import Judgement
from flows.compliance.regulation import RuleText, WindowIn
from flows.compliance.rules.freshness import fresh_within
from flows.compliance.rules.unanswered import NOT_COUNTED
from storage.schema import Column, ColumnKind

RULES = ("IN-03",)
SUBJECT = "column"
VERSION = "1"

_SERVICE_STATISTICS = re.compile(r"(?:办事|办件|服务事项|政务服务|审批)(?:数据)?(?:统计|数据)|留言统计|信件统计|办件量")


class Text(RuleText):
    """The windows of the two sorts of list."""

    replies: WindowIn
    service_statistics: WindowIn


def asks(column: Column, _case: Case) -> bool:
    """Whether it is a list of replies to consultations, or of statistics of services."""
    if _SERVICE_STATISTICS.search(column.name):
        return True
    return column.kind is ColumnKind.REPLIES and NOT_COUNTED.search(column.name) is None


def judge(column: ColumnFacts, case: Case) -> Judgement:
    """Whether the list was fresh on the day it was last seen whole."""
    text = case.text(Text)
    of_statistics = _SERVICE_STATISTICS.search(column.column.name) is not None
    return fresh_within(column, text.service_statistics if of_statistics else text.replies, case)
