"""A unit's own 主动公开基本目录, from the file it is published in: bytes in, one ``Duty`` a row out. Pure.

A table counts whose heads name a matter and how it is disclosed, wherever they stand: below title rows, over two lines,
again on each page, on several sheets. A table without heads right behind one goes on with it where it is as wide and
states time limits in the same column. Everything that is not understood (a limit, a head, a row, a table) is told and
never guessed at.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from harvesters.reading.document import Document
from harvesters.reading.duty_heads import LEVELS, Head, chosen, is_head, read_head, word
from harvesters.reading.duty_limit import read_limit
from harvesters.reading.grids import Grid, called, grids_of
from storage.exceptions import DutyFileError
from storage.schema import Duty

_BETWEEN_HAN = re.compile(r"(?<=[\u3001-\u9fff]) (?=[\u3001-\u9fff])")
_SAME = frozenset(("同上", "同前", "〃", "″", "”"))
_NOTE = re.compile(
    r"^(?:注|备注|说明|填表说明|填报说明|填表人|制表|审核|联系人|填报单位|填报日期|备 ?注)\s*[:：\d(（]?"
)
_COUNTING = re.compile(r"[(（]?(?:\d{1,2}|[A-Za-z]|[一二三四五六七八九十])[)）]?")
_MODES = re.compile(r"(?:主动|依申请|不予|不)(?:公开)?(?:[、/,，;；和]?(?:主动|依申请|不予|不)(?:公开)?)*")
_FILE = re.compile(r"\.(?:xlsx?|docx?|wps|et|pdf)(?:[?#]|$)", re.IGNORECASE)
_LINKS = 5
_SHOWN = 60  # characters of a row that is told as not understood
_SECTION = re.compile(r"^[(（]?[一二三四五六七八九十\d]{1,3}[)）]?[、.．]\s*")


@dataclass(frozen=True, kw_only=True)
class DutyTable:
    """What a file's tables say. ``heads``: table → its heads as understood, for whoever checks the import."""

    form: str  # xlsx, docx, html
    duties: tuple[Duty, ...]
    heads: tuple[str, ...]
    unread: tuple[str, ...]


def read_duties(body: bytes, url: str, headers: Mapping[str, str] | None = None) -> DutyTable:
    """The directory in ``body``.

    :param url: the address it came from, or the file's.
    :raises DutyFileError: it is no file that is read, or holds no such table.
    """
    form, grids = grids_of(body, url, headers)
    reading = _Reading()
    for grid in grids:
        reading.take(grid)
    if not reading.duties:
        linked = _files_linked(Document(body, url, headers=headers)) if form == "html" else []
        more = f"; it links files, one of which may hold it: {', '.join(linked)}" if linked else ""
        raise DutyFileError(f"{called(url)}: {_no_table(grids)}{more}")
    return DutyTable(
        form=form,
        duties=tuple(_with_keys(reading.duties)),
        heads=tuple(reading.heads),
        unread=tuple(reading.unread),
    )


def _files_linked(document: Document) -> list[str]:
    """Addresses of files of tables and texts that a page links, the first few."""
    found = []
    for node in document.tree.css("a[href]"):
        href = (node.attributes.get("href") or "").strip()
        if _FILE.search(href):
            try:
                found.append(document.absolute(href))
            except ValueError:
                continue
    return list(dict.fromkeys(found))[:_LINKS]


def _no_table(grids: Sequence[Grid]) -> str:
    """Why no row was found, with what the tables begin with."""
    asked = (
        "no table has the heads of a directory: a matter (公开事项 …) and how it is disclosed (公开时限, 公开依据 …)"
    )
    begins = ["; ".join(filter(None, map(_short, dict.fromkeys(grid.rows[0][1])))) for grid in grids[:3]]
    if not begins:
        return "there is no table in it; import the file with the table itself, which a page may only link"
    return f"{asked}; {len(grids)} found, which begin with " + " | ".join(f"“{_short(begin)}”" for begin in begins)


def _short(text: str) -> str:
    told = " ".join(text.split())
    return told if len(told) <= _SHOWN else f"{told[: _SHOWN - 1]}…"


class _Reading:
    """The tables of one file, one after the other: what was read and what was not."""

    def __init__(self) -> None:
        self.duties: list[Duty] = []
        self.heads: list[str] = []
        self.unread: list[str] = []
        self._head: Head | None = None
        self._section: str | None = None
        self._above: Sequence[str] = ()

    def take(self, grid: Grid) -> None:
        """Reads one table."""
        head = self._head if self._goes_on(grid) else None
        if head is not None:
            self.unread.append(f"{grid.name}: has no heads of its own; read as going on with the table before it")
        self._section, self._above = None, ()
        before: list[int] = []
        at = 0
        rows = grid.rows
        while at < len(rows):
            number, cells = rows[at]
            if is_head(cells):
                found = read_head([row for _, row in rows[at : at + 4]])
                if head is None or found.lines != head.lines:
                    self._tell_head(grid, found)
                head = found
                at += len(found.lines)
                continue
            if head is None:
                before.append(number)
            else:
                self._row(grid, number, cells, head)
            at += 1
        if head is None:
            first = _short("; ".join(filter(None, dict.fromkeys(rows[0][1]))))
            self.unread.append(f"{grid.name}: {len(before)} rows without the heads of a directory, not read: “{first}”")
        self._head = head

    def _goes_on(self, grid: Grid) -> bool:
        """Whether a table without heads goes on with the one before: as wide, with limits where that one has them."""
        head = self._head
        if head is None or len(grid.rows[0][1]) != head.width or any(is_head(cells) for _, cells in grid.rows[:4]):
            return False
        at = next((place for place, one in enumerate(head.columns) if one is not None and one[0] == "limit"), None)
        if at is None:
            return False
        told = [cells[at] for _, cells in grid.rows if cells[at]]
        return bool(told) and 2 * sum(read_limit(text) is not None for text in told) >= len(told)

    def _tell_head(self, grid: Grid, head: Head) -> None:
        told = (f"{one[0]}{f' ({one[1]})' if one[1] else ''}" if one else "-" for one in head.columns)
        self.heads.append(f"{grid.name}: " + " | ".join(told))
        self.unread += [f"{grid.name}: the column “{_short(name)}” is of no use here" for name in head.unknown]

    def _row(self, grid: Grid, number: int, cells: Sequence[str], head: Head) -> None:
        place = f"{grid.name} row {number}"
        if tuple(map(word, cells)) in head.lines:
            return  # a further line of a head that is repeated in part
        filled = [cell for cell in cells if cell]
        if len(filled) >= 4 and all(_COUNTING.fullmatch(cell.strip()) for cell in filled):
            return  # (1) (2) (3) … under the heads
        if len(set(filled)) == 1 and (len(filled) > 1 or filled[0] == cells[0]):
            self._alone(place, filled[0], len(filled), head)
            return
        if len(self._above) == len(cells):
            cells = [above if cell in _SAME else cell for cell, above in zip(cells, self._above, strict=True)]
        self._above = cells
        said = _fields(cells, head)
        if not head.says("level1") and self._section:
            said["level1"] = self._section
        duty = _duty(said, place, len(self.duties) + 1)
        if duty is None:
            self.unread.append(f"{place}: no duty: “{_short('; '.join(dict.fromkeys(filled)))}”")
            return
        self.duties.append(duty)
        if duty.limit is None:
            told = (
                f"the time limit “{_short(duty.limit_text)}” is not understood" if duty.limit_text else "no time limit"
            )
            self.unread.append(f"{place}: {duty.name}: {told}")

    def _alone(self, place: str, text: str, cells: int, head: Head) -> None:
        """A row that says one thing only: a note below the table, or the title of a part of it."""
        if _NOTE.match(text) or len(text) > 40 or (cells == 1 and not _SECTION.match(text)):
            self.unread.append(f"{place}: a note: “{_short(text)}”")
            return
        self._section = _SECTION.sub("", text)
        if head.says("level1"):
            self.unread.append(f"{place}: the title of a part, not used: “{_short(text)}”")


def _fields(cells: Sequence[str], head: Head) -> dict[str, str]:
    """Field → what the row says, the choices of one head together."""
    said: dict[str, list[str]] = {}
    for cell, column in zip(cells, head.columns, strict=False):
        if column is None or not cell:
            continue
        field, choice = column
        told = cell if choice is None else chosen(cell, choice)
        if told and told not in said.setdefault(field, []):
            said[field].append(told)
    return {field: "\n".join(told) if field == "content" else "、".join(told) for field, told in said.items()}


def _duty(said: Mapping[str, str], place: str, row: int) -> Duty | None:
    """The row as a duty; None where it names nothing, or nothing but a name."""
    levels = _levels(said)
    mode = _line(said.get("mode"))
    if (
        mode is None
        and levels["level1"]
        and _MODES.fullmatch(levels["level1"])
        and (levels["level2"] or "content" in said)
    ):
        levels["level1"], mode = None, levels["level1"]  # 公开类别: 主动公开
    named = any(levels.values()) or "content" in said
    if not named or not any(field in said for field in _TELLING if levels["level1"] or field != "content"):
        return None
    limit_text, duration = _limit_text(said)
    return Duty(
        row=row,
        key="",
        level1=levels["level1"],
        level2=levels["level2"],
        level3=levels["level3"],
        content=said.get("content"),
        basis=said.get("basis"),
        limit_text=limit_text,
        limit=read_limit(limit_text),
        duration=duration,
        subject=_line(said.get("subject")),
        channel=said.get("channel"),
        audience=_line(said.get("audience")),
        mode=mode,
        tier=_line(said.get("tier")),
        place=place,
    )


def _levels(said: Mapping[str, str]) -> dict[str, str | None]:
    """The first two names and the deepest; one cell merged over several levels is one name."""
    told = dict.fromkeys(name for level in LEVELS if (name := _name(said.get(level))))
    names = [*told][:2] + [*told][2:][-1:]
    if "level1" not in said:
        names.insert(0, "")  # a matter whose head stands for the second level
    padded = [*names, "", "", ""]
    return {level: padded[at] or None for at, level in enumerate(("level1", "level2", "level3"))}


_TELLING: Final = ("content", "basis", "limit", "term", "cycle", "subject", "channel", "duration", "audience", "mode")


def _limit_text(said: Mapping[str, str]) -> tuple[str | None, str | None]:
    """公开时限 with the cycle beside it, and 公开时长; 公开期限 is the one that has no column of its own."""
    limit, duration, term = said.get("limit"), said.get("duration"), said.get("term")
    if term is not None:
        if limit is None:
            limit = term
        elif duration is None:
            duration = term
    told = [part for part in (limit, said.get("cycle")) if part]
    return "；".join(dict.fromkeys(told)) or None, duration


def _name(text: str | None) -> str | None:
    """A name as one would write it in one line: 政策 法规 文件 of a narrow column is 政策法规文件."""
    line = _line(text)
    return _BETWEEN_HAN.sub("", line) if line else None


def _line(text: str | None) -> str | None:
    return " ".join(text.split()) if text else None


# ------------------------------------------------------------------ lasting names


def _with_keys(duties: Sequence[Duty]) -> Iterator[Duty]:
    """The duties with names that last over versions of the directory: by what a row is called, and where several are
    called the same, by what they say and which of them they are."""
    names = Counter(_called(duty) for duty in duties)
    seen: Counter[str] = Counter()
    for duty in duties:
        told = _called(duty)
        if names[told] > 1:
            told = f"{told}\n{_bare(duty.content)}"
            seen[told] += 1
            told = f"{told}\n{seen[told]}" if seen[told] > 1 else told
        yield replace(duty, key=hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:12])


def _called(duty: Duty) -> str:
    if duty.level1 or duty.level2 or duty.level3:
        return "\n".join(map(_bare, (duty.level1, duty.level2, duty.level3)))
    return _bare(duty.content)


def _bare(text: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", text or "").split())
