"""发文字号 and 索引号: one spelling for many, and nothing for placeholders."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.reading.numbers import number_at_end, own_number, read_document_number, read_index_number


@pytest.mark.parametrize(
    ("text", "value", "problem"),
    [
        ("国发〔2018〕44号", "国发〔2018〕44号", None),
        ("青政办发[2026] 2号", "青政办发〔2026〕2号", "brackets"),
        ("青府规（2026）1号", "青府规〔2026〕1号", "brackets"),
        ("青卫函 【2025】 046 号", "青卫函〔2025〕046号", "brackets"),
        ("青卫函〔2025〕046号", "青卫函〔2025〕046号", "padded"),
        ("青政发〔２０２６〕５号", "青政发〔2026〕5号", None),
        ("国务院令　第 711 号", "国务院令第711号", None),
        ("第711号令", "第711号令", None),
        ("2026年第12号", "2026年第12号", None),
        ("QHGS—2026—9", "QHGS—2026—9", "form"),
    ],
)
def test_document_numbers(text: str, value: str, problem: str | None) -> None:
    number = read_document_number(text)
    assert number is not None
    assert (number.value, number.problem) == (value, problem)


@pytest.mark.parametrize("text", ["", " ", "无", "—", "/", "null", "undefined", "〔〕号", "暂无", "以实际为准"])
def test_placeholders_are_no_number(text: str) -> None:
    assert read_document_number(text) is None


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("青政发〔2026〕5号", "青政发〔2026〕5号"),
        ("（青卫函〔2025〕46号）", "青卫函〔2025〕46号"),
        ("青禾市人民政府令第3号", "青禾市人民政府令第3号"),
        ("根据《通知》（国办发〔2019〕61号）要求", None),
        ("现将国办发〔2019〕61号印发给你们", None),
        ("2026年3月1日", None),
    ],
)
def test_a_line_that_is_a_number(line: str, value: str | None) -> None:
    number = own_number(line)
    assert (number.value if number else None) == value


def test_a_number_that_closes_a_title() -> None:
    number = number_at_end("关于印发办法的通知（青政发〔2026〕5号）")
    assert number is not None
    assert number.value == "青政发〔2026〕5号"
    assert number_at_end("关于转发《办法》（国发〔2018〕1号）的通知") is None


@pytest.mark.parametrize(
    ("text", "value", "problem"),
    [
        ("000014349/2017-00110", "000014349/2017-00110", None),
        ("0142768-8/2022-00185", "0142768-8/2022-00185", None),
        ("11370322004222241N/2021-5135380", "11370322004222241N/2021-5135380", None),
        ("6107280000/2024-001005", "6107280000/2024-001005", None),
        ("20191202-189769", "20191202-189769", None),
        ("shg58/2021-402", "shg58/2021-402", None),
        (" K2804 4908/2026-04277 ", "K28044908/2026-04277", None),
        ("SY310107202603028", "SY310107202603028", None),
        ("null02D/01A/D3C20190807", "null02D/01A/D3C20190807", "null"),
        ("甬A-02/2026-3", "甬A-02/2026-3", "form"),
    ],
)
def test_index_numbers(text: str, value: str, problem: str | None) -> None:
    number = read_index_number(text)
    assert number is not None
    assert (number.value, number.problem) == (value, problem)


@pytest.mark.parametrize("text", ["", "NULL", "无", "undefined", "主动公开"])
def test_no_index_number(text: str) -> None:
    assert read_index_number(text) is None


@given(st.text(max_size=80))
def test_never_raises(text: str) -> None:
    for read in (read_document_number, read_index_number, own_number, number_at_end):
        read(text)


@given(st.from_regex(r"[\u4e00-\u9fa5]{2,6}", fullmatch=True), st.integers(1990, 2099), st.integers(1, 9999))
def test_normalising_twice_changes_nothing(agency: str, year: int, serial: int) -> None:
    number = read_document_number(f"{agency}[{year}]{serial}号")
    if number is not None and number.problem == "brackets":
        again = read_document_number(number.value)
        assert again is not None
        assert (again.value, again.problem) == (number.value, None)
