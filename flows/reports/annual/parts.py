"""What both forms of the city's report say, from the same numbers: each function one matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from flows.reports.annual import forms
from flows.reports.annual.numbers import CHANNELS, SUM_RULES, Numbers, accused, is_late, is_missing, owes, partly
from flows.reports.annual.said import Block, Cell, Gap, Paragraph, Run, Table, paragraph
from storage.annual.forms import RESULTS
from storage.annual.rollup import Line
from storage.schema import Category

_NAMED: Final = 8  # units named in a sentence


def opening(n: Numbers) -> Iterator[Block]:
    """On what the report rests."""
    year = str(n.rollup.year)
    owing = n.units("owing", "依规定应当公布年报的单位", owes)
    in_sums = {unit for one in n.rollup.sums.values() for unit in one.parts}
    counted = n.units("counted", "年报有数字计入汇总的单位", lambda line: line.unit in in_sums)
    yield paragraph(
        f"根据《中华人民共和国政府信息公开条例》和《中华人民共和国政府信息公开工作年度报告格式》要求，由{n.rollup.city}政府信息公开"
        f"工作主管部门综合各区县、各部门和有关单位年度报告编制本报告。所列数据的统计期限自{year}年1月1日起至{year}年12月31日止。"
        "全市应公布年度报告的单位",
        owing,
        "个，本报告汇总",
        counted,
        "个单位年度报告的数据。",
        Gap("报告电子版的查阅地址和联系方式"),
    )


def catalogue(n: Numbers) -> Iterator[Block]:
    """How much was disclosed, by the eight classes."""
    counts = n.rollup.counts
    told: list[Run] = ["全年通过各级各部门网站公开政府信息", n.counted("total", counts.total, "全年公开的信息"), "条"]
    before = n.rollup.counts_last
    if before is not None and before.total and set(before.by_unit) == set(counts.by_unit):
        by = counts.total - before.total
        how = f"本年 {counts.total} 减上年 {before.total}，两年均为统一目录中相同的 {len(counts.by_unit)} 个单位"
        number = n.sources.number("catalogue/total#change", abs(by), "公开信息比上年的增减", how)
        told += ["，比上年增加" if by > 0 else "，比上年减少", number, "条"] if by else ["，与上年持平"]
    told.append("。其中：")
    for at, category in enumerate(Category):
        value = counts.by_category.get(category.value, 0)
        told += [
            "，" if at else "",
            f"{category.value}类",
            n.counted(f"class/{category.value}", value, f"{category.value}类信息"),
            "条",
        ]
    yield paragraph([*told, "。"])


def by_category(n: Numbers) -> Table:
    """The eight classes as a table."""
    counts = n.rollup.counts
    rows = [(Cell("信息类别", is_head=True), Cell("本年公开（条）", is_head=True))]
    for category in Category:
        value = counts.by_category.get(category.value, 0)
        rows.append(
            (Cell(category.value), Cell(n.counted(f"class/{category.value}", value, f"{category.value}类信息")))
        )
    rows.append((Cell("合计", is_head=True), Cell(n.counted("total", counts.total, "全年公开的信息"))))
    return Table("主动公开政府信息分类统计", tuple(rows))


def by_channel(n: Numbers) -> Table:
    """By channel: what the catalogue counted itself, else what was entered, else gaps."""
    seen = n.rollup.counts.by_channel
    rows = [(Cell("公开渠道", is_head=True), Cell("本年公开（条）", is_head=True))]
    entered = {one.measure for one in n.rollup.entered}
    for channel, words in CHANNELS.items():
        measure = f"channel/{channel}"
        from_catalogue = measure not in entered and channel in seen
        value = n.counted(measure, seen[channel], f"通过{words}公开的信息") if from_catalogue else n.entered(measure)
        rows.append((Cell(words), Cell(value)))
    return Table("主动公开政府信息分渠道统计", tuple(rows))


def made_public(n: Numbers) -> Iterator[Block]:
    """Normative documents, and what else part 二 counts, in a sentence."""
    in_force = n.figure("2/normative/in_force")
    made, repealed = n.figure("2/normative/made"), n.figures_or_none("2/normative/repealed")
    told: list[Run] = ["全年制发行政规范性文件", made, "件"]
    if repealed is not None:
        told += ["，废止", repealed, "件"]
    told += [
        "，现行有效",
        in_force,
        "件",
        *n.over("2/normative/in_force"),
        "；作出行政许可决定",
        n.figure("2/permits/decisions"),
    ]
    told += [
        "件，行政处罚决定",
        n.figure("2/penalties/decisions"),
        "件，行政强制决定",
        n.figure("2/coercion/decisions"),
        "件。",
    ]
    yield paragraph(told)


def asked(n: Numbers) -> Iterator[Block]:
    """Applications: received, carried over, dealt with, and how."""
    told: list[Run] = ["全年新收政府信息公开申请", n.figure("3/new/total"), "件", *n.over("3/new/total")]
    told += [*n.change("3/new/total", "件"), "，上年结转", n.figure("3/carried_in/total"), "件；本年度办理完毕"]
    told += [n.figure("3/total/total"), "件，结转下年度继续办理", n.figure("3/carried_out/total"), "件。"]
    yield paragraph(told)
    rows: list[Run] = []
    for name, words in (("granted", "予以公开"), ("partly", "部分公开")):
        rows += [words, n.figure(f"3/{name}/total"), "件，"]
    for lead, words in (
        ("refused_", "不予公开"),
        ("unable_", "无法提供"),
        ("declined_", "不予处理"),
        ("other_", "其他处理"),
    ):
        members = [name for name in RESULTS[n.form] if name.startswith(lead)]
        values = [n.value(f"3/{name}/total") for name in members]
        if any(value is None for value in values):
            rows += [words, Gap(f"{words}件数：有的项目无数字"), "件，"]
            continue
        known = [value for value in values if value is not None]
        how = f"表三“{words}”各项总计之和：{' + '.join(str(value) for value in known)}"
        rows += [words, n.sources.number(f"3/{lead}/sum", sum(known[1:], known[0]), f"{words}件数", how), "件，"]
    yield paragraph("办理结果中，", rows[:-1], "件。")


def appealed(n: Numbers) -> Iterator[Block]:
    """Reviews and lawsuits."""
    told: list[Run] = ["全年因政府信息公开申请行政复议", n.figure("4/review/total"), "件", *n.over("4/review/total")]
    told += [
        "，其中结果维持",
        n.figure("4/review/upheld"),
        "件、结果纠正",
        n.figure("4/review/corrected"),
        "件、其他结果",
    ]
    told += [n.figure("4/review/other"), "件、尚未审结", n.figure("4/review/pending"), "件；未经复议直接提起行政诉讼"]
    told += [n.figure("4/suit_direct/total"), "件，复议后提起行政诉讼", n.figure("4/suit_after_review/total"), "件。"]
    yield paragraph(told)


def reports(n: Numbers) -> Iterator[Block]:
    """How the units reported."""
    in_time = n.units("in_time", "按期公布年报的单位", lambda line: line.published.value == "in_time")
    late = n.units("late", "迟于规定日期公布年报的单位", is_late)
    missing = n.units("missing", "经查未公布年报的单位", is_missing)
    unknown = n.units(
        "unknown", "因未能查看等原因不能认定是否按期公布的单位", lambda line: line.published.value == "unknown"
    )
    yield paragraph(
        "各单位年度报告按期公布", in_time, "个，逾期公布", late, "个，未公布", missing, "个，不能认定", unknown, "个。"
    )  # fmt: skip


def lacking(n: Numbers, part: str) -> Iterator[Block]:
    """Under a table of the form, which units are not in all of its sums; nothing where every unit is in each."""
    units = {each.unit for name, one in n.rollup.sums.items() if name.startswith(part) for each in one.lacks}
    if units:
        key, what = f"lacking/{part}", f"数字未全部计入表{forms.HEADS[part]}的单位"
        yield paragraph(
            "注：本表各数为各单位年度报告相应数字之和，另有",
            n.units(key, what, lambda line: line.unit in units),
            "个单位的数字未计入或未全部计入。",
        )


def _is_scan(line: Line) -> bool:
    return line.outcome == "scanned"


def problems(n: Numbers) -> Iterator[Block]:
    """What was found wrong with the units' reports: factual sentences, each with its count and names."""
    found = 0
    for key, what, says, chosen in (
        ("late", "迟于规定日期公布年报的单位", "年度报告公布不及时", is_late),
        ("missing", "经查未公布年报的单位", "年度报告未公布", is_missing),
        ("sums", "年报表格勾稽关系不成立的单位", "年度报告表格数据不一致", lambda line: accused(line, *SUM_RULES)),
        ("years", "上年结转数与上一年度报告不符的单位", "年度报告跨年数据不衔接", lambda line: accused(line, "AR-06")),
        ("alike", "年报内容与上年或其他单位雷同的单位", "年度报告内容雷同", lambda line: accused(line, "AR-11")),
        ("parts", "年报缺少规定部分的单位", "年度报告内容不完整", lambda line: accused(line, "AR-12")),
        ("scanned", "年报为扫描件、不能读取数据的单位", "年度报告以图片发布，数据不能读取", _is_scan),
    ):  # fmt: skip
        some = [line.name for line in n.rollup.lines if chosen(line)]
        if some:
            found += 1
            names = "、".join(some[:_NAMED]) + ("等" if len(some) > _NAMED else "")
            yield paragraph(f"{says}的单位", n.units(key, what, chosen), f"个：{names}。")
    if not found:
        yield paragraph(
            "对已读取的年度报告，就公布时间、表格勾稽、跨年衔接、内容雷同和部分齐全进行了核对，未发现可以认定的问题。"
        )
    yield paragraph(Gap("全市政府信息公开工作存在的主要问题（由主管部门根据工作情况撰写）"))


def plan(n: Numbers) -> Paragraph:
    """What is to be done: for the office to write; what follows from the problems is told as advice."""
    counts = Counter(
        words
        for line in n.rollup.lines
        for words, holds in (
            ("督促逾期和未公布年度报告的单位限期公布", is_late(line) or is_missing(line)),
            ("请数据不一致的单位核对后更正年度报告", accused(line, *SUM_RULES, "AR-06")),
            ("请以图片发布年度报告的单位改为可读取的格式", line.outcome == "scanned"),
        )
        if holds
    )
    return paragraph(Gap("改进措施和下一步工作安排", "、".join(counts) or None))


def fees(n: Numbers) -> Paragraph:
    """信息处理费 (国办函〔2020〕109号)."""
    return paragraph("全市收取信息处理费", n.entered("fees/processing"), "元。")


def supervised(n: Numbers) -> Iterator[Block]:
    """What Article 50 (四) asks of governments: assessment, social appraisal, accountability."""
    told: list[Run] = ["全年组织培训", n.entered("office/trainings"), "次、参加", n.entered("office/trained"), "人次。"]
    yield paragraph(told, Gap("工作考核、社会评议结果"), "责任追究", n.entered("office/accountability"), "人次。")


def entered_by_some(n: Numbers, measures: Iterable[str]) -> Iterator[Block]:
    """A remark on entered figures that are not the whole city's; nothing where all are."""
    if some := partly(n, measures):
        yield paragraph("注：", some, "，不是全市数。")


def measured(n: Numbers, of: Mapping[str, str]) -> Table:
    """Entered figures as a table: words → measure."""
    rows = [(Cell("项目", is_head=True), Cell("数量", is_head=True))]
    rows += [(Cell(words), Cell(n.entered(measure))) for words, measure in of.items()]
    return Table("", tuple(rows))
