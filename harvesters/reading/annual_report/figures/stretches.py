"""A table → its stretches: rows one below the other that belong to part 二, 三 or 四 of the form by their words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from harvesters.reading.annual_report import words
from harvesters.reading.annual_report.figures.rows import Row, cells_of, column_after, texts_of
from harvesters.reading.annual_report.tables import Table


@dataclass(frozen=True)
class Stretch:
    """Rows of one table that belong to one part."""

    part: int
    table: Table
    rows: tuple[Row, ...]

    def begins(self) -> int:
        """The first column after all labels of table 三 in these rows; 总计 and 其他 are heads too."""
        named = [place for row in self.rows for place in texts_of(row) if is_request_row(place.text)]
        return max((place.column for place in named), default=0) + 1

    def spare(self, heads: int) -> int:
        """How many cells the rows of table 三 have beyond those under its heads: as many as most have, or none."""
        counts: Counter[int] = Counter()
        for row in self.rows:
            named = [place for place in texts_of(row) if words.request_row(place.text)]
            if named:
                counts[len(cells_of(row, column_after(row, named[-1]))) - heads] += 1
        most = counts.most_common(1)
        return most[0][0] if most and most[0][0] > 0 else 0


def stretches_of(table: Table) -> Iterable[Stretch]:
    """The stretches of a table, from above; rows of no part are in none."""
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
    is_request = any(is_request_row(text) for text in texts)
    if not is_request and (part == 4 or outcomes & {"upheld", "corrected", "pending"}):
        return 4
    if is_request or sum(words.is_applicant_head(text) for text in texts) >= 2:
        return 3
    return part


def is_request_row(text: str) -> bool:
    """Whether a text can only be a label of table 三; 总计 and 其他 are heads too, and stand in other tables."""
    named = words.request_row(text)
    return named is not None and not named.endswith("?")
