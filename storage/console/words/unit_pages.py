"""Words of a unit's page."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "unit.score": ("得分", "Score"),
    "unit.points": ("{points} 分", "{points} points"),
    "unit.no_points": ("能判定的事项不足，不计分", "too little could be judged for points"),
    "unit.rank": ("同类第 {rank} 名，共 {peers} 个", "rank {rank} of {peers} among its peers"),
    "unit.fails": ("触犯单项否决指标，不合格", "fails: a veto rule is breached"),
    "unit.judged_of": (
        "合格 {met} / 已判定 {judged}；另有 {unseen} 项未能判定，不计分",
        "{met} of {judged} judged are met; {unseen} could not be judged and do not count",
    ),
    "unit.group": ("指标组", "Group"),
    "unit.met": ("合格", "Met"),
    "unit.worth": ("分值", "Worth"),
    "unit.got": ("得分", "Points"),
    "unit.losses": ("失分明细", "Every lost point"),
    "unit.no_losses": ("没有失分。", "No point was lost."),
    "unit.earns": ("整改可得分", "What mending it earns"),
    "unit.count": ("数量", "Number"),
    "unit.window": ("更新期限", "Window"),
    "unit.left": ("距期限 {days} 天", "{days} days left"),
    "unit.over": ("超期 {days} 天", "{days} days over"),
    "unit.next_due": ("下次到期", "Next due"),
    "unit.dues": ("近期到期事项", "Due soon"),
    "unit.items_latest": ("最近入目录或有变更的信息", "Items that came or changed last"),
    "unit.items_none": ("该单位尚无信息入目录。", "No item of this unit is in the catalogue yet."),
    "unit.search": ("检索该单位全部信息", "Search all its items"),
    "unit.history": ("历次得分", "Points by day"),
    "unit.day": ("日期", "Day"),
    "unit.months": ("各月问题", "Findings by month"),
    "unit.month": ("月份", "Month"),
    "unit.contacts": ("联系人", "Contacts"),
    "unit.duty": ("本单位主动公开基本目录", "Its own directory"),
    "unit.duty_of": (
        "已公开 {met} / {rows} 项；未能判定 {unjudged} 项（判定至 {day}）",
        "{met} of {rows} rows are met; {unjudged} could not be judged (as of {day})",
    ),
    "unit.filtered": ("只显示指标 {rule} 的问题", "Only findings of {rule} are shown"),
    "unit.all_findings": ("显示全部", "show all"),
    "unit.sections": ("本页内容", "On this page"),
}
