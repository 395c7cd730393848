"""Figures that no table of the units' reports has come in from a sheet: all of it, or nothing and every error.

Two forms are understood, .xlsx or .csv: long, with the head 单位 | 年度 | 指标 | 数值 in any order (年度 may be left
out), and wide, with a row to a unit and a column to a measure. A unit is named as the registry names it, by name or id;
全市 or 本级 names the city's own. A measure is named as ``storage.annual.measures`` does, by name or in Chinese. An
empty cell says nothing; a figure is never guessed.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from storage import registry
from storage.annual import figures
from storage.annual.measures import MEASURES
from storage.annual.rollup import Entered
from storage.database import Database, utcnow
from storage.exceptions import SheetRefused, UnknownTarget
from storage.schema import City
from storage.settings import Settings

UNIT, YEAR, MEASURE, VALUE = "单位", "年度", "指标", "数值"
OF_THE_CITY: Final = ("全市", "本级", "市本级")
MONEY: Final = frozenset(("fees/processing",))  # may be a fraction; all else are counts
_SAY_NOTHING: Final = ("", YEAR, "序号", "备注")  # heads of columns that hold no measure
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 200
MOST_UNPACKED: Final = 100 * 2**20
MOST_TOLD: Final = 50  # errors
_NUMBER: Final = re.compile(r"\d{1,15}(?:\.\d{1,4})?|\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,4})?")

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet as text. ``name`` None: the file has only one."""

    name: str | None
    rows: Rows

    def at(self, row: int, column: int) -> str:
        """How people find a cell, both from 0."""
        place = f"{get_column_letter(column + 1)}{row + 1}"
        return place if self.name is None else f"{self.name}!{place}"


def enter(database: Database, known: Settings, year: int, name: str, content: bytes, *, by: str) -> int:
    """Keeps the figures of a sheet as the year's, each in place of the one its unit had for its measure; how many.

    :raises UnknownTarget: no city was applied yet.
    :raises SheetRefused: it cannot be read, or something in it is not understood; nothing of it was kept.
    """
    city = registry.load_city(database)
    if city is None:
        raise UnknownTarget("no city yet: run gongkai city apply FILE first")
    if len(content) > known.max_body_bytes:
        raise SheetRefused((f"{name}: larger than {known.max_body_bytes} bytes",))
    now = utcnow()
    found = [
        Entered(unit=one.unit, measure=one.measure, value=one.value, source=one.source, entered_by=by, entered_at=now)
        for one in read(name, content, year, city)
    ]
    return figures.replace(database, year, found)


@dataclass(frozen=True, kw_only=True)
class Read:
    """One figure as it stands in the sheet."""

    unit: str | None
    measure: str
    value: Decimal
    source: str


def read(name: str, content: bytes, year: int, city: City) -> list[Read]:
    """The figures of a sheet, in its order.

    :raises SheetRefused: it cannot be read, or something in it is not understood.
    """
    errors: list[str] = []
    found: dict[tuple[str | None, str], Read] = {}
    sheets = [sheet for sheet in _sheets(name, content) if any(any(row) for row in sheet.rows)]
    if not sheets:
        raise SheetRefused((f"{name}: nothing stands in it",))
    understood = False
    for sheet in sheets:
        head = next((number for number, row in enumerate(sheet.rows) if UNIT in row), None)
        if head is None:
            continue
        understood = True
        ask = _long if MEASURE in sheet.rows[head] else _wide
        for cell, one in ask(sheet, head, year, _names(city), errors):
            key = (one.unit, one.measure)
            if key in found:
                errors.append(f"{cell}: {MEASURES[one.measure]} was said before, at {found[key].source}")
            else:
                found[key] = Read(unit=one.unit, measure=one.measure, value=one.value, source=f"{name} {one.source}")
    if not understood:
        raise SheetRefused((f"{name}: no row has the head {UNIT}; gongkai annual figures --template writes a sheet",))
    if errors:
        more = len(errors) - MOST_TOLD
        raise SheetRefused((*errors[:MOST_TOLD], *((f"… and {more} more",) if more > 0 else ())))
    if not found:
        raise SheetRefused((f"{name}: no figure stands in it",))
    return list(found.values())


def template(year: int, city: City) -> bytes:
    """An empty sheet to fill in, as .xlsx: the city's own row, a row to a unit, a column to a measure."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = str(year)
    sheet.append([UNIT, YEAR, *MEASURES.values()])
    for name in (OF_THE_CITY[1], *(unit.name for unit in city.units)):
        sheet.append([name, year])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number in range(1, len(MEASURES) + 3):
        sheet.column_dimensions[get_column_letter(number)].width = 36 if number == 1 else 16
    sheet.freeze_panes = "C2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# ------------------------------------------------------------------ the two forms


def _long(
    sheet: Sheet, head: int, year: int, names: Mapping[str, str | None], errors: list[str]
) -> Iterator[tuple[str, Read]]:
    heads = sheet.rows[head]
    if VALUE not in heads:
        errors.append(f"{sheet.at(head, 0)}: the head has no {VALUE}")
        return
    at_unit, at_measure, at_value = heads.index(UNIT), heads.index(MEASURE), heads.index(VALUE)
    for number, row in _below(sheet, head):
        here = sheet.at(number, at_value)
        if not row[at_value]:
            continue
        measure = _measure(row[at_measure])
        if measure is None:
            errors.append(f"{sheet.at(number, at_measure)}: {row[at_measure]!r} is no measure")
        unit = _unit(sheet, number, at_unit, names, errors)
        value = _value(row[at_value], measure, here, errors)
        if _is_of_year(sheet, number, heads, year, errors) and measure and unit and value is not None:
            yield here, Read(unit=unit[0], measure=measure, value=value, source=here)


def _wide(
    sheet: Sheet, head: int, year: int, names: Mapping[str, str | None], errors: list[str]
) -> Iterator[tuple[str, Read]]:
    heads = sheet.rows[head]
    at_unit = heads.index(UNIT)
    columns: dict[int, str] = {}
    for column, text in enumerate(heads):
        if column == at_unit or text in _SAY_NOTHING:
            continue
        measure = _measure(text)
        if measure is None:
            errors.append(f"{sheet.at(head, column)}: {text!r} is no measure")
        else:
            columns[column] = measure
    for number, row in _below(sheet, head):
        said = [column for column in columns if row[column]]
        if not said:
            continue
        unit = _unit(sheet, number, at_unit, names, errors)
        of_year = _is_of_year(sheet, number, heads, year, errors)
        for column in said:
            here = sheet.at(number, column)
            value = _value(row[column], columns[column], here, errors)
            if value is not None and unit and of_year:
                yield here, Read(unit=unit[0], measure=columns[column], value=value, source=here)


def _below(sheet: Sheet, head: int) -> Iterator[tuple[int, list[str]]]:
    """The rows below the head with their numbers, each as wide as the head."""
    width = len(sheet.rows[head])
    for number in range(head + 1, len(sheet.rows)):
        row = [*sheet.rows[number], *([""] * width)]
        yield number, row[: max(width, len(sheet.rows[number]))]


def _unit(
    sheet: Sheet, row: int, column: int, names: Mapping[str, str | None], errors: list[str]
) -> tuple[str | None] | None:
    said = sheet.rows[row][column] if column < len(sheet.rows[row]) else ""
    if said in names:
        return (names[said],)
    errors.append(f"{sheet.at(row, column)}: {said!r} is no unit's name or id in the registry")
    return None


def _is_of_year(sheet: Sheet, row: int, heads: Sequence[str], year: int, errors: list[str]) -> bool:
    if YEAR not in heads:
        return True
    column = heads.index(YEAR)
    said = sheet.rows[row][column] if column < len(sheet.rows[row]) else ""
    if said.removesuffix("度").removesuffix("年") == str(year):
        return True
    errors.append(f"{sheet.at(row, column)}: {said!r} is not {year}")
    return False


def _value(text: str, measure: str | None, here: str, errors: list[str]) -> Decimal | None:
    plain = text.replace(" ", "")
    if _NUMBER.fullmatch(plain):
        try:
            value = Decimal(plain.replace(",", ""))
        except InvalidOperation:  # pragma: no cover - the pattern lets only digits through
            value = None
        if value is not None and (measure is None or measure in MONEY or value == value.to_integral_value()):
            return value
    wanted = "a number" if measure in MONEY else "a whole number"
    errors.append(f"{here}: {text!r} is not {wanted} of at least 0")
    return None


def _measure(text: str) -> str | None:
    return _MEASURES.get(_key(text))


def _key(text: str) -> str:
    return re.sub(r"[\s()（）]", "", unicodedata.normalize("NFKC", text)).lower()


_MEASURES: Final = {
    _key(said): name
    for name, words in MEASURES.items()
    for said in (name, words, re.sub(r"（[^（）]*）$", "", words))  # 新闻发布会 for 新闻发布会（场）
}


def _names(city: City) -> dict[str, str | None]:
    """What units are called in the sheet → their ids; a name that two units share names neither."""
    by_name: dict[str, str | None] = {}
    shared = {one.name for one in city.units if sum(one.name == other.name for other in city.units) > 1}
    by_name.update({_cell(unit.name): unit.id for unit in city.units if unit.name not in shared})
    by_name.update({unit.id: unit.id for unit in city.units})
    return by_name | dict.fromkeys((*OF_THE_CITY, _cell(city.name)), None)


# ------------------------------------------------------------------ the file


def _sheets(name: str, content: bytes) -> list[Sheet]:
    if content.startswith(b"PK\x03\x04"):
        return _of_workbook(name, content)
    return [Sheet(name=None, rows=_bounded(name, csv.reader(io.StringIO(_text(name, content), newline=""))))]


def _of_workbook(name: str, content: bytes) -> list[Sheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise SheetRefused((f"{name}: unpacks to more than {MOST_UNPACKED} bytes",))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheets = [
            Sheet(name=sheet.title, rows=_bounded(name, sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)))
            for sheet in book.worksheets
        ]
        book.close()
    except SheetRefused:
        raise
    except Exception as problem:  # openpyxl raises anything at a damaged file
        raise SheetRefused((f"{name}: cannot be read as a workbook ({problem})",)) from problem
    return sheets


def _text(name: str, content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise SheetRefused((f"{name}: neither a workbook (.xlsx) nor a table of text (.csv)",))


def _bounded(name: str, rows: Iterable[Iterable[object]]) -> Rows:
    found: list[list[str]] = []
    try:
        for row in rows:
            if len(found) >= MOST_ROWS:
                raise SheetRefused((f"{name}: more than {MOST_ROWS} rows",))
            cells = [_cell(value) for value in row][:MOST_COLUMNS]
            while cells and not cells[-1]:
                cells.pop()
            found.append(cells)
    except csv.Error as problem:
        raise SheetRefused((f"{name}: cannot be read as a table of text ({problem})",)) from problem
    return found


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(unicodedata.normalize("NFKC", str(value)).split())
