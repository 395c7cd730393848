# ruff: noqa: E501 - sentences are kept whole
"""What pages say in their text that a limit of its own is measured by: guides, decisions, letters, consultations, land.

Everything here is a pure function of the city's seed, like the items themselves. ``Column.flawed`` says which item
is wrong in which way; all others are as they should be, and some of them only just.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from tests.city.dice import Dice
from tests.city.model import Column, Unit

if TYPE_CHECKING:
    from tests.city.city import City

DECIDED = {"permits": "行政许可", "penalties": "行政处罚"}
LAND = "征地补偿安置公告"
RULE_OF_LAW = "年法治政府建设年度报告"
_CONTACTS = ("办公地址", "办公时间", "联系电话", "传真号码", "电子邮箱")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def long_day(day: dt.date) -> str:
    """2026年3月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def guide(unit: Unit, flaw: str | None) -> tuple[str, ...]:
    """The unit's guide: what there is, how it is arranged, how to get it, and whom to ask (条例 第十二条)."""
    regulation = "《中华人民共和国政府信息公开条例》（国务院令第711号）"
    if flaw == "old_law":
        regulation = "《中华人民共和国政府信息公开条例》（国务院令第492号，2008年5月1日起施行）"
    contacts = {
        "办公地址": f"青禾市禾中路{unit.index + 1}号",
        "办公时间": "工作日8:30至12:00，14:30至17:30",
        "联系电话": f"0999-200{unit.index:04d}",
        "传真号码": f"0999-300{unit.index:04d}",
        "电子邮箱": f"{unit.id}@qinghe.invalid",
    }
    shown = "；".join(f"{name}：{contacts[name]}" for name in _CONTACTS if name != flaw)
    got = (
        ""
        if flaw == "获取方式"
        else "三、获取方式。可以通过政府信息公开平台、政务服务大厅和档案馆查阅，也可以向本机关提出申请。"
    )
    return tuple(
        text
        for text in (
            f"为便于公民、法人和其他组织获取{unit.name}的政府信息，依据{regulation}，编制本指南，并根据情况变化及时更新。",
            "一、信息分类。本机关公开的政府信息分为机构职能、政策文件、规划计划、业务工作、财政信息等类别。",
            "二、编排体系。每条信息按索引号、名称、内容概述、生成日期等编排，形成公开目录。",
            got,
            f"四、工作机构。名称：{unit.short}办公室；{shown}。",
            "五、申请的办理。收到申请后能够当场答复的当场答复；不能当场答复的，自收到申请之日起二十个工作日内答复。",
        )
        if text
    )


def decided_on(city: City, column: Column, key: int, day: dt.date) -> dt.date:
    """The day of the decision that an item published on ``day`` makes public."""
    from tests.city.items import weekdays_before

    dice = Dice(city.seed, "decided", column.no, key)
    return weekdays_before(day, dice.between(25, 45) if column.flawed.get(key) == "slow" else dice.between(0, 4))


def _decision(city: City, column: Column, key: int, day: dt.date) -> tuple[str, ...]:
    what, decided = DECIDED[column.kind], decided_on(city, column, key, day)
    form = column.unit.index % 3
    if form == 0:
        return (f"{what}决定日期：{long_day(decided)}。决定机关：{column.unit.name}。",)
    if form == 1:
        return (f"作出{what}决定的日期：{decided.isoformat()}；作出决定的机关：{column.unit.name}。",)
    return (f"{column.unit.name}于{long_day(decided)}作出{what}决定，现予公示。",)


def _letter(city: City, column: Column, key: int, day: dt.date) -> tuple[str, ...]:
    dice = Dice(city.seed, "letter", column.no, key)
    asked = day - dt.timedelta(days=dice.between(2, 9))
    if column.flawed.get(key) == "unanswered":
        return (
            f"来信时间：{day.isoformat()}",
            "来信内容：请问相关事项如何办理，盼复。",
            "办理状态：办理中",
            "答复内容：",
        )
    return (
        f"来信时间：{asked.isoformat()}", "来信内容：请问相关事项如何办理，盼复。", "办理状态：已办结",
        f"答复时间：{day.isoformat()}", "答复内容：您好，来信收悉。有关事项请到服务窗口咨询办理，感谢您的关心。",
    )  # fmt: skip


def _consultation(city: City, column: Column, key: int, day: dt.date) -> tuple[str, ...]:
    flaw = column.flawed.get(key)
    major = flaw is not None or key % 3 == 0
    days = 12 if flaw == "short" or (not major and key % 5 == 1) else 35
    end = day + dt.timedelta(days=days)
    said = [f"征求意见时间：{long_day(day)}至{long_day(end)}。"]
    if major:
        said.insert(0, "本事项已列入本年度重大行政决策事项目录，现将草案向社会公开征求意见。")
        said.append("草案全文：第一条 为规范管理，制定本办法。第二条 本办法自公布之日起施行。")
        if flaw != "unexplained":
            said.append("起草说明：本办法结合实际起草，主要明确职责分工、办理流程和监督措施。")
    unit = column.unit
    said.append(
        f"意见可以发送至电子邮箱{unit.id}@qinghe.invalid，或者邮寄至青禾市禾中路{unit.index + 1}号{unit.short}。"
    )
    return tuple(said)


def _land(city: City, column: Column, key: int, day: dt.date) -> tuple[str, ...]:
    end = day + dt.timedelta(days=14 if column.flawed[key] == "land_short" else 40)
    return (
        f"根据有关法律法规的规定，现将征地补偿安置方案予以公告。公告期限：自{long_day(day)}起至{long_day(end)}止。",
    )


def identity_number(seed: int, no: int) -> str:
    """A number with a right check digit (GB 11643) of a district that does not exist."""
    dice = Dice(seed, "identity", no)
    digits = f"6299{dice.between(31, 79)}19{dice.between(50, 99)}{dice.between(1, 12):02d}{dice.between(1, 28):02d}{dice.between(1, 999):03d}"
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11]


def more(city: City, column: Column, key: int, day: dt.date) -> tuple[str, ...]:
    """What the item's text says beside the ordinary."""
    flaw = column.flawed.get(key)
    if flaw in ("land_short", "land"):
        return _land(city, column, key, day)
    if flaw == "identity":
        return (f"拟救助对象：王小禾，身份证号：{identity_number(city.seed, column.no)}。",)
    if flaw == "masked":
        number = identity_number(city.seed, column.no)
        return (f"拟救助对象：李小穗，身份证号：{number[:6]}********{number[14:]}。",)
    if column.kind in DECIDED:
        return _decision(city, column, key, day)
    if column.kind == "replies":
        return _letter(city, column, key, day)
    if column.kind == "consultation":
        return _consultation(city, column, key, day)
    return ()


def title(city: City, column: Column, key: int, day: dt.date) -> str | None:
    """The title of an item that is of a sort of its own."""
    flaw = column.flawed.get(key)
    if flaw in ("land_short", "land"):
        return f"{column.unit.short}第{key + 1}号地块{LAND}"
    if flaw in ("law_report", "law_report_late"):
        return f"{column.unit.name}{day.year - 1}{RULE_OF_LAW}"
    return None
