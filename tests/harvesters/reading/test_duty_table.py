"""Directories of duties in the shapes units hand them out in: workbooks, text documents and pages, merged and not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.reading.duty_table import DutyTable, read_duties
from harvesters.reading.grids import grids_of
from storage.exceptions import DutyFileError
from storage.schema import Duty, LimitKind
from tests.harvesters.duty_files import FIELDS_26, HUANGSHI, Table, cells, docx, html, sheet, xlsx, zipped

Maker = Callable[..., bytes]
MAKERS = [pytest.param(make, id=make.__name__) for make in (xlsx, docx, html)]
HEADS = ["一级事项", "二级事项", "公开内容", "公开时限", "公开渠道"]
ROW = ["机构信息", "机关简介", "名称、地址", "及时公开", "政府网站"]


def read(body: bytes, name: str = "file:///tmp/目录.xlsx") -> DutyTable:
    return read_duties(body, name)


def named(table: DutyTable) -> list[tuple[str | None, str | None]]:
    return [(duty.level1, duty.level2) for duty in table.duties]


# ------------------------------------------------------------------ the two kinds that the rule book names


@pytest.mark.parametrize("make", MAKERS)
def test_a_units_own_directory(make: Maker) -> None:
    found = read(make(HUANGSHI))
    assert named(found) == [
        ("机构信息", "机关简介"),
        ("机构信息", "负责人信息"),
        ("财政信息", "部门预算"),
        ("政府信息公开年报", None),
    ]
    first, _, budget, report = found.duties
    assert first.content == "名称、地址\n办公时间"
    assert (first.basis, first.duration, first.audience) == ("条例第二十条", "长期，最新有效", "面向社会")
    assert (first.channel, first.mode, first.subject) == ("政府网站", "主动公开", None)
    assert first.limit is not None
    assert (first.limit.kind, first.limit.days, first.limit.working) == (LimitKind.EVENT, 20, True)
    assert budget.limit is not None
    assert (budget.limit.days, budget.limit.working) == (20, False)
    assert report.limit is not None
    assert (report.limit.month, report.limit.day) == (1, 31)
    assert report.name == "政府信息公开年报"
    assert found.unread == ()
    assert [duty.row for duty in found.duties] == [1, 2, 3, 4]


@pytest.mark.parametrize("make", MAKERS)
def test_a_national_standard_directory_with_two_lines_of_heads_and_ticks(make: Maker) -> None:
    found = read(make(FIELDS_26))
    assert named(found) == [("政策文件", "法律法规"), ("政策文件", "规章制度"), ("招生管理", "招生计划")]
    told = [(duty.audience, duty.mode, duty.tier) for duty in found.duties]
    assert told == [
        ("全社会", "主动", "县级"),
        ("全社会", "主动", "县级、乡级"),
        ("特定群体 (请写明): 学生家长", "依申请公开", "县级"),
    ]
    assert found.duties[0].channel == "■政府网站 □政府公报 ■公开查阅点"
    assert found.duties[2].subject == "县级教育行政部门、学校"
    assert found.duties[2].place.endswith("row 6")


# ------------------------------------------------------------------ shapes

SHAPES: list[tuple[str, list[Table], list[tuple[str | None, str | None]], list[str]]] = [
    (
        "title rows, an empty row and a row of numbers",
        [
            Table(
                [
                    ["附件1", "", "", "", ""],
                    ["", "", "", "", ""],
                    HEADS,
                    ["（1）", "（2）", "（3）", "（4）", "（5）"],
                    ROW,
                ]
            )
        ],
        [("机构信息", "机关简介")],
        [],
    ),
    (
        "the heads again on each page",
        [Table([HEADS, ROW, HEADS, ["机构信息", "内设机构", "科室", "及时", "网站"]])],
        [("机构信息", "机关简介"), ("机构信息", "内设机构")],
        [],
    ),
    (
        "two lines of heads again in part",
        [Table([*FIELDS_26.rows[1:4], FIELDS_26.rows[1], FIELDS_26.rows[2], *FIELDS_26.rows[4:5]])],
        [("政策文件", "法律法规"), (None, "规章制度")],
        [],
    ),
    (
        "two tables with other heads each",
        [
            Table([HEADS, ROW], name="一"),
            Table([["序号", "公开事项", "公开时限", "责任单位"], ["1", "部门预算", "每年", "财务科"]], name="二"),
        ],
        [("机构信息", "机关简介"), (None, "部门预算")],
        [],
    ),
    (
        "a table that goes on without heads",
        [Table([HEADS, ROW], name="一"), Table([["财政信息", "部门预算", "报表", "每年", "网站"]], name="二")],
        [("机构信息", "机关简介"), ("财政信息", "部门预算")],
        ["has no heads of its own"],
    ),
    (
        "a table of something else behind it",
        [Table([HEADS, ROW], name="一"), Table([["科室", "电话", "地址", "邮编", "传真"]], name="二")],
        [("机构信息", "机关简介")],
        ["1 rows without the heads of a directory, not read"],
    ),
    (
        "one level of matters, the other in titles across the table",
        [
            Table(
                [
                    ["序号", "公开事项", "公开内容", "公开时限"],
                    ["一、基础信息", "", "", ""],
                    ["1", "机关简介", "地址", "及时"],
                    ["二、财政信息", "", "", ""],
                    ["2", "部门预算", "报表", "每年"],
                ],
                merged=[(1, 0, 1, 3), (3, 0, 3, 3)],
            )
        ],
        [("基础信息", "机关简介"), ("财政信息", "部门预算")],
        [],
    ),
    (
        "notes below the rows",
        [Table([HEADS, ROW, ["注：本目录由办公室负责解释", "", "", "", ""], ["填表人：张三", "", "", "", ""]])],
        [("机构信息", "机关简介")],
        ["a note: “注：本目录由办公室负责解释”", "a note: “填表人：张三”"],
    ),
    (
        "limits and columns that are not understood",
        [
            Table(
                [
                    [*HEADS, "信息来源科室意见"],
                    [*ROW[:3], "详见附件", "网站", "x"],
                    [*ROW[:1], "内设机构", "科室", "", "网站", "y"],
                ]
            )
        ],
        [("机构信息", "机关简介"), ("机构信息", "内设机构")],
        ["“信息来源科室意见” is of no use", "the time limit “详见附件” is not understood", "no time limit"],
    ),
    (
        "rows that name no duty",
        [Table([HEADS, ROW, ["", "", "", "", "网站"], ["只有名称", "", "", "", ""]])],
        [("机构信息", "机关简介")],
        ["no duty: “网站”", "a note: “只有名称”"],
    ),
    (
        "heads with words in brackets, spaces and line ends",
        [
            Table(
                [
                    ["一级 事项", "二级\n事项", "公开内容（要素）", "公开 时限（要求）", "公开渠道和载体"],
                    ROW,
                ]
            )
        ],
        [("机构信息", "机关简介")],
        [],
    ),
    (
        "three levels, and how often in a column of its own",
        [
            Table(
                [
                    ["一级目录", "二级目录", "三级目录", "公开内容", "更新频率", "责任科室"],
                    ["行政执法", "行政许可", "许可结果", "决定书", "每月", "审批科"],
                ]
            )
        ],
        [("行政执法", "行政许可")],
        [],
    ),
    (
        "six levels, most of them empty",
        [
            Table(
                [
                    [
                        "一级目录",
                        "二级目录",
                        "三级目录",
                        "四级目录",
                        "五级目录",
                        "六级目录",
                        "公开内容",
                        "公开形式",
                        "公开时限",
                        "公开主体",
                    ],
                    ["信息公开指南", "", "", "", "", "", "指南", "网站公开", "及时", "办公室"],
                    ["管理公开", "行政执法公示", "事前公开", "", "", "执法清单", "清单", "网站公开", "及时", "监管科"],
                ]
            )
        ],
        [("信息公开指南", None), ("管理公开", "行政执法公示")],
        [],
    ),
    (
        "the first level twice, and names over several lines",
        [
            Table(
                [
                    ["序 号", "一级目录", "公开事项", "", "", "公开时限"],
                    ["", "", "一级事项", "二级事项", "三级事项", ""],
                    ["1", "社会救助", "综合业务", "综合业务", "政策\n法规\n文件", "及时"],
                ],
                merged=[(0, 2, 0, 4), (0, 0, 1, 0), (0, 1, 1, 1), (0, 5, 1, 5)],
            )
        ],
        [("社会救助", "综合业务")],
        [],
    ),
    (
        "cells that say the same as above",
        [Table([HEADS, ROW, ["同上", "内设机构", "科室", "同上", "〃"]])],
        [("机构信息", "机关简介"), ("机构信息", "内设机构")],
        [],
    ),
    (
        "公开类别 that says how, not what",
        [Table([["公开类别", "公开事项", "公开内容", "公开时限"], ["主动公开", "机关简介", "地址", "及时"]])],
        [(None, "机关简介")],
        [],
    ),
]


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize(("tables", "rows", "unread"), [shape[1:] for shape in SHAPES], ids=[one[0] for one in SHAPES])
def test_shapes(make: Maker, tables: list[Table], rows: list[tuple[str | None, str | None]], unread: list[str]) -> None:
    found = read(make(*tables))
    assert named(found) == rows
    assert len(found.unread) == len(unread), found.unread
    for said, told in zip(unread, found.unread, strict=True):
        assert said in told


def test_the_deepest_of_many_levels_is_the_rows_name() -> None:
    [shape] = [tables for name, tables, _, _ in SHAPES if name.startswith("six levels")]
    assert [duty.name for duty in read(html(*shape)).duties] == ["信息公开指南", "执法清单"]
    [shape] = [tables for name, tables, _, _ in SHAPES if name.startswith("the first level twice")]
    assert [duty.name for duty in read(html(*shape)).duties] == ["政策法规文件"]


def test_how_often_counts_where_no_other_limit_is_told() -> None:
    [shape] = [tables for name, tables, _, _ in SHAPES if name.startswith("three levels")]
    [duty] = read(html(*shape)).duties
    assert (duty.level3, duty.name, duty.limit_text) == ("许可结果", "许可结果", "每月")
    assert duty.limit is not None
    assert duty.limit.kind is LimitKind.PERIODIC


def test_gbk_pages_named_as_workbooks() -> None:
    """What offices call .xls is often a page, and old pages are in GBK."""
    found = read(html(HUANGSHI, encoding="gbk"), "http://www.qinghe.invalid/目录.xls")
    assert (found.form, named(found)[0]) == ("html", ("机构信息", "机关简介"))


def test_a_table_within_layout_tables_is_found() -> None:
    page = html(HUANGSHI, around="<table><tr><td>导航</td><td><div>{}</div></td></tr></table>")
    assert named(read(page)) == named(read(html(HUANGSHI)))


def test_rows_that_span_further_than_the_table_and_empty_spans() -> None:
    page = (
        "<table><tr><th>公开事项<th>公开内容<th>公开时限</tr>"
        "<tr><td rowspan=99>机构信息<td colspan=0>简介<td rowspan='x'>及时</tr><tr><td>地址<td>每年</tr></table>"
    )
    found = read(page.encode())
    assert [(duty.level2, duty.content, duty.limit_text) for duty in found.duties] == [
        ("机构信息", "简介", "及时"),
        ("机构信息", "地址", "每年"),
    ]


def test_word_ticks_deleted_text_and_content_controls() -> None:
    def cell(inner: str) -> str:
        return f"<w:tc><w:p>{inner}</w:p></w:tc>"

    def text(told: str) -> str:
        return f"<w:r><w:t>{told}</w:t></w:r>"

    heads = "".join(cell(text(head)) for head in ("公开事项", "公开时限", "主动", "依申请"))
    row = "".join(
        (
            cell(f"<w:del><w:r><w:delText>旧名</w:delText></w:r></w:del><w:ins>{text('新名')}</w:ins>"),
            f"<w:sdt><w:sdtContent>{cell(text('每年') + '<w:r><w:br/></w:r>')}</w:sdtContent></w:sdt>",
            cell('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'),
            cell(""),
        )
    )
    rows = f"<w:tr>{heads}</w:tr><w:sdt><w:sdtContent><w:tr>{row}</w:tr></w:sdtContent></w:sdt>"
    body = f"<w:body><w:tbl>{rows}</w:tbl></w:body>"
    [duty] = read(docx(document=body)).duties
    assert (duty.level2, duty.limit_text, duty.mode) == ("新名", "每年", "主动")


def test_workbooks_by_hand_formulas_numbers_shared_strings_and_formats_to_the_last_row() -> None:
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><r><t>公开</t></r><r><t>事项</t></r>'
        '<rPh sb="0" eb="1"><t>ゴ</t></rPh></si><si><t>公开时限</t></si></sst>'
    )
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>'
        '<c r="C1" t="str"><f>A</f><v>公开内容</v></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>简介</t></is></c><c r="B2" t="str"><f>1&amp;1</f><v>每年</v></c>'
        '<c r="C2"><v>2026.0</v></c><c r="D2" t="e"><v>#REF!</v></c></row>'
        + "".join(f'<row r="{n}" s="3"><c r="A{n}" s="3"/><c r="B{n}" s="3"/></row>' for n in range(3, 3000))
        + '<row r="1048576"><c r="A1048576" s="1"/></row>'
    )
    [duty] = read(sheet(rows, strings=strings)).duties
    assert (duty.level2, duty.limit_text, duty.content) == ("简介", "每年", "2026")


def test_hidden_sheets_are_left_out() -> None:
    from io import BytesIO

    from openpyxl import load_workbook

    book = load_workbook(BytesIO(xlsx(replace(HUANGSHI, name="旧目录"), HUANGSHI)))
    book["旧目录"].sheet_state = "hidden"
    out = BytesIO()
    book.save(out)
    assert len(read(out.getvalue()).duties) == 4


# ------------------------------------------------------------------ lasting names


def keys(*rows: list[str]) -> list[str]:
    return [duty.key for duty in read(html(Table([HEADS, *rows]))).duties]


def test_keys_last_while_rows_come_and_other_cells_change() -> None:
    other = ["财政信息", "部门预算", "报表", "每年", "网站"]
    [before] = keys(ROW)
    assert keys(other, [*ROW[:2], "名称、地址、电话", "每月", "公示栏"])[1] == before
    assert keys(["机构信息", "机关概况", *ROW[2:]]) != [before]


def test_rows_of_one_name_are_told_apart_by_what_they_say_and_then_by_their_order() -> None:
    twice = keys(ROW, [*ROW[:2], "电话", *ROW[3:]], ROW)
    assert len(set(twice)) == 3


# ------------------------------------------------------------------ whatever is merged


@st.composite
def merged_tables(draw: st.DrawFn) -> tuple[Table, list[list[str]]]:
    """A table with merged cells that do not overlap, and the text of every place."""
    height, width = draw(st.integers(1, 7)), draw(st.integers(1, 6))
    rows = [[f"格{row}{column}" for column in range(width)] for row in range(height)]
    whole = [list(row) for row in rows]
    taken: set[tuple[int, int]] = set()
    merged = []
    for _ in range(draw(st.integers(0, 4))):
        top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
        bottom, right = draw(st.integers(top, height - 1)), draw(st.integers(left, width - 1))
        places = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
        if places & taken or len(places) == 1:
            continue
        taken |= places
        merged.append((top, left, bottom, right))
        for row, column in places:
            whole[row][column] = rows[top][left]
            if (row, column) != (top, left):
                rows[row][column] = ""
    return Table(rows, merged), whole


@pytest.mark.parametrize("make", MAKERS)
@settings(max_examples=20, deadline=None)
@given(told=merged_tables())
def test_a_merged_cell_says_its_text_in_every_place(make: Maker, told: tuple[Table, list[list[str]]]) -> None:
    table, whole = told
    _, [grid] = grids_of(make(table), "a")
    found = {number - 1: cells for number, cells in grid.rows}
    for at, row in enumerate(whole):
        if make is xlsx and not any(table.rows[at]):
            continue  # a row of a sheet that holds nothing but the rest of merged cells is none
        assert list(found[at]) == row


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from([*HEADS, "及时", "每年", "√", "", "注：", "机构", "一、二", "1"]), max_size=6),
        max_size=8,
    )
)
def test_no_table_raises_anything_else(rows: list[list[str]]) -> None:
    try:
        found = read(html(Table([*rows, ["x"]])))
    except DutyFileError:
        return
    assert all(isinstance(duty, Duty) and duty.name for duty in found.duties)
    assert len({duty.key for duty in found.duties}) == len(found.duties)


# ------------------------------------------------------------------ what is no directory, and what means harm

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
W_DOCUMENT = '<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body></w:document>'


def _word(prolog: str, inner: str = W_DOCUMENT) -> bytes:
    return zipped({"word/document.xml": prolog + inner})


def _locked_member() -> bytes:
    body = bytearray(xlsx(HUANGSHI))
    at = body.find(b"PK\x01\x02")
    while at >= 0:
        body[at + 8] |= 1
        at = body.find(b"PK\x01\x02", at + 4)
    return bytes(body)


def _damaged() -> bytes:
    body = bytearray(xlsx(HUANGSHI))
    at = body.find(b"xl/worksheets/sheet1.xml") + 60
    body[at : at + 40] = bytes(40)
    return bytes(body)


HOSTILE: list[tuple[str, Callable[[], bytes], str]] = [
    ("an old workbook", lambda: OLE, "of the old form"),
    ("locked with a password", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
    ("locked members", _locked_member, "locked with a password"),
    ("a PDF", lambda: b"%PDF-1.7\n", "a PDF"),
    ("another zip", lambda: zipped({"a.txt": "x"}), "neither .xlsx nor .docx"),
    ("cut off", lambda: xlsx(HUANGSHI)[:2000], "damaged"),
    ("damaged inside", _damaged, "damaged"),
    ("no zip at all", lambda: b"PK\x03\x04" + bytes(50), "damaged"),
    (
        "a page and its pictures in one file",
        lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=a\r\n\r\n--a\r\n<html>",
        "save the page as HTML only",
    ),
    ("text", lambda: "公开事项,公开时限".encode(), "neither .xlsx, .docx nor a web page"),
    ("nothing", lambda: b"", "neither .xlsx, .docx nor a web page"),
    (
        "a workbook as XML",
        lambda: b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        "written as XML",
    ),
    ("a page without a table", lambda: b"<html><body><p>404</p></body></html>", "there is no table in it"),
    ("another table", lambda: html(Table([["姓名", "电话"], ["张三", "1"]])), "no table has the heads of a directory"),
    ("entities", lambda: _word(BOMB), "defines entities"),
    ("an external entity", lambda: _word(EXTERNAL), "defines entities"),
    ("unknown entity", lambda: _word(""), "damaged"),
    ("no XML", lambda: _word("", "<w:document"), "damaged"),
    ("a part of 60 MB", lambda: sheet(b" " * 2**20 for _ in range(60)), "so large"),
    ("2 million elements", lambda: sheet(b"<x/>" * 10**5 for _ in range(20)), "so large"),
    ("100,000 rows", lambda: sheet(cells(n, "机构", "每年").encode() for n in range(1, 10**5)), "more than 5000 rows"),
    ("a row of 400,000 cells", lambda: sheet("<row>" + '<c t="str"><v>x</v></c>' * 400_000 + "</row>"), "no table has"),
    (
        "merged over everything, many times",
        lambda: sheet(
            "".join(cells(n, "机构") for n in range(1, 4900)),
            after="<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 1000 + "</mergeCells>",
        ),
        "merged cells",
    ),
    (
        "a page of spans",
        lambda: (
            b"<table>" + b"<tr>" + b"<td rowspan=65534 colspan=1000>x</td>" * 50 + b"</tr>" * 9000 + b"<tr><td>y" * 9000
        ),
        "so large",
    ),
    ("a page of 10,000 rows", lambda: b"<table>" + b"<tr><td>x</td></tr>" * 10_000, "so large"),
    ("a document of 10,000 rows", lambda: docx(Table([["x"]] * 6_000)), "so large"),
]


@pytest.mark.parametrize(("make", "said"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_what_is_no_directory_is_told_in_one_sentence(make: Callable[[], bytes], said: str) -> None:
    with pytest.raises(DutyFileError) as problem:
        read(make(), "file:///tmp/目录.xlsx")
    assert said in str(problem.value)
    assert "\n" not in str(problem.value)
    assert "passwd" not in str(problem.value)


def test_a_bomb_of_zeros_is_not_unpacked() -> None:
    body = sheet(bytes(2**20) for _ in range(300))
    assert len(body) < 2**20
    with pytest.raises(DutyFileError, match="so large"):
        read(body)


def test_a_page_that_only_links_the_file_names_it() -> None:
    page = '<p><a href="/files/目录.xlsx">附件</a><a href="./a.pdf?x=1">b</a><a href="c.html">c</a></p>'
    with pytest.raises(DutyFileError) as problem:
        read(page.encode(), "http://www.qinghe.invalid/zwgk/")
    assert "http://www.qinghe.invalid/files/目录.xlsx, http://www.qinghe.invalid/zwgk/a.pdf?x=1" in str(problem.value)
    assert "c.html" not in str(problem.value)


def test_a_cell_longer_than_any_is_cut() -> None:
    [duty] = read(html(Table([HEADS, [*ROW[:2], "长" * 10**5, *ROW[3:]]]))).duties
    assert duty.content is not None
    assert len(duty.content) == 5000
    assert duty.content.endswith("…")
