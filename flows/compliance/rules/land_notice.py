"""Notices of land taken stand as long, and come as soon, as the law says, by what they state themselves: TM-15.

土地管理法实施条例 第二十六条: 征收土地预公告 stands for 10 working days at least; 第二十八条: 征地补偿安置公告 for 30
days; 第三十一条: 征收土地公告 comes within 15 working days of receiving the approval. A period is the one the notice
gives itself, first and last day both counted, the longest where it gives several. The approval counts from the day the
notice says it was received; one of which only the day it was given is told may have been received later, and is held
against nobody.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from flows.compliance.bodies import other_body
from flows.compliance.decisions import signature
from flows.compliance.facts import Case, ItemContext
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.regulation import RuleText
from flows.compliance.stated import dates_under
from flows.compliance.stated_periods import Period, periods_under
from flows.compliance.working_day_limit import Start, is_displayed, within
from harvesters.reading.dates import all_dates
from storage.schema import Item, VerdictKind

RULES = ("TM-15",)
SUBJECT = "item"
VERSION = "1"

Stage = Literal["pre_notice", "compensation", "taken"]

_ANY: Final = re.compile(r"征地|征收")
_SOMETHING_ELSE: Final = re.compile(
    r"房屋|撤销|撤回|废止|更正|结果|决定|通知|解读|听证|意见|采纳|答复|政策|标准|区片|办法|流程|登记|名单|调查|统计|完成情况|批复|批准文件|补正"
)
_STAGES: Final[tuple[tuple[Stage, re.Pattern[str]], ...]] = (
    ("pre_notice", re.compile(r"预公告|启动公告|拟征(?:收|地)[^，。]{0,30}公告")),
    ("compensation", re.compile(r"(?:征地|征收)[^，。]{0,30}补偿[、和与]?安置[^，。]{0,12}公告")),
    ("taken", re.compile(r"征收[^，。]{0,30}土地[^，。]{0,12}公告|征地公告|土地征收公告")),
)
_PERIOD: Final = re.compile(r"(?:公告|公示|张贴|预公告)(?:的)?(?:期限|期间|时限|时间|期)(?:不少于|不得少于|为|是|自)?")
_RECEIVED_LABEL: Final = re.compile(r"收到(?:征地|用地|土地征收)?(?:批准文件|批复|批文|批准)(?:的|之)?(?:日期|时间)")
_RECEIVED: Final = re.compile(r"收到[^。；\n]{0,30}(?:批准|批复|批文)|(?:批准|批复|批文)[^。；\n]{0,20}收到")
_APPROVED_LABEL: Final = re.compile(r"批准(?:的)?(?:日期|时间)")
_APPROVED: Final = re.compile(r"批准|批复同意|予以批复")
_SENTENCES: Final = re.compile(r"[。；\n]")


class Text(RuleText):
    """Working days and days that the two announcements stand at least, working days for the notice after approval."""

    pre_notice_working_days: Annotated[int, Field(ge=1)]
    compensation_days: Annotated[int, Field(ge=1)]
    taken_working_days: Annotated[int, Field(ge=1)]


def stage_of(title: str) -> Stage | None:
    """Which of the notices a title is of; None for none of them."""
    if _ANY.search(title) is None or _SOMETHING_ELSE.search(title) is not None:
        return None
    return next((stage for stage, named in _STAGES if named.search(title)), None)


def concerns(item: Item, _context: ItemContext, _case: Case) -> bool:
    """Whether the title says that it is one of the notices."""
    return stage_of(item.title) is not None


def judge(item: Item, context: ItemContext, case: Case) -> Judgement:
    """Whether the notice stands as long, or came as soon, as it must."""
    if item.withdrawn_at is not None:
        return not_applicable("withdrawn", "the item no longer stands on the site")
    stage = stage_of(item.title)
    if stage is None:
        return not_applicable("no_notice", "by its title it is no notice of land taken")
    if other := other_body(item, context.unit, case.city):
        return not_applicable("other_issuer", other)
    if not item.page_read:
        return not_assessable("unread", "the page has not been read")
    text, law = item.body_text or "", case.text(Text)
    if not text:
        return not_assessable("no_text", "the page has no text: the notice may be a picture or a file")
    signed = signature(text)
    if signed is not None and not _is_near(signed[0], item):
        signed = None
    shown = item.published_on if is_displayed(item) else None
    issued = min(filter(None, (signed and signed[0], shown, case.day(item.first_seen))), default=None)
    if issued is not None and issued < law.in_force_from:
        return not_applicable("before_force", f"issued on {issued}, in force from {law.in_force_from}")
    if stage == "taken":
        return _in_time(item, text, signed[0] if signed else None, case)
    periods = list(periods_under(_PERIOD, text))
    if not periods:
        return not_assessable("no_period", "the notice states no period that can be read", stage=stage)
    judge_period = _working if stage == "pre_notice" else _calendar
    judged = [judge_period(period, shown, case) for period in periods]
    return min(judged, key=lambda one: _FAVOUR.index(one.verdict))


# of several periods that a notice states the one that speaks most for the unit counts
_FAVOUR: Final = (
    VerdictKind.COMPLIANT,
    VerdictKind.NOT_ASSESSABLE,
    VerdictKind.NOT_APPLICABLE,
    VerdictKind.BREACH,
)


def _is_near(on: dt.date, item: Item) -> bool:
    """Whether a signature can be the notice's: no document is signed after it was published, or years before."""
    return item.published_on is None or dt.timedelta(0) <= item.published_on - on <= dt.timedelta(days=366)


def _working(period: Period, shown: dt.date | None, case: Case) -> Judgement:
    """Whether the period has the working days that an announcement of what is to be taken must stand."""
    least = case.text(Text).pre_notice_working_days
    facts: dict[str, Any] = {"stage": "pre_notice", "stated": period.raw, "least": least, "count_of": "working days"}
    if period.length is not None and period.working:
        if period.length >= least:
            return compliant(**facts, counted=period.length)
        return breach(**facts, counted=period.length, days_short=least - period.length)
    first, last = _ends(period, shown)
    if first is None or last is None:
        if period.length is not None and period.length < least:  # so many days hold no more working ones
            return breach(**facts, counted_days=period.length, days_short=least - period.length)
        return not_assessable("no_first_day", "the period has no first day to count its working days from", **facts)
    start = first - dt.timedelta(days=1)
    counted, at_most = case.days.count(start, last), case.days.at_most(start, last)
    facts |= {"first_on": first, "last_on": last, "counted": counted.counted}
    if counted.counted >= least:
        return compliant(**facts)
    if at_most >= least:
        words = f"{counted.counted} working days if no weekend day is worked, {at_most} at the most"
        return not_assessable("calendar_provisional", words, **facts)
    return breach(
        **facts,
        days_short=least - counted.counted,
        count_start=start,
        count_end=last,
        skipped=case.days.skipped(start, last),
        provisional=counted.provisional,
    )


def _calendar(period: Period, shown: dt.date | None, case: Case) -> Judgement:
    """Whether the period has the days that an announcement of compensation must stand."""
    least = case.text(Text).compensation_days
    facts: dict[str, Any] = {
        "stage": "compensation",
        "stated": period.raw,
        "least_days": least,
        "count_of": "calendar days",
    }
    if period.working:
        if period.length is not None and period.length >= least:
            return compliant(**facts, counted_days=period.length)
        first = shown
        if first is None or period.length is None:
            return not_assessable("no_first_day", "the period has no first day to count its days from", **facts)
        end = case.days.add_working_days(first, period.length)
        if end.provisional:
            return not_assessable("calendar_provisional", "holidays could lengthen the period", **facts)
        last: dt.date | None = end.on
    else:
        first, last = _ends(period, shown)
        if period.length is not None and period.length >= least:
            return compliant(**facts, counted_days=period.length)
        if period.length is not None and (first is None or last is None):
            return breach(**facts, counted_days=period.length, days_short=least - period.length)
    if first is None or last is None:
        return not_assessable("no_period", "the notice states no period that can be read", **facts)
    counted = (last - first).days + 1
    facts |= {"first_on": first, "last_on": last, "counted_days": counted}
    if counted >= least:
        return compliant(**facts)
    return breach(
        **facts,
        days_short=least - counted,
        count_start=first - dt.timedelta(days=1),
        count_end=last,
    )


def _ends(period: Period, shown: dt.date | None) -> tuple[dt.date | None, dt.date | None]:
    """First and last day: as stated, or by the length from the day it was shown; shown earlier, it began earlier."""
    if period.first is not None and period.last is not None:
        return min(filter(None, (period.first, shown))), period.last
    if period.length is not None and shown is not None:
        return shown, shown + dt.timedelta(days=period.length)
    return None, None


def _in_time(item: Item, text: str, signed: dt.date | None, case: Case) -> Judgement:
    """Whether the notice that land is taken came soon enough after the approval was received."""
    limit = case.text(Text).taken_working_days
    received = _stated(text, _RECEIVED_LABEL, _RECEIVED)
    approved = _stated(text, _APPROVED_LABEL, _APPROVED)
    known = received or approved
    if not known:
        return not_assessable("no_approval_date", "the notice states no day of the approval", stage="taken")
    facts = {"stage": "taken"}
    name = "received_on" if received else "approved_on"
    judged = within(item, Start(on=max(known), name=name, earliest=signed, facts=facts), limit, case)
    if received or judged.verdict is not VerdictKind.BREACH:
        return judged
    words = f"approved on {max(known)}; the notice does not say when the approval was received"
    told = {key: value for key, value in judged.facts.items() if key not in ("count_start", "count_end", "skipped")}
    return not_assessable("no_receipt_date", words, **told)


def _stated(text: str, label: re.Pattern[str], words: re.Pattern[str]) -> Sequence[dt.date]:
    """The days under the label, else the last day of each sentence with these words and not more than two days."""
    labelled = [one.on for one in dates_under(label, text)]
    if labelled:
        return labelled
    found = []
    for sentence in _SENTENCES.split(text):
        if words.search(sentence):
            days = [date.on for date in all_dates(sentence) if date.on is not None]
            found += [max(days)] if days else []
    return found
