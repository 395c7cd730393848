"""Numbers that the report's text names are those of its tables: AR-07.

Only phrases count that are surely about the whole year, the unit itself and one figure. Whatever compares, takes a part
out, adds up other years or other bodies ends what is read of its sentence; 余 or 约 makes a number none. Where one
phrase for a figure agrees with the table, another one that does not is taken to mean something else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from flows.compliance.annual.known import Known, cell
from flows.compliance.annual.relations import plain
from flows.compliance.annual.sums import no_tables, said
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from storage.annual.forms import RESULTS, Form, words_of
from storage.annual.report import Report

_PARTS: Final = (1, 4, 6)
_DIGITS: Final = {one: place for place, one in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_UNITS: Final = {"十": 10, "百": 100, "千": 1000}
_N: Final = r"(?P<n>\d{1,9}|[零〇○一二两三四五六七八九十百千万]{1,12})"
_END: Final = _N + r"(?P<more>[余多来几]?)[件条份宗起个例项次](?!\w?[以之]上|左右|上下)"
_REQUEST: Final = r"(?:政府信息公开|政务信息公开|信息公开|依申请公开(?:政府信息)?)的?申请(?:书|数量|总数|总量|事项)?"
_OF_MATTER: Final = r"(?:共计?|合?计|总计|为|数为|共有|有)?"
# where a sentence turns to something that is not the whole year of this unit
_TURNS: Final = re.compile(
    r"同比|环比|上一?年度?(?!结转)|去年(?!结转)|往年|历年|累计|以来|截[至止]|增长|增加|减少|下降|[上下]升|较|相比|比例|"
    r"占|%|其中|包括|包含|分别|平均|季度|半年|月份?(?!\d{1,2}日)|全[市区县镇乡州旗省系]|各[单部镇乡街区县村科级]|本级|辖区|下辖|[市区县州]直|"
    r"部门|\d个|下属|所属|下级|系统|指导|督促|协助|转办|转交|代办|受理点|网上|网站|平台|线上|通过|当面|现场|邮寄|邮政|信函|传真|电子|"
    r"自然人|个人|公民|法人|企业|组织|受理|撤[回销]|重复|涉及|类|目标|计划|力争|预计|不含|剔除|除外"
)
_YEAR: Final = re.compile(r"(20\d\d)年")
_MATTER: Final = re.compile(r"信息公开|依申请|公开申请")
_ABOUT: Final = re.compile(r"约|近|超过?|逾|至少|不足|将近|大约|余$")


@dataclass(frozen=True)
class Claim:
    """A phrase that names a number. ``figures``: the sums of figures that it may mean, by name."""

    phrase: str
    value: int
    figures: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class _Phrase:
    pattern: re.Pattern[str]
    figures: tuple[tuple[str, ...], ...]
    asks_matter: bool = True  # the sentence must speak of disclosure requests


def _pattern(before: str) -> re.Pattern[str]:
    return re.compile(before + _OF_MATTER + _END)


def _phrases(form: Form) -> tuple[_Phrase, ...]:
    def group(start: str) -> tuple[str, ...]:
        return tuple(f"3/{row}/total" for row in RESULTS[form] if row.startswith(start))

    new, carried_in, carried_out = ("3/new/total",), ("3/carried_in/total",), ("3/carried_out/total",)
    both_suits = ("4/suit_direct/total", "4/suit_after_review/total")
    phrases = [
        _Phrase(_pattern(rf"(?:新收|收到|接收)到?(?:的|各类)?{_REQUEST}"), (new, (*new, *carried_in))),
        _Phrase(_pattern(r"本年新收(?:政府信息公开申请)?"), (new,)),
        _Phrase(_pattern(r"(?:上年度?|去年)结转(?:的?(?:政府信息公开)?申请)?(?:办理)?"), (carried_in,)),
        _Phrase(_pattern(r"结转(?:至|到)?(?:下一?年度?|次年)(?:度)?(?:继续)?(?:办理)?的?(?:申请)?"), (carried_out,)),
        _Phrase(_pattern(rf"办结(?:{_REQUEST})?"), (("3/total/total",),)),
        _Phrase(_pattern(r"(?<!不)予以公开的?"), (("3/granted/total",),)),
        _Phrase(_pattern(r"部分公开的?"), (("3/partly/total",),)),
        _Phrase(_pattern(r"不予公开的?"), (group("refused_"),)),
        _Phrase(_pattern(r"无法提供的?"), (group("unable_"),)),
        _Phrase(_pattern(r"不予处理的?"), (group("declined_"),)),
        _Phrase(_pattern(r"信息公开[^,，]{0,16}?(?:申请)?行政复议(?:案件|申请)?"), (("4/review/total",),)),
        _Phrase(_pattern(r"信息公开[^,，]{0,16}?行政诉讼(?:案件)?"), (both_suits, both_suits[:1], both_suits[1:])),
    ]
    if form is Form.F2021:
        phrases += [
            _Phrase(
                _pattern(r"(?:制发|制定出?台?|印发)(?:行政)?规范性文件"), (("2/normative/made",),), asks_matter=False
            ),
            _Phrase(_pattern(r"现行有效的?(?:行政)?规范性文件"), (("2/normative/in_force",),), asks_matter=False),
            _Phrase(_pattern(r"作出行政许可(?:处理)?决定"), (("2/permits/decisions",),), asks_matter=False),
            _Phrase(_pattern(r"作出行政处罚(?:处理)?决定"), (("2/penalties/decisions",),), asks_matter=False),
            _Phrase(_pattern(r"作出行政强制(?:处理)?决定"), (("2/coercion/decisions",),), asks_matter=False),
        ]
    return tuple(phrases)


_PHRASES: Final = {form: _phrases(form) for form in RESULTS}


def claims(report: Report) -> tuple[Claim, ...]:
    """Every phrase of the text that surely names a figure of the tables."""
    return tuple(claim for part in report.parts if part.number in _PARTS for claim in _claims(part.text, report))


def _claims(text: str, report: Report) -> Iterator[Claim]:
    plain_text = re.sub(r"[^\S\n]+", "", unicodedata.normalize("NFKC", text))
    plain_text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", plain_text)
    for sentence in re.split(r"[。;;!?\n]", plain_text):
        turn = _TURNS.search(sentence)
        told = sentence[: turn.start()] if turn else sentence
        # a clause in which the turn comes is not read: what turns may stand behind its number
        whole = told if turn is None else told[: max(told.rfind(","), 0)]
        if not whole or not re.search(r"[\d零〇一二两三四五六七八九十百千]", whole):
            continue
        if any(int(year) != report.year for year in _YEAR.findall(sentence)):
            continue
        is_of_matter = _MATTER.search(sentence) is not None
        for phrase in _PHRASES.get(report.form, ()):
            if phrase.asks_matter and not is_of_matter:
                continue
            for found in phrase.pattern.finditer(whole):
                value = _number(found["n"])
                if (
                    value is None
                    or found["more"]
                    or _ABOUT.search(found[0])
                    or _ABOUT.search(whole[: found.start()][-3:])
                ):
                    continue
                yield Claim(found[0], value, phrase.figures)


def _number(text: str) -> int | None:
    """A number in Arabic or Chinese digits below a hundred million; None: not one that is surely understood."""
    if text.isdigit() and text.isascii():
        return int(text)
    total = section = digit = 0
    has_unit = False
    for one in text:
        if one in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[one]
        elif one == "万":
            total, section, digit, has_unit = (section + digit) * 10_000, 0, 0, True
        else:
            section, digit, has_unit = section + (digit or 1) * _UNITS[one], 0, True
    return total + section + digit if has_unit or len(text) == 1 else None


def judge_prose(known: Known) -> Judgement:
    """AR-07: what the text says against what the tables say."""
    without = no_tables(known)
    if without is not None or known.report is None:
        return without or not_assessable("no_table", "not read")
    report = known.report
    by_figure: dict[tuple[tuple[str, ...], ...], list[Claim]] = {}
    for claim in claims(report):
        by_figure.setdefault(claim.figures, []).append(claim)
    sentences: list[str] = []
    cells: list[dict[str, Any]] = []
    judged = lacking = 0
    for figures, some in by_figure.items():
        sums = [_sum(report, names) for names in figures]
        if any(one is None for one in sums):
            lacking += 1
            continue
        judged += 1
        if any(claim.value in sums for claim in some) or len({claim.value for claim in some}) > 1:
            continue
        words = "＋".join(words_of(name, report.form) for name in figures[0])
        sentences.append(f"正文“{some[0].phrase}”，表中{words}为{plain(sums[0] or Decimal(0))}")
        cells += [cell(report, name) for name in figures[0]]
    if sentences:
        return breach(found=said(sentences), relations=sentences, cells=cells)
    if lacking:
        return not_assessable("cells_without_number", "the text names numbers whose cells hold none")
    if not judged:
        return not_applicable("no_number_in_text", "the text names no number that is surely one of the tables'")
    return compliant(judged=judged)


def _sum(report: Report, names: tuple[str, ...]) -> Decimal | None:
    numbers = [report.number(name) for name in names]
    return None if None in numbers else sum(filter(None, numbers), Decimal(0))
