"""The three tables of the report's form, as 国办公开办函〔2021〕30号 prints them, their cells filled from the sums."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flows.reports.annual.said import Cell, Run, Table
from storage.annual.forms import APPLICANTS, OUTCOMES, Form

Figure = Callable[[str], Run]
Row = tuple[Cell, ...]

HEADS: Final = {"2/": "二", "3/": "三", "4/": "四"}  # what each table is called by
_NOTE: Final = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
_GROUPS: Final = (  # of part 三: a head over its rows, their labels, and their names
    ("（三）不予公开", (
        ("1.属于国家秘密", "refused_secret"), ("2.其他法律行政法规禁止公开", "refused_forbidden"),
        ("3.危及“三安全一稳定”", "refused_stability"), ("4.保护第三方合法权益", "refused_third_party"),
        ("5.属于三类内部事务信息", "refused_internal"), ("6.属于四类过程性信息", "refused_process"),
        ("7.属于行政执法案卷", "refused_case_file"), ("8.属于行政查询事项", "refused_query"),
    )),
    ("（四）无法提供", (
        ("1.本机关不掌握相关政府信息", "unable_not_held"), ("2.没有现成信息需要另行制作", "unable_to_be_made"),
        ("3.补正后申请内容仍不明确", "unable_unclear"),
    )),
    ("（五）不予处理", (
        ("1.信访举报投诉类申请", "declined_petition"), ("2.重复申请", "declined_repeated"),
        ("3.要求提供公开出版物", "declined_publication"), ("4.无正当理由大量反复申请", "declined_mass"),
        ("5.要求行政机关确认或重新出具已获取信息", "declined_confirmation"),
    )),
)  # fmt: skip
_OTHER: Final = ("（六）其他处理", (
    ("1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请", "other_not_corrected"),
    ("2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请", "other_not_paid"),
    ("3.其他", "other_other"),
))  # fmt: skip


def active(figure: Figure, form: Form) -> Table:
    """The table of part 二."""
    rows = _active_2021(figure) if form is Form.F2021 else _active_2019(figure)
    return Table("表二 主动公开政府信息情况", tuple(rows), heads=0, widths=(54, 34, 34, 34))


def _head(text: str, wide: int = 4) -> Row:
    return (Cell(text, wide, is_head=True),)


def _heads(*texts: str) -> Row:
    return tuple(Cell(text, is_head=True) for text in texts)


def _active_2021(figure: Figure) -> list[Row]:
    rows = [_head("第二十条第（一）项"), _heads("信息内容", "本年制发件数", "本年废止件数", "现行有效件数")]
    for label, name in (("规章", "regulations"), ("行政规范性文件", "normative")):
        numbers = (Cell(figure(f"2/{name}/{one}")) for one in ("made", "repealed", "in_force"))
        rows.append((Cell(label, is_head=True), *numbers))
    for head, members in (
        ("第二十条第（五）项", (("行政许可", "permits"),)),
        ("第二十条第（六）项", (("行政处罚", "penalties"), ("行政强制", "coercion"))),
    ):
        rows += [_head(head), (Cell("信息内容", is_head=True), Cell("本年处理决定数量", 3, is_head=True))]
        rows += [(Cell(label, is_head=True), Cell(figure(f"2/{name}/decisions"), 3)) for label, name in members]
    rows += [
        _head("第二十条第（八）项"),
        (Cell("信息内容", is_head=True), Cell("本年收费金额（单位：万元）", 3, is_head=True)),
    ]
    rows.append((Cell("行政事业性收费", is_head=True), Cell(figure("2/fees/amount"), 3)))
    return rows


def _active_2019(figure: Figure) -> list[Row]:
    rows = [_head("第二十条第（一）项"), _heads("信息内容", "本年新制作数量", "本年新公开数量", "对外公开总数量")]
    for label, name in (("规章", "regulations"), ("规范性文件", "normative")):
        numbers = (Cell(figure(f"2/{name}/{one}")) for one in ("made", "published", "in_force"))
        rows.append((Cell(label, is_head=True), *numbers))
    for head, members in (
        ("第二十条第（五）项", (("行政许可", "permits"), ("其他对外管理服务事项", "services"))),
        ("第二十条第（六）项", (("行政处罚", "penalties"), ("行政强制", "coercion"))),
    ):
        rows += [_head(head), _heads("信息内容", "上一年项目数量", "本年增/减", "处理决定数量")]
        for label, name in members:
            numbers = (Cell(figure(f"2/{name}/{one}")) for one in ("items", "change", "decisions"))
            rows.append((Cell(label, is_head=True), *numbers))
    rows += [_head("第二十条第（八）项"), (*_heads("信息内容", "上一年项目数量"), Cell("本年增/减", 2, is_head=True))]
    rows.append((Cell("行政事业性收费", is_head=True), Cell(figure("2/fees/items")), Cell(figure("2/fees/change"), 2)))
    rows += [
        _head("第二十条第（九）项"),
        (*_heads("信息内容", "采购项目数量"), Cell("采购总金额（单位：万元）", 2, is_head=True)),
    ]
    money = Cell(figure("2/procurement/amount"), 2)
    rows.append((Cell("政府集中采购", is_head=True), Cell(figure("2/procurement/items")), money))
    return rows


def requests(figure: Figure, form: Form) -> Table:
    """The table of part 三."""

    def numbers(row: str) -> tuple[Cell, ...]:
        return tuple(Cell(figure(f"3/{row}/{who}")) for who in APPLICANTS)

    organisations = [words for name, words in APPLICANTS.items() if name not in ("natural", "total")]
    rows: list[Row] = [
        (Cell(_NOTE, 3, 3, is_head=True), Cell("申请人情况", 7, is_head=True)),
        (
            Cell(APPLICANTS["natural"], 1, 2, is_head=True),
            Cell("法人或其他组织", 5, is_head=True),
            Cell("总计", 1, 2, is_head=True),
        ),
        _heads(*organisations),
        (Cell("一、本年新收政府信息公开申请数量", 3, is_head=True), *numbers("new")),
        (Cell("二、上年结转政府信息公开申请数量", 3, is_head=True), *numbers("carried_in")),
    ]
    is_new = form is Form.F2021
    height = 22 if is_new else 20
    first = Cell("三、本年度办理结果", 1, height, is_head=True)
    rows.append((first, Cell("（一）予以公开", 2, is_head=True), *numbers("granted")))
    partly = "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"
    rows.append((Cell(partly, 2, is_head=True), *numbers("partly")))
    for head, members in (*_GROUPS, *((_OTHER,) if is_new else ())):
        for at, (label, name) in enumerate(members):
            lead = (Cell(head, 1, len(members), is_head=True),) if at == 0 else ()
            rows.append((*lead, Cell(label, is_head=True), *numbers(name)))
    if not is_new:
        rows.append((Cell("（六）其他处理", 2, is_head=True), *numbers("other_all")))
    rows.append((Cell("（七）总计", 2, is_head=True), *numbers("total")))
    rows.append((Cell("四、结转下年度继续办理", 3, is_head=True), *numbers("carried_out")))
    return Table("表三 收到和处理政府信息公开申请情况", tuple(rows), heads=3, widths=(14, 16, 42, *[12] * 7))


def cases(figure: Figure) -> Table:
    """The table of part 四."""
    ends = tuple(OUTCOMES.values())
    rows: tuple[Row, ...] = (
        (Cell("行政复议", 5, is_head=True), Cell("行政诉讼", 10, is_head=True)),
        (
            *(Cell(end, 1, 2, is_head=True) for end in ends),
            Cell("未经复议直接起诉", 5, is_head=True),
            Cell("复议后起诉", 5, is_head=True),
        ),
        _heads(*ends, *ends),
        tuple(
            Cell(figure(f"4/{case}/{one}"))
            for case in ("review", "suit_direct", "suit_after_review")
            for one in OUTCOMES
        ),
    )
    return Table("表四 政府信息公开行政复议、行政诉讼情况", rows, heads=3)
