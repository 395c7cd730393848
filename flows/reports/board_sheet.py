"""The scoreboard as a sheet to print: units by rank within their peer group, part by part of the score; pure.

In comes the scoreboard's JSON; out go texts and the lengths of bars. A part of the score tells what was met of what was
judged, with a sign beside its shade, so that it reads without colour.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from flows.reports.notice import KINDS, chinese_day
from flows.reports.scoreboard import CHINESE
from flows.reports.shares import share
from storage.schema import PeerGroup

# how a part stands: sign, class of its shade, words; by what was met of what was judged
_STANDS: Final = {
    "all": ("●", "全部达标"),
    "most": ("◐", "达标八成以上"),
    "few": ("○", "达标不足八成"),
    "none": ("—", "未能判定或不适用"),
}
_MOST: Final = 8  # tenths


def context(city: str, board: Mapping[str, Any], *, today: dt.date, period: str | None = None) -> dict[str, Any]:
    """What the template ``board.html`` is filled with.

    :param board: the scoreboard's JSON with its ``scores``.
    :param today: in the city's time zone.
    :param period: the Chinese name of a frozen one.
    """
    scores, found = board["scores"], board["open_findings"]
    looks = board["coverage"]
    judged = [line for line in scores if line["judged"]]
    passing = [line for line in judged if line["passes"]]
    parts = [{"id": one["id"], "name": one["chinese"], "weight": one["weight"]} for one in board["formula"]["groups"]]
    return {
        "title": f"{city}政府信息公开监测得分总览",
        "city": city,
        "period": period or "",
        "as_of": chinese_day(dt.date.fromisoformat(board["as_of"])),
        "today": chinese_day(today),
        "formula": board["formula"]["version"],
        "figures": [
            ("公开主体", f"{len(scores)}个"),
            ("本次检查", share(len(judged), len(scores))),
            ("合格率", share(len(passing), len(judged))),
            ("观测覆盖率", share(looks["good"], looks["due"]) if looks else share(0, 0)),
            ("未整改问题", f"{sum(found.values())}项"),
        ],
        "kinds": {word: found[kind] for kind, word in KINDS.items() if found.get(kind)},
        "parts": parts,
        "signs": [{"name": name, "sign": sign, "words": words} for name, (sign, words) in _STANDS.items()],
        "groups": [
            {
                "name": CHINESE[group] + ("（单列）" if group is PeerGroup.VERTICAL else ""),
                "rows": [_row(line) for line in sorted(scores, key=_order) if line["peer_group"] == group.value],
            }
            for group in PeerGroup
            if any(line["peer_group"] == group.value for line in scores)
        ],
    }


def _order(line: Mapping[str, Any]) -> tuple[bool, int, str]:
    return line["rank"] is None, line["rank"] or 0, line["unit"]


def _row(line: Mapping[str, Any]) -> dict[str, Any]:
    looks = line["coverage"]
    return {
        "rank": line["rank"] if line["rank"] is not None else "—",
        "unit": line["name"],
        "points": f"{line['points']:.1f}" if line["points"] is not None else "—",
        "bar": round(line["points"] or 0),
        "veto": "" if line["passes"] else "单项否决",
        "parts": [_part(one) for one in line["groups"]],
        "met": f"{line['met']}/{line['judged']}",
        "open": sum(line["open_findings"].values()),
        "unjudged": line["not_assessable"],
        "coverage": f"{looks['good']}/{looks['due']}" if looks else "—",
    }


def _part(one: Mapping[str, Any]) -> dict[str, str]:
    met, judged = one["met"], one["judged"]
    name = "none" if not judged else "all" if met == judged else "most" if met * 10 >= judged * _MOST else "few"
    return {"stands": name, "sign": _STANDS[name][0], "said": f"{met}/{judged}" if judged else ""}
