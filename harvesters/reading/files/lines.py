"""The text of a file as it is gathered: lines of prose and rows of tables, no more than a bound."""

from __future__ import annotations

import re
from typing import Final

from harvesters.reading.grids.grid import Grid

_BLANKS: Final = re.compile(r"[^\S\n]+")
_SIGNS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufeff\u200b\ufffe\uffff]|[\ud800-\udfff]")


class Lines:
    """Text in reading order; ``full`` once more came than ``most`` characters, and what came then is left out."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._all: list[str] = []
        self._prose: list[str] = []
        self._size = 0
        self.full = False

    def prose(self, text: str) -> None:
        """Adds text that stands in no table."""
        for line in _SIGNS.sub("", text).splitlines():
            told = _BLANKS.sub(" ", line).strip()
            if taken := self._taken(told):
                self._all.append(taken)
                self._prose.append(taken)

    def table(self, table: Grid) -> None:
        """Adds a table, a row a line; a merged cell's text once in its row."""
        for _, row in table.rows:
            cells = [cell for at, cell in enumerate(row) if at == 0 or cell != row[at - 1] or not cell]
            told = "\t".join(_BLANKS.sub(" ", cell.replace("\n", "")) for cell in cells).strip()
            if taken := self._taken(told):
                self._all.append(taken)

    def _taken(self, line: str) -> str:
        """As much of a line as there is room for."""
        taken = line[: max(0, self._most - self._size)]
        self.full = self.full or len(taken) < len(line)
        self._size += len(line) + 1
        return taken

    @property
    def text(self) -> str:
        """Everything."""
        return "\n".join(self._all)

    @property
    def without_tables(self) -> str:
        """What stands in no table."""
        return "\n".join(self._prose)
