# ruff: noqa: E501 -- tables of numbers and names are read across
"""Numbers and labels of an entry: index numbers (CT-02), document numbers (CT-03), themes (CT-04), validity (CT-05)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.compliance.index_numbers import read_index_number
from flows.compliance.rulebook import judge_item
from flows.compliance.rules import document_number, index_number, theme, validity
from storage.classification import themes
from storage.schema import Provenance
from tests.flows.compliance import at, case, context, item


def shown(field: str, value: str, origin: str = "label", **given: Any) -> dict[str, Any]:
    """An item that displays ``value`` as its ``field``."""
    told = Provenance(origin=origin, raw=value, confidence=0.95)
    return {field: value, "provenance": {field: told}, **given}


def number(value: str, origin: str = "label", **given: Any) -> dict[str, Any]:
    return shown("index_number", value, origin, **given)


DAY = {"published_on": "2024-03-01", "formed_on": "2024-02-28"}
INDEX: list[Any] = [
    # not applicable
    pytest.param({}, "not_applicable", "no_number", id="none"),
    pytest.param(number("null/2024-00001", withdrawn_at=at("2024-05-01")), "not_applicable", "withdrawn", id="withdrawn"),
    # compliant: forms seen on real sites, and others that are local
    *(
        pytest.param(number(value, **DAY), "compliant", None, id=value)
        for value in (
            "000014349/2024-00110", "0142768-8/2024-00185", "003257952/202403-00091", "11441700007280420Y/2024-00050",
            "11370322004222241N/2024-5135380", "11341702486344515H/202403-00013", "6107280000/2024-001005",
            "20240301-189769", "shg58/2024-402", "2024-03-00018", "K28044908/2024-04277", "ND00100-0201-2024-00012",
            "01-03-12-04-20240301-0007", "A00010/2024-0001", "HNAN/2024-001", "NANNING-2024-00001", "XXGK-2024-0003",
            "０１４４１６３３０／２０２４－０４７３６", "014416330/2024—04736", "20240301", "7",
        )
    ),
    pytest.param(number("000014349/2023-00110", **DAY), "compliant", None, id="the year before"),
    pytest.param(number("014416330/2018-04736"), "compliant", None, id="no dates to compare with"),
    # breach
    *(
        pytest.param(number(value, **DAY), "breach", left, id=value)
        for value, left in (
            ("null02D/01A/D3C20190807", "null"), ("null/2024-00001", "null"), ("014416330/null-00001", "null"),
            ("014416330/2024-NULL", "NULL"), ("undefined/2024-00001", "undefined"), ("014416330/NaN-00007", "NaN"),
            ("None/2024-00001", "None"), ("${orgCode}/2024-00001", "${"), ("{{code}}/2024-1", "{{"),
            ("<%=id%>", "<%"), ("[object Object]", "[object"), ("#N/A", "#N/A"), ("xxxxxxxxx/2024-00001", "xxxxxxxxx"),
            ("/2024-00001", "空缺"), ("/2024-", "空缺"), ("014416330/2024-", "空缺"), ("014416330/-00001", "空缺"),
            ("2024-", "空缺"),
        )
    ),
    # not assessable
    pytest.param(number("null/2024-00001", page_read=False), "not_assessable", "unread", id="not read"),
    pytest.param(number("null/2024-00001", "api"), "not_assessable", "not_displayed", id="only an interface says so"),
    pytest.param({"index_number": "null/2024-00001"}, "not_assessable", "not_displayed", id="from where nobody knows"),
    pytest.param(number("014416330/2018-04736", **DAY), "not_assessable", "review", id="a year that fits no date"),
    pytest.param(number("014416330/2031-04736", **DAY), "not_assessable", "review", id="a year to come"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "kind", "detail"), INDEX)
def test_index_number(given: dict[str, Any], kind: str, detail: str | None) -> None:
    found = index_number.judge(item(**given), context(), case("CT-02"))
    said = found.facts["left_over"] if kind == "breach" else found.reason and found.reason.split(":")[0]
    assert (found.verdict.value, said) == (kind, detail)


CODES = st.one_of(
    st.from_regex(r"[0-9]{8}[0-9X]", fullmatch=True),
    st.from_regex(r"[0-9]{8}-[0-9X]", fullmatch=True),
    st.from_regex(r"1[1-3][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}", fullmatch=True),
    st.from_regex(r"62[0-9]{8}", fullmatch=True),
)


@given(CODES, st.integers(2000, 2030), st.booleans(), st.integers(1, 99_999))
def test_the_known_forms_are_read_in_parts(code: str, year: int, month: bool, serial: int) -> None:
    read = read_index_number(f" {code}/{year}{'03' if month else ''}-{serial:05d} ")
    assert (read.front, read.year, read.serial, read.defect) == (code, year, f"{serial:05d}", None)
    assert read.form in ("organisation", "credit", "site")
    assert read.tells_apart


@given(st.text(max_size=60))
def test_reading_a_number_never_fails(text: str) -> None:
    assert read_index_number(text).tells_apart in (True, False)


@pytest.mark.parametrize("text", ["2024-03-01", "014416330/2024-00000", "2024-01", "7", "014416330", "null/2024-00001"])
def test_what_cannot_tell_documents_apart(text: str) -> None:
    assert not read_index_number(text).tells_apart


DEFECTS: list[tuple[str, list[str]]] = [
    ("青政发〔2024〕3号", []),
    ("青政发﹝2024﹞3号", []),
    ("青政办字〔2024〕15号", []),
    ("深坪发改规〔2026〕2号", []),
    ("青政发 〔２０２４〕 ３号", []),
    ("（川卫函〔2025〕46号）", []),
    ("青教（基）〔2024〕3号", []),
    ("青府〔2024〕字3号", []),
    ("国务院令第711号", []),
    ("公告 2026年第3号", []),
    ("2026年第12号", []),
    ("第5号", []),
    ("HFGS—2017—9", []),
    ("ZJAC00-2023-0001", []),
    ("CSCR－2023－00012", []),
    ("云府登1234号", []),
    ("无", []),
    ("青政发[2024]3号", ["六角括号"]),
    ("青政发［2024］3号", ["六角括号"]),
    ("青政发（2024）3号", ["六角括号"]),
    ("青政发【2024】3号", ["六角括号"]),
    ("青政发〔24〕3号", ["全称"]),
    ("青政发〔2024〕第3号", ["第"]),
    ("青政发〔2024〕03号", ["虚位"]),
    ("青政发〔2024〕3", ["号”字"]),
    ("青政发[2024]第003", ["六角括号", "第", "虚位", "号”字"]),
]


@pytest.mark.parametrize(("text", "wrong"), DEFECTS)
def test_document_number(text: str, wrong: list[str]) -> None:
    """The raw text is judged: the value is kept in one spelling."""
    given = shown("document_number", text)
    given["document_number"] = "青政发〔2024〕3号"
    found = document_number.judge(item(**given), context(), case("CT-03"))
    assert found.verdict.value == ("breach" if wrong else "compliant")
    told = found.facts.get("defects", [])
    assert len(told) == len(wrong)
    assert all(word in defect for word, defect in zip(wrong, told, strict=True))


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({}, "not_applicable"),
        (shown("document_number", "青政发[2024]3号", withdrawn_at=at("2024-05-01")), "not_applicable"),
        (shown("document_number", "青政发[2024]3号", page_read=False), "not_assessable"),
    ],
)
def test_document_numbers_that_are_not_judged(given: dict[str, Any], kind: str) -> None:
    assert document_number.judge(item(**given), context(), case("CT-03")).verdict.value == kind


AGENCY = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=8).filter(
    lambda word: "第" not in word and "年" not in word
)


@given(AGENCY, st.integers(1950, 2049), st.integers(1, 9999))
def test_a_number_in_form_has_no_defect(word: str, year: int, serial: int) -> None:
    assert document_number.defects(f"{word}〔{year}〕{serial}号") == ()
    assert document_number.defects(f"{word}[{year}]{serial}号") != ()


@given(st.text(max_size=80))
def test_defects_never_fail(text: str) -> None:
    assert isinstance(document_number.defects(text), tuple)


RIGHT_THEMES = (
    "综合政务", "综合政务\\政务公开", "综合政务-文秘工作", "综合政务/信访", "综合政务 > 应急管理", "综合政务->政务督查",
    "综合政务　政务公开", "综合政务类", "政务公开", "财政、金融、审计", "财政金融审计", "财政，金融，审计", "财政、金融、审计\\财政",
    "财政", "国土资源、能源\\土地", "工业、交通;公路", "城乡建设、环境保护-城乡建设（含住房）", "城乡建设", "环境监测、保护与治理",
    "科技、教育\\教育", "教育", "其它", "其他", "人口与计划生育、妇女儿童工作", "公安、安全、司法", "对外事务", "国防",
    "农业、林业、水利\\农业、畜牧业、渔业", "货币（含外汇）", "信息产业(含电信)", "卫生、体育 / 卫生", "财政、金融、审计/其他",
)  # fmt: skip
WRONG_THEMES = ("政府文件", "通知公告", "政策法规", "null", "机构设置\\职能", "青禾市教育局", "公文", "-")


@pytest.mark.parametrize("name", RIGHT_THEMES)
def test_themes_of_the_classification(name: str) -> None:
    assert theme.judge(item(theme=name), context("policies"), case("CT-04")).verdict.value == "compliant"


@pytest.mark.parametrize("name", WRONG_THEMES)
def test_themes_of_something_else(name: str) -> None:
    found = theme.judge(item(theme=name), context("policies"), case("CT-04"))
    assert (found.verdict.value, found.facts) == ("breach", {"theme": name})


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({}, "not_applicable"),
        ({"theme": "政府文件", "withdrawn_at": at("2024-05-01")}, "not_applicable"),
        ({"theme": "政府文件", "page_read": False}, "not_assessable"),
    ],
)
def test_themes_that_are_not_judged(given: dict[str, Any], kind: str) -> None:
    assert theme.judge(item(**given), context("policies"), case("CT-04")).verdict.value == kind


@given(st.sampled_from([one for one in themes.THEMES if one.second]), st.sampled_from("\\/-—>|；"))
def test_both_levels_with_any_sign_between(one: themes.Theme, sign: str) -> None:
    assert themes.is_known(f"{one.first}{sign}{one.second}")


SHOWN = {"shown": frozenset(("title", "validity"))}
VALIDITY: list[Any] = [
    pytest.param({}, {}, "not_applicable", id="no item of the column shows one"),
    pytest.param({"withdrawn_at": at("2024-05-01")}, SHOWN, "not_applicable", id="withdrawn"),
    pytest.param({"url": "http://a.invalid/f/1.pdf"}, SHOWN, "not_applicable", id="a file"),
    pytest.param({"url": "http://other.invalid/1.html"}, SHOWN, "not_applicable", id="another site"),
    pytest.param({"validity": "有效"}, SHOWN, "compliant", id="in force"),
    pytest.param({"validity": "失效"}, {}, "compliant", id="no longer in force"),
    pytest.param({}, SHOWN, "breach", id="missing"),
    pytest.param({"page_read": False}, SHOWN, "not_assessable", id="not read"),
]


@pytest.mark.parametrize(("given", "known", "kind"), VALIDITY)
def test_validity(given: dict[str, Any], known: dict[str, Any], kind: str) -> None:
    assert validity.judge(item(**given), context("policies", **known), case("CT-05")).verdict.value == kind


def test_advice_is_held_against_nobody_and_a_left_over_is() -> None:
    given = number("null/2024-00001") | {"theme": "政府文件"}
    told = {one.rule: one for one in judge_item(item(**given), context("policies", **SHOWN), case(), all_rules=False)}
    assert told["CT-02"].verdict.value == "breach"
    assert told["CT-02"].severity == "yellow"
    for rule in ("CT-04", "CT-05"):
        assert told[rule].verdict.value == "not_assessable"
        assert (told[rule].reason or "").startswith("advice: ")
