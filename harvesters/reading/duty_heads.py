"""Which column of a 主动公开基本目录 says what: the words over its columns in, the field each column holds out.

Heads of one line or several, merged or not; a word in brackets beside a head (公开内容（要素）) explains it and names
nothing. Below a head that splits (公开方式: 主动 | 依申请) stand choices, ticked in the rows. The words stand in
``duty_heads.yml``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

_TABLE = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text("utf-8"))
FIELDS: Final[dict[str, str]] = {name: field for field, names in _TABLE["fields"].items() for name in names}
_CHOICES: Final[dict[str, str]] = {name: field for field, names in _TABLE["choices"].items() for name in names}
_HAS_CHOICES: Final = frozenset(("audience", "mode", "tier", "channel", "subject"))
LEVELS: Final = ("level1", "level2", "level3", "level4", "level5", "level6")
_NAMING: Final = frozenset((*LEVELS, "matter", "content"))
_RULING: Final = frozenset(("basis", "limit", "term", "cycle", "subject", "channel", "mode", "duration", "audience"))
_LEAST = 3  # different fields that a head names
MOST_LINES: Final = 3  # of a head
_ASIDE = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
_NOISE = re.compile(r"[\s:：*、,，;；。.·/|\-—_\"'“”]+")


@dataclass(frozen=True, kw_only=True)
class Head:
    """What each column of a table holds: a field, and under a head that splits the choice its ticks stand for."""

    lines: tuple[tuple[str, ...], ...]  # the head's own rows, as they are compared
    columns: tuple[tuple[str, str | None] | None, ...]
    unknown: tuple[str, ...]  # words over columns that are of no use here

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.columns)

    def says(self, field: str) -> bool:
        """Whether a column holds this field."""
        return any(column is not None and column[0] == field for column in self.columns)


def word(cell: str) -> str:
    """A cell of a head as it is compared."""
    plain = unicodedata.normalize("NFKC", cell).replace("\u3000", "")
    without = _NOISE.sub("", _ASIDE.sub("", plain))
    return without or _NOISE.sub("", plain.translate(_BRACKETS))


_BRACKETS = str.maketrans("", "", "()[]【】")


def _plain(cell: str) -> str:
    """The same with the words in brackets kept: 乡（镇）级."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", cell).translate(_BRACKETS))


def _known(cell: str) -> str | None:
    return FIELDS.get(word(cell)) or FIELDS.get(_plain(cell))


def _choice(cell: str) -> str | None:
    return _CHOICES.get(word(cell)) or _CHOICES.get(_plain(cell))


def is_head(cells: Sequence[str]) -> bool:
    """Whether a row is the first line of a head: it names a matter or its content, how it is disclosed, and a third."""
    fields = {field for cell in cells if cell and (field := _known(cell) or _choice(cell)) is not None}
    return len(fields) >= _LEAST and bool(fields & _NAMING) and bool(fields & _RULING)


def read_head(rows: Sequence[Sequence[str]]) -> Head:
    """The head that begins with the first of ``rows``, which ``is_head``."""
    lines = [tuple(rows[0])]
    for row in rows[1:MOST_LINES]:
        if not _goes_on(lines, row):
            break
        lines.append(tuple(row))
    columns: list[tuple[str, str | None] | None] = []
    unknown: list[str] = []
    for at in range(len(lines[0])):
        path = list(dict.fromkeys(line[at] for line in lines if line[at]))
        found = _column(path)
        columns.append(found)
        if found is None and path:
            unknown.append(" / ".join(" ".join(part.split()) for part in path))
    return Head(
        lines=tuple(tuple(map(word, line)) for line in lines),
        columns=tuple(_levels(columns)),
        unknown=tuple(dict.fromkeys(unknown)),
    )


def _goes_on(lines: Sequence[Sequence[str]], row: Sequence[str]) -> bool:
    """Whether a row is a further line of the head: it repeats what stands above, or splits it."""
    new = 0
    for at, cell in enumerate(row):
        above = [line[at] for line in lines]
        if not cell or cell in above:
            continue
        parents = {field for part in above if (field := _known(part)) is not None}
        splits = bool(parents & _HAS_CHOICES) and len(word(cell)) <= 12 and _tick(cell) is None
        if _known(cell) is None and _choice(cell) is None and not splits:
            return False
        new += 1
    return new > 0 and any(_known(cell) or _choice(cell) for cell in row if cell)


def _column(path: Sequence[str]) -> tuple[str, str | None] | None:
    """The field of a column, by the words over it from top to bottom."""
    for depth, cell in enumerate(reversed(path)):
        field = _known(cell)
        if field is not None and (depth == 0 or field not in _NAMING):
            return field, (_said(path[-1]) if depth and field in _HAS_CHOICES else None)
        chosen = _choice(cell) if depth == 0 else None
        if chosen is not None:
            return chosen, _said(cell)
    return None


def _said(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", cell).split())


def _levels(columns: Sequence[tuple[str, str | None] | None]) -> list[tuple[str, str | None] | None]:
    """Columns that only say "matter" become the levels that are not told otherwise, from left to right; a single one
    is below the titles of parts that may stand between the rows."""
    told = {column[0] for column in columns if column is not None}
    free = [level for level in LEVELS if level not in told]
    if free[:1] == ["level1"] and sum(column is not None and column[0] == "matter" for column in columns) == 1:
        free = free[1:]
    if sum(column is not None and column[0] in LEVELS for column in columns) > len(told & {*LEVELS}):
        free = list(LEVELS)  # 一级目录 beside 一级事项: they are counted anew
        columns = [("matter", None) if column is not None and column[0] in LEVELS else column for column in columns]
    found: list[tuple[str, str | None] | None] = []
    for column in columns:
        if column is not None and column[0] == "matter":
            column = (free.pop(0), None) if free else None
        found.append(column)
    return found


# ------------------------------------------------------------------ ticks

_TICK = re.compile(r"[√✓✔☑✅●■★▲◆]|是|有|[VvYy]|[Rr]")
_NO_TICK = re.compile(r"[□☐○×✗✘/\-—－／]*|否|无")


def _tick(cell: str) -> bool | None:
    """Whether a cell is a tick, or says that there is none; None where it says something else."""
    plain = "".join(unicodedata.normalize("NFKC", cell).split())
    if _NO_TICK.fullmatch(plain):
        return False
    return True if _TICK.fullmatch(plain) else None


def chosen(cell: str, choice: str) -> str | None:
    """What a cell under a choice says: the choice where it is ticked, the choice with its words, or nothing."""
    ticked = _tick(cell)
    if ticked is None:
        said = re.sub(r"^[√✓✔☑■]\s*", "", cell)
        return choice if word(said) == word(choice) else f"{choice}: {said}"
    return choice if ticked else None
