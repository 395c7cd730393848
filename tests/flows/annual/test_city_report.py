"""The city's report as drafted: its tables are the sums, its numbers have sources, its gaps are marked."""

from __future__ import annotations

import datetime as dt
import io
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.reports.annual import book, document, page
from flows.reports.annual.draft import Layout, draft
from flows.reports.annual.said import GAP, Draft, Gap, Heading, Number, Paragraph, Table, text_of
from storage.annual.forms import Form, figures_of
from storage.annual.rollup import Check, Claim, Counts, Entered, Lacks, Line, Published, Rollup, Sum
from storage.exceptions import PaperFailed
from tests.harvesters.reading import annual_layouts

EXAMPLE = annual_layouts.numbers(annual_layouts.example())
UNITS = ("a", "b", "c")
NAMES = {"a": "云汐区人民政府", "b": "青禾市民政局", "c": "青禾市气象局"}
NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def rollup(sums: dict[str, Sum], **more: Any) -> Rollup:
    lines = [
        Line(
            unit=one, name=NAMES[one], kind="department", supervision="local", rule="TM-10", published=Published.IN_TIME
        )
        for one in UNITS
    ]
    facts = {"lines": tuple(lines), "counts": Counts(total=9, by_category={"政策法规": 9}), **more}
    return Rollup(year=2025, as_of=dt.date(2026, 3, 1), city="青禾市", sums=sums, **facts)


def example(**changed: Sum) -> dict[str, Sum]:
    """The sums of one unit that reported the filled example; the other two said nothing."""
    lacks = (Lacks(unit="b", why="no_report"), Lacks(unit="c", why="blank"))
    return {
        name: changed.get(name, Sum(value=value, counted=1, parts={"a": value}, lacks=lacks))
        for name, value in EXAMPLE.items()
    }


def words_of(found: Draft) -> str:
    return "\n".join(block.text for block in found.blocks if isinstance(block, Paragraph | Heading))


@pytest.mark.parametrize("layout", list(Layout))
def test_the_tables_of_the_document_are_the_sums(layout: Layout, tmp_path: Path) -> None:
    found = draft(rollup(example()), layout)
    read: Any = docx.Document(io.BytesIO(document.written(found, tmp_path)))
    requests = next(table for table in read.tables if len(table.columns) == 10)
    shown = [[cell.text for cell in row.cells][3:] for row in requests.rows[3:]]
    names = [name for name in figures_of(Form.F2021) if name.startswith("3/")]
    assert [text for row in shown for text in row] == [str(EXAMPLE[name]) for name in names]
    cases = next(table for table in read.tables if table.cell(0, 0).text == "行政复议")
    assert [cell.text for cell in cases.rows[3].cells] == [
        str(EXAMPLE[n]) for n in figures_of(Form.F2021) if n[0] == "4"
    ]


def test_the_six_parts_and_the_nine(tmp_path: Path) -> None:
    six = [one.text for one in draft(rollup(example())).blocks if isinstance(one, Heading) and one.level == 1]
    assert [text[:2] for text in six] == ["一、", "二、", "三、", "四、", "五、", "六、"]
    nine = [one.text for one in draft(rollup(example()), Layout.NINE).blocks if isinstance(one, Heading)]
    assert [text[:2] for text in nine] == ["一、", "二、", "三、", "四、", "五、", "六、", "七、", "八、", "九、"]
    assert "政务新媒体" in str(page.filled(draft(rollup(example()), Layout.NINE), tmp_path), "utf-8")


@pytest.mark.parametrize("layout", list(Layout))
def test_every_number_is_led_to_its_source(layout: Layout, tmp_path: Path) -> None:
    found = draft(rollup(example()), layout)
    sources = {one.key: one for one in found.sources}
    for block in found.blocks:
        runs = block.runs if isinstance(block, Paragraph) else ()
        cells = [cell.run for row in block.rows for cell in row] if isinstance(block, Table) else []
        for run in (*runs, *cells):
            if isinstance(run, Number):
                assert sources[run.key].value == run.text
                assert sources[run.key].how
    read: Any = docx.Document(io.BytesIO(document.written(found, tmp_path)))
    marks = {one.get(qn("w:name")) for one in read.element.iter(qn("w:bookmarkStart"))}
    links = {one.get(qn("w:anchor")) for one in read.element.iter(qn("w:hyperlink"))}
    assert links <= marks
    assert len(links) == len(found.sources)


def test_what_no_unit_says_is_a_gap_and_who_is_not_counted_is_named() -> None:
    none = Sum(value=None, counted=0, parts={}, lacks=tuple(Lacks(unit=one, why="slash") for one in UNITS))
    found = draft(rollup(example(**{"3/new/total": none})))
    assert any("本年新收" in gap.what for gap in found.gaps)
    assert "2 个单位（未见年报：青禾市民政局；空白：青禾市气象局）" in next(
        one.how for one in found.sources if one.key == "3/total/total"
    )
    assert "据1个单位汇总，缺2个单位" in words_of(found)


@pytest.mark.parametrize(
    ("last", "counted", "said"), [(None, 0, False), (Decimal(14000), 2, False), (Decimal(14000), 1, True)]
)
def test_years_are_compared_only_where_as_many_units_were_counted(
    last: Decimal | None, counted: int, said: bool
) -> None:
    value = EXAMPLE["3/new/total"]
    one = Sum(value=value, counted=1, parts={"a": value}, last=last, last_counted=counted)
    assert ("比上年增加69件（增长0.5%）" in words_of(draft(rollup(example(**{"3/new/total": one}))))) is said


def test_entered_figures_fill_what_the_reports_have_not() -> None:
    measure = "consultations/total"
    assert any("接受咨询" in gap.what for gap in draft(rollup(example()), Layout.NINE).gaps)
    one = Entered(
        unit=None, measure=measure, value=Decimal(812), source="咨询.xlsx 表1!B3", entered_by="o", entered_at=NOW
    )
    found = draft(rollup(example(), entered=(one,)), Layout.NINE)
    source = next(source for source in found.sources if source.key == f"entered/{measure}")
    assert (source.value, "咨询.xlsx 表1!B3" in source.how) == ("812", True)


def test_sums_that_do_not_hold_are_told_with_the_units_that_break_them() -> None:
    wrong = Sum(value=EXAMPLE["3/granted/natural"] + 1, counted=1, parts={})
    broken = Check(rule="AR-02", verdict="breach")
    lines = tuple(
        Line(unit=one, name=NAMES[one], kind="department", supervision="local", published=Published.LATE, checks=checks)
        for one, checks in (("a", (broken,)), ("b", ()))
    )
    found = draft(rollup(example(**{"3/granted/natural": wrong}), lines=lines))
    told = "\n".join(block.text for block in found.annexes if isinstance(block, Paragraph))
    assert "下列 2 项勾稽关系不成立" in told
    assert "年报自身勾稽关系不成立的单位：云汐区人民政府。" in told
    whole = draft(rollup(example()))
    assert any("均成立" in block.text for block in whole.annexes if isinstance(block, Paragraph))


@settings(max_examples=15, deadline=None)
@given(
    st.dictionaries(st.sampled_from(sorted(EXAMPLE)), st.none() | st.integers(0, 10**6), max_size=40),
    st.sampled_from(list(Layout)),
)
def test_no_number_is_said_that_the_data_does_not_say(values: dict[str, int | None], layout: Layout) -> None:
    sums = example(
        **{
            n: Sum(value=None if v is None else Decimal(v), counted=0 if v is None else 1, parts={})
            for n, v in values.items()
        }
    )
    found = draft(rollup(sums), layout)
    for block in found.blocks:
        for run in block.runs if isinstance(block, Paragraph) else ():
            if isinstance(run, str):
                # the year, its first and last day: all else that has digits is a number with a source or a gap
                assert not re.search(r"\d", re.sub(r"2025年1月1日|2025年12月31日", "", run)), run
        if isinstance(block, Table):
            for cell in (cell for row in block.rows for cell in row if not cell.is_head):
                assert isinstance(cell.run, Number | Gap) or not re.search(r"\d", text_of(cell.run))
    assert all(GAP in gap.text for gap in found.gaps)


def test_the_office_may_bring_its_own_paper(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    own = docx.Document()
    own.add_paragraph("旧内容")
    own.sections[0].header.paragraphs[0].text = "青禾市人民政府办公室"
    own.save(str(tmp_path / "templates" / "annual.docx"))
    found = draft(rollup(example()))
    read: Any = docx.Document(io.BytesIO(document.written(found, tmp_path)))
    assert read.paragraphs[0].text == "青禾市2025年政府信息公开工作年度报告"
    assert read.sections[0].header.paragraphs[0].text == "青禾市人民政府办公室"
    (tmp_path / "templates" / "annual.docx").write_bytes(b"no document")
    with pytest.raises(PaperFailed, match=r"annual\.docx"):
        document.written(found, tmp_path)


def test_the_compile_up_is_the_same_twice() -> None:
    one = rollup(example())
    assert book.made(one, zone=dt.UTC) == book.made(one, zone=dt.UTC)


def test_what_stands_in_the_annex_adds_up_to_the_number() -> None:
    parts = {f"u{at}": Decimal(at) for at in range(30)} | {"a": Decimal("2.5")}
    value = sum(parts.values(), Decimal(0))
    found = draft(rollup(example(**{"3/new/total": Sum(value=value, counted=len(parts), parts=parts)})))
    source = next(one for one in found.sources if one.key == "3/new/total")
    _, _, listed = source.how.partition("：")
    told = [Decimal(number) for number in re.findall(r" ([\d.]+)(?=、|；|$)", listed)]
    assert sum(told) == value == Decimal(source.value)
    assert listed.endswith("填 0 的 1 个")


def test_the_front_says_what_is_to_be_done_first() -> None:
    wrong = Sum(value=EXAMPLE["3/granted/natural"] + 1, counted=1, parts={"a": Decimal(1)})
    found = draft(rollup(example(**{"3/granted/natural": wrong})))
    cover = "\n".join(text_of(cell.run) for row in found.cover.rows for cell in row)
    assert f"待补充内容 {len(found.gaps)} 处" in cover
    assert "2 项勾稽关系不成立" in cover
    assert "没有数字计入汇总的单位（未见年报）：青禾市民政局" in cover


@pytest.mark.parametrize(("source", "named"), [("published", True), ("mail", False)])
def test_a_report_that_came_by_mail_accuses_nobody_in_the_report(source: Any, named: bool) -> None:
    checks = (Check(rule="AR-01", verdict="breach"), Check(rule="AR-12", verdict="breach"))
    line = Line(
        unit="a",
        name=NAMES["a"],
        kind="department",
        supervision="local",
        published=Published.UNKNOWN,
        source=source,
        checks=checks,
    )
    said = words_of(draft(rollup(example(), lines=(line,))))
    assert (NAMES["a"] in said, "未发现可以认定的问题" in said) == (named, not named)


def test_catalogues_are_compared_only_over_the_same_units() -> None:
    now, other = Counts(total=9, by_unit={"a": 5, "b": 4}), Counts(total=7, by_unit={"a": 3, "b": 4})
    assert "比上年增加2条" in words_of(draft(rollup(example(), counts=now, counts_last=other)))
    fewer = Counts(total=7, by_unit={"a": 7})
    assert "比上年" not in words_of(draft(rollup(example(), counts=now, counts_last=fewer)))


def test_what_only_some_units_entered_is_not_told_as_the_citys() -> None:
    def one(unit: str | None) -> Entered:
        return Entered(
            unit=unit, measure="fees/processing", value=Decimal(300), source="s.csv B2", entered_by="o", entered_at=NOW
        )

    assert "据1个单位录入，不是全市数" in words_of(draft(rollup(example(), entered=(one("a"),))))
    assert "不是全市数" not in words_of(draft(rollup(example(), entered=(one(None), one("a")))))
    assert "不是全市数" not in words_of(draft(rollup(example(), entered=tuple(one(unit) for unit in UNITS))))


@pytest.mark.parametrize("layout", list(Layout))
@pytest.mark.parametrize("year", [2017, 2019, 2025])
def test_a_year_of_which_nothing_is_known_is_all_gaps(year: int, layout: Layout, tmp_path: Path) -> None:
    found = draft(rollup({}).model_copy(update={"year": year}), layout)
    cells = [
        cell.run
        for block in found.blocks
        if isinstance(block, Table) and block.title[:1] == "表"
        for row in block.rows
        for cell in row
        if not cell.is_head
    ]
    assert cells
    assert all(isinstance(run, Gap) for run in cells)
    read: Any = docx.Document(io.BytesIO(document.written(found, tmp_path)))
    marked = [run for run in read.element.body.iter(qn("w:highlight")) if run.get(qn("w:val")) == "yellow"]
    assert len(marked) == len(found.gaps) >= len(cells)


def test_a_claim_that_the_catalogue_does_not_bear_out_is_to_be_looked_at_and_no_problem() -> None:
    claims = (
        Claim(unit="a", what="2/normative/made", claimed=Decimal(21), found=4),
        Claim(unit="b", what="2/normative/made", claimed=Decimal(3), found=3),
        Claim(unit="c", what="2/normative/made", claimed=Decimal(9), found=None, why="no_column: none"),
    )
    found = draft(rollup(example(), claims=claims))
    assert NAMES["a"] not in words_of(found)
    annexed = [
        [text_of(cell.run) for cell in row] for block in found.annexes if isinstance(block, Table) for row in block.rows
    ]
    assert [
        row for row in annexed if row[1].endswith("本年制发件数") and len(row) == 4 and row[0] in NAMES.values()
    ] == [[NAMES["a"], "表二 行政规范性文件 · 本年制发件数", "21", "4"]]
