"""The checks of yearly reports (AR-01 to AR-12): the filled example, every change of one of its cells, and tables."""

from __future__ import annotations

import datetime as dt
import random
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.compliance.annual.alike import likenesses, own, text_of
from flows.compliance.annual.checking import checks
from flows.compliance.annual.known import Known
from flows.compliance.rulebook import RULES, judge_group
from storage.annual.forms import APPLICANTS, CASES, OUTCOMES, PARTS, REQUEST_ROWS, RESULTS, Form, figures_of
from storage.annual.report import Part, Report
from storage.annual.rollup import Check
from storage.schema import Verdict
from tests.flows.compliance import LAW, case, unit
from tests.flows.compliance.yearly_tables import known, numbers, report, with_text

SUMS = ("AR-01", "AR-02", "AR-03", "AR-04", "AR-10")
CELLS = tuple(figures_of(Form.F2021))


def said(one: Known) -> dict[str, Check]:
    return {check.rule: check for check in checks(one, case())}


def word(check: Check) -> str:
    return f"{check.verdict} {(check.reason or '').partition(':')[0]}".strip()


def judged(rule: str, one: Known) -> Verdict:
    law = LAW.model_copy(
        update={"rules": {**LAW.rules, rule: LAW.rules[rule].model_copy(update={"enabled": True, "advice": False})}}
    )
    (verdict,) = judge_group(RULES[rule], one, case(law=law))
    return verdict


def told(rule: str, one: Known) -> str:
    verdict = judged(rule, one)
    return f"{verdict.verdict.value} {(verdict.reason or '').partition(':')[0]}".strip()


def must_break(name: str) -> set[str]:
    """The rules that a change of this one cell must break, by the form and not by the code."""
    part, row, _ = name.split("/")
    if part == "2":
        return set()
    if part == "4":
        return {"AR-04"}
    broken = {"AR-03"}
    if row in ("new", "carried_in", "carried_out", "total"):
        broken.add("AR-01")
    if row == "total" or row in RESULTS[Form.F2021]:
        broken.add("AR-02")
    return broken


def test_every_relation_of_the_example_holds() -> None:
    found = said(known(report()))
    assert {rule: word(check) for rule, check in found.items() if rule in (*SUMS, "AR-09", "AR-12")} == dict.fromkeys(
        (*SUMS, "AR-09", "AR-12"), "compliant"
    )
    assert not [rule for rule, check in found.items() if check.verdict == "breach"]
    assert (len(CELLS), sum(numbers().values()) > 0) == (200, True)


@pytest.mark.parametrize("by", [1, -1])
def test_every_change_of_one_cell_is_caught_by_its_rules_and_named(by: int) -> None:
    for name in CELLS:
        was = numbers()[name]
        found = said(known(report({name: was + by})))
        broken = {rule for rule, check in found.items() if check.verdict == "breach"}
        expected = must_break(name) | ({"AR-09"} if was + by < 0 else set())
        assert broken == expected, name
        if name.startswith("3/"):
            named = [(one["figure"], one["would_be"]) for one in found["AR-03"].facts["suspect"]]
            assert named == [(name, str(was))], name
        for rule in expected:
            assert name in [one["figure"] for one in found[rule].facts["cells"]], name
            assert found[rule].facts["found"], name


@pytest.mark.parametrize("content", ["", "/", "见附件"])
def test_a_cell_without_a_number_is_never_a_breach_and_never_zero(content: str) -> None:
    for name in CELLS:
        found = said(known(report({name: content})))
        assert not [rule for rule, check in found.items() if check.verdict == "breach"], name
        for rule in (*must_break(name), "AR-09"):
            assert word(found[rule]) == "not_assessable cells_without_number", name
            assert name in [one["figure"] for one in found[rule].facts["not_assessable"]]


def test_a_breach_elsewhere_wins_over_cells_without_a_number() -> None:
    found = said(known(report({"3/new/business": "", "3/new/natural": 13613})))["AR-01"]
    assert (found.verdict, [one["figure"] for one in found.facts["not_assessable"]]) == ("breach", ["3/new/business"])
    assert found.facts["relations"] == [
        "表三「自然人」列：一＋二＝(七)总计＋四。13613 + 535 = 14148 ≠ 13364 + 783 = 14147"
    ]


def test_two_faults_are_both_named_where_only_they_can_be_meant() -> None:
    one = report({"3/granted/natural": 5346, "3/unable_not_held/business": 60})
    found = said(known(one))["AR-02"].facts["suspect"]
    assert {each["figure"] for each in found} == {"3/granted/natural", "3/unable_not_held/business"}
    crossed = report({"3/granted/natural": 5346, "3/unable_not_held/business": 51})
    assert "suspect" not in said(known(crossed))["AR-02"].facts  # the other two corners would mend it as well


@pytest.mark.parametrize(
    ("changed", "verdict", "named"),
    [
        ({}, "compliant", ()),
        ({"3/granted/natural": 5346}, "compliant", ()),
        ({"3/new/natural": 13617, "3/new/business": 247}, "breach", ("3/new/natural", "3/new/business")),
        ({"3/granted/natural": 5340, "3/granted/other": 19}, "breach", ("3/granted/natural", "3/granted/other")),
        ({"3/granted/natural": 5340, "3/partly/natural": 2125}, "breach", ("3/granted/natural", "3/partly/natural")),
        ({"3/new/natural": 13617, "3/new/business": 246}, "compliant", ()),  # not by as much
        ({"3/new/natural": 13617, "3/new/business": 247, "3/new/total": ""}, "not_assessable", ()),
    ],
)
def test_errors_that_cancel_each_other(changed: dict[str, Any], verdict: str, named: tuple[str, ...]) -> None:
    found = said(known(report(changed)))["AR-10"]
    assert found.verdict == verdict
    assert set(named) <= {one["figure"] for one in found.facts.get("cells", ())}


def test_a_table_that_was_read_a_column_off_accuses_nobody() -> None:
    columns = list(APPLICANTS)
    values = numbers()
    off = {
        f"3/{row}/{column}": values[f"3/{row}/{columns[place - 1]}"]
        for row in REQUEST_ROWS[Form.F2021]
        for place, column in enumerate(columns)
    }
    found = said(known(report(off)))
    assert word(found["AR-03"]) == "not_assessable may_be_misread"
    assert not [rule for rule, check in found.items() if check.verdict == "breach"]


def test_the_form_of_2019_has_its_own_rows() -> None:
    values = numbers()
    merged = {
        f"3/other_all/{column}": sum(
            values[f"3/{row}/{column}"] for row in ("other_not_corrected", "other_not_paid", "other_other")
        )
        for column in APPLICANTS
    }
    right = report({**merged, "2/permits/change": -3}, Form.F2019, year=2019)
    held = {"year": 2019}
    found = said(known(right, **held))
    assert {word(found[rule]) for rule in (*SUMS, "AR-09")} == {"compliant"}
    wrong = report({**merged, "3/other_all/natural": merged["3/other_all/natural"] + 2}, Form.F2019, year=2019)
    facts = said(known(wrong, **held))["AR-02"].facts
    assert [one["figure"] for one in facts["suspect"]] == ["3/other_all/natural"]
    assert word(said(known(report(form=Form.PROSE, figures={}, year=2012), year=2012))["AR-01"]) == (
        "not_applicable other_form"
    )
    assert word(said(known(report(form=Form.PROSE, figures={})))["AR-01"]) == "not_assessable no_table"


# ------------------------------------------------------------------ figures, years


@pytest.mark.parametrize(
    ("cell", "content", "expected"),
    [
        ("3/new/natural", -1, "breach"),
        ("3/new/natural", 1.5, "breach"),
        ("2/normative/made", "若干", "breach"),
        ("2/normative/made", "10余件，若干", "not_assessable cells_without_number"),
        ("2/normative/made", "无", "not_assessable cells_without_number"),
        ("2/fees/amount", 0.35, "compliant"),
        ("2/fees/amount", -0.35, "not_assessable cells_without_number"),  # a dash before it, or a minus
        ("2/fees/amount", -35, "breach"),
        ("2/fees/amount", "", "not_assessable cells_without_number"),
        ("3/new/natural", 13612, "compliant"),
    ],
)
def test_figures_are_counts(cell: str, content: Any, expected: str) -> None:
    assert told("AR-09", known(report({cell: content}))) == expected


LAST = {"3/carried_out/" + column: numbers()[f"3/carried_in/{column}"] for column in APPLICANTS}


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (report(LAST), "compliant"),
        (report({**LAST, "3/carried_out/natural": 536}), "breach"),
        (report({**LAST, "3/carried_out/natural": ""}), "not_assessable cells_without_number"),
        (report({**LAST, "3/carried_out/natural": "", "3/carried_out/total": 561}), "breach"),
        (report(LAST, unit="青禾市体育局"), "not_assessable whose_report"),
        (report(form=Form.PROSE, figures={}), "not_assessable no_last"),
        (None, "not_assessable no_last"),
    ],
)
def test_what_was_carried_on_is_carried_in(last: Report | None, expected: str) -> None:
    found = judged("AR-06", known(report(), last=last))
    assert f"{found.verdict.value} {(found.reason or '').partition(':')[0]}".strip() == expected
    if expected == "breach":
        assert {one["figure"].partition(":")[0] for one in found.facts["cells"]} >= {"2024"}


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ({"2/regulations/in_force": 30, "2/normative/in_force": 222}, "compliant"),
        ({"2/regulations/in_force": 30, "2/normative/in_force": 220}, "breach"),
        ({"2/regulations/in_force": "/", "2/normative/in_force": 222}, "not_assessable cells_without_number"),
    ],
)
def test_documents_in_force_go_on_from_last_year(last: dict[str, Any], expected: str) -> None:
    assert told("AR-05", known(report(), last=report(last))) == expected
    advised = said(known(report(), last=report(last)))["AR-05"]
    assert advised.verdict != "breach"


def test_a_report_that_sums_up_others_is_not_below_them() -> None:
    law = LAW.model_copy(
        update={
            "rules": {
                **LAW.rules,
                "AR-08": LAW.rules["AR-08"].model_copy(
                    update={"enabled": True, "advice": False, "compiled_by": "jiaoyu-ju"}
                ),
            }
        }
    )
    small = report({"3/new/total": 1})

    def ask(parts: dict[str, Report], **given: Any) -> str:
        (verdict,) = judge_group(RULES["AR-08"], known(small, parts=parts, **given), case(law=law))
        return verdict.verdict.value

    assert ask({"a": report(dict.fromkeys(CELLS, 0))}) == "compliant"
    assert ask({"a": report()}) == "breach"
    assert ask({}) == "not_assessable"
    assert ask({"a": report()}, unit=unit(id="other")) == "not_applicable"
    assert "AR-08" not in said(known(small))


# ------------------------------------------------------------------ text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025年，共收到政府信息公开申请14069件，同比增长5%。", "compliant"),
        ("本年新收政府信息公开申请14,069件，上年结转560件。", "compliant"),
        ("2025年，我局共收到政府信息公开申请14629件，全部按期答复。", "compliant"),  # with what was carried in
        ("2025年，共收到政府信息公开申请14070件，均已办理。", "breach"),
        ("共收到依申请公开申请一万四千零六十九件，办结13810件，结转下年度继续办理819件。", "compliant"),
        ("共收到依申请公开申请一万四千零六十八件。", "breach"),
        ("从政府信息公开申请办理结果看，予以公开5548件，部分公开2168件，不予公开730件。", "compliant"),
        ("从政府信息公开申请办理结果看，予以公开5548件，部分公开2168件，不予公开729件。", "breach"),
        ("全年办结政府信息公开申请13811件。", "breach"),
        ("因政府信息公开引发的行政复议790件、行政诉讼212件。", "compliant"),
        ("全年制发行政规范性文件26件。", "breach"),
        ("作出行政许可决定81234件。", "compliant"),
        # not surely the year's, the unit's, or one figure's
        ("2024年共收到政府信息公开申请100件。", "not_applicable no_number_in_text"),
        ("共收到网上政府信息公开申请100件。", "not_applicable no_number_in_text"),
        ("通过信函收到政府信息公开申请100件。", "not_applicable no_number_in_text"),
        ("累计收到政府信息公开申请100件。", "not_applicable no_number_in_text"),
        ("较去年收到政府信息公开申请100件减少。", "not_applicable no_number_in_text"),
        ("共收到政府信息公开申请约14000件。", "not_applicable no_number_in_text"),
        ("共收到政府信息公开申请14000余件。", "not_applicable no_number_in_text"),
        ("收到22个部门的政府信息公开申请100件。", "not_applicable no_number_in_text"),
        ("全市共收到政府信息公开申请100件。", "not_applicable no_number_in_text"),
        ("2025年，各级行政机关共收到政府信息公开申请100件。", "not_applicable no_number_in_text"),
        ("2025年，市直单位收到政府信息公开申请100件。", "not_applicable no_number_in_text"),
        ("上半年收到政府信息公开申请100件。", "not_applicable no_number_in_text"),
        ("主动公开政府信息100条，网站发布信息200条。", "not_applicable no_number_in_text"),
        ("办结行政复议案件100件。", "not_applicable no_number_in_text"),
        ("", "not_applicable no_number_in_text"),
        ("共收到政府信息公开申请14069件。收到政府信息公开申请12件由办公室答复。", "compliant"),
    ],
)
def test_numbers_in_the_text_are_the_tables(text: str, expected: str) -> None:
    assert told("AR-07", known(with_text(1, text))) == expected


@pytest.mark.parametrize(
    ("without", "text", "expected"),
    [
        ((), "", "compliant"),
        ((5,), "总体情况 主动公开 申请 复议 其他需要报告的事项", "breach"),
        ((5,), "总体情况 存在的问题及改进措施 其他需要报告的事项", "not_assessable part_not_found"),
        ((1, 5, 6), "主动公开", "not_assessable part_not_found"),  # too little was recognised
        ((3,), "", "compliant"),  # its table was found
    ],
)
def test_six_parts_are_there(without: tuple[int, ...], text: str, expected: str) -> None:
    parts = tuple(
        Part(number=number, heading=words, text="") for number, words in PARTS.items() if number not in without
    )
    assert told("AR-12", known(report(parts=parts, text=text))) == expected


def test_a_part_is_not_missing_where_something_was_not_read() -> None:
    parts = tuple(Part(number=number, heading=words, text="") for number, words in PARTS.items() if number != 5)
    one = report(parts=parts, text="", problems=("page 3 could not be read",))
    assert told("AR-12", known(one)) == "not_assessable part_not_found"
    assert told("AR-12", known(report(tables_found=(2, 3)))) == "not_assessable no_table"


# ------------------------------------------------------------------ sameness

MINE = (
    "学校食堂账目按学期晒到家长群里|中考招生办法提前两个月挂网征求家长看法|校园欺凌举报电话印在每一册学生手册封底|"
    "民办培训机构的收费标准逐家核对后上墙|寒假值班表由各校门卫室张贴并留存照片|两所乡村小学撤并前开了四场听证会"
)
THEIRS = (
    "防汛物资仓库的库存每周一更新一次|水价调整听证的全部发言录音放在窗口供人查听|河长名单连同手机号码立牌在每段河岸|"
    "三座小水库除险加固的监理日志逐页扫描上网|节水器具补贴名单公示七天后才发钱|自来水水质检测报告由实验室直接推送到小区"
)
COMMON = "认真贯彻落实政府信息公开条例的各项规定和要求|按照中央和省委省政府关于政务公开工作的部署"


def texts(**by_unit: tuple[str, int, str | None]) -> dict[str, tuple[Report, dt.date | None, int]]:
    return {
        key: (
            with_text(1, "。".join(text.split("|")) + "。"),
            dt.date.fromisoformat(day) if day else None,
            year,
        )
        for key, (text, year, day) in by_unit.items()
    }


def compared(reports: dict[str, tuple[Report, dt.date | None, int]], key: str = "one", **given: Any) -> Known:
    units = {name: name.partition("_")[0] for name in reports}
    owned = own(
        [
            text_of(one, key=name, unit=units[name], name=units[name], year=year, published_on=day)
            for name, (one, day, year) in reports.items()
        ]
    )
    one, day, _ = reports[key]
    return known(
        one,
        unit=unit(id=units[key], name="青禾市教育局"),
        id=key,
        published_on=day,
        likeness=likenesses(owned, 2025)[key],
        own_sentences=len(owned[key].sentences),
        own_characters=1000,
        **given,
    )


def other_named(reports: dict[str, tuple[Report, dt.date | None, int]]) -> dict[str, Any]:
    """The others name themselves otherwise."""
    return {
        key: (one if key == "one" else report(parts=one.parts, unit=f"青禾市{key}局"), day, year)
        for key, (one, day, year) in reports.items()
    }


@pytest.mark.parametrize(
    ("others", "day", "expected"),
    [
        ({"two": (THEIRS, 2025, "2026-01-10")}, "2026-01-20", "compliant"),
        ({"two": (MINE, 2025, "2026-01-10")}, "2026-01-20", "breach"),
        ({"two": (MINE, 2025, "2026-01-30")}, "2026-01-20", "compliant"),  # the other came later
        ({"two": (MINE, 2025, "2026-01-20")}, "2026-01-20", "not_assessable review"),
        ({"two": (MINE, 2025, None)}, "2026-01-20", "not_assessable review"),
        ({"one_last": (MINE, 2024, "2025-01-20")}, "2026-01-20", "breach"),
        ({"one_last": (THEIRS, 2024, "2025-01-20")}, "2026-01-20", "compliant"),
        ({"two_last": (MINE, 2024, "2025-01-20")}, "2026-01-20", "compliant"),  # another unit's of last year
    ],
)
def test_own_words_are_not_anothers(others: dict[str, Any], day: str, expected: str) -> None:
    reports = other_named(texts(one=(MINE, 2025, day), **others))
    assert told("AR-11", compared(reports)) == expected


def test_numbers_years_and_names_are_not_own_words() -> None:
    last = MINE.replace("四场", "三场").replace("提前两个月", "提前3个月")
    reports = texts(one=(f"2025年我局接待来访12人次并逐一登记在册|{MINE}", 2025, "2026-01-20"),
                    one_last=(f"2024年本局接待来访97人次并逐一登记在册|{last}", 2024, "2025-01-20"))  # fmt: skip
    found = judged("AR-11", compared(reports))
    assert (found.verdict.value, found.facts["alike"][0]["share"]) == ("breach", 1.0)


def test_words_are_the_same_whichever_lines_a_file_breaks_them_into() -> None:
    wrapped = re.sub("(.{32})", r"\1\n", MINE.replace("|", "。"))
    reports = other_named(texts(one=(MINE, 2025, "2026-01-20"), two=(wrapped, 2025, "2026-01-10")))
    found = judged("AR-11", compared(reports))
    assert (found.verdict.value, found.facts["alike"][0]["share"]) == ("breach", 1.0)


def test_what_everybody_writes_is_nobodys_and_little_text_says_nothing() -> None:
    every = {name: (COMMON, 2025, f"2026-01-{10 + at}") for at, name in enumerate(("two", "three", "four"))}
    reports = other_named(texts(one=(COMMON, 2025, "2026-01-20"), **every))
    assert told("AR-11", compared(reports)) == "not_assessable short_text"
    assert not compared(reports).likeness
    reports = other_named(texts(one=(f"{COMMON}|{MINE}", 2025, "2026-01-20"), **every))
    assert told("AR-11", compared(reports)) == "compliant"


def test_one_bodys_report_shown_by_two_units_is_no_copy() -> None:
    reports = texts(one=(MINE, 2025, "2026-01-20"), two=(MINE, 2025, "2026-01-10"))
    assert told("AR-11", compared(reports)) == "not_assessable whose_report"


# ------------------------------------------------------------------ what was not read


@pytest.mark.parametrize("outcome", ["scanned", "locked", "refused", "unreadable", "not_fetched"])
def test_of_a_report_that_was_not_read_nothing_is_said(outcome: str) -> None:
    found = said(known(None, outcome=outcome, detail="x"))
    assert {word(check) for check in found.values()} == {f"not_assessable report_{outcome}"}
    assert len(found) == 11


def test_another_bodys_report_or_another_years_says_nothing_of_the_unit() -> None:
    broken = {"3/granted/natural": 1}
    assert {word(one) for one in said(known(report(broken, unit="青禾市体育局"))).values()} == {
        "not_assessable whose_report"
    }
    assert {word(one) for one in said(known(report(broken, year=2024))).values()} == {"not_assessable which_year"}


def test_a_verdict_has_the_report_as_its_evidence_and_can_be_kept() -> None:
    found = judged("AR-02", known(report({"3/granted/natural": 5346})))
    assert (found.column, found.item, [one.url for one in found.evidence]) == ("nb", "i1", ["http://a.invalid/tzgg/"])
    assert list(found.facts)[:2] == ["found", "hint"]  # a notice shows the first few
    assert found.facts["hint"] == "表三 (一)予以公开 · 自然人现为5346，若为5345则相关各项关系全部成立"


# ------------------------------------------------------------------ any report


def consistent(draw: random.Random, most: int) -> dict[str, int]:
    """A table whose every relation holds: results at random, sums worked out."""
    columns = [column for column in APPLICANTS if column != "total"]
    found: dict[str, int] = {}
    for column in columns:
        results = {row: draw.choice((0, 0, draw.randint(0, most))) for row in RESULTS[Form.F2021]}
        whole, out = sum(results.values()), draw.randint(0, most)
        came = draw.randint(0, whole + out)
        rows = {"new": whole + out - came, "carried_in": came, **results, "total": whole, "carried_out": out}
        found |= {f"3/{row}/{column}": value for row, value in rows.items()}
    for row in REQUEST_ROWS[Form.F2021]:
        found[f"3/{row}/total"] = sum(found[f"3/{row}/{column}"] for column in columns)
    for name in CASES:
        values = [draw.randint(0, most) for _ in range(len(OUTCOMES) - 1)]
        found |= {f"4/{name}/{one}": value for one, value in zip(OUTCOMES, [*values, sum(values)], strict=True)}
    return found


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**9),
    most=st.sampled_from((1, 9, 20000)),
    name=st.sampled_from([name for name in CELLS if not name.startswith("2/")]),
    by=st.integers(-50, 500).filter(bool),
    blank=st.sampled_from(CELLS),
)
def test_a_consistent_report_is_never_accused_and_one_change_is_always_caught(
    seed: int, most: int, name: str, by: int, blank: str
) -> None:
    values = consistent(random.Random(seed), most)
    right = said(known(report({**values, blank: ""})))
    assert not [rule for rule, check in right.items() if check.verdict == "breach"]
    assert {word(check) for rule, check in said(known(report(values))).items() if rule in SUMS} == {"compliant"}
    wrong = said(known(report({**values, name: Decimal(values[name] + by)})))
    broken = {rule for rule, check in wrong.items() if check.verdict == "breach" and rule in SUMS}
    assert broken == must_break(name)
