"""A notice to one unit (提示单, 整改通知书): what of its findings it is told, in which words; pure.

A 提示单 names what was found and not told yet; a 整改通知书 what was told and still stands. Nothing is invented: the
number of the paper, and the last day where none is given, are marked gaps for the office to fill. Facts are those of
the findings, under the words the console shows them by.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from storage.console import texts
from storage.findings import State
from storage.schema import City, Finding, Unit

GAP: Final = "【　　】"  # what the office fills in
KINDS: Final = {
    "untimely": "公开不及时",
    "incomplete": "公开不全面",
    "improper": "公开不规范",
    "unreachable": "无法访问",
    "integrity": "不真实准确",
}
_FACTS: Final = 4  # of a finding; the rest is in its page and in `gongkai explain`


class Paper(StrEnum):
    """Which notice it is."""

    REMINDER = "reminder"  # 提示单
    RECTIFICATION = "rectification"  # 整改通知书


TITLES: Final = {Paper.REMINDER: "政府信息公开工作提示单", Paper.RECTIFICATION: "政府信息公开问题整改通知书"}


@dataclass(frozen=True, kw_only=True)
class Told:
    """A finding with the words that name what it is about."""

    finding: Finding
    rule: str  # the rule's title
    column: str | None
    item: str | None  # title of the item
    url: str | None


def belongs(finding: Finding, paper: Paper) -> bool:
    """Whether a finding is told in such a paper: by where it stands, and whether the unit knows of it."""
    state = State(finding.state)
    if state.is_settled or state in (State.DISPUTED, State.ANSWERED):
        return False
    known = any(event.step == "notified" for event in finding.events)
    return known if paper is Paper.RECTIFICATION else state is State.OPEN and not known


def context(
    paper: Paper,
    city: City,
    unit: Unit,
    told: Sequence[Told],
    *,
    today: dt.date,
    due: dt.date | None = None,
    number: str | None = None,
) -> dict[str, Any]:
    """What the template is filled with.

    :param today: in the city's time zone.
    :param due: the last day for mending it.
    """
    order = sorted(told, key=lambda one: (one.finding.severity != "red", one.finding.opened_at, one.finding.id))
    counts = {word: sum(one.finding.kind.value == kind for one in told) for kind, word in KINDS.items()}
    return {
        "title": TITLES[paper],
        "number": number or f"（编号{GAP}）",
        "city": city.name,
        "unit": unit.name,
        "today": chinese_day(today),
        "due": chinese_day(due) if due else GAP,
        "count": len(order),
        "kinds": "、".join(f"{word}{count}项" for word, count in counts.items() if count),
        "bases": list(dict.fromkeys(one.finding.basis for one in order)),
        "rows": [_row(number, one, due) for number, one in enumerate(order, start=1)],
        "contacts": "、".join(contact.name for contact in unit.contacts) or GAP,
    }


def chinese_day(day: dt.date) -> str:
    """2026年3月2日."""
    return f"{day.year}年{day.month}月{day.day}日"


def _row(number: int, one: Told, due: dt.date | None) -> dict[str, Any]:
    found = one.finding
    place = "·".join(part for part in (one.column, one.item) if part) or "单位整体"
    evidence = next(iter(found.evidence), None)
    return {
        "number": number,
        "id": found.id,
        "rule": f"{one.rule}（{found.rule}）",
        "kind": KINDS[found.kind.value],
        "place": place,
        "facts": "；".join(facts_in_words(found.facts)),
        "url": one.url or (evidence.url if evidence else ""),
        "found_on": f"{found.opened_at:%Y-%m-%d}",
        "seen_at": f"{evidence.captured_at:%Y-%m-%d}" if evidence else "",
        "due": due.isoformat() if due else GAP,
    }


def facts_in_words(facts: Mapping[str, Any]) -> list[str]:
    """The first few plain facts that the console has a word for, as 词：值."""
    said = []
    for name, value in facts.items():
        word = texts.word("zh", "fact", name)
        is_plain = isinstance(value, str | int | float) and not isinstance(value, bool)
        if word != name and name != "confidence" and is_plain:  # how sure the text is: not the unit's matter
            said.append(f"{word}：{texts.fact('zh', name, value)}")
    return said[:_FACTS]
