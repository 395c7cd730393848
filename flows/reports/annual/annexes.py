"""What stands behind the report: where each number is from, who reported and how, what is to be written, what holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from flows.compliance.annual.relations import Outcome, outcomes, told
from flows.reports.annual.numbers import LACKS, SUM_RULES, Numbers, breaks
from flows.reports.annual.said import Block, Cell, Gap, Heading, Number, Table, paragraph, shown
from storage.annual.forms import words_of
from storage.annual.report import Figure, Report, State
from storage.annual.rollup import Line, Published

_MOST_BROKEN: Final = 12
PUBLISHED: Final = {
    Published.IN_TIME: "按期公布",
    Published.LATE: "逾期公布",
    Published.MISSING: "未公布",
    Published.UNKNOWN: "暂不能认定",
    Published.DUE: "未到期限",
    Published.NOT_OWED: "不作要求",
}
OUTCOMES: Final = {
    "read": "已读取",
    "not_fetched": "附件未取得",
    "scanned": "扫描件",
    "locked": "有密码",
    "refused": "超出读取上限",
    "unreadable": "无法读取",
    "no_report": "不是年报",
}


def of(n: Numbers, gaps: Sequence[Gap]) -> list[Block]:
    """The five annexes."""
    return [
        Heading(1, "附件一：数据来源"),
        paragraph("正文和各表中每个数字链接到本表所列来源；“未计入”的单位，其相应数字没有以零代替。"),
        _sources(n),
        Heading(1, "附件二：单位年度报告名册"),
        _roster(n),
        Heading(1, "附件三：待补充内容清单"),
        *_gaps(gaps),
        Heading(1, "附件四：汇总表勾稽关系核对"),
        *_held_together(n),
        Heading(1, "附件五：年报数与统一目录数对照"),
        *_claims(n),
    ]


def cover(n: Numbers, gaps: Sequence[Gap]) -> Table:
    """What the office has to know and do before the report can be published."""
    _, broken, _ = _outcomes(n)
    in_sums = {unit for one in n.rollup.sums.values() for unit in one.parts}
    by_reason: dict[str, list[str]] = {}
    for unit, why in sorted({(each.unit, each.why) for one in n.rollup.sums.values() for each in one.lacks}):
        if unit not in in_sums:
            by_reason.setdefault(why, []).append(n.names.get(unit, unit))
    said = [f"本稿由系统按截至 {n.rollup.as_of} 的数据起草，供编写单位修改；本说明和各附件在正式公布时删去。"]
    said += [
        f"没有数字计入汇总的单位（{LACKS.get(why, why)}）：{'、'.join(names)}。" for why, names in by_reason.items()
    ]
    said.append(f"待补充内容 {len(gaps)} 处，在文中以黄色标出，清单见附件三。")
    if broken:
        units = "、".join(_breaking(n)) or "未能确定"
        said.append(f"汇总表有 {len(broken)} 项勾稽关系不成立（见附件四），涉及单位：{units}。")
    else:
        said.append("汇总表中可核对的勾稽关系均成立。")
    rows = [(Cell("编写说明", is_head=True),), *((Cell(f"{at}．{text}"),) for at, text in enumerate(said, 1))]
    return Table("", tuple(rows), widths=(156,))


def _sources(n: Numbers) -> Table:
    head = tuple(Cell(text, is_head=True) for text in ("序号", "数字", "含义", "来源"))
    rows = [
        (Cell(Number(str(at), one.key)), Cell(one.value), Cell(one.what), Cell(one.how))
        for at, one in enumerate(n.sources.found.values(), 1)
    ]
    return Table("", (head, *rows), widths=(12, 16, 48, 80))


def _roster(n: Numbers) -> Table:
    titles = ("序号", "单位", "期限", "公布情况", "公布或收到日期", "格式", "读取", "核对未通过")
    head = tuple(Cell(text, is_head=True) for text in titles)
    lines = (_line(at, line) for at, line in enumerate(n.rollup.lines, 1))
    return Table("", (head, *lines), widths=(8, 34, 23, 18, 23, 14, 16, 20))


def _line(at: int, line: Line) -> tuple[Cell, ...]:
    broken = " ".join(check.rule for check in line.checks if check.verdict == "breach")
    told = (
        str(at),
        line.name,
        line.due.isoformat() if line.due else "",
        PUBLISHED[line.published],
        _day(line),
        (line.format or "").upper(),
        OUTCOMES.get(line.outcome or "", ""),
        broken,
    )
    return tuple(Cell(text) for text in told)


def _day(line: Line) -> str:
    if line.published_on is not None:
        return line.published_on.isoformat()
    return f"收到 {line.received_on.isoformat()}" if line.received_on is not None else ""


def _held_together(n: Numbers) -> Iterator[Block]:
    """Whether the sums of the draft's own tables hold, and which units' reports break them."""
    report, broken, every = _outcomes(n)
    unjudged = sum(one.off is None for one in every)
    if broken:
        yield paragraph(f"下列 {len(broken)} 项勾稽关系不成立，公布前应请有关单位更正年报后重新汇总：")
        for one in broken[:_MOST_BROKEN]:
            yield paragraph(told(one, report))
        if len(broken) > _MOST_BROKEN:
            yield paragraph(f"其余 {len(broken) - _MOST_BROKEN} 项从略。")
        yield paragraph(f"年报自身勾稽关系不成立的单位：{'、'.join(_breaking(n)) or '无'}。")
    else:
        yield paragraph(f"汇总表中可核对的 {len(every) - unjudged} 项勾稽关系均成立。")
    if unjudged:
        yield paragraph(f"另有 {unjudged} 项因缺少数字未核对。")


def _claims(n: Numbers) -> Iterator[Block]:
    """What units report beside what the catalogue has: to be looked at, no breach, for not all has to be online."""
    differing = [one for one in n.rollup.claims if one.found is not None and one.claimed != one.found]
    unseen = sum(one.found is None for one in n.rollup.claims)
    yield paragraph("统一目录只计网站上现仍可见的信息，两数不同不等于年报有误，供编写单位核对。")
    if differing:
        titles = ("单位", "年报所述", "年报数", "目录数")
        head = tuple(Cell(text, is_head=True) for text in titles)
        rows = (
            tuple(
                Cell(text)
                for text in (
                    n.names.get(one.unit, one.unit),
                    words_of(one.what, n.form),
                    shown(one.claimed),
                    str(one.found),
                )
            )
            for one in differing
        )
        yield Table("", (head, *rows), widths=(50, 66, 20, 20))
    else:
        yield paragraph("可对照的各项均相同。" if len(n.rollup.claims) > unseen else "没有可对照的项目。")
    if unseen:
        yield paragraph(f"另有 {unseen} 项因相应栏目未能看全，不作对照。")


def _breaking(n: Numbers) -> list[str]:
    return [line.name for line in n.rollup.lines if breaks(line, *SUM_RULES)]


def _outcomes(n: Numbers) -> tuple[Report, list[Outcome], Sequence[Outcome]]:
    """The sums as a report, the relations in it that do not hold, and all of them."""
    found = {
        name: Figure(name=name, state=State.NUMBER, value=one.value)
        for name, one in n.rollup.sums.items()
        if one.value is not None
    }
    report = Report(title=None, year=n.rollup.year, unit=None, form=n.form, figures=found)
    every = outcomes(report)
    return report, [one for one in every if one.is_broken], every


def _gaps(gaps: Sequence[Gap]) -> Iterator[Block]:
    if not gaps:
        yield paragraph("没有待补充的内容。")
    else:
        yield paragraph("其中的统计数字可用 gongkai annual figures 录入，录入后重新生成本稿。")
    for at, gap in enumerate(gaps, 1):
        yield paragraph(f"{at}．{gap.what}{f'（建议：{gap.advice}）' if gap.advice else ''}")
