"""The inspection bulletin (检查情况通报): what is said of a city's units, and with which numbers; pure.

In come the scoreboard, the findings as they stand and those the last bulletin named; out goes what the templates are
filled with: ready paragraphs, groups of problems with examples, four annexes, and the bare numbers for an office that
writes its own words. Nothing is invented: the paper's number, to whom it goes, what is not watched (政务新媒体) and a
day that nobody gave are marked gaps. Every rate is made here of its two numbers.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from flows.reports.notice import GAP, KINDS, Told, chinese_day
from flows.reports.problems import annex_row, grouped, place_of
from flows.reports.scoreboard import CHINESE
from flows.reports.shares import share
from flows.reports.standing import Last, Mended, Sorted, failing, mended, sort_out
from storage.schema import City, PeerGroup, Unit

MOST_ROWS: Final = 2000  # of one annex: some 150 pages; all of them are in the workbook
_DOCUMENT: Final = re.compile(r"《[^《》]*(?:《[^《》]*》[^《》]*)*》(?:（[^（）]{1,24}[号令][^（）]{0,12}）)?")
_BASES: Final = 6  # documents named in the opening sentence; each group of problems cites its own


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What a bulletin is made of.

    ``board`` is the scoreboard's JSON with its ``scores``; ``found`` are the breaches of binding rules on the day
    judged, each as its finding stands now; ``bases`` the citations of the rules that were judged; ``period`` its
    Chinese name where a frozen one is told.
    """

    city: City
    board: Mapping[str, Any]
    found: tuple[Told, ...]
    bases: tuple[str, ...]
    last: Last | None = None
    period: str | None = None


def context(matter: Matter, *, today: dt.date, due: dt.date | None = None, number: str | None = None) -> dict[str, Any]:
    """What the templates are filled with, all of it texts and numbers.

    :param today: in the city's time zone.
    :param due: the last day for mending it.
    """
    units = {unit.id: unit for unit in matter.city.units}
    told = [one for one in matter.found if one.finding.unit in units]
    split = sort_out(told)
    failed = failing(split.named, frozenset(matter.board["formula"]["veto"]))
    numbers = _numbers(matter, split, failed, {one.finding.unit for one in told})
    zone = ZoneInfo(matter.city.timezone)
    deadline = due.isoformat() if due else GAP
    ordered = sorted(split.named, key=lambda one: _order(one, units))
    faultless = _faultless(matter, told)
    as_of = dt.date.fromisoformat(matter.board["as_of"])
    return {
        "title": f"关于{matter.city.name}{matter.period or ''}政府信息公开检查情况的通报",
        "number": number or GAP,
        "addressees": GAP,
        "city": matter.city.name,
        "office": f"{matter.city.name}政府信息公开办公室",
        "period": matter.period or f"截至{chinese_day(as_of)}",
        "as_of": chinese_day(as_of),
        "today": chinese_day(today),
        "due": chinese_day(due) if due else GAP,
        "bases": "、".join(documents(matter.bases)) or GAP,
        "numbers": numbers,
        "overall": _overall(matter, numbers, split, units, failed, today),
        "groups": grouped(ordered, units),
        "faultless": [units[one].name for one in faultless],
        "disputed": [f"{units[one.finding.unit].name}：{place_of(one)}，{one.rule}" for one in split.disputed],
        "failing": _failing_rows(ordered, units, failed),
        "problems": [
            annex_row(place, one, units[one.finding.unit], one.finding.unit in failed, deadline, zone)
            for place, one in enumerate(ordered[:MOST_ROWS], 1)
        ],
        "cut": max(0, len(ordered) - MOST_ROWS),
        "mended": _mended_rows(matter.last, units, zone),
        "last": _last_title(matter.last),
        "ranking": _ranking(matter, failed),
        "contact": matter.city.contact.removeprefix("mailto:"),
    }


def facts_of(matter: Matter) -> dict[str, Any]:
    """What is kept with the paper, so that the next bulletin can say what became of it."""
    units = {unit.id for unit in matter.city.units}
    named = sort_out([one for one in matter.found if one.finding.unit in units]).named
    return {
        "as_of": matter.board["as_of"],
        "period": matter.period,
        "named": [one.finding.id for one in named],
        "last": None if matter.last is None else matter.last.name,
    }


def documents(bases: Sequence[str]) -> list[str]:
    """The documents that citations name, those cited most first; each once, with the number where any citation has it.

    >>> documents(["《条例》（国务院令第711号）第六条", "《条例》第七条"])
    ['《条例》（国务院令第711号）']
    """
    counts: Counter[str] = Counter()
    full: dict[str, str] = {}
    for base in bases:
        found = _DOCUMENT.match(base)
        if found is None:
            continue
        name = found[0].partition("》（")[0].removesuffix("》")
        counts[name] += 1
        full[name] = max(full.get(name, ""), found[0], key=len)
    return [full[name] for name, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:_BASES]]


# ------------------------------------------------------------------ numbers and sentences


def _order(one: Told, units: Mapping[str, Unit]) -> tuple[Any, ...]:
    groups = list(PeerGroup)
    owner = units[one.finding.unit]
    severity = one.finding.severity != "red"
    return (
        groups.index(owner.peer_group),
        owner.id,
        severity,
        one.finding.rule,
        one.finding.column or "",
        one.finding.id,
    )


def _numbers(matter: Matter, split: Sorted, failed: Mapping[str, Any], touched: Set[str]) -> dict[str, Any]:
    """The bare numbers; ``touched`` are the units of whom anything was found, for some rules count no points."""
    lines = matter.board["scores"]
    checked = [line["unit"] for line in lines if line["judged"] or line["unit"] in touched]
    passing = [unit for unit in checked if unit not in failed]
    by_unit = {one.finding.unit for one in split.named}
    kinds = Counter(one.finding.kind.value for one in split.named)
    severities = Counter(one.finding.severity for one in split.named)
    platform = [group for line in lines for group in line["groups"] if group["id"] == "platform"]
    return {
        "units": len(matter.city.units),
        "checked": len(checked),
        "failing": len(failed),
        "passing": len(passing),
        "with_problems": len(by_unit),
        "findings": len(split.named),
        "disputed": len(split.disputed),
        "red": severities["red"],
        "yellow": severities["yellow"],
        "kinds": {word: kinds[kind] for kind, word in KINDS.items() if kinds[kind]},
        "platform_met": sum(group["met"] for group in platform),
        "platform_judged": sum(group["judged"] for group in platform),
        "not_assessable": sum(line["not_assessable"] for line in lines),
    }


def _overall(
    matter: Matter,
    numbers: Mapping[str, Any],
    split: Sorted,
    units: Mapping[str, Unit],
    failed: Mapping[str, Any],
    today: dt.date,
) -> list[dict[str, Any]]:
    found = [
        f"在运行并纳入监测的公开主体{numbers['units']}个，本次检查{numbers['checked']}个，"
        f"检查比例{share(numbers['checked'], numbers['units'])}。"
        f"存在单项否决问题、判为不合格的{numbers['failing']}个，"
        f"合格{numbers['passing']}个，合格率{share(numbers['passing'], numbers['checked'])}。",
    ]
    if numbers["findings"]:
        kinds = "、".join(f"{word}{count}项" for word, count in numbers["kinds"].items())
        found.append(
            f"共有{numbers['with_problems']}个单位存在问题{numbers['findings']}项，其中{kinds}；"
            f"红色（严重）{numbers['red']}项，黄色（一般）{numbers['yellow']}项。"
        )
    else:
        found.append("本次检查未发现问题（0项）。")
    if numbers["disputed"]:
        found.append(f"另有{numbers['disputed']}项正在申诉，未列入问题，待核实后另行通报。")
    looks = matter.board.get("coverage")
    looked = (
        f"应观测{looks['due']}栏日，有效观测{looks['good']}栏日（{share(looks['good'], looks['due'])}）；"
        if looks
        else ""
    )
    found.append(f"{looked}因观测不足等原因未能判定{numbers['not_assessable']}项次，不计为单位问题。")
    platform = [one for one in split.named if one.finding.rule.startswith(("PL-", "GD-"))]
    owners = list(dict.fromkeys(units[one.finding.unit].name for one in platform))
    named = f"，涉及{_some(owners)}" if owners else ""
    return [
        {"heading": "（一）公开主体及其网站", "paragraphs": found},
        {"heading": "（二）政务新媒体", "paragraphs": [f"政务新媒体检查情况：{GAP}（未纳入本系统监测）。"]},
        {
            "heading": "（三）政府信息公开平台",
            "paragraphs": [
                f"公开平台、指南与目录方面共判定{numbers['platform_judged']}项，符合要求"
                f"{numbers['platform_met']}项，占{share(numbers['platform_met'], numbers['platform_judged'])}；"
                f"公开平台、公开指南存在问题{len(platform)}项{named}。"
            ],
        },
        {"heading": "（四）上次通报问题整改情况", "paragraphs": _followed_up(matter.last, units, today)},
    ]


def _some(names: Sequence[str], most: int = 10) -> str:
    return "、".join(names[:most]) + (f"等{len(names)}个单位" if len(names) > most else "")


def _followed_up(last: Last | None, units: Mapping[str, Unit], today: dt.date) -> list[str]:
    if last is None:
        return ["此前没有可供对照的通报。"]
    became = [(one, mended(one.finding, last.made_at)) for one in last.findings]
    counts = Counter(word for _, word in became)
    total = len(became) + last.gone
    if not total:
        return [f"{_last_title(last)}未点名问题（0项）。"]
    said = [
        f"{_last_title(last)}点名问题{total}项，截至{chinese_day(today)}，已销号{counts[Mended.CLOSED]}项，"
        f"整改率{share(counts[Mended.CLOSED], total)}。"
    ]
    others = [f"{word.value}{counts[word]}项" for word in Mended if word is not Mended.CLOSED and counts[word]]
    if last.gone:
        others.append(f"已无记录{last.gone}项")
    if others:
        said.append(f"其余{total - counts[Mended.CLOSED]}项：{'、'.join(others)}。")
    for word, words in ((Mended.SILENT, "未反馈整改情况的单位"), (Mended.FAILED, "复查未通过的单位")):
        names = dict.fromkeys(
            units[one.finding.unit].name for one, what in became if what is word and one.finding.unit in units
        )
        if names:
            said.append(f"{words}：{'、'.join(names)}。")
    return said


def _last_title(last: Last | None) -> str:
    return "" if last is None else f"上次通报（判定至{chinese_day(last.as_of)}）"


def _faultless(matter: Matter, told: Sequence[Told]) -> list[str]:
    """Units of whom enough was judged for points, and nothing whatever was found."""
    touched = {one.finding.unit for one in told}
    return [
        line["unit"] for line in matter.board["scores"] if line["points"] is not None and line["unit"] not in touched
    ]


# ------------------------------------------------------------------ annexes


def _failing_rows(
    ordered: Sequence[Told], units: Mapping[str, Unit], failed: Mapping[str, Sequence[Told]]
) -> list[dict[str, Any]]:
    """Annex 1: units that fail, and those with a red finding beside."""
    worst: dict[str, list[Told]] = {}
    for one in ordered:
        if one.finding.severity == "red":
            worst.setdefault(one.finding.unit, []).append(one)
    rows: list[dict[str, Any]] = []
    for name in sorted({*failed, *worst}, key=lambda one: (one not in failed, list(units).index(one))):
        why = failed.get(name) or worst[name]
        rows.append(
            {
                "number": len(rows) + 1,
                "code": units[name].site_code or GAP,
                "unit": units[name].name,
                "url": units[name].home,
                "result": "不合格" if name in failed else "突出问题",
                "count": len(why),
                "why": "；".join(dict.fromkeys(one.rule for one in why)),
            }
        )
    return rows


def _mended_rows(last: Last | None, units: Mapping[str, Unit], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Annex 3: what became of each finding that the last bulletin named."""
    if last is None:
        return []
    order = sorted(last.findings, key=lambda one: (one.finding.unit, one.finding.rule, one.finding.id))
    return [
        {
            "number": number,
            "unit": units[one.finding.unit].name if one.finding.unit in units else one.finding.unit,
            "problem": f"{one.rule}（{one.finding.rule}）",
            "place": place_of(one),
            "found_on": f"{one.finding.opened_at.astimezone(zone):%Y-%m-%d}",
            "result": mended(one.finding, last.made_at).value,
            "closed_on": f"{one.finding.closed_at.astimezone(zone):%Y-%m-%d}" if one.finding.closed_at else "",
        }
        for number, one in enumerate(order[:MOST_ROWS], 1)
    ]


def _ranking(matter: Matter, failed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Annex 4: peer group by peer group, vertical units apart, as the board has them."""
    tables = []
    for group in PeerGroup:
        lines = [line for line in matter.board["scores"] if line["peer_group"] == group.value]
        if not lines:
            continue
        lines.sort(key=lambda line: (line["rank"] is None, line["rank"] or 0, line["unit"]))
        apart = "（单列，不参加本市排名考核）" if group is PeerGroup.VERTICAL else ""
        tables.append({"group": CHINESE[group] + apart, "rows": [_rank_row(line, failed) for line in lines]})
    return tables


def _rank_row(line: Mapping[str, Any], failed: Mapping[str, Any]) -> dict[str, Any]:
    notes = []
    if line["points"] is None:
        notes.append("可判定的指标不足，不计分" if line["judged"] else "未能判定任何指标，不计分")
    if line["unit"] in failed:
        notes.append("不合格（单项否决）")
    if line["not_assessable"]:
        notes.append(f"未能判定{line['not_assessable']}项，不计为单位问题")
    return {
        "rank": line["rank"] if line["rank"] is not None else "—",
        "unit": line["name"],
        "points": f"{line['points']:.1f}" if line["points"] is not None else "—",
        "met": share(line["met"], line["judged"]),
        "note": "；".join(notes),
    }
