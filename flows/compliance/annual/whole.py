"""What a report must have: six parts and three tables (AR-12), and figures that are counts (AR-09).

Something is missing only where the rest of the report was recognised and none of its words stands anywhere; a table
that was not read may be a picture or a file. A blank or a slash is no number and no fault.
"""

from __future__ import annotations

import re
from typing import Any, Final

from flows.compliance.annual.known import Known, cell
from flows.compliance.annual.sums import no_tables, said
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from storage.annual.forms import DECIMAL, PARTS, SIGNED, figures_of
from storage.annual.report import Figure, State

_LEAST_PARTS: Final = 4  # parts recognised, from which on a seventh heading was not just laid out in a way of its own
_WORDS: Final = {
    1: re.compile(r"总体情况|基本情况|概述|概况|总体工作|工作情况"),
    2: re.compile(r"主动公开"),
    3: re.compile(r"(?:收到|处理|受理|办理).{0,12}申请|依申请公开"),
    4: re.compile(r"复议|诉讼"),
    5: re.compile(r"问题|不足|改进"),
    6: re.compile(r"其[他它]|需要(?:报告|说明)|报告的?事项|收取.{0,8}费|处理费"),
}
# words that are certainly no number; 见附件 and the like may stand for one
_NO_NUMBER: Final = re.compile(r"若干|少量|大量|许多|多[件个项次条宗]|数十?[百千件个项]+|不详|未统计|无法统计")
_NEGATIVE: Final = re.compile(r"[-−－]\s*\d[\d,，]*")
_FRACTION: Final = re.compile(r"[-−－]?\d+[.．]\d+")


def judge_parts(known: Known) -> Judgement:
    """AR-12: all six parts and all three tables are there."""
    report = known.report
    assert report is not None
    if known.year < 2019:
        return not_applicable("other_form", "the six parts are asked for since the reports for 2019")
    there = {part.number for part in report.parts}
    missing = [number for number in PARTS if number not in there]
    tables = [number for number in (2, 3, 4) if number not in report.tables_found]
    # a part whose table was found is there, whatever its heading
    missing = [number for number in missing if number not in report.tables_found]
    facts: dict[str, Any] = {"parts": sorted(there), "tables": list(report.tables_found)}
    if not missing and not tables:
        return compliant(**facts)
    headings = "".join(part.heading for part in report.parts)
    proven = [number for number in missing if not _WORDS[number].search(headings + report.text)]
    if proven and len(there) >= _LEAST_PARTS and not report.problems:
        names = [PARTS[number] for number in proven]
        return breach(found=f"缺少：{'、'.join(names)}", missing=names, **facts)
    if missing:
        named = "、".join(PARTS[number] for number in missing)
        return not_assessable("part_not_found", f"not found, and perhaps under another heading: {named}", **facts)
    words = f"not read, and perhaps a picture or a file: the tables of parts {', '.join(map(str, tables))}"
    return not_assessable("no_table", words, **facts)


def judge_numbers(known: Known) -> Judgement:
    """AR-09: figures are whole numbers and not negative; amounts of money may be decimal."""
    without = no_tables(known)
    if without is not None or known.report is None:
        return without or not_assessable("no_table", "not read")
    report = known.report
    wrong: list[tuple[Figure, str]] = []
    unsure: list[str] = []
    for name in figures_of(report.form):
        figure = report.figures.get(name)
        fault = _fault(figure) if figure is not None else None
        if figure is not None and fault:
            wrong.append((figure, fault))
        elif figure is None or figure.state is not State.NUMBER or _is_odd(figure):
            unsure.append(name)
    facts: dict[str, Any] = {"not_assessable": [cell(report, name) for name in unsure]} if unsure else {}
    if wrong:
        cells = [cell(report, figure.name) for figure, _ in wrong]
        sentences = [
            f"{one['words']}：“{figure.raw.strip() or one['value']}”{fault}"
            for (figure, fault), one in zip(wrong, cells, strict=True)
        ]
        return breach(found=said(sentences), relations=sentences, cells=cells, **facts)
    if unsure:
        words = f"{len(unsure)} cells hold no number (blank, slash or words); the others are in order"
        return not_assessable("cells_without_number", words, **facts)
    return compliant(judged=len(report.figures))


def _is_odd(figure: Figure) -> bool:
    value = figure.value
    if value is None:
        return False
    is_negative = value < 0 and figure.name not in SIGNED
    return is_negative or (figure.name not in DECIMAL and value != value.to_integral_value())


def _fault(figure: Figure) -> str | None:
    """What is wrong with a figure beyond doubt: as its cell has it, and not only as it was read."""
    raw = figure.raw.strip()
    if figure.state is State.TEXT:
        return "不是数字" if _NO_NUMBER.search(raw) and not re.search(r"\d", raw) else None
    if not _is_odd(figure) or figure.value is None:
        return None
    if figure.value < 0:
        return "为负数" if _NEGATIVE.fullmatch(raw) or not raw else None
    return "不是整数" if _FRACTION.fullmatch(raw) or not raw else None
