"""A procurement contract is public within 2 working days of being signed (政府采购法实施条例 第五十条): TM-14.

The contract is to stand in the media the finance departments name; that it stands on the unit's own site says only
when it was there. The day of signing is the one the notice (合同公告) states under its label.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

from flows.compliance.bodies import other_body
from flows.compliance.facts import Case, ItemContext
from flows.compliance.judgement import Judgement, not_applicable, not_assessable
from flows.compliance.regulation import RuleText
from flows.compliance.stated import dates_under
from flows.compliance.working_day_limit import Start, all_within
from storage.schema import Item

RULES = ("TM-14",)
SUBJECT = "item"
VERSION = "1"

_TITLE = re.compile(r"合同的?(?:信息)?(?:公告|公示|公开)|(?:公告|公示|公开)[^，。]{0,12}合同")
_SOMETHING_ELSE = re.compile(r"变更|终止|补充|更正|验收|履约|作废|撤销|范本|模板|通知|备案")
_SIGNED = re.compile(r"(?:合同|协议)?(?:签订|签署|签约)的?(?:日期|时间)")


class Text(RuleText):
    """The limit, in working days from signing."""

    working_days: Annotated[int, Field(ge=1)]


def concerns(item: Item, _context: ItemContext, _case: Case) -> bool:
    """Whether the title says that it is the notice of a contract."""
    return _TITLE.search(item.title) is not None and _SOMETHING_ELSE.search(item.title) is None


def judge(item: Item, context: ItemContext, case: Case) -> Judgement:
    """Whether the contract came out in time."""
    if item.withdrawn_at is not None:
        return not_applicable("withdrawn", "the item no longer stands on the site")
    if not concerns(item, context, case):
        return not_applicable("no_contract", "by its title it is no notice of a contract")
    if other := other_body(item, context.unit, case.city):
        return not_applicable("other_issuer", other)
    if not item.page_read:
        return not_assessable("unread", "the page has not been read")
    signed = sorted({one.on for one in dates_under(_SIGNED, item.body_text or "")})
    if not signed:
        return not_assessable("no_signing_date", "the page states no day on which the contract was signed")
    text = case.text(Text)
    if signed[-1] < text.in_force_from:
        return not_applicable("before_force", f"signed on {signed[-1]}, in force from {text.in_force_from}")
    first, last = (Start(on=day, name="signed_on") for day in (signed[0], signed[-1]))
    judged = all_within(item, first, last, text.working_days, case)
    return judged or not_assessable("several", "several days of signing are stated, and not all come to the same")
