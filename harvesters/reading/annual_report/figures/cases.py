"""The stretches of part 四 → the places of its figures: heads name cases and outcomes, over one row or over several."""

from __future__ import annotations

from collections.abc import Sequence

from harvesters.reading.annual_report import words
from harvesters.reading.annual_report.figures.collected import Collected, Found
from harvesters.reading.annual_report.figures.rows import Head, Row, are_whole, column_after, stacks, texts_of, under
from harvesters.reading.annual_report.figures.stretches import Stretch
from harvesters.reading.annual_report.tables import Place, Table
from harvesters.reading.annual_report.values import read_value
from storage.annual import forms
from storage.annual.report import State


def read_cases(stretches: Sequence[Stretch], collected: Collected) -> None:
    """Puts the places of table 四's figures into ``collected``, whether its cases stand beside or below each other."""
    for stretch in stretches:
        if not any(words.outcome(place.text) for row in stretch.rows for place in row if place.text):
            if any(sum(words.is_over_case(place.text) for place in texts_of(row)) > 1 for row in stretch.rows):
                collected.parts.add(4)
                collected.problem(f"表{stretch.table.number}: of table 四 only heads are read.")
            continue
        collected.parts.add(4)
        found = _case_places(stretch.rows, exact=stretch.table.exact)
        if not found:
            turned = _case_places(_turned(stretch.rows), exact=stretch.table.exact)
            found = [(name, Place(place.text, place.column, place.row, place.cell)) for name, place in turned]
        if not found:
            collected.problem(f"表{stretch.table.number}: the heads of table 四 do not tell which figure is which.")
        for name, place in found:
            collected.put(f"4/{name}", Found(stretch.table, place))


def tell_cases_without_heads(tables: Sequence[Table], collected: Collected) -> None:
    """Tells of a row that can only be that of table 四: 15 values, with no heads that say which is which."""
    for table in tables:
        for row in table.rows:
            values = [read_value(place.text).state for place in row if place.text]
            if len(values) == len(forms.CASES) * len(forms.OUTCOMES) and set(values) <= {State.NUMBER, State.SLASH}:
                collected.parts.add(4)
                collected.problem(f"表{table.number} 第{row[0].row}行: no heads stand over what seems to be table 四.")


def _turned(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Columns as rows; a place says its column as its row and its row as its column."""
    width = max((len(row) for row in rows), default=0)
    numbers = [row[0].row if row else 0 for row in rows]
    return tuple(
        tuple(
            Place(row[column].text, column + 1, number, row[column].cell)
            if column < len(row)
            else Place("", column + 1, number, -number)
            for number, row in zip(numbers, rows, strict=True)
        )
        for column in range(width)
    )


def _case_places(rows: Sequence[Row], *, exact: bool) -> list[tuple[str, Place]]:
    found: list[tuple[str, Place]] = []
    above: list[Row] = []
    heads: list[Head] = []
    blank: list[tuple[str, Place]] = []
    for row in rows:
        told = texts_of(row)
        if _is_case_head(told):
            if heads:
                above, heads = [], []
            above.append(row)
            continue
        if not above:
            continue
        heads = heads or _case_heads(above)
        places = _case_row(row, told, heads, exact=exact)
        if any(place.text for _, place in places):
            found += places
        else:
            blank = blank or places
    return found or blank


def _is_case_head(told: Sequence[Place]) -> bool:
    return any(words.is_over_case(place.text) or words.outcome(place.text) for place in told) and not any(
        read_value(place.text).state in (State.NUMBER, State.SLASH) for place in told
    )


def _case_heads(rows: Sequence[Row]) -> list[Head]:
    """The columns that the heads in these rows name "case/outcome", or "/outcome" where the case stands in the rows."""
    named: dict[str, list[int]] = {}
    for column, stack in stacks(rows):
        outcomes = {outcome for text in stack if (outcome := words.outcome(text))}
        if not outcomes and (cut := words.outcome("".join(text for text in stack if not words.is_over_case(text)))):
            outcomes = {cut}  # a page's end cuts 尚未审结 in two
        if len(outcomes) == 1:
            named.setdefault(f"{words.case(''.join(stack)) or ''}/{outcomes.pop()}", []).append(column)
    cases = {name.partition("/")[0] for name in named}
    all_of_them = {f"{case}/{outcome}" for case in cases for outcome in forms.OUTCOMES}
    if cases == {"", "suit_direct", "suit_after_review"} and set(named) == all_of_them:
        # a page ended between the row 行政复议 | 行政诉讼 and this one: in the form, reviews stand before the suits
        is_first = max(named[f"/{one}"][-1] for one in forms.OUTCOMES) < min(
            columns[0] for name, columns in named.items() if not name.startswith("/")
        )
        if is_first and are_whole(named):
            return [Head(name if name[0] != "/" else f"review{name}", tuple(named[name])) for name in named]
    if set(named) == all_of_them and are_whole(named) and (cases == {""} or "" not in cases):
        return [Head(name, tuple(columns)) for name, columns in named.items()]
    return _in_form_order(rows)


def _in_form_order(rows: Sequence[Row]) -> list[Head]:
    """The form's 15 columns, if heads that do not reach over them name the cases and then the outcomes in its order."""
    joined = "".join(place.text for row in rows for place in texts_of(row) if words.is_over_case(place.text))
    at = [joined.find(word) for word in ("行政复议", "行政诉讼", "未经复议", "复议后")]
    if -1 in at or at != sorted(at):
        return []
    outcomes: list[tuple[str, list[int]]] = []
    for column, stack in stacks(rows):
        named = [outcome for text in stack if (outcome := words.outcome(text))]
        if named and outcomes and outcomes[-1][0] == named[-1]:
            outcomes[-1][1].append(column)
        elif named:
            outcomes.append((named[-1], [column]))
    if [name for name, _ in outcomes] != [*forms.OUTCOMES] * len(forms.CASES):
        return []
    names = [f"{case}/{outcome}" for case in forms.CASES for outcome in forms.OUTCOMES]
    return [Head(name, tuple(columns)) for name, (_, columns) in zip(names, outcomes, strict=True)]


def _case_row(row: Row, told: Sequence[Place], heads: Sequence[Head], *, exact: bool) -> list[tuple[str, Place]]:
    if not heads or any(
        read_value(place.text).state is State.TEXT and len(place.text) > words.LONGEST for place in told
    ):
        return []
    first = heads[0].columns[0]
    before = [place for place in told if place.column < first and read_value(place.text).state is State.TEXT]
    start = column_after(row, before[-1]) if before else 1
    if told and not before and all(read_value(place.text).state is State.TEXT for place in told):
        return []  # a note below
    is_by_row = heads[0].name.startswith("/")
    case = words.case("".join(place.text for place in before)) if is_by_row else None
    if is_by_row and case is None:
        return []
    places = under(row, heads, start, exact=exact)
    if places is None or any(words.outcome(place.text) for place in places.values()):
        return []
    return [((case or "") + name, place) for name, place in places.items()]
