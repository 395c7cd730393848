"""Problems in a bulletin's words: grouped by what is wrong, with a few named examples, and one row each in the annex.

What must not be spread further (personal data, links to harmful sites) is named by unit and column alone: a bulletin is
read by many, and the page itself goes to the unit in its notice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from flows.reports.notice import GAP, KINDS, Told
from storage.console import texts
from storage.schema import Finding, Unit

MOST_GROUPS: Final = 6
EXAMPLES: Final = 3
_OTHER: Final = "其他问题"
# the groups real bulletins have, by the beginnings of rules' ids; the longest beginning counts
_FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {
    "信息更新不及时": ("UP-",),
    "空白栏目，公开平台、公开指南内容不完整": ("UP-06", "PL-", "GD-", "CV-20", "CV-21"),
    "年度报告、预决算等未按期公开": ("TM-04", "TM-05", "TM-10", "TM-11", "TM-12", "TM-13"),
    "信息公开超过规定时限": ("TM-", "CV-DIR"),
    "意见征集、反馈与政策解读不规范": ("TM-06", "TM-07", "TM-08", "TM-09", "CN-"),
    "目录要素、内容表述不规范": ("CT-", "WD-", "FK-", "TM-16"),
    "网站运行、互动与安全问题": ("AV-", "DM-", "FT-", "IN-", "MT-", "SE-"),
}
_BY_BEGINNING: Final = sorted(
    ((beginning, title) for title, beginnings in _FAMILIES.items() for beginning in beginnings),
    key=lambda one: -len(one[0]),
)
_PRIVATE: Final = ("SE-",)
# the facts that tell a problem in a few words, in the order they are read
_TELLING: Final = (
    "year",
    "newest_on",
    "formed_on",
    "decided_on",
    "asked_on",
    "deadline",
    "published_on",
    "due_on",
    "stated",
    "least_days",
    "counted_days",
    "days_short",
    "counted",
)
_ENOUGH: Final = ("days_over", "days_short", "missing", "newest_on")  # facts that need no rule beside them
_MOST_FACTS: Final = 3  # before the days over, which end the sentence
_MOST_SIGNS: Final = 60  # of one title or place; whole titles are in the finding


def family_of(rule: str) -> str:
    """The group of problems that a rule's breaches are told in."""
    return next((title for beginning, title in _BY_BEGINNING if rule.startswith(beginning)), _OTHER)


def grouped(named: Sequence[Told], units: Mapping[str, Unit]) -> list[dict[str, Any]]:
    """The problems by group, the largest first; more than six groups have their smallest told together as others."""
    families: dict[str, list[Told]] = {}
    for one in named:
        families.setdefault(family_of(one.finding.rule), []).append(one)
    order = sorted(families.items(), key=lambda one: (one[0] == _OTHER, -len(one[1]), one[0]))
    if len(order) > MOST_GROUPS:
        rest = [one for _, members in order[MOST_GROUPS - 1 :] for one in members]
        order = [*order[: MOST_GROUPS - 1], (_OTHER, rest)]
    return [_group(number, title, members, units) for number, (title, members) in enumerate(order, 1)]


_NUMERALS: Final = "一二三四五六"


def _group(number: int, title: str, members: Sequence[Told], units: Mapping[str, Unit]) -> dict[str, Any]:
    owners = dict.fromkeys(one.finding.unit for one in members)
    red = sum(one.finding.severity == "red" for one in members)
    return {
        "heading": f"（{_NUMERALS[number - 1]}）{title}",
        "title": title,
        "count": len(members),
        "units": len(owners),
        "red": red,
        "yellow": len(members) - red,
        "summary": f"共{len(members)}项，涉及{len(owners)}个单位（红色{red}项、黄色{len(members) - red}项）。",
        "examples": [f"{units[one.finding.unit].name}{told_in_words(one)}" for one in examples(members)],
        "bases": list(dict.fromkeys(one.finding.basis for one in members)),
    }


def examples(members: Sequence[Told]) -> list[Told]:
    """Up to three, of as many units as there are: red before yellow, the longest overdue first."""
    ranked = sorted(members, key=lambda one: (one.finding.severity != "red", -_days(one.finding), one.finding.id))
    chosen: list[Told] = []
    for again in range(EXAMPLES):
        counts: dict[str, int] = {}
        for one in ranked:
            counts[one.finding.unit] = counts.get(one.finding.unit, 0) + 1
            if counts[one.finding.unit] == again + 1:
                chosen.append(one)
    return chosen[:EXAMPLES]


def _days(finding: Finding) -> int:
    found = finding.facts.get("days_over", finding.facts.get("days_short", 0))
    return found if isinstance(found, int) else 0


def told_in_words(one: Told) -> str:
    """One problem as an example: where, and the facts; the rule's own words where facts say nothing."""
    said = fact_sentence(one.finding)
    if not any(name in one.finding.facts for name in _ENOUGH):
        said = f"{one.rule}（{said}）" if said else one.rule
    return f"“{place_of(one)}”{said}" if one.column or one.item else f"：{said}"


def place_of(one: Told) -> str:
    """The column and item, or the unit as a whole."""
    parts = [one.column] if one.finding.rule.startswith(_PRIVATE) else [one.column, one.item]
    return "·".join(_short(part) for part in parts if part) or "单位整体"


def fact_sentence(finding: Finding) -> str:
    """The few facts that prove it, as 最新信息日期2025-06-01，超期93天; empty where none of them has a word."""
    facts = finding.facts
    if finding.rule.startswith(_PRIVATE):
        return ""
    plain = [name for name in _TELLING if _is_plain(facts.get(name)) and _word(name) != name]
    said = [f"{_word(name)}{facts[name]}" for name in plain][:_MOST_FACTS]
    missing = facts.get("missing")
    if isinstance(missing, list) and missing:
        said.append(f"缺少{'、'.join(_short(texts.word('zh', 'column_kind', str(one))) for one in missing)}")
    if isinstance(facts.get("days_short"), int) and "days_short" not in plain[:_MOST_FACTS]:
        said.append(f"不足{facts['days_short']}天")
    if _is_plain(facts.get("days_over")):
        # rules that count working days tell how many they counted
        said.append(f"超期{facts['days_over']}{'个工作日' if 'counted' in facts else '天'}")
    return "，".join(said)


def _word(name: str) -> str:
    return texts.word("zh", "fact", name)


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and len(str(value)) <= _MOST_SIGNS


def _short(text: str) -> str:
    return text if len(text) <= _MOST_SIGNS else f"{text[:_MOST_SIGNS]}…"


def annex_row(number: int, one: Told, owner: Unit, is_failing: bool, due: str, zone: ZoneInfo) -> dict[str, Any]:
    """A row of the list of problems under the usual heads; days in the city's time zone."""
    found = one.finding
    said = fact_sentence(found)
    evidence = next(iter(found.evidence), None)
    url = one.url or (evidence.url if evidence else "")
    return {
        "number": number,
        "code": owner.site_code or GAP,
        "site": owner.name,
        "unit": owner.name,
        "home": owner.home,
        "result": "不合格" if is_failing else "突出问题" if found.severity == "red" else "一般问题",
        "problem": f"{KINDS[found.kind.value]}：{place_of(one)}，{one.rule}{'（' + said + '）' if said else ''}",
        "page": "见点对点文书" if found.rule.startswith(_PRIVATE) else url,
        "found_on": f"{found.opened_at.astimezone(zone):%Y-%m-%d}",
        "due": due,
        "state": texts.word("zh", "state", found.state),
        "id": found.id,
    }
