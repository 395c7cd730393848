"""The stretches of part 三 → the places of its figures: heads name the applicants, labels what became of requests.

A row's label may stand in several cells, be cut by a page's end or be missing: the rows before and behind it tell then
which one of the form it is.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from harvesters.reading.annual_report import words
from harvesters.reading.annual_report.figures.collected import Collected, Found
from harvesters.reading.annual_report.figures.rows import (
    Head,
    Row,
    are_whole,
    cells_of,
    column_after,
    in_order,
    stacks,
    texts_of,
    under,
)
from harvesters.reading.annual_report.figures.stretches import Stretch
from harvesters.reading.annual_report.tables import Place
from harvesters.reading.annual_report.values import read_value
from storage.annual import forms
from storage.annual.forms import Form
from storage.annual.report import State

_ORGANISATIONS: Final = ("business", "research", "social", "legal", "other")


@dataclass(frozen=True)
class _Line:
    """A row of table 三 that may hold figures: what its labels name, and where its values begin."""

    stretch: Stretch
    row: Row
    name: str | None
    start: int | None
    heads: tuple[Head, ...]
    label: str
    own_heads: bool


def read_requests(stretches: Sequence[Stretch], collected: Collected) -> None:
    """Puts the places of table 三's figures into ``collected``; none of it is read without heads for all applicants."""
    lines: list[_Line] = []
    heads: tuple[Head, ...] = ()
    for stretch in stretches:
        waiting: list[Row] = []
        own = False
        for row in stretch.rows:
            told = texts_of(row)
            is_named = any(words.request_row(place.text) for place in told)
            is_blank = not any(read_value(place.text).state in (State.NUMBER, State.SLASH) for place in told)
            heads_here = sum(words.is_applicant_head(place.text) for place in told)
            # 总计 is a head, and where a label is said twice in two ways (（七）<line end>总计) it is no two heads
            if (heads_here >= 2 and (is_blank or not is_named)) or (waiting and not is_named and is_blank):
                waiting.append(row)
                continue
            if any(words.is_applicant_head(place.text) and not words.request_row(place.text) for place in told):
                waiting.append(row)
                continue
            if waiting:
                found = _applicant_heads(waiting, exact=stretch.table.exact)
                if not found and stretch.table.exact:
                    found = _applicants_in_form_order(waiting, stretch.begins())
                if found:
                    heads, own = found, True
                waiting = []
            if told:
                lines.append(_line(stretch, row, told, heads, lines, own=own))
    if not any(line.name for line in lines):
        if stretches:
            collected.parts.add(3)
            collected.problem(f"表{stretches[0].table.number}: of table 三 only heads are read, and no rows.")
        return
    collected.parts.add(3)
    if not heads:
        collected.problem("表三: no heads name all kinds of applicants, so that its figures are not read.")
        return
    for line in _filled(lines):
        _request_row(line, collected)


def _applicant_heads(rows: Sequence[Row], *, exact: bool) -> tuple[Head, ...]:
    """The columns that the heads in these rows name, in their order; none if one is missing or named at two places.

    Nor if the kinds of organisations do not stand under their common head, or, where there is none, in the form's
    order: a cell too many in a row of heads moves those after it over columns of others.
    """
    named: dict[str, list[int]] = {}
    over: set[int] = set()
    for column, stack in stacks(rows):
        name = words.applicant("".join(stack))
        if name:
            named.setdefault(name, []).append(column)
        if any(words.is_over_organisations(text) for text in stack):
            over.add(column)
    if set(named) != set(forms.APPLICANTS) or not are_whole(named):
        return ()
    heads = tuple(Head(name, tuple(columns)) for name, columns in sorted(named.items(), key=lambda one: one[1]))
    in_order = [head.name for head in heads] == [*forms.APPLICANTS]
    of_organisations = {column for name in _ORGANISATIONS for column in named[name]}
    if over != of_organisations and not (in_order and (not over or not exact)):
        return ()
    return heads


def _applicants_in_form_order(rows: Sequence[Row], begins: int) -> tuple[Head, ...]:
    """The form's seven columns from ``begins`` on, if two rows of heads name them in its order and nothing else.

    Their spans may be wrong then: the values' order is the heads', and a row that has not seven is not read.
    """
    told: list[list[str]] = []
    seen: set[int] = set()
    for row in rows:
        texts = [place for place in texts_of(row) if place.cell not in seen and not _is_above(place.text)]
        blank = [place for place in row if place.cell not in seen and not place.text]
        seen.update(place.cell for place in row)
        if texts and any(place.column < texts[-1].column for place in blank):
            return ()  # which may stand for a head
        if texts:
            over = ["over" if words.is_over_organisations(place.text) else "" for place in texts]
            told.append([words.applicant(place.text) or one for place, one in zip(texts, over, strict=True)])
    if told != [["natural", "over", "total"], [*_ORGANISATIONS]]:
        return ()
    return tuple(Head(name, (begins + at,)) for at, name in enumerate(forms.APPLICANTS))


def _is_above(text: str) -> bool:
    """Whether a head of table 三 names no column: 申请人情况, the note on the sums in the corner."""
    return "申请人情况" in text or "勾稽关系" in text


def _line(
    stretch: Stretch, row: Row, told: Sequence[Place], heads: tuple[Head, ...], before: Sequence[_Line], *, own: bool
) -> _Line:
    known = [(place, name) for place in told if (name := words.request_row(place.text))]
    named = None
    if known:
        last, said = known[-1]
        groups = {other for _, other in known if other.startswith("group:")} - {"group:results"}
        named = _row_name(last, said, groups, before)
        if said.startswith("group:"):  # a span too long above pushes the group behind its row
            before_it = next(((place, name) for place, name in reversed(known) if ":" not in name), None)
            named = _row_name(*before_it, groups, before) if before_it else named
    if named is None:
        over = [place for place, name in known if name.startswith("group:")]
        pieces = [one.text for one in told if one not in over and read_value(one.text).state is State.TEXT]
        return _Line(stretch, row, None, None, heads, "".join(pieces), own)
    return _Line(stretch, row, named, column_after(row, last), heads, last.text, own)


def _row_name(last: Place, name: str, groups: Collection[str], before: Sequence[_Line]) -> str | None:
    """The row that the last label of a line names, once what is said in the form more than once is told apart."""
    if name == "total?":
        return "total" if words.label(last.text).ordinal == "七" or not groups else None
    if name == "other?":
        previous = next((line.name for line in reversed(before) if line.name), None)
        is_other = "group:other" in groups or (not groups and previous in ("other_not_corrected", "other_not_paid"))
        return "other_other" if is_other else None
    if name == "group:other":
        return "other_all"
    return None if name.startswith("group:") else name


def _has_values(line: _Line) -> bool:
    first = min((head.columns[0] for head in line.heads), default=1)
    return any(
        read_value(place.text).state in (State.NUMBER, State.SLASH) for place in line.row if place.column >= first
    )


def _filled(lines: Sequence[_Line]) -> list[_Line]:
    """The lines whose row is known, also where a page's end cuts a label in two, or left one out between two others."""
    found = list(lines)
    for at, (line, after) in enumerate(itertools.pairwise(lines)):
        if line.name is None and _has_values(line) != _has_values(after):
            name = words.request_row(line.label + after.label) or _label_cut(line.row, after.row)
            if name is None or name.startswith("group:") or name.endswith("?") or after.name not in (None, name):
                continue
            # the numbers stand beside one piece of the label, and the other piece has none
            kept, left = (at, at + 1) if _has_values(line) else (at + 1, at)
            found[kept] = replace(lines[kept], name=name)
            found[left] = replace(lines[left], name=None, label="", row=())
    return [line for line in _between(found) if line.name]


def _label_cut(above: Row, below: Row) -> str | None:
    """What the last label of two rows names that a page's end made of one, its words put together column by column."""
    pieces: dict[int, list[str]] = {}
    for place in (*texts_of(above), *texts_of(below)):
        if read_value(place.text).state is State.TEXT:
            pieces.setdefault(place.column, []).append(place.text)
    return next((name for column in sorted(pieces, reverse=True) if (name := _row_in(pieces[column]))), None)


def _row_in(pieces: Sequence[str]) -> str | None:
    return words.request_row("".join(pieces)) if len(pieces) == 2 else None


def _between(lines: Sequence[_Line]) -> list[_Line]:
    """The lines; those without any label are named where just as many rows of the form are missing at their place."""
    form = Form.F2019 if any(line.name == "other_all" and _has_values(line) for line in lines) else Form.F2021
    order = list(forms.REQUEST_ROWS[form])
    found: list[_Line] = []
    waiting: list[_Line] = []
    next_row = 0
    for line in [*(line for line in lines if line.row), None]:
        if line is not None and line.name not in order:
            waiting.append(line)
            continue
        at = order.index(line.name) if line is not None and line.name else len(order)
        missing = order[next_row:at]
        if len(missing) == len(waiting) and all(not one.label and _has_values(one) for one in waiting):
            waiting = [replace(one, name=name) for one, name in zip(waiting, missing, strict=True)]
        found += waiting
        waiting, next_row = [], at + 1
        if line is not None:
            found.append(line)
    return found


def _request_places(line: _Line, start: int, first: int) -> dict[str, Place] | None:
    """Where a line's values stand; ``first`` is the column of the first head.

    The places of heads in another table are asked only where labels end, or rows end, at the same columns.
    """
    exact = line.stretch.table.exact
    begins = line.stretch.begins()
    is_as_wide = begins < first and len(line.row) == line.heads[-1].columns[-1]
    is_as_before = exact or line.own_heads or begins == first or is_as_wide
    if (
        exact
        and line.own_heads
        and start < begins == first
        and not any(one.text for one in line.row[start - 1 : first - 1])
    ):
        return _behind_blanks(line)
    spare = line.stretch.spare(len(line.heads)) if exact else 0
    places = under(line.row, line.heads, start, exact=exact, spare=spare) if is_as_before else None
    # a label of one column stands among those of two: the values begin where those of the other rows do
    if places is None and not exact and not any(place.text for place in line.row if start <= place.column < begins):
        places = (
            under(line.row, line.heads, begins, exact=False)
            if is_as_before
            else in_order(cells_of(line.row, begins), line.heads)
        )
    return places


def _behind_blanks(line: _Line) -> dict[str, Place] | None:
    """The values of a row whose label has lost its span: blank cells stand between it and the first head's column.

    Only where the row ends with the heads, so that no cell too many or too few has moved the others.
    """
    first, last = line.heads[0].columns[0], line.heads[-1].columns[-1]
    return under(line.row, line.heads, first, exact=True) if len(line.row) == last else None


def _request_row(line: _Line, collected: Collected) -> None:
    table = line.stretch.table
    first = min((head.columns[0] for head in line.heads), default=1)
    start = line.start if line.start is not None else first
    if not line.own_heads and f"3/{line.name}/total" in collected.places:
        return  # another table that counts the same words
    places = _request_places(line, start, first) if line.heads else None
    if places is None:
        if any(read_value(place.text).number is not None for place in line.row):
            collected.problem(f"表{table.number} 第{line.row[0].row}行: its cells do not fit the heads of table 三.")
        return
    if line.name == "other_all":
        collected.signs.add("old:other_all")
    elif line.name and line.name.startswith("other_"):
        collected.signs.add("new:other")
    for column, place in places.items():
        collected.put(f"3/{line.name}/{column}", Found(table, place))
