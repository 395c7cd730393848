# ruff: noqa: E501 - words and markup are read across
"""Yearly disclosure reports of the city's units: their figures, their words, and how each is laid out.

A report is a pure function of the seed, the unit and the year. Its relations hold: 一 + 二 = (七)总计 + 四, sums are
sums, what one year carries over the next one takes in. What is seeded (``Column.annual``) breaks exactly one thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from tests.city.dice import Dice
from tests.city.model import Column, File

if TYPE_CHECKING:
    from tests.city.city import City

NAMED = ("natural", "business", "research", "social", "legal", "other")
RESULTS = (
    "granted", "partly", "refused_secret", "refused_forbidden", "refused_stability", "refused_third_party",
    "refused_internal", "refused_process", "refused_case_file", "refused_query", "unable_not_held",
    "unable_to_be_made", "unable_unclear", "declined_petition", "declined_repeated", "declined_publication",
    "declined_mass", "declined_confirmation",
)  # fmt: skip
OTHERS = {True: ("other_not_corrected", "other_not_paid", "other_other"), False: ("other_all",)}
OUTCOMES = ("upheld", "corrected", "other", "pending")
CASES = ("review", "suit_direct", "suit_after_review")
_COMMON = (0, 0, 0, 1, 8, 8, 10, 10, 10, 17, 13, 1)  # results as often as they come; see ``_spread``

Figures = dict[str, Decimal]


@dataclass(frozen=True)
class Layout:
    """How a report is published: ``page`` (tables in the page), ``beside`` (prose in the page, tables in a file),
    ``file`` (all of it in a file, the page empty) or ``scan``; ``kind`` of the file, ``look`` of the page's tables."""

    way: str
    kind: str
    look: int


def is_new(year: int) -> bool:
    """Whether the report has the form of 2021 on."""
    return year >= 2021


def layout(city: City, column: Column, key: int) -> Layout:
    """How this report is laid out."""
    year = column.reports[key][0]
    dice = Dice(city.seed, "annual-layout", column.unit.index, year)
    roll, look = dice.below(100), dice.below(4)
    kind = dice.one(("docx", "xlsx", "pdf", "ofd", "docx"))
    if key in column.annual:
        roll = roll % 90
    if roll < 60:
        return Layout("page", "", look)
    if roll < 80:
        return Layout("beside", kind, look)
    if roll < 95:
        return Layout("file", "pdf" if kind == "xlsx" else kind, look)
    return Layout("scan", "pdf", look)


# ------------------------------------------------------------------ figures


def _spread(dice: Dice, count: int, year: int) -> dict[str, int]:
    names = (*RESULTS, *OTHERS[is_new(year)])
    found = dict.fromkeys(names, 0)
    for _ in range(count):
        at = dice.one(_COMMON)
        found[names[at if dice.chance(80) else dice.below(len(names))]] += 1
    return found


def _new(seed: int, unit: int, year: int, who: str) -> int:
    dice = Dice(seed, "annual-new", unit, year, who)
    return dice.between(6, 70) if who == "natural" else dice.below(7) if who == "business" else dice.below(3)


def _carried(seed: int, unit: int, year: int, who: str) -> int:
    """What the year leaves to the next: never more than came new."""
    return min(Dice(seed, "annual-carried", unit, year, who).below(4), _new(seed, unit, year, who))


def _in_force(seed: int, unit: int, year: int) -> tuple[int, int, int]:
    """Normative documents made and repealed in the year, and in force at its end."""
    total = 12
    made = repealed = 0
    for each in range(2012, year + 1):
        dice = Dice(seed, "annual-normative", unit, each)
        made, repealed = dice.below(4), dice.below(2)
        total += made - repealed
    return made, repealed, total


@lru_cache(maxsize=512)
def _figures(seed: int, unit: int, year: int) -> dict[str, int | str]:
    dice = Dice(seed, "annual", unit, year)
    told: dict[str, int | str] = {}
    made, repealed, total = _in_force(seed, unit, year)
    if is_new(year):
        told |= {"2/regulations/made": 0, "2/regulations/repealed": 0, "2/regulations/in_force": 0}
        told |= {"2/normative/made": made, "2/normative/repealed": repealed, "2/normative/in_force": total}
        told |= {f"2/{row}/decisions": dice.below(900) for row in ("permits", "penalties", "coercion")}
        told["2/fees/amount"] = f"{dice.below(90)}.{dice.below(100):02d}"
    else:
        told |= {"2/regulations/made": 0, "2/regulations/published": 0, "2/regulations/in_force": 0}
        told |= {"2/normative/made": made, "2/normative/published": made, "2/normative/in_force": total}
        for row in ("permits", "services", "penalties", "coercion"):
            told |= {f"2/{row}/items": dice.below(300), f"2/{row}/change": dice.between(-9, 9)}
            told[f"2/{row}/decisions"] = dice.below(900)
        told |= {"2/fees/items": dice.below(9), "2/fees/change": dice.between(-2, 2)}
        told |= {"2/procurement/items": dice.below(40), "2/procurement/amount": f"{dice.below(900)}.{dice.below(10)}"}
    rows = ("new", "carried_in", *RESULTS, *OTHERS[is_new(year)], "total", "carried_out")
    sums = dict.fromkeys(rows, 0)
    for who in NAMED:
        new, before = _new(seed, unit, year, who), _carried(seed, unit, year - 1, who)
        left = _carried(seed, unit, year, who)
        column = {"new": new, "carried_in": before, **_spread(dice, new + before - left, year)}
        column |= {"total": new + before - left, "carried_out": left}
        for row in rows:
            told[f"3/{row}/{who}"] = column[row]
            sums[row] += column[row]
    told |= {f"3/{row}/total": sums[row] for row in rows}
    for case in CASES:
        parts = {outcome: dice.below(4) for outcome in OUTCOMES}
        told |= {f"4/{case}/{outcome}": count for outcome, count in parts.items()}
        told[f"4/{case}/total"] = sum(parts.values())
    return told


def true_figures(city: City, column: Column, key: int) -> Figures:
    """The figures as they should be."""
    found = _figures(city.seed, column.unit.index, column.reports[key][0])
    return {name: Decimal(value) for name, value in found.items()}


def figures(city: City, column: Column, key: int) -> Figures:
    """The figures as the report states them: with what was seeded."""
    told = true_figures(city, column, key)
    for name, by in column.annual.get(key, Flaw("")).changes:
        told[name] += by
    return told


@dataclass(frozen=True)
class Annual:
    """How many reports on the last year due are wrong in which way."""

    arithmetic: int = 0
    compensating: int = 0
    copied: int = 0
    same_as_last: int = 0
    lacks_part: int = 0
    missing: int = 0
    late: int = 0


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a report: the rules that find it; figures and by how much they are off; whose words it has."""

    sort: str  # arithmetic, compensating, copied, same_as_last, lacks_part
    rules: tuple[str, ...] = ()
    changes: tuple[tuple[str, int], ...] = ()
    words_of: tuple[Column, int] | None = None


def one_cell(dice: Dice) -> Flaw:
    """One cell off: in part 三 a result of one kind of applicant, or a sum of part 四."""
    by = dice.between(1, 9)
    if dice.chance(70):
        name = f"3/{dice.one(RESULTS)}/{dice.one(NAMED)}"
        return Flaw("arithmetic", ("AR-02", "AR-03"), ((name, by),))
    return Flaw("arithmetic", ("AR-04",), ((f"4/{dice.one(CASES)}/total", by),))


def compensating(dice: Dice) -> Flaw:
    """Two kinds of applicants confused in what came new: each column is off, their sums are not."""
    by = dice.between(1, 5)
    return Flaw("compensating", ("AR-01", "AR-10"), (("3/new/natural", -by), ("3/new/business", by)))


# ------------------------------------------------------------------ words

_DID = (
    "围绕{t}，主动公开政府信息{n}条", "对{t}有关信息逐条核对后集中发布，共{n}条", "结合{t}，在门户网站开设专题，更新内容{n}次",
    "把{t}列为公开重点，回应群众关切{n}件", "就{t}组织政策解读{n}篇", "梳理{t}事项清单，公布办事指南{n}项",
    "邀请群众代表走进机关了解{t}，收集意见{n}条", "通过政务新媒体推送{t}信息{n}条", "在基层公开点张贴{t}公示{n}份",
    "围绕{t}开展培训，参训{n}人次", "就{t}答复网民留言{n}条", "将{t}纳入年度公开要点，按月调度{n}次",
)  # fmt: skip
_MATTERS = (
    "河道治理", "老旧小区改造", "学前教育", "养老服务", "稳岗就业", "医保报销", "农村公路", "安全生产", "食品抽检", "住房保障",
    "招标投标", "税费优惠", "高标准农田", "公共文化", "应急演练", "义务教育招生", "乡村振兴", "大气治理", "城市更新", "退役军人服务",
)  # fmt: skip
_LACKS = (
    "{t}领域公开的颗粒度还不够细", "个别科室对{t}信息报送不及时", "{t}类解读形式较为单一", "关于{t}的检索入口不够醒目",
    "{t}数据多以附件形式发布，不便查阅", "对{t}申请的答复说理性有待增强", "{t}台账更新滞后于实际工作", "群众对{t}公开渠道知晓率不高",
)  # fmt: skip
_WILL = (
    "下一步把{t}列入月度清单，逐项销号", "拟组织{t}专题培训{n}次", "将与业务科室建立{t}信息会商机制", "计划改版{t}栏目并增设检索",
    "对{t}信息实行发布前双人校核", "年内编制{t}公开标准目录", "安排专人跟踪{t}答复质量", "试行{t}信息图表化发布",
)  # fmt: skip


def _sentences(dice: Dice, pool: Sequence[str], count: int) -> Iterator[str]:
    used: set[int] = set()
    while len(used) < count:
        at = dice.below(len(pool))
        if at not in used:
            used.add(at)
            yield pool[at].replace("{t}", dice.one(_MATTERS)).replace("{n}", str(dice.between(2, 380)))


def prose(city: City, column: Column, key: int) -> dict[int, tuple[str, ...]]:
    """Part (0: before the first) → its paragraphs, heading first; part 二 to 四 have their headings alone."""
    unit, year = column.unit, column.reports[key][0]
    flaw = column.annual.get(key)
    owner, at = flaw.words_of if flaw is not None and flaw.words_of is not None else (column, key)
    dice = Dice(city.seed, "annual-words", owner.unit.index, owner.reports[at][0])
    told = figures(city, column, key)
    did = [f"{one}。" for one in _sentences(dice, _DID, 8)]
    lacks = [f"{one}；" for one in _sentences(dice, _LACKS, 4)]
    will = [f"{one}。" for one in _sentences(dice, _WILL, 4)]
    asked = f"本年新收政府信息公开申请{told['3/new/total']}件，上年结转{told['3/carried_in/total']}件。"
    parts = {
        0: (
            f"本报告依据《中华人民共和国政府信息公开条例》编制，所列数据的统计期限自{year}年1月1日起至{year}年12月31日止。",
        ),
        1: ("一、总体情况", "".join(did[:4]), "".join(did[4:]), asked),
        2: ("二、主动公开政府信息情况",),
        3: ("三、收到和处理政府信息公开申请情况",),
        4: ("四、政府信息公开行政复议、行政诉讼情况",),
        5: ("五、存在的主要问题及改进情况", "".join(lacks), "".join(will)),
        6: ("六、其他需要报告的事项", f"{unit.name}本年度没有其他需要报告的事项。"),
    }
    if flaw is not None and flaw.sort == "lacks_part":
        del parts[5]
    return parts


# ------------------------------------------------------------------ tables

Call = Callable[[str], str]  # a figure's name → as it is shown
Cell = str | tuple[str, int, int]
Rows = list[list[Cell]]
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def _shown(value: Decimal, look: int) -> str:
    text = str(value)
    return text.translate(_WIDE) if look == 2 else text


def tables(city: City, column: Column, key: int, look: int) -> tuple[Rows, Rows, Rows]:
    """The tables of parts 二, 三 and 四."""
    told = figures(city, column, key)
    year = column.reports[key][0]

    def at(name: str) -> str:
        return _shown(told[name], look)

    active = _active_new(at) if is_new(year) else _active_old(at)
    return active, _requests(at, new=is_new(year)), _cases(at)


def _active_new(call: Call) -> Rows:
    rows: Rows = [[("第二十条第（一）项", 4, 1)], ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"]]
    for label, row in (("规章", "regulations"), ("行政规范性文件", "normative")):
        rows.append([label, *(call(f"2/{row}/{one}") for one in ("made", "repealed", "in_force"))])
    for head, members in (
        ("第二十条第（五）项", (("行政许可", "permits"),)),
        ("第二十条第（六）项", (("行政处罚", "penalties"), ("行政强制", "coercion"))),
    ):
        rows += [[(head, 4, 1)], ["信息内容", ("本年处理决定数量", 3, 1)]]
        rows += [[label, (call(f"2/{row}/decisions"), 3, 1)] for label, row in members]
    rows += [[("第二十条第（八）项", 4, 1)], ["信息内容", ("本年收费金额（单位：万元）", 3, 1)]]
    rows.append(["行政事业性收费", (call("2/fees/amount"), 3, 1)])
    return rows


def _active_old(call: Call) -> Rows:
    rows: Rows = [[("第二十条第（一）项", 4, 1)], ["信息内容", "本年新制作数量", "本年新公开数量", "对外公开总数量"]]
    for label, row in (("规章", "regulations"), ("规范性文件", "normative")):
        rows.append([label, *(call(f"2/{row}/{one}") for one in ("made", "published", "in_force"))])
    for head, members in (
        ("第二十条第（五）项", (("行政许可", "permits"), ("其他对外管理服务事项", "services"))),
        ("第二十条第（六）项", (("行政处罚", "penalties"), ("行政强制", "coercion"))),
    ):
        rows += [[(head, 4, 1)], ["信息内容", "上一年项目数量", "本年增/减", "处理决定数量"]]
        rows += [
            [label, *(call(f"2/{row}/{one}") for one in ("items", "change", "decisions"))] for label, row in members
        ]
    rows += [[("第二十条第（八）项", 4, 1)], ["信息内容", "上一年项目数量", ("本年增/减", 2, 1)]]
    rows.append(["行政事业性收费", call("2/fees/items"), (call("2/fees/change"), 2, 1)])
    rows += [[("第二十条第（九）项", 4, 1)], ["信息内容", "采购项目数量", ("采购总金额", 2, 1)]]
    rows.append(["政府集中采购", call("2/procurement/items"), (call("2/procurement/amount"), 2, 1)])
    return rows


_REFUSED = (
    "1.属于国家秘密", "2.其他法律行政法规禁止公开", "3.危及“三安全一稳定”", "4.保护第三方合法权益", "5.属于三类内部事务信息",
    "6.属于四类过程性信息", "7.属于行政执法案卷", "8.属于行政查询事项",
)  # fmt: skip
_UNABLE = ("1.本机关不掌握相关政府信息", "2.没有现成信息需要另行制作", "3.补正后申请内容仍不明确")
_DECLINED = (
    "1.信访举报投诉类申请", "2.重复申请", "3.要求提供公开出版物", "4.无正当理由大量反复申请",
    "5.要求行政机关确认或重新出具已获取信息",
)  # fmt: skip
_OTHER = (
    "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
    "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
    "3.其他",
)


def _requests(call: Call, *, new: bool) -> Rows:

    def numbers(row: str) -> list[Cell]:
        return [call(f"3/{row}/{who}") for who in (*NAMED, "total")]

    rows: Rows = [
        [("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", 3, 3), ("申请人情况", 7, 1)],
        [("自然人", 1, 2), ("法人或其他组织", 5, 1), ("总计", 1, 2)],
        ["商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"],
        [("一、本年新收政府信息公开申请数量", 3, 1), *numbers("new")],
        [("二、上年结转政府信息公开申请数量", 3, 1), *numbers("carried_in")],
    ]
    groups = (("（三）不予公开", _REFUSED), ("（四）无法提供", _UNABLE), ("（五）不予处理", _DECLINED))
    names = iter((*RESULTS, *OTHERS[new]))
    height = 22 if new else 20
    rows.append([("三、本年度办理结果", 1, height), ("（一）予以公开", 2, 1), *numbers(next(names))])
    rows.append([("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", 2, 1), *numbers(next(names))])
    for head, labels in (*groups, *((("（六）其他处理", _OTHER),) if new else ())):
        for number, label in enumerate(labels):
            first: list[Cell] = [(head, 1, len(labels))] if number == 0 else []
            rows.append([*first, label, *numbers(next(names))])
    if not new:
        rows.append([("（六）其他处理", 2, 1), *numbers(next(names))])
    rows.append([("（七）总计", 2, 1), *numbers("total")])
    rows.append([("四、结转下年度继续办理", 3, 1), *numbers("carried_out")])
    return rows


def _cases(call: Call) -> Rows:
    heads = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
    return [
        [("行政复议", 5, 1), ("行政诉讼", 10, 1)],
        [*((head, 1, 2) for head in heads), ("未经复议直接起诉", 5, 1), ("复议后起诉", 5, 1)],
        [*heads, *heads],
        [call(f"4/{case}/{outcome}") for case in CASES for outcome in (*OUTCOMES, "total")],
    ]


# ------------------------------------------------------------------ how it is published


def paragraphs(city: City, column: Column, key: int) -> tuple[str, ...]:
    """The page's words without tables: nothing where the report is a file."""
    if layout(city, column, key).way in ("file", "scan"):
        return ()
    return tuple(line for part in prose(city, column, key).values() for line in part)


def html(city: City, column: Column, key: int, paragraph: str) -> str | None:
    """The body as markup where its tables stand in the page; ``paragraph`` is the unit's, with {p} for its words."""
    how = layout(city, column, key)
    if how.way != "page":
        return None
    of_part = dict(zip((2, 3, 4), tables(city, column, key, how.look), strict=True))
    told = []
    for number, lines in prose(city, column, key).items():
        told += [paragraph.replace("{p}", line) for line in lines]
        if number in of_part:
            told.append(_table(of_part[number], how.look))
    return "".join(told)


def _table(rows: Rows, look: int) -> str:
    cell = {
        0: "<td{s}>{t}</td>",
        1: '<td{s} style="border:1px solid #000"><p class="MsoNormal" align="center"><span style="font-family:宋体">{t}<o:p></o:p></span></p></td>',
        2: "<td{s}>&nbsp;{t}&nbsp;</td>",
        3: "<td{s}><div><font>{t}</font><br/></div></td>",
    }[look]
    lines = []
    for row in rows:
        cells = []
        for one in row:
            text, wide, high = one if isinstance(one, tuple) else (one, 1, 1)
            spans = (f' colspan="{wide}"' if wide > 1 else "") + (f' rowspan="{high}"' if high > 1 else "")
            cells.append(cell.replace("{s}", spans).replace("{t}", text))
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f'<table border="1" cellspacing="0"><tbody>{"".join(lines)}</tbody></table>\n'


def files(city: City, column: Column, key: int) -> tuple[File, ...]:
    """The file that the page names, where the report or its tables are one."""
    how = layout(city, column, key)
    if how.way == "page":
        return ()
    year = column.reports[key][0]
    what = "附表" if how.way == "beside" else "政府信息公开工作年度报告"
    name = f"{column.unit.name}{year}年{what}.{how.kind}"
    return (File(name, f"/attach/annual/{column.no}-{key}.{how.kind}", "link"),)


@lru_cache(maxsize=64)
def content(city: City, column: Column, key: int) -> bytes:
    """The bytes of that file."""
    from tests import files as made

    how = layout(city, column, key)
    if how.way == "scan":
        return made.scan_of(3)
    of_part = dict(zip((2, 3, 4), tables(city, column, key, how.look), strict=True))
    year = column.reports[key][0]
    blocks: list[made.Block] = []
    if how.way == "file":
        blocks.append(f"{column.unit.name}{year}年政府信息公开工作年度报告")
    for number, lines in prose(city, column, key).items():
        if how.way == "file":
            blocks += lines
        elif number in of_part:
            blocks += lines[:1]
        if number in of_part:
            blocks.append(of_part[number])
    make = {"docx": made.docx_of, "xlsx": made.xlsx_of, "pdf": made.pdf_of, "ofd": made.ofd_of}[how.kind]
    return make(blocks)
