"""No public message of the last year stands unanswered for more than three months: IN-02.

国办秘函〔2019〕19号 单项否决“互动回应差”. The page shows when it was asked and that it is unanswered; where it does not
show the day it was asked, the day it was published stands for it, which is never earlier. Judged on the day its page
was last known to say so. Interviews, surveys, petitions and denunciations (访谈、征集、信访、举报) do not count. An
empty place for the answer counts only where the page shows, in the same text, when it was asked, and has no file.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any, Final

from flows.compliance.facts import About, Case, Letter
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.letters import message_in
from flows.compliance.regulation import RuleText, WindowIn
from flows.compliance.working_day_limit import is_displayed, is_unsure

RULES = ("IN-02",)
SUBJECT = "group"
GROUPS = "letters"
VERSION = "1"

NOT_COUNTED: Final = re.compile(r"访谈|征集|调查|信访|举报|纪检|监督|建议提案|提案|议案|人大|政协")


class Text(RuleText):
    """How long a message may stand unanswered, from when on a warning is given, and how far back it counts."""

    answered_within: WindowIn
    warns_after: WindowIn
    asked_within: WindowIn


def judge(letter: Letter, case: Case) -> Iterator[About]:
    """Whether one message was answered in time."""
    yield About(
        unit=letter.unit,
        judgement=_judged(letter, case),
        column=letter.column.id,
        item=letter.item.id,
        coverage=letter.coverage,
    )


def _judged(letter: Letter, case: Case) -> Judgement:
    item, text = letter.item, case.text(Text)
    if NOT_COUNTED.search(letter.column.name):
        return not_applicable("not_counted", f"{letter.column.name} is no column for consultation")
    if not item.page_read:
        return not_assessable("unread", "the page of the message has not been read")
    message = message_in(item.body_text or "")
    if message.kind is not None and NOT_COUNTED.search(message.kind):
        return not_applicable("not_counted", f"by its kind ({message.kind}) it is no consultation")
    if message.state == "answered":
        return compliant(asked_on=message.asked_on)
    if message.state == "refused":
        return not_applicable("refused", f"shown as {message.raw}")
    told_by_gap = message.state == "unanswered" and message.raw is None
    if message.state == "unknown" or (told_by_gap and (message.asked_on is None or item.attachments)):
        return not_assessable("state_not_shown", "the page does not say whether the message was answered")
    return _unanswered(letter, message.asked_on, message.raw, text, case)


def _unanswered(letter: Letter, asked_on: dt.date | None, raw: str | None, text: Text, case: Case) -> Judgement:
    item = letter.item
    shown = item.published_on if is_displayed(item) and not is_unsure(item, "published_on", case.law) else None
    asked = asked_on or shown
    if asked is None:
        return not_assessable("no_question_date", "the page does not show when the message was asked")
    facts: dict[str, Any] = {"asked_on": asked, "shows": raw or "an empty place for the answer"}
    if not letter.listed:
        return not_assessable("row_missing", "its row does not stand in the list any more", **facts)
    if letter.read_on is None:
        return not_assessable("page_not_seen", "the last look at its page failed", **facts)
    if (case.as_of - letter.read_on).days > case.law.look.whole_within_days:
        words = f"its page was last read on {letter.read_on}, before it may have been answered"
        return not_assessable("stale_look", words, **facts)
    on = min(case.as_of, letter.read_on)
    if asked > on:
        return not_assessable("later_date", f"the day shown is later than {on}", **facts)
    if text.asked_within.due(asked) < on:
        return not_applicable("long_ago", f"asked on {asked}, more than {text.asked_within} before {on}")
    due = text.answered_within.due(asked)
    facts |= {"due_on": due, "judged_on": on}
    if on > due:
        count = {"count_of": "calendar days", "count_start": asked, "count_end": on}
        evidence = (item.evidence,) if item.evidence is not None else ()
        return breach(evidence=evidence, **facts, days_over=(on - due).days, **count)
    if on > text.warns_after.due(asked):
        return compliant(warning=f"unanswered since {asked}; late after {due}", **facts)
    return compliant(**facts)
