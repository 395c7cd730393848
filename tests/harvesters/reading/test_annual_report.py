"""Yearly disclosure reports: whatever the layout, each figure is read as it stands or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from harvesters.reading.annual_report import VERSION, as_json, figures, from_file, from_page, text
from harvesters.reading.annual_report.tables import letters, of_grids, of_nodes
from harvesters.reading.annual_report.values import read_value
from harvesters.reading.files import FileOutcome, FileRead, read_file
from harvesters.reading.grids import Grid
from storage.annual import forms
from storage.annual.forms import Form
from storage.annual.report import Figure, Report, State, as_data, report_of
from tests.files import Block, docx_of, ofd_of, pdf_of, xlsx_of
from tests.harvesters.reading import annual_layouts as layouts

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
URL = "http://wjw.qinghe.gov.cn/art/2024/1/26/art_1_2.html"

EXAMPLE = layouts.example()
PAGES = [
    pytest.param(form, name, page, id=f"{form}: {name}")
    for form in (Form.F2021, Form.F2019)
    for name, page in layouts.pages(layouts.example(form), form)
]


def read(page: bytes) -> Report:
    report = from_page(page, URL)
    assert report is not None
    return report


def values(figures_: Mapping[str, Figure]) -> dict[str, Decimal]:
    return {name: one.value for name, one in figures_.items() if one.value is not None}


# ------------------------------------------------------------------ figures


@pytest.mark.parametrize(("form", "name", "page"), PAGES)
def test_every_layout_yields_exactly_the_example(form: Form, name: str, page: bytes) -> None:
    report = read(page)
    assert values(report.figures) == layouts.numbers(layouts.example(form)), name
    assert (report.form, report.tables_found, report.problems) == (form, (2, 3, 4), ())
    assert (report.year, report.unit) == (2023, "青禾市卫生健康委员会")
    assert [part.number for part in report.parts] == [1, 2, 3, 4, 5, 6]
    assert report.parts[0].text == layouts.TEXTS[1]
    assert report.signed_on is not None
    assert report.signed_on.isoformat() == "2024-01-25"
    assert report_of(as_data(report)) == report


def test_a_figure_says_the_cell_it_stands_in() -> None:
    report = read(dict(layouts.pages(EXAMPLE))["plain"])
    cell = report.figures["3/refused_query/other"].cell
    assert cell is not None
    # three rows of heads, 新收, 结转, 一, 二, then the eighth of 不予公开; three columns of labels, then the sixth
    assert (cell.table, cell.row, cell.column, cell.address) == (2, 15, 9, "表2 第15行第9列")
    assert report.figures["3/refused_query/other"].raw == "2"


def _grid(name: str, rows: layouts.Rows) -> Grid:
    return Grid(name=name, rows=tuple((at, tuple(row)) for at, row in enumerate(layouts.grid(rows), 1)))


def _grids(texts: layouts.Texts, form: Form = Form.F2021) -> tuple[Grid, ...]:
    tables = (layouts.active_rows(texts, form), layouts.request_rows(texts, form), layouts.case_rows(texts))
    return tuple(_grid(f"table {number}", rows) for number, rows in enumerate(tables, 1))


def _file(*grids: Grid, prose: str = layouts.TITLE, whole: bool = True) -> Report:
    read_ = FileRead(kind="docx", outcome=FileOutcome.READ, text=prose, prose=prose, grids=grids, whole=whole)
    report = from_file(read_, "report.docx", layouts.TITLE)
    assert report is not None
    return report


def test_a_workbook_says_the_names_of_its_cells() -> None:
    rows = [*layouts.active_rows(EXAMPLE), *layouts.request_rows(EXAMPLE), *layouts.case_rows(EXAMPLE)]
    report = _file(_grid("sheet 年报", rows))
    assert values(report.figures) == layouts.numbers(EXAMPLE)
    cell = report.figures["3/new/natural"].cell
    assert cell is not None
    assert cell.address == "年报!D18"
    assert [letters(column) for column in (1, 26, 27, 53)] == ["A", "Z", "AA", "BA"]


@pytest.mark.parametrize("form", [Form.F2021, Form.F2019])
@pytest.mark.parametrize(
    "write", [docx_of, xlsx_of, ofd_of, partial(pdf_of, size=5)], ids=("docx", "xlsx", "ofd", "pdf")
)
def test_files_yield_exactly_the_example(write: Callable[[Sequence[Block]], bytes], form: Form) -> None:
    texts = layouts.example(form)
    report = from_file(read_file(write(layouts.blocks(texts, form)), "附件1"), "附件1", None)
    assert report is not None
    assert values(report.figures) == layouts.numbers(texts)
    assert (report.form, report.problems, report.title) == (form, (), layouts.TITLE)
    assert (report.year, report.unit) == (2023, "青禾市卫生健康委员会")
    assert [part.number for part in report.parts] == [1, 2, 3, 4, 5, 6]
    assert report.parts[4].text.startswith("存在的主要问题：一是公开内容不够丰富")
    assert report.parts[2].text == ""
    assert all(figure.cell is not None for figure in report.figures.values())


def test_an_old_text_document_yields_exactly_the_example() -> None:
    """Saved by LibreOffice as Word 97; properties of the rows of table 三 lie in the Data stream."""
    body = (Path(__file__).parent / "files" / "annual.doc").read_bytes()
    found = read_file(body, "附件1")
    assert (found.whole, found.detail, [len(one.rows) for one in found.grids]) == (True, None, [14, 28, 4])
    report = from_file(found, "附件1", None)
    assert report is not None
    assert (values(report.figures), report.problems) == (layouts.numbers(EXAMPLE), ())
    cut = read_file(body.replace(b"\x46\x66", b"\x47\x66"), "附件1")  # rows that are not found are told
    assert not cut.whole
    assert cut.detail is not None
    assert "未能确定读全" in cut.detail
    assert "13612" in cut.text


def _blanked(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """A grid in which merged labels are said only where they begin, as files without merging say them."""
    told: list[list[str]] = []
    for at, row in enumerate(rows):
        line = []
        for column, cell in enumerate(row):
            is_label = not cell.replace(".", "").isdecimal()
            again = (column and row[column - 1] == cell) or (at and column < 3 and rows[at - 1][column] == cell)
            line.append("" if is_label and again else cell)
        told.append(line)
    return told


def test_labels_said_once_and_tables_cut_by_pages() -> None:
    active, requests, cases = (
        _blanked(layouts.grid(rows))
        for rows in (layouts.active_rows(EXAMPLE), layouts.request_rows(EXAMPLE), layouts.case_rows(EXAMPLE))
    )
    at = next(number for number, row in enumerate(requests) if "1.信访举报投诉类申请" in row)
    for first, second in (("1.信访举报投", "诉类申请"), ("1.信", "访举报投诉类申请"), ("", "")):
        above, below = list(requests[at]), [""] * len(requests[at])
        above[2], below[2] = first, second
        cut = [[*requests[:at], above], [*([below] if second else []), *requests[at + 1 :]]]
        grids = [
            Grid(name=f"table {number}", rows=tuple((row, tuple(cells)) for row, cells in enumerate(rows, 1)))
            for number, rows in enumerate((active, *cut, cases), 1)
        ]
        assert values(_file(*grids).figures) == layouts.numbers(EXAMPLE), first


def test_a_page_that_ends_within_heads_or_a_row() -> None:
    active = layouts.grid(layouts.active_rows(EXAMPLE))
    requests, cases = layouts.grid(layouts.request_rows(EXAMPLE)), layouts.grid(layouts.case_rows(EXAMPLE))
    at = next(number for number, row in enumerate(requests) if "（一）予以公开" in row)
    numbers = requests[at][3:]
    cut = [
        *requests[:at],
        ["三、本年", "（一）予", "", *numbers],
        ["度办理结\n果", "以公开", "", *[""] * len(numbers)],
        *requests[at + 1 :],
    ]
    # a cell that reaches over two pages says its words with line ends on one of them only
    cut = [[cell if column != 1 else cell.replace("总计", "\n总计") for column, cell in enumerate(row)] for row in cut]
    parted = [
        cases[0],
        ["结果", "结果", "其他", "尚未", "总计", *cases[1][5:]],
        ["维持", "纠正", "结果", "审结", "", *cases[2][5:]],
        cases[3],
    ]
    for four in (cases[1:], parted):
        grids = (
            Grid(name=f"table {number}", rows=tuple((row, tuple(one)) for row, one in enumerate(rows, 1)))
            for number, rows in enumerate((active, cut, four), 1)
        )
        report = _file(*grids)
        assert values(report.figures) == layouts.numbers(EXAMPLE)
        assert report.problems == ()


def test_spans_that_do_not_fit_between_heads_and_rows() -> None:
    """The heads of a column stand over the one beside it, as on a city's page for 2019."""
    rows: layouts.Rows = [
        [("第二十条第（五）项", 5, 1)],
        [layouts.one("信息内容"), layouts.one("上一年<br>项目数量"), ("本年增/减", 2, 1), layouts.one("处理决定数量")],
        [layouts.one("行政许可"), ("5", 2, 1), layouts.one("-1"), layouts.one("7")],
        [layouts.one("信息内容"), ("采购项目数量", 2, 1), ("采购总金额", 2, 1)],
        [layouts.one("政府集中采购"), ("6", 2, 1), ("251000元", 2, 1)],
    ]
    collected = figures.read_tables(of_nodes(LexborHTMLParser(layouts.html_table(rows)).css("table")))
    assert figures.form_of(collected) is Form.F2019
    assert values(figures.figures_of(collected, Form.F2019)) == {
        "2/permits/items": Decimal(5),
        "2/permits/change": Decimal(-1),
        "2/permits/decisions": Decimal(7),
        "2/procurement/items": Decimal(6),
        "2/procurement/amount": Decimal("25.1"),  # 万元
    }


def _without(rows: layouts.Rows, row: int, cell: int) -> layouts.Rows:
    return [line[:cell] + line[cell + 1 :] if at == row else line for at, line in enumerate(rows)]


REQUESTS, CASES = layouts.request_rows(EXAMPLE), layouts.case_rows(EXAMPLE)
UNSURE = [
    pytest.param(_without(REQUESTS, 5, 4), CASES, "3/granted/", id="a cell is missing in a row"),
    pytest.param(REQUESTS[3:], CASES, "3/", id="no heads over table three"),
    pytest.param(_without(REQUESTS, 2, 1), CASES, "3/", id="a head is missing"),
    pytest.param(
        [*REQUESTS[:1], [layouts.one(""), *REQUESTS[1]], *REQUESTS[2:]], CASES, "3/", id="a cell too many in the heads"
    ),
    pytest.param(
        [*REQUESTS, [(layouts.LABELS["new"], 3, 1), *[layouts.one("7")] * 7]], CASES, "3/new/", id="a row stands twice"
    ),
    pytest.param(REQUESTS, _without(CASES, 3, 7), "4/", id="a cell is missing in table four"),
    pytest.param(REQUESTS, CASES[3:], "4/", id="no heads over table four"),
    pytest.param(REQUESTS, _without(CASES, 2, 2), "4/", id="a head is missing in table four"),
]


@pytest.mark.parametrize(("requests", "cases", "unread"), UNSURE)
def test_what_is_not_sure_is_absent_and_told(requests: layouts.Rows, cases: layouts.Rows, unread: str) -> None:
    tables = {
        2: layouts.html_table(layouts.active_rows(EXAMPLE)),
        3: layouts.html_table(requests),
        4: layouts.html_table(cases),
    }
    report = read(layouts.page(tables))
    absent = {name for name, figure in report.figures.items() if figure.state is State.ABSENT}
    assert absent == {name for name in EXAMPLE if name.startswith(unread)}
    assert values(report.figures) == {name: Decimal(one) for name, one in EXAMPLE.items() if name not in absent}
    assert len(report.problems) >= 1
    assert report.tables_found == (2, 3, 4)


OTHERS = ("", " ", "/", "—", "无", "若干", "1 2", "0", "０", "1,024")


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.booleans())
def test_a_figure_is_what_stands_in_its_cell(seed: int, merged: bool) -> None:
    """Random contents: no figure takes its neighbour's place, no blank becomes 0."""
    random = Random(seed)
    texts = {name: random.choice((str(random.randrange(10 ** random.randint(1, 5))), *OTHERS)) for name in EXAMPLE}
    if merged:
        rows = (layouts.active_rows(texts), layouts.request_rows(texts), layouts.case_rows(texts))
        tables = of_nodes(LexborHTMLParser("".join(map(layouts.html_table, rows))).css("table"))
    else:
        tables = of_grids(_grids(texts))
    found = figures.figures_of(figures.read_tables(tables), Form.F2021)
    assert list(found) == list(EXAMPLE)
    for name, figure in found.items():
        value = read_value(texts[name], money=name in forms.DECIMAL)
        if value.perhaps is not None and figure.value is not None:
            assert figure.value == value.perhaps  # the sum of its row proves it
            continue
        assert (figure.state, figure.value) == (value.state, value.number), name
        assert figure.raw.strip() == texts[name].strip()


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_damaged_table_yields_no_wrong_number(data: st.DataObject) -> None:
    """One cell is taken out, widened, put in or blanked, or a row left out: what is still read is right."""
    parts = [layouts.active_rows(EXAMPLE), layouts.request_rows(EXAMPLE), layouts.case_rows(EXAMPLE)]
    number = data.draw(st.integers(0, 2))
    rows = [list(row) for row in parts[number]]
    at = data.draw(st.integers(0, len(rows) - 1))
    cell = data.draw(st.integers(0, len(rows[at]) - 1))
    words, wide, high = rows[at][cell]
    what = data.draw(st.sampled_from(("out", "wider", "higher", "in", "row", "blank")))
    if what == "out":
        del rows[at][cell]
    elif what == "wider":
        rows[at][cell] = (words, wide + 1, high)
    elif what == "higher":
        rows[at][cell] = (words, wide, high + 1)
    elif what == "in":
        rows[at].insert(cell, ("", 1, 1))
    elif what == "row":
        del rows[at]
    elif read_value(words).state is State.TEXT:
        rows[at][cell] = ("", wide, high)
    parts[number] = rows
    found = figures.read_tables(of_nodes(LexborHTMLParser("".join(map(layouts.html_table, parts))).css("table")))
    truth = layouts.numbers(EXAMPLE)
    for name, figure in figures.figures_of(found, Form.F2021).items():
        assert figure.value in (None, truth[name]), (name, what)
        assert figure.state in (State.NUMBER, State.ABSENT), (name, what)


def test_a_value_missing_behind_a_blank_of_the_label_moves_none() -> None:
    rows = layouts.labels_said_once(layouts.request_rows(EXAMPLE))
    at = next(number for number, row in enumerate(rows) if row[1][0] == layouts.LABELS["granted"])
    rows[at] = rows[at][:-1]
    plain = {2: layouts.html_table(layouts.active_rows(EXAMPLE)), 4: layouts.html_table(layouts.case_rows(EXAMPLE))}
    found = values(read(layouts.page({**plain, 3: layouts.html_table(rows)})).figures)
    assert found == {name: one for name, one in layouts.numbers(EXAMPLE).items() if not name.startswith("3/granted/")}


def test_of_two_tables_that_differ_none_fills_the_other() -> None:
    other = {name: str(int(text) + 1) if name.startswith("3") else text for name, text in EXAMPLE.items()}
    without = [row for row in layouts.request_rows(EXAMPLE) if row[0][0] != layouts.LABELS["carried_out"]]
    tables = layouts.html_table(without) + "<p>其中：区属单位</p>" + layouts.html_table(layouts.request_rows(other))
    plain = {2: layouts.html_table(layouts.active_rows(EXAMPLE)), 4: layouts.html_table(layouts.case_rows(EXAMPLE))}
    found = values(read(layouts.page({**plain, 3: tables})).figures)
    assert found == {name: one for name, one in layouts.numbers(EXAMPLE).items() if not name.startswith("3")}


def test_a_number_that_a_line_end_parts_needs_its_sum() -> None:
    rows = layouts.grid(layouts.request_rows(EXAMPLE))
    for first, state in (("1361\n2", State.NUMBER), ("1361\n3", State.TEXT), ("0 0", State.TEXT)):
        rows[3][3] = first
        grid = Grid(name="table 1", rows=tuple((at, tuple(row)) for at, row in enumerate(rows, 1)))
        figure = _file(grid).figures["3/new/natural"]
        assert (figure.state, figure.value) == (state, Decimal(13612) if state is State.NUMBER else None)


# ------------------------------------------------------------------ values

VALUES = [
    ("0", State.NUMBER, "0"),
    ("０", State.NUMBER, "0"),
    (" 12 ", State.NUMBER, "12"),
    ("１，２３４", State.NUMBER, "1234"),
    ("1,234,567", State.NUMBER, "1234567"),
    ("1 234", State.NUMBER, "1234"),
    ("12件", State.NUMBER, "12"),
    ("12 件", State.NUMBER, "12"),
    ("-3", State.NUMBER, "-3"),
    ("－３", State.NUMBER, "-3"),
    ("+2", State.NUMBER, "2"),
    ("减少3项", State.NUMBER, "-3"),
    ("0.00", State.NUMBER, "0"),
    ("", State.BLANK, None),
    ("\xa0", State.BLANK, None),
    ("\u200b", State.BLANK, None),
    ("\u3000", State.BLANK, None),
    ("/", State.SLASH, None),
    ("／", State.SLASH, None),
    ("-", State.SLASH, None),
    ("——", State.SLASH, None),
    ("\\", State.SLASH, None),
    ("无", State.SLASH, None),
    ("不涉及", State.SLASH, None),
    ("不适用", State.SLASH, None),
    ("若干", State.TEXT, None),
    ("见附件", State.TEXT, None),
    ("1,23", State.TEXT, None),
    ("12①", State.TEXT, None),
    ("5²", State.TEXT, None),
    ("3%", State.TEXT, None),
    ("1e3", State.TEXT, None),
    ("0 0", State.TEXT, None),
    ("3/5", State.TEXT, None),
    ("约10", State.TEXT, None),
    ("零", State.TEXT, None),
]


@pytest.mark.parametrize(("raw", "state", "number"), VALUES)
def test_values(raw: str, state: State, number: str | None) -> None:
    value = read_value(raw)
    assert (value.state, value.number) == (state, Decimal(number) if number is not None else None)


@pytest.mark.parametrize(
    ("raw", "head", "number"),
    [
        ("1036.25", "本年收费金额（单位：万元）", "1036.25"),
        ("400元", "本年收费金额（单位：万元）", "0.04"),
        ("400", "本年收费金额（单位：元）", "0.04"),
        ("1.2亿元", "采购总金额", "12000"),
        ("12件", "采购总金额", None),
    ],
)
def test_amounts_are_told_in_ten_thousands(raw: str, head: str, number: str | None) -> None:
    assert read_value(raw, money=True, head=head).number == (Decimal(number) if number else None)


@settings(max_examples=60)
@given(st.text(max_size=12))
def test_only_digits_make_a_number(raw: str) -> None:
    value = read_value(raw)
    assert (value.number is not None) == (value.state is State.NUMBER)
    if value.number is not None:
        assert any("0" <= sign <= "9" or "０" <= sign <= "９" for sign in raw)


# ------------------------------------------------------------------ words

TITLES = [
    ("青禾市卫生健康委员会2023年政府信息公开工作年度报告", 2023, "青禾市卫生健康委员会"),
    ("2023年度青禾市统计局政府信息公开工作年度报告", 2023, "青禾市统计局"),
    ("2023年政府信息公开工作年度报告", 2023, None),
    ("关于青禾市审计局2022年度政府信息公开工作情况的报告", 2022, "青禾市审计局"),
    ("二〇二一年青禾市民政局政府信息公开年报", 2021, "青禾市民政局"),
    ("青禾市教育局关于２０２３年政府信息公开工作的年度报告", 2023, "青禾市教育局"),
    ("政府信息公开工作年度报告（2022年度）", 2022, None),
    ("青禾市气象局政府信息公开2022年度报告", 2022, "青禾市气象局"),
    ("【年报】青禾市财政局201 8年政府信息公开年度报告", 2018, "青禾市财政局"),
    ("青禾海关2023年政府信息公开工作年度报告", 2023, "青禾海关"),
    ("青禾市第一中学2023年信息公开年度报告", 2023, "青禾市第一中学"),
    ("我局2023年政府信息公开工作年度报告", 2023, None),
    ("青禾市统计局2023年政府信息公开工作年度报告（2024-01-20）", 2023, "青禾市统计局"),
]


@pytest.mark.parametrize(("title", "year", "unit"), TITLES)
def test_titles(title: str, year: int, unit: str | None) -> None:
    assert text.is_title(title)
    assert text.years_in(title) == (year,)
    assert text.body_in(title) == unit


@pytest.mark.parametrize(
    "title",
    [
        "青禾市统计局2023年政府信息公开工作年度报告解读",
        "关于做好2023年政府信息公开工作年度报告编制发布工作的通知",
        "青禾市人民政府2023年法治政府建设年度报告",
        "青禾市政府网站工作年度报表（2023年度）",
        "政府信息公开指南",
        "2023年政府信息公开工作要点",
    ],
)
def test_titles_of_something_else(title: str) -> None:
    assert not text.is_title(title)


HEADINGS = [
    ("一、总体情况", 1, ""),
    ("一 、总体 情况", 1, ""),
    ("第一部分　总体情况", 1, ""),
    ("一、总体情况：2023年，我局……", 1, "2023年，我局……"),
    ("二、主动公开政府信息情况", 2, ""),
    ("三、收到和处理政府信息公开申请情况", 3, ""),
    ("四、因政府信息公开工作被申请行政复议、提起行政诉讼情况", 4, ""),
    ("四、政府信息公开行政复议、行政诉讼情况 无", 4, "无"),
    ("五、政府信息公开工作存在的主要问题及改进情况", 5, ""),
    ("一、工作基本情况", 1, ""),
    ("一、总体情况、", 1, ""),
    ("一、2023年政府信息公开工作总体情况", 1, ""),
    ("二、政府信息主动公开情况", 2, ""),
    ("三、政府信息公开申请受理和办理情况", 3, ""),
    ("三、依申请公开情况", 3, ""),
    ("四、信息公开行政复议、诉讼情况", 4, ""),
    ("五、主要问题及改进情况", 5, ""),
    ("六、需要报告的其他事项", 6, ""),
    ("六、其他事项", 6, ""),
    ("六、其他需要报告的事项本年度无其他需要报告的事项。", 6, "本年度无其他需要报告的事项。"),
]


@pytest.mark.parametrize(("line", "number", "rest"), HEADINGS)
def test_headings(line: str, number: int, rest: str) -> None:
    heading = text.heading_of(line)
    assert heading is not None
    assert (heading.number, heading.rest) == (number, rest)


@pytest.mark.parametrize(
    "line",
    [
        "（一）主动公开",
        "三、主要问题",
        "一、概况信息更新及时",
        "1.2总体情况",
        "三、存在的问题",
        "一是总体情况较好。",
        "",
    ],
)
def test_lines_that_are_no_headings(line: str) -> None:
    assert text.heading_of(line) is None


def test_parts_of_a_document_whose_numbers_the_word_processor_counts() -> None:
    lines = [words.partition("、")[2] for words in layouts.HEADINGS]
    assert [part.number for part in text.read_parts([one for line in lines for one in (line, "如下。")])] == [
        *range(1, 7)
    ]
    assert text.read_parts(["我局年度工作", "总体情况", "良好。"]) == ()


def test_numbered_points_inside_a_part_are_no_parts() -> None:
    lines = ["一、总体情况", "1.主动公开情况", "公开了。", "二、主动公开政府信息情况", "见下表。"]
    assert [(part.number, part.text) for part in text.read_parts(lines)] == [
        (1, "1.主动公开情况\n公开了。"),
        (2, "见下表。"),
    ]


YEARS = [
    (["2023年政府信息公开工作年度报告", "一、总体情况"], 2023),
    (["政府信息公开工作年度报告", "本报告统计期限为2022年1月1日至2022年12月31日。"], 2022),
    (["政府信息公开工作年度报告", "一、总体情况", "2021年，我局深入贯彻落实条例。"], 2021),
    (["政府信息公开工作年度报告", "一、总体情况", "我局深入贯彻落实条例。", "2024年1月20日"], None),
]


@pytest.mark.parametrize(("lines", "year"), YEARS)
def test_the_year_is_the_one_reported_on(lines: Sequence[str], year: int | None) -> None:
    assert text.read_lines(lines, "政府信息公开工作年度报告").year == year


SIGNED = [
    (["报告。", "青禾市统计局", "2024年1月20日"], "2024-01-20", "青禾市统计局"),
    (["报告。", "青禾市统计局 二〇二四年一月二十日"], "2024-01-20", "青禾市统计局"),
    (["报告。2024年1月20日"], "2024-01-20", None),
    (["我局于2024年1月20日", "召开会议。"], None, None),
    (["报告。", "2024年13月40日"], None, None),
]


@pytest.mark.parametrize(("lines", "day", "unit"), SIGNED)
def test_the_day_and_the_body_at_the_end(lines: Sequence[str], day: str | None, unit: str | None) -> None:
    told = text.read_lines(["前文"] * 9 + list(lines), "2023年政府信息公开工作年度报告")
    assert (told.signed_on.isoformat() if told.signed_on else None, told.unit) == (day, unit)


# ------------------------------------------------------------------ what is no report


def test_a_notice_with_the_blank_form_is_no_report() -> None:
    blank = dict.fromkeys(EXAMPLE, "")
    tables = {
        2: layouts.html_table(layouts.active_rows(blank)),
        3: layouts.html_table(layouts.request_rows(blank)),
        4: layouts.html_table(layouts.case_rows(blank)),
    }
    notice = "关于印发《政府信息公开工作年度报告格式》的通知"
    assert from_page(layouts.page(tables, title=notice), URL) is None
    report = read(layouts.page(tables))  # the same under a report's title: nothing is 0
    assert {figure.state for figure in report.figures.values()} == {State.BLANK}


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"%PDF-1.4", "<p>年度报告 信息公开</p>".encode()])
def test_pages_that_hold_none(body: bytes) -> None:
    assert from_page(body, URL) is None


def test_a_title_over_a_link_to_the_file_is_no_report() -> None:
    link = f"<p><a href='/files/report.pdf'>{layouts.TITLE}.pdf</a></p>"
    page = f"<html><head><meta name='ArticleTitle' content='{layouts.TITLE}'></head><body><h1>{layouts.TITLE}</h1>"
    assert from_page(f"{page}<div id='zoom'>{link}</div></body></html>".encode(), URL) is None


def test_a_list_of_reports_is_no_report() -> None:
    rows = "".join(
        f"<li><a href='/{year}.html'>青禾市统计局{year}年政府信息公开工作年度报告</a><span>{year + 1}-01-20</span></li>"
        for year in range(2012, 2024)
    )
    page = f"<html><title>政府信息公开年度报告</title><body><h2>政府信息公开年度报告</h2><ul>{rows}</ul></body></html>"
    assert from_page(page.encode(), URL) is None


def test_pictures_and_shown_files_are_told() -> None:
    report = read(layouts.page({3: "<img src='table3.jpg'>", 4: "<iframe src='/pdf/viewer.html'></iframe>"}))
    assert (report.form, report.tables_found, report.figures) == (Form.PROSE, (), {})
    assert len(report.problems) == 2


def test_tables_without_cells_are_there_and_not_read() -> None:
    lines = [layouts.TITLE]
    for rows in (layouts.active_rows(EXAMPLE), layouts.request_rows(EXAMPLE), layouts.case_rows(EXAMPLE)):
        lines += [piece for row in rows for cell, _, _ in row for piece in (cell[:3], cell[3:])]
    report = _file(prose="\n".join(lines))
    assert report.tables_found == (2, 3, 4)
    assert {figure.state for figure in report.figures.values()} == {State.ABSENT}
    assert len(report.problems) == 3


def test_a_file_read_in_part_says_so() -> None:
    assert any("end is not read" in problem for problem in _file(*_grids(EXAMPLE), whole=False).problems)


# ------------------------------------------------------------------ real pages


@pytest.mark.skipif(not (CORPUS / "manifest.jsonl").exists(), reason="no corpus beside the checkout")
@pytest.mark.parametrize("name", ["jlslyj-annual2018", "zhecheng-annual2017"])
def test_real_reports(name: str) -> None:
    report = read((CORPUS / "pages" / f"{name}.html").read_bytes())
    label = json.loads((CORPUS / "labels" / f"{name}.json").read_text(encoding="utf-8"))
    told = as_json(report)
    assert (told["year"], told["unit"]) == (label["year"], label["unit"])
    if label["tables"]:
        assert told["tables"]["indicator_tables"] == label["tables"]["indicator_tables"]
    else:
        assert told["tables"] is None
    assert VERSION
