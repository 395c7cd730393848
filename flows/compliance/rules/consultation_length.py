"""The public is asked for opinions for at least 30 days, or the notice says why for less: TM-07.

重大行政决策程序暂行条例 第十五条, 优化营商环境条例 第六十二条. Calendar days, the first and the last counted, from the
earlier of the start the notice states and its publication to the latest end it states. A shorter period is a breach
only where the page itself says that it is about a 重大行政决策, names a draft and gives no reason for shortening. Which
other documents need thirty days (those close to market entities 与市场主体密切相关 do) no page tells, so they are put
before a person.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any

from pydantic import Field

from flows.compliance.consultation import (
    is_consultation,
    length_of,
    names_draft,
    notice_gap,
    period_of_item,
    says_major,
    says_why_shorter,
    shown_day,
)
from flows.compliance.facts import Case, ItemContext
from flows.compliance.judgement import Judgement, breach, compliant, not_assessable
from flows.compliance.regulation import RuleText
from storage.schema import Item

RULES = ("TM-07",)
SUBJECT = "item"
VERSION = "1"

_NOT_THE_FIRST = re.compile(r"再次|第[二三四2-4]次|延长|延期|继续")


class Text(RuleText):
    """The least number of days."""

    days: Annotated[int, Field(ge=1)]


def concerns(item: Item, context: ItemContext, _case: Case) -> bool:
    """Whether the item asks the public for opinions at all."""
    return is_consultation(item, context.column.kind)


def judge(item: Item, context: ItemContext, case: Case) -> Judgement:
    """Whether the notice leaves the public the time it must."""
    text = case.text(Text)
    if (gap := notice_gap(item, context, case)) is not None:
        return gap
    shown, is_sure = shown_day(item, case.law)
    if shown is None:
        return not_assessable("no_published_date", "the page shows no date of publication")
    period = period_of_item(item)
    if period is None:
        return not_assessable("no_period", "no period for opinions was found in the page's text", published_on=shown)
    first_seen = case.day(item.first_seen)
    length = length_of(period, min(shown, first_seen or shown), case.days)
    facts: dict[str, Any] = {
        "published_on": shown,
        "starts_on": length.starts_on,
        "ends_on": length.ends_on,
        "said": list(period.raw),
        "counted": length.days,
        "limit": text.days,
        "count_of": "calendar days",
        "count_start": length.starts_on - dt.timedelta(days=1),
        "count_end": length.ends_on,
    }
    if length.days >= text.days:
        return compliant(**facts)
    major, why = says_major(item), says_why_shorter(item)
    facts |= {"major": major, "why": why}
    if why is not None:
        return compliant(**facts)
    if not is_sure or not period.is_sure or length.provisional:
        words = f"{length.days} days by what was read of dates that are not sure, or of a page that states several"
        return not_assessable("unsure_period", words, **facts)
    if major is None or not names_draft(item) or _NOT_THE_FIRST.search(item.title):
        words = (
            f"open for {length.days} days and no reason is given: a person has to see whether it is a matter that "
            f"needs {text.days}"
        )
        return not_assessable("review", words, **facts)
    return breach(**facts, days_short=text.days - length.days)
