"""What a report says against last year's and against the city's: AR-05, AR-06 and AR-08.

What was carried out of one year is carried into the next (AR-06). What is in force is what was, with what was made and
without what was repealed (AR-05); a review of old documents can break it, so that it is advice. A report that sums up
others is not below their sum (AR-08): what the compiler's own share is, nobody publishes, but it is not negative.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flows.compliance.annual.known import Known, cell, has_tables
from flows.compliance.annual.relations import plain
from flows.compliance.annual.sums import no_tables, said
from flows.compliance.bodies import is_same
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from storage.annual.forms import APPLICANTS, CASES, REQUEST_ROWS, Form, words_of
from storage.annual.report import Report


def judge_in_force(known: Known) -> Judgement:
    """AR-05: documents in force this year and last."""
    without = _without_last(known)
    report, last = known.report, known.last
    if without is not None or report is None or last is None:
        return without or not_assessable("no_last", known.last_why)
    if report.form is not Form.F2021 or last.form is not Form.F2021:
        return not_applicable("other_form", "the columns of documents in force are of the form since 2021")
    sentences: list[str] = []
    cells: list[dict[str, Any]] = []
    lacking: list[dict[str, Any]] = []
    for row in ("regulations", "normative"):
        names = [f"2/{row}/{column}" for column in ("in_force", "made", "repealed")]
        now, made, repealed = (report.number(name) for name in names)
        before = last.number(names[0])
        if now is None or made is None or repealed is None or before is None:
            lacking += [cell(report, name) for name in names if report.number(name) is None]
            lacking += [_of_last(last, names[0], known)] if before is None else []
        elif now != before + made - repealed:
            sentences.append(
                f"{words_of(names[0], report.form)}：上年{plain(before)} + 制发{plain(made)} − 废止{plain(repealed)}"
                f" = {plain(before + made - repealed)} ≠ 本年{plain(now)}"
            )
            cells += [*(cell(report, name) for name in names), _of_last(last, names[0], known)]
    return _told(sentences, cells, lacking, judged=2)


def judge_carried(known: Known) -> Judgement:
    """AR-06: what last year's report carried out is what this one carries in, by column."""
    without = _without_last(known)
    report, last = known.report, known.last
    if without is not None or report is None or last is None:
        return without or not_assessable("no_last", known.last_why)
    sentences: list[str] = []
    cells: list[dict[str, Any]] = []
    lacking: list[dict[str, Any]] = []
    for column, words in APPLICANTS.items():
        to, came = f"3/carried_in/{column}", f"3/carried_out/{column}"
        now, before = report.number(to), last.number(came)
        if now is None or before is None:
            lacking += [cell(report, to)] if now is None else []
            lacking += [_of_last(last, came, known)] if before is None else []
        elif now != before:
            sentences.append(
                f"表三「{words}」列：{known.year}年度报告“上年结转”{plain(now)} ≠ "
                f"{known.year - 1}年度报告“结转下年度继续办理”{plain(before)}"
            )
            cells += [cell(report, to), _of_last(last, came, known)]
    return _told(sentences, cells, lacking, judged=len(APPLICANTS))


def judge_city(known: Known, compiler: str | None) -> Judgement:
    """AR-08: the report of the unit that sums up all others is not below their sum."""
    if compiler is None or known.unit.id != compiler:
        return not_applicable("no_compiler", "the report is not said to sum up others")
    without = no_tables(known)
    if without is not None or known.report is None:
        return without or not_assessable("no_table", "not read")
    report = known.report
    others = {unit: one for unit, one in (known.parts or {}).items() if unit != compiler and one.form is report.form}
    if not others:
        return not_assessable("no_parts", "no other unit's report of the year was read")
    names = [f"3/{row}/total" for row in REQUEST_ROWS[report.form]] + [f"4/{case}/total" for case in CASES]
    sentences: list[str] = []
    cells: list[dict[str, Any]] = []
    lacking: list[dict[str, Any]] = []
    for name in names:
        own = report.number(name)
        known_parts = [number for one in others.values() if (number := one.number(name)) is not None and number > 0]
        least = sum(known_parts, Decimal(0))
        if own is None:
            lacking.append(cell(report, name))
        elif own < least:
            words = words_of(name, report.form)
            sentences.append(f"{words}：{plain(own)}，少于{len(known_parts)}个单位年报之和{plain(least)}")
            cells.append(cell(report, name))
    return _told(sentences, cells, lacking, judged=len(names))


def _without_last(known: Known) -> Judgement | None:
    without = no_tables(known)
    if without is not None:
        return without
    if known.last is None:
        return not_assessable("no_last", known.last_why)
    if not has_tables(known.last):
        return not_assessable("no_last", f"no table of the form was read in the report on {known.year - 1}")
    named = known.last.unit
    if named and not is_same(named, known.unit.name, known.city):
        return not_assessable("whose_report", f"the report on {known.year - 1} names {named}: perhaps another body")
    return None


def _of_last(last: Report, name: str, known: Known) -> dict[str, Any]:
    """A cell of last year's report; its name says so, because it is no cell of this report."""
    one = cell(last, name)
    return {**one, "figure": f"{known.year - 1}:{name}", "words": f"{known.year - 1}年度 {one['words']}"}


def _told(
    sentences: list[str], cells: list[dict[str, Any]], lacking: list[dict[str, Any]], *, judged: int
) -> Judgement:
    facts: dict[str, Any] = {"not_assessable": lacking} if lacking else {}
    if sentences:
        return breach(found=said(sentences), relations=sentences, cells=cells, **facts)
    if lacking:
        return not_assessable("cells_without_number", "some cells hold no number; the others agree", **facts)
    return compliant(judged=judged)
