"""What is true of an item's classes: its theme's code, its kind of document, and what 条例 第二十条 calls it.

Written down by hand from the national tables, and from the titles this city makes: a check of the tables and patterns
that the harvester has, so nothing of its is used here.
"""

from __future__ import annotations

import re

from tests.city.model import Column, Facts

_FIRST = {
    "综合政务": "02",
    "国民经济管理、国有资产监管": "03",
    "财政、金融、审计": "04",
    "国土资源、能源": "05",
    "农业、林业、水利": "06",
    "工业、交通": "07",
    "商贸、海关、旅游": "08",
    "市场监管、安全生产监管": "09",
    "城乡建设、环境保护": "10",
    "科技、教育": "11",
    "文化、广电、新闻出版": "12",
    "卫生、体育": "13",
    "劳动、人事、监察": "15",
    "民政、扶贫、救灾": "17",
}
# 其他 is the last of each second level; 政务公开 and 文秘工作, which the city writes behind any theme, are of 综合政务
_LAST = {
    "02": 9,
    "03": 7,
    "04": 9,
    "05": 8,
    "06": 4,
    "07": 12,
    "08": 6,
    "09": 6,
    "10": 6,
    "11": 4,
    "12": 5,
    "13": 4,
    "15": 7,
    "17": 7,
}
_OF_AFFAIRS = {"政务公开": "02-01", "文秘工作": "02-05"}
_GENRES = ("通知", "公告", "通告", "决定", "意见")
# where titles tell of documents more than they are one
_OF_OTHERS = (
    *("news", "activity", "interpretation", "feedback", "leaders", "replies", "request", "guide", "statistics"),
    "annual_reports",
)
_STATUTORY = {
    "policies": "20-01",
    "normative": "20-01",
    "interpretation": "20-01",
    "consultation": "20-15",
    "feedback": "20-15",
    "personnel": "20-02",
    "plans": "20-03",
    "statistics": "20-04",
    "leaders": "20-02",
    "functions": "20-02",
    "budget": "20-07",
    "procurement": "20-09",
    "projects": "20-10",
    "permits": "20-05",
    "penalties": "20-06",
    "fees": "20-08",
    "recruitment": "20-14",
    "emergency": "20-12",
    "livelihood": "20-11",
    "inspection": "20-13",
    "guide": "20-15",
    "rules": "20-15",
    "catalogue": "20-15",
    "annual_reports": "20-15",
    "request": "20-15",
    "gazette": "20-01",
}


def theme_code(facts: Facts) -> str | None:
    """The code of the theme its page shows."""
    if facts.subject is None:
        return None
    first, _, second = facts.subject.partition("\\")
    code = _FIRST.get(first)
    if code is None:
        return None
    if second == "其他":
        return f"{code}-{_LAST[code]:02}"
    return _OF_AFFAIRS.get(second, code) if code == "02" else code


def genre(column: Column, facts: Facts) -> str | None:
    """The kind of document that a formal title ends in."""
    bare = re.sub(r"(?:（[^（）]*）)+$", "", facts.title)
    named = next((one for one in _GENRES if bare.endswith(one)), None)
    own = column.kind not in _OF_OTHERS and "关于" in bare and "的" in bare
    passed_on = column.kind not in _OF_OTHERS and "转发《" in bare and bare.endswith("》的通知")
    return named if own or passed_on else None


def statutory(column: Column, facts: Facts) -> str | None:
    """The law's class: its column's, and of a notice what its title says: that land is taken, penalties, a report."""
    if column.kind == "notices" and "征地补偿" in facts.title:
        return "21-B5" if column.unit.kind == "township" else "21-A4"
    if column.kind == "notices" and "行政处罚信息" in facts.title:
        return "20-06"
    if column.kind == "notices" and any(word in facts.title for word in ("法治政府建设", "征求意见", "意见的公告")):
        return "20-15"
    return _STATUTORY.get(column.kind)
