"""The three tables of the form: which place of which table is which figure. What is not sure is absent, and is told.

Tables are cut into stretches of rows that belong to part 二, 三 or 四 by their words, whichever ``<table>`` they stand
in; a stretch without heads goes on with those of the stretch before. A figure lies where its row's label and its
column's head meet. Where the heads' places and the row's do not fit (wrong spans, columns shifted), the row is read in
its order, if it has exactly as many cells as there are heads; else its figures are absent.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from harvesters.reading.annual_report import words
from harvesters.reading.annual_report.tables import Place, Table
from harvesters.reading.annual_report.values import Value, narrow, read_value
from storage.annual import forms
from storage.annual.forms import Form
from storage.annual.report import Figure, State

Row = tuple[Place, ...]
_MOST_PROBLEMS: Final = 60


@dataclass(frozen=True)
class Head:
    """A column as its heads name it, and where they stand; ``text`` as it stands."""

    name: str
    columns: tuple[int, ...]
    text: str = ""


@dataclass(frozen=True)
class Found:
    """A figure's place, before the form is known."""

    table: Table
    place: Place
    head: str = ""


@dataclass
class Collected:
    """What the tables yield: places by name; names that stand at two places with different texts; problems."""

    places: dict[str, Found] = field(default_factory=dict)
    stand: dict[str, set[int]] = field(default_factory=dict)  # the numbers of the tables in which a name stands
    torn: set[str] = field(default_factory=set)
    parts: set[int] = field(default_factory=set)
    signs: set[str] = field(default_factory=set)  # words that only one of the two forms has
    problems: list[str] = field(default_factory=list)

    def put(self, name: str, found: Found) -> None:
        known = self.places.setdefault(name, found)
        self.stand.setdefault(name, set()).add(found.table.number)
        if known is not found and narrow(known.place.text).split() != narrow(found.place.text).split():
            self.torn.add(name)

    def part_tables_that_differ(self) -> None:
        """Of two tables of one part that differ (another year's, a subordinate's) none may fill the other's gaps."""
        for part in ("2", "3", "4"):
            tables = set[int]().union(*(self.stand[name] for name in self.torn if name.startswith(part)))
            if len(tables) > 1:
                self.torn.update(
                    name for name, those in self.stand.items() if name.startswith(part) and not tables <= those
                )

    def has_numbers(self) -> bool:
        """Whether any figure of any part is a number."""
        return any(read_value(found.place.text).state is State.NUMBER for found in self.places.values())

    def problem(self, sentence: str) -> None:
        if len(self.problems) < _MOST_PROBLEMS and sentence not in self.problems:
            self.problems.append(sentence)


@dataclass(frozen=True)
class Stretch:
    """Rows of one table that belong to one part."""

    part: int
    table: Table
    rows: tuple[Row, ...]

    def begins(self) -> int:
        """The first column after all labels of table 三 in these rows; 总计 and 其他 are heads too."""
        named = [place for row in self.rows for place in _texts(row) if _is_request(place.text)]
        return max((place.column for place in named), default=0) + 1

    def spare(self, heads: int) -> int:
        """How many cells the rows of table 三 have beyond those under its heads: as many as most have, or none."""
        counts: Counter[int] = Counter()
        for row in self.rows:
            named = [place for place in _texts(row) if words.request_row(place.text)]
            if named:
                counts[len(_cells(row, _after(row, named[-1]))) - heads] += 1
        most = counts.most_common(1)
        return most[0][0] if most and most[0][0] > 0 else 0


def read_tables(tables: Sequence[Table]) -> Collected:
    """The places of all figures in these tables."""
    collected = Collected()
    stretches = [stretch for table in tables for stretch in _stretches(table)]
    _active([one for one in stretches if one.part == 2], collected)
    _requests([one for one in stretches if one.part == 3], collected)
    _cases([one for one in stretches if one.part == 4], collected)
    if 4 not in collected.parts:
        _cases_without_heads(tables, collected)
    collected.part_tables_that_differ()
    return collected


def told_in_text(lines: Sequence[str], collected: Collected) -> None:
    """Tables that stand in the text as lines, because nothing says where their cells are, are there, but not read."""
    for part in words.tables_in_text(lines):
        if part not in collected.parts:
            collected.parts.add(part)
            collected.problem(f"The table of part {'一二三四'[part - 1]} stands in the text as lines; it is not read.")


def form_of(collected: Collected) -> Form | None:
    """Which of the two forms the tables are of; None where they say of neither."""
    if not collected.parts:
        return None
    old = sum(sign.startswith("old:") for sign in collected.signs)
    new = len(collected.signs) - old
    return Form.F2019 if old > new else Form.F2021 if new > old else None


def figures_of(collected: Collected, form: Form) -> dict[str, Figure]:
    """Every figure of the form whose table was found, in the form's order."""
    figures = {}
    for name in forms.figures_of(form):
        if int(name[0]) in collected.parts:
            figures[name] = _figure(name, collected)
    return _proven(figures, collected, form)


def _figure(name: str, collected: Collected) -> Figure:
    found = collected.places.get(name)
    if found is None:
        return Figure(name=name, state=State.ABSENT)
    if name in collected.torn:
        collected.problem(f"{words_of(name)} stands at two places with different contents; none is believed.")
        return Figure(name=name, state=State.ABSENT)
    value = _value(name, found)
    return Figure(
        name=name,
        state=value.state,
        value=value.number,
        raw=found.place.text,
        cell=found.table.cell(found.place),
    )


def words_of(name: str) -> str:
    """What a figure of either form is called."""
    form = Form.F2021
    return forms.words_of(name, form if name in _NAMES_2021 else Form.F2019)


_NAMES_2021: Final = frozenset(forms.figures_of(Form.F2021))


def _value(name: str, found: Found) -> Value:
    return read_value(found.place.text, money=name in forms.DECIMAL, head=found.head)


# ------------------------------------------------------------------ which rows belong to which part


def _stretches(table: Table) -> Iterable[Stretch]:
    part = 0
    rows: list[Row] = []
    for row in table.rows:
        told = _part_of(row, part)
        if told != part and rows:
            if part:
                yield Stretch(part, table, tuple(rows))
            rows = []
        part = told
        rows.append(row)
    if part and rows:
        yield Stretch(part, table, tuple(rows))


def _part_of(row: Row, part: int) -> int:
    """The part a row belongs to, that of the row before where it says nothing of its own."""
    texts = {place.text for place in row if place.text}
    if any(words.is_active_head(text) or words.active_row(text) for text in texts):
        return 2
    if any(words.is_over_case(text) for text in texts):
        return 4
    outcomes = {words.outcome(text) for text in texts} - {None, "total"}
    is_request = any(_is_request(text) for text in texts)
    if not is_request and (part == 4 or outcomes & {"upheld", "corrected", "pending"}):
        return 4
    if is_request or sum(words.is_applicant_head(text) for text in texts) >= 2:
        return 3
    return part


def _is_request(text: str) -> bool:
    named = words.request_row(text)
    return named is not None and not named.endswith("?")


# ------------------------------------------------------------------ a row under its heads


def under(row: Row, heads: Sequence[Head], start: int, *, exact: bool, spare: int = 0) -> dict[str, Place] | None:
    """The place of each head's value in ``row``, of which the values begin at column ``start``; None: it is not sure.

    By the places of the heads where row and heads fit, else by their order where there are as many cells as heads. A
    cell too many or too few may have moved the others, unless all rows have ``spare`` ones.
    """
    cells = _cells(row, start)
    covered = sum(len(head.columns) for head in heads)
    fits = not exact or len(cells) - spare in (len(heads), covered)
    placed = _by_place(row, heads, start, exact=exact) if fits else None
    if placed is not None:
        return placed
    return _in_order(cells, heads)


def _in_order(cells: Sequence[Place], heads: Sequence[Head]) -> dict[str, Place] | None:
    """As many cells as heads, one after the other; a text among them may be a piece of the label, which moves all."""
    if len(cells) != len(heads) or any(read_value(place.text).state is State.TEXT for place in cells):
        return None
    return {head.name: place for head, place in zip(heads, cells, strict=True)}


def _cells(row: Row, start: int) -> list[Place]:
    """The cells from column ``start`` on, each where it begins."""
    first: dict[int, Place] = {}
    for place in row:
        if place.column >= start:
            first.setdefault(place.cell, place)
    return sorted(first.values(), key=lambda place: place.column)


def _merged(row: Row, heads: Sequence[Head], start: int) -> dict[str, Place] | None:
    """A row of a grid by its runs of equal texts, if there are as many as heads: then each is one merged cell."""
    values = [place for place in row if place.column >= start]
    runs = [place for at, place in enumerate(values) if at == 0 or place.text != values[at - 1].text]
    if len(runs) != len(heads):
        return None
    return {head.name: place for head, place in zip(heads, runs, strict=True)}


def _by_place(row: Row, heads: Sequence[Head], start: int, *, exact: bool) -> dict[str, Place] | None:
    at = {place.column: place for place in row}
    taken: dict[int, str] = {}
    found: dict[str, Place] = {}
    covered: set[int] = set()
    for head in heads:
        covered.update(head.columns)
        if min(head.columns) < start:
            return None
        places = [at[column] for column in head.columns if column in at]
        if not places:
            if exact or not row:
                return None
            places = [Place("", row[0].row, head.columns[0], -head.columns[0])]
        said = [place for place in places if place.text]
        if len({place.text for place in said}) > 1:
            return None
        for cell in {place.cell for place in places}:
            if taken.setdefault(cell, head.name) != head.name:
                return None
        found[head.name] = said[0] if said else places[0]
    stray = any(place.text for place in row if place.column >= start and place.column not in covered)
    return None if stray else found


def _texts(row: Row) -> list[Place]:
    """The cells of a row that say anything, each once, where it begins."""
    seen: set[int] = set()
    told: list[Place] = []
    for place in row:
        if place.text and place.cell not in seen and (not told or told[-1].text != place.text):
            told.append(place)
        seen.add(place.cell)
    return told


def _after(row: Row, named: Place) -> int:
    """The first column after the cell that ``named`` is a place of (in a grid: after its text is said again)."""
    last = named.column
    for place in row:
        if place.column > last and (
            place.cell == named.cell or (place.column == last + 1 and place.text == named.text)
        ):
            last = place.column
    return last + 1


def _columns_of(row: Row, named: Place) -> tuple[int, ...]:
    return tuple(range(named.column, _after(row, named)))


# ------------------------------------------------------------------ part 二

_BLOCKS: Final = (  # heads that stand over the rows of one block, of either form
    {"made", "repealed", "in_force"},
    {"made_new", "published", "in_force_open"},
    {"items", "change", "decisions"},
    {"items", "change"},
    {"items", "amount"},
    {"decisions"},
    {"amount"},
)


def _active(stretches: Sequence[Stretch], collected: Collected) -> None:
    heads: list[Head] = []
    for stretch in stretches:
        own = False
        above: Row = ()
        for row in stretch.rows:
            told = _texts(row)
            columns = [(place, words.active_column(place.text)) for place in told]
            named = next((place for place in told if words.active_row(place.text)), None)
            if named is None:
                if any(name for _, name in columns):
                    heads = [Head(name, _columns_of(row, place), place.text) for place, name in columns if name]
                    own = True
                if above and {head.name for head in heads} not in _BLOCKS:
                    heads = _over_two_rows(above, row) or heads
                above = row if len(told) > 1 else ()
                continue
            above = ()
            _active_row(stretch.table, row, named, heads, collected, own=own)


def _over_two_rows(above: Row, row: Row) -> list[Head]:
    """Heads whose words are cut over two rows (本年新 over 制作数量), if they are those of a block."""
    named: dict[str, list[int]] = {}
    texts: dict[str, str] = {}
    for column, stack in _stacks((above, row)):
        name = words.active_column("".join(stack))
        if name:
            named.setdefault(name, []).append(column)
            texts[name] = "".join(stack)
    if set(named) not in _BLOCKS or not _are_whole(named):
        return []
    return [Head(name, tuple(columns), texts[name]) for name, columns in named.items()]


def _active_row(
    table: Table, row: Row, named: Place, heads: Sequence[Head], collected: Collected, *, own: bool
) -> None:
    name = words.active_row(named.text)
    where = f"表{table.number} 第{named.row}行"
    has_numbers = any(read_value(place.text).state is State.NUMBER for place in row)
    if heads and {head.name for head in heads} not in _BLOCKS:
        heads = ()  # one is missing, which may have moved the others
    if heads or has_numbers:  # a menu names such rows too
        collected.parts.add(2)
    if not heads and not has_numbers:
        return
    if not heads:
        collected.problem(f"{where}: the heads of the form do not stand over {named.text}; its figures are not read.")
        return
    start = _after(row, named)
    if own or table.exact or start == heads[0].columns[0]:
        places = under(row, heads, start, exact=table.exact) or (None if table.exact else _merged(row, heads, start))
    else:
        places = _in_order(_cells(row, start), heads)
    if places is None:
        collected.problem(f"{where}: the cells beside {named.text} do not fit the heads over them.")
        return
    for head in heads:
        if head.name in words.OLD_COLUMNS or name in ("services", "procurement"):
            collected.signs.add(f"old:{head.name}")
        elif head.name in ("made", "repealed", "in_force"):
            collected.signs.add(f"new:{head.name}")
        elif name == "fees" and head.name == "amount":
            collected.signs.add("new:amount")
        collected.put(f"2/{name}/{words.same_column(head.name)}", Found(table, places[head.name], head.text))


# ------------------------------------------------------------------ part 三


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


def _requests(stretches: Sequence[Stretch], collected: Collected) -> None:
    lines: list[_Line] = []
    heads: tuple[Head, ...] = ()
    for stretch in stretches:
        waiting: list[Row] = []
        own = False
        for row in stretch.rows:
            told = _texts(row)
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
    for column, stack in _stacks(rows):
        name = words.applicant("".join(stack))
        if name:
            named.setdefault(name, []).append(column)
        if any(words.is_over_organisations(text) for text in stack):
            over.add(column)
    if set(named) != set(forms.APPLICANTS) or not _are_whole(named):
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
        texts = [place for place in _texts(row) if place.cell not in seen and not _is_above(place.text)]
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
    return _Line(stretch, row, named, _after(row, last), heads, last.text, own)


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
    for place in (*_texts(above), *_texts(below)):
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
            else _in_order(_cells(line.row, begins), line.heads)
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


# ------------------------------------------------------------------ part 四


def _cases(stretches: Sequence[Stretch], collected: Collected) -> None:
    for stretch in stretches:
        if not any(words.outcome(place.text) for row in stretch.rows for place in row if place.text):
            if any(sum(words.is_over_case(place.text) for place in _texts(row)) > 1 for row in stretch.rows):
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


def _cases_without_heads(tables: Sequence[Table], collected: Collected) -> None:
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
        told = _texts(row)
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


def _are_whole(named: Mapping[str, Sequence[int]]) -> bool:
    """Whether each name's columns stand side by side."""
    return all(columns[-1] - columns[0] + 1 == len(columns) for columns in named.values())


def _case_heads(rows: Sequence[Row]) -> list[Head]:
    """The columns that the heads in these rows name "case/outcome", or "/outcome" where the case stands in the rows."""
    named: dict[str, list[int]] = {}
    for column, stack in _stacks(rows):
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
        if is_first and _are_whole(named):
            return [Head(name if name[0] != "/" else f"review{name}", tuple(named[name])) for name in named]
    if set(named) == all_of_them and _are_whole(named) and (cases == {""} or "" not in cases):
        return [Head(name, tuple(columns)) for name, columns in named.items()]
    return _in_form_order(rows)


def _in_form_order(rows: Sequence[Row]) -> list[Head]:
    """The form's 15 columns, if heads that do not reach over them name the cases and then the outcomes in its order."""
    joined = "".join(place.text for row in rows for place in _texts(row) if words.is_over_case(place.text))
    at = [joined.find(word) for word in ("行政复议", "行政诉讼", "未经复议", "复议后")]
    if -1 in at or at != sorted(at):
        return []
    outcomes: list[tuple[str, list[int]]] = []
    for column, stack in _stacks(rows):
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
    start = _after(row, before[-1]) if before else 1
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


def _stacks(rows: Sequence[Row]) -> Iterator[tuple[int, list[str]]]:
    """Each column with the texts that stand in it from above, a text said again once."""
    for column in range(1, max((len(row) for row in rows), default=0) + 1):
        stack: list[str] = []
        number = column
        for row in rows:
            if column <= len(row):
                place = row[column - 1]
                number = place.column
                if place.text and place.text not in stack:
                    stack.append(place.text)
        yield number, stack


# ------------------------------------------------------------------ digits that only sums put together


def _proven(figures: dict[str, Figure], collected: Collected, form: Form) -> dict[str, Figure]:
    """``figures`` with numbers whose digits a line end or a blank parts, where the sum of their row proves them."""
    perhaps: dict[str, Decimal] = {}
    for name, figure in figures.items():
        if figure.state is State.TEXT and name in collected.places:
            value = _value(name, collected.places[name])
            if value.perhaps is not None:
                perhaps[name] = value.perhaps
    if not perhaps:
        return figures
    for parts in _sums(form):
        if not any(name in perhaps for name in parts):
            continue
        numbers = [perhaps.get(name, figures[name].value if name in figures else None) for name in parts]
        known = [number for number in numbers if number is not None]
        if len(known) == len(parts) and sum(known[:-1]) == known[-1]:
            for name in parts:
                if name in perhaps:
                    figures[name] = replace(figures[name], state=State.NUMBER, value=perhaps[name])
    for name in perhaps:
        if figures[name].value is None:
            collected.problem(f"{words_of(name)}: “{figures[name].raw}” may be one number or two; it is not read.")
    return figures


def _sums(form: Form) -> Iterator[tuple[str, ...]]:
    """Names of which the last is the sum of the others: the rows of table 三, the blocks of table 四."""
    for row in forms.REQUEST_ROWS[form]:
        yield tuple(f"3/{row}/{column}" for column in forms.APPLICANTS)
    for case in forms.CASES:
        yield tuple(f"4/{case}/{outcome}" for outcome in forms.OUTCOMES)
