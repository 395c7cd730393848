"""A yearly report whose every relation holds: the filled example of the rule book, and reports made like it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from flows.compliance.annual.known import Known
from storage.annual.forms import APPLICANTS, OUTCOMES, PARTS, REQUEST_ROWS, Form, figures_of
from storage.annual.report import Cell, Figure, Part, Report, State
from tests.flows.compliance import CITY, evidence, unit

_THREE: Final = """
13612 252 0 45 128 32 14069
535 6 0 1 18 0 560
5345 129 0 41 19 14 5548
2120 39 0 1 6 2 2168
13 0 0 0 0 0 13
30 0 0 0 0 0 30
11 0 0 0 0 0 11
49 2 0 0 0 0 51
103 1 0 0 0 0 104
84 1 0 0 0 0 85
282 4 0 0 0 0 286
147 0 0 0 1 2 150
3075 50 0 0 89 8 3222
177 3 0 0 0 0 180
19 0 0 0 0 0 19
199 1 0 0 3 0 203
147 1 0 0 0 0 148
0 0 0 0 0 0 0
100 1 0 0 0 0 101
5 0 0 0 0 0 5
315 3 0 0 0 0 318
202 0 0 1 0 0 203
941 17 0 1 3 3 965
13364 252 0 44 121 29 13810
783 6 0 2 25 3 819
"""
_FOUR: Final = {
    "review": (376, 97, 196, 121, 790),
    "suit_direct": (16, 1, 12, 27, 56),
    "suit_after_review": (74, 1, 30, 51, 156),
}
_TWO: Final[dict[str, int | Decimal]] = {
    "2/regulations/made": 2,
    "2/regulations/repealed": 1,
    "2/regulations/in_force": 31,
    "2/normative/made": 25,
    "2/normative/repealed": 7,
    "2/normative/in_force": 240,
    "2/permits/decisions": 81234,
    "2/penalties/decisions": 5021,
    "2/coercion/decisions": 12,
    "2/fees/amount": Decimal("1024.56"),
}


def numbers() -> dict[str, Decimal]:
    """Every figure of the example by name."""
    found = {name: Decimal(str(value)) for name, value in _TWO.items()}
    for row, line in zip(REQUEST_ROWS[Form.F2021], _THREE.split("\n")[1:], strict=False):
        found |= {f"3/{row}/{column}": Decimal(value) for column, value in zip(APPLICANTS, line.split(), strict=True)}
    for case, values in _FOUR.items():
        found |= {f"4/{case}/{one}": Decimal(value) for one, value in zip(OUTCOMES, values, strict=True)}
    return found


def figure(name: str, value: Any, place: int = 1) -> Figure:
    """A figure by what stands in its cell: a number, "" or "/" or words."""
    at = Cell(table=int(name[0]), row=place, column=1, address=f"表{name[0]} 第{place}行第1列")
    if isinstance(value, str):
        state = State.BLANK if not value else State.SLASH if value == "/" else State.TEXT
        return Figure(name=name, state=state, raw=value, cell=at)
    number = Decimal(str(value))
    return Figure(name=name, state=State.NUMBER, value=number, raw=f"{number:f}", cell=at)


def report(changed: Mapping[str, Any] | None = None, form: Form = Form.F2021, **given: Any) -> Report:
    """The example with some cells as given."""
    values: dict[str, Any] = {**numbers(), **(changed or {})}
    figures = {name: figure(name, values.get(name, 0), place) for place, name in enumerate(figures_of(form), start=1)}
    parts = tuple(Part(number=number, heading=f"{number}、{words}", text="") for number, words in PARTS.items())
    plain: dict[str, Any] = {
        "title": "青禾市教育局2025年政府信息公开工作年度报告",
        "year": 2025,
        "unit": "青禾市教育局",
        "form": form,
        "parts": parts,
        "figures": figures,
        "tables_found": (2, 3, 4),
        "text": "".join(part.heading for part in parts),
    }
    return Report(**{**plain, **given})


def with_text(number: int, text: str, one: Report | None = None) -> Report:
    """The report with this text in one of its parts."""
    one = one or report()
    return replace(one, parts=tuple(replace(part, text=text) if part.number == number else part for part in one.parts))


def known(one: Report | None, **given: Any) -> Known:
    """A published report of the education bureau on 2025."""
    plain: dict[str, Any] = {
        "unit": unit(),
        "id": "r1",
        "year": 2025,
        "report": one,
        "city": CITY,
        "title": "2025年年报",
        "url": "http://a.invalid/nb/2025.html",
        "column": "nb",
        "item": "i1",
        "evidence": evidence(),
    }
    return Known(**{**plain, **given})
