"""The three tables of a yearly report as its form prints them: heads, and in each place the name of its figure.

``storage.annual.forms`` has the names; here is only where each stands, for the page of one report and for the sums of
all. A form whose figures have no names has no tables here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from storage.annual import forms
from storage.annual.forms import Form

# 条例 第二十条, of which each row of part 二 counts something, as the form heads it
_SECTIONS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("regulations", "normative"), "第二十条第（一）项"),
    **dict.fromkeys(("permits", "services"), "第二十条第（五）项"),
    **dict.fromkeys(("penalties", "coercion"), "第二十条第（六）项"),
    "fees": "第二十条第（八）项",
    "procurement": "第二十条第（九）项",
}
_SUITS: Final = "行政诉讼"
_RESULT: Final = "三、本年度办理结果"
_WHAT: Final = "信息内容"


@dataclass(frozen=True, kw_only=True)
class Head:
    """A head cell; ``wide`` columns and ``high`` rows, ``scope`` as HTML has it."""

    text: str
    wide: int = 1
    high: int = 1
    scope: str = "col"


@dataclass(frozen=True, kw_only=True)
class Place:
    """The cell of a figure."""

    figure: str
    wide: int = 1


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row: its heads, then its places. ``places`` empty: the row is all heads."""

    heads: tuple[Head, ...]
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table, of the part of this number. ``head`` stands above the rows."""

    part: int
    head: tuple[tuple[Head, ...], ...]
    rows: tuple[Row, ...]


def tables_of(form: Form) -> tuple[Table, ...]:
    """The tables of parts 二, 三, 四; none where the form has no figures."""
    if form not in forms.REQUEST_ROWS:
        return ()
    return _active(form), _requests(form), _cases()


def form_of(text: str | None) -> Form | None:
    """The form of this name, where its tables are known."""
    return next((one for one in forms.REQUEST_ROWS if one.value == text), None)


def form_of_figures(names: Iterable[str]) -> Form:
    """The form whose figures these are: the later one unless a name is only the earlier one's."""
    known = set(forms.figures_of(Form.F2021))
    earlier = set(forms.figures_of(Form.F2019)) - known
    return Form.F2019 if any(one in earlier for one in names) else Form.F2021


def _active(form: Form) -> Table:
    rows, columns = forms.ACTIVE_ROWS[form], forms.ACTIVE_COLUMNS[form]
    most = max(len(one) for one in columns.values())
    found: list[Row] = []
    for section, names in groupby(rows, lambda row: _SECTIONS[row]):
        found.append(Row(heads=(Head(text=section, wide=most + 1, scope="colgroup"),)))
        above: tuple[str, ...] = ()
        for row in names:
            titles = tuple(columns[row].values())
            if titles != above:
                heads = [
                    Head(text=text, wide=wide) for text, wide in zip(titles, _spread(len(titles), most), strict=True)
                ]
                found.append(Row(heads=(Head(text=_WHAT), *heads)))
                above = titles
            places = zip(columns[row], _spread(len(titles), most), strict=True)
            found.append(
                Row(
                    heads=(Head(text=rows[row], scope="row"),),
                    places=tuple(Place(figure=f"2/{row}/{column}", wide=wide) for column, wide in places),
                )
            )
    return Table(part=2, head=(), rows=tuple(found))


def _spread(count: int, most: int) -> list[int]:
    """How many columns each of ``count`` cells takes of ``most``: the last takes what is left."""
    return [1] * (count - 1) + [most - count + 1]


def _requests(form: Form) -> Table:
    persons = forms.APPLICANTS
    head = (
        (
            Head(text="（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", wide=3, high=3),
            Head(text="申请人情况", wide=len(persons), scope="colgroup"),
        ),
        (
            Head(text=persons["natural"], high=2),
            Head(text="法人或其他组织", wide=len(persons) - 2, scope="colgroup"),
            Head(text=persons["total"], high=2),
        ),
        tuple(Head(text=text) for name, text in persons.items() if name not in ("natural", "total")),
    )
    return Table(part=3, head=head, rows=tuple(_request_rows(form)))


def _request_rows(form: Form) -> Iterator[Row]:
    words, results = forms.REQUEST_ROWS[form], forms.RESULTS[form]
    for row in ("new", "carried_in"):
        yield _request_row(row, Head(text=words[row], wide=3, scope="row"))
    first = Head(text=_RESULT, high=len(results) + 1, scope="rowgroup")
    for group, names in groupby(results, lambda row: results[row].partition(" ")[0]):
        inside = list(names)
        for row in inside:
            single = results[row].partition(" ")[2]
            heads = [first] if row == next(iter(results)) else []
            if not single:
                heads.append(Head(text=group, wide=2, scope="row"))
            else:
                heads += [Head(text=group, high=len(inside), scope="rowgroup")] if row == inside[0] else []
                heads.append(Head(text=single, scope="row"))
            yield _request_row(row, *heads)
    yield _request_row("total", Head(text=words["total"].partition(" ")[2], wide=2, scope="row"))
    yield _request_row("carried_out", Head(text=words["carried_out"], wide=3, scope="row"))


def _request_row(row: str, *heads: Head) -> Row:
    return Row(heads=heads, places=tuple(Place(figure=f"3/{row}/{column}") for column in forms.APPLICANTS))


def _cases() -> Table:
    outcomes = tuple(Head(text=text) for text in forms.OUTCOMES.values())
    suits = [text.partition(" ")[2] for text in forms.CASES.values() if text.startswith(_SUITS)]
    wide = len(outcomes)
    head = (
        (
            Head(text=forms.CASES["review"], wide=wide, high=2, scope="colgroup"),
            Head(text=_SUITS, wide=wide * len(suits), scope="colgroup"),
        ),
        tuple(Head(text=text, wide=wide, scope="colgroup") for text in suits),
        outcomes * len(forms.CASES),
    )
    places = tuple(Place(figure=f"4/{case}/{outcome}") for case in forms.CASES for outcome in forms.OUTCOMES)
    return Table(part=4, head=head, rows=(Row(heads=(), places=places),))
