"""What an item is counted as: its column's kind says it, and where a column takes everything, the item itself.

``categories.yml`` is the table; a city's own ``categories.yml`` in the data folder is laid over it: what it says of a
kind replaces what ours says, its lines are asked before ours. A unit's kind, a column's kind and an item go in; its
counting class, its statutory class and its stage come out. All of that follows from what was read and is stored, so a
changed table is applied to a stored catalogue without fetching anything (``recategorised``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from harvesters import plain_yaml
from harvesters.reading.titles import stage_of
from storage import settings
from storage.classification import genres, standing, statutory, themes
from storage.exceptions import SettingsError
from storage.schema import Category, ColumnKind, Item, Provenance, UnitKind

OWN = "categories.yml"  # name of the city's own table in the data folder
_TABLE = Path(__file__).with_name("categories.yml")
_SURE = 0.7  # of a theme's label: below it a site's own column may stand there
_TITLE_CONFIDENCE = 0.6
Stage = Literal["consultation", "feedback", "final", "interpretation", "other"]


def _text(value: object) -> object:
    """YAML takes 13 for a number; a code is text."""
    return f"{value:02}" if isinstance(value, int) and not isinstance(value, bool) else value


def _code(value: object) -> object:
    if not isinstance(value, str) or value not in statutory.NAMES:
        raise ValueError("expected 20-01 … 20-15, 21-A1 … 21-A7 or 21-B1 … 21-B8")
    return value


def _theme(value: object) -> object:
    found = _text(value)
    if not isinstance(found, str) or themes.by_code(found) is None:
        raise ValueError("expected a code of 主题分类 such as 11 or 11-02")
    return found


def _pattern(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("expected a pattern")
    try:
        return re.compile(value)
    except re.error as error:
        raise ValueError(f"expected a pattern: {error}") from error


Statutory = Annotated[str, BeforeValidator(_code)]
Pattern = Annotated[re.Pattern[str], BeforeValidator(_pattern)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Kind(_Strict):
    """What a kind of column gives the items in it."""

    category: Category
    statutory: Statutory | None = None
    stage: Stage | None = None


class Line(_Strict):
    """One line of the overruling table; what it does not name it does not ask."""

    category: Category | None = None
    statutory: Statutory | None = None
    kinds: frozenset[ColumnKind] | None = None
    units: frozenset[UnitKind] | None = None
    title: Pattern | None = None
    number: Pattern | None = None
    numbered: bool | None = None
    genre: frozenset[str] | None = None
    theme: frozenset[Annotated[str, BeforeValidator(_theme)]] | None = None
    stage: frozenset[Stage] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Line:
        if self.category is None and self.statutory is None:
            raise ValueError("a line gives a category or a statutory class")
        return self

    def fits(self, unit: UnitKind, item: Item) -> bool:
        """Whether all that the line names is so; its kinds of column were asked before."""
        return (
            (self.units is None or unit in self.units)
            and (self.numbered is None or self.numbered == (item.document_number is not None))
            and (self.stage is None or item.stage in self.stage)
            and (self.genre is None or item.genre in self.genre)
            and (self.theme is None or not self.theme.isdisjoint(_levels(item.theme_code)))
            and (self.title is None or self.title.search(item.title) is not None)
            and (self.number is None or self.number.search(item.document_number or "") is not None)
        )


class _Overrule(_Strict):
    kinds: frozenset[ColumnKind]
    law_kinds: frozenset[ColumnKind]
    lines: tuple[Line, ...]


class Table(_Strict):
    """The whole table, checked: every kind of column is in it."""

    kinds: dict[ColumnKind, Kind]
    staged: frozenset[ColumnKind]
    overrule: _Overrule

    @model_validator(mode="after")
    def _is_whole(self) -> Table:
        lost = [kind.value for kind in ColumnKind if kind not in self.kinds]
        if lost:
            raise ValueError(f"every kind of column needs a category; none is given for {', '.join(lost)}")
        return self

    def lines_of(self, kind: ColumnKind) -> tuple[Line, ...]:
        """The lines that are asked of items in columns of a kind."""
        whole = self.overrule
        return tuple(
            line
            for line in whole.lines
            if kind in (line.kinds or (whole.kinds if line.category is not None else whole.law_kinds))
        )


def stage_in(kind: ColumnKind, title: str) -> str | None:
    """The stage at which an item of this title in a column of ``kind`` speaks of its matter."""
    table = _in_force().table
    return (stage_of(title) if kind in table.staged else None) or table.kinds[kind].stage


def counted(unit: UnitKind, kind: ColumnKind, item: Item) -> tuple[Category, str | None]:
    """The counting class and the statutory class of a ``classed`` item in a column of ``kind`` of such a unit.

    :raises SettingsError: the table, or the city's own, says something that is not understood.
    """
    now = _in_force()
    known = now.table.kinds[kind]
    category: Category | None = None
    law: str | None = None
    for line in now.lines[kind]:
        asked = (line.category and not category) or (line.statutory and not law)
        if asked and line.fits(unit, item):
            category = category or line.category
            law = law or line.statutory
    return category or known.category, law or known.statutory


def classed(kind: ColumnKind, item: Item) -> Item:
    """The item with what the national tables make of its words: theme, kind of document, validity, form.

    What a table knows is spelt as in the table, the page's words staying in the provenance; what none knows stays. A
    document without a kind is of the kind its number or its title says it is, where news and interpretations, which
    speak of other documents, do not stand.
    """
    values: dict[str, Any] = {}
    provenance = dict(item.provenance)
    said = provenance.get("theme")
    weak = said is not None and said.confidence < _SURE
    theme = themes.read(item.theme, whole=weak) if item.theme else None
    values["theme_code"] = theme.code if theme is not None else None
    if item.validity:
        values["validity"] = standing.validity(item.validity) or item.validity
    if item.form:
        values["form"] = standing.form(item.form) or item.form
    genre = genres.read(item.genre) if item.genre else None
    if genre is not None:
        values["genre"] = genre
    elif item.genre is None and kind not in _SPEAK_OF_OTHERS and item.stage not in ("interpretation", "feedback"):
        found, raw = _own_genre(item)
        if found is not None:
            values["genre"] = found
            shown = provenance.get("genre")
            conflict = None if shown is None else shown.conflict if shown.origin == "title" else shown.raw
            provenance["genre"] = Provenance(origin="title", raw=raw, confidence=_TITLE_CONFIDENCE, conflict=conflict)
            values["provenance"] = provenance
    changed = {name: value for name, value in values.items() if getattr(item, name) != value}
    return replace(item, **changed) if changed else item


def recategorised(unit: UnitKind, kind: ColumnKind, item: Item) -> Item:
    """A stored item as the tables of today class it: the same item where nothing differs."""
    said = item.provenance.get("genre")
    read = replace(item, genre=None) if said is not None and said.origin == "title" else item
    made = classed(kind, read)
    if made.genre is None and read is not item:
        made = replace(made, provenance={name: one for name, one in made.provenance.items() if name != "genre"})
    category, law = counted(unit, kind, made)
    made = replace(made, category=category, statutory=law)
    return item if made == item else made


_SPEAK_OF_OTHERS = frozenset(
    (
        *(ColumnKind.NEWS, ColumnKind.ACTIVITY, ColumnKind.INTERPRETATION, ColumnKind.FEEDBACK, ColumnKind.LEADERS),
        *(ColumnKind.REPLIES, ColumnKind.REQUEST, ColumnKind.GUIDE, ColumnKind.STATISTICS, ColumnKind.ANNUAL_REPORTS),
    )
)


def _own_genre(item: Item) -> tuple[str | None, str]:
    by_number = genres.of_number(item.document_number) if item.document_number else None
    if by_number is not None:
        return by_number, item.document_number or ""
    return genres.of_title(item.title), item.title


def _levels(code: str | None) -> tuple[str, ...]:
    """A theme's code and its first level's."""
    return () if code is None else (code, code[:2])


# ------------------------------------------------------------------ the files


@dataclass(frozen=True)
class _InForce:
    """The table, with its lines by the kind of column they are asked of."""

    table: Table
    lines: Mapping[ColumnKind, tuple[Line, ...]]


def _in_force() -> _InForce:
    """The table as its files say now: a city's own may be edited while a long process runs."""
    own = settings.data_folder() / OWN
    try:
        said = own.stat()
    except OSError:
        return _read_once(None, 0, 0)
    return _read_once(own, said.st_mtime_ns, said.st_size)


@lru_cache(maxsize=4)
def _read_once(own: Path | None, _written_at: int, _size: int) -> _InForce:
    table = load(own)
    return _InForce(table, {kind: table.lines_of(kind) for kind in ColumnKind})


def load(own: Path | None = None) -> Table:
    """The table, with a city's own file laid over it where there is one.

    :raises SettingsError: a file is not YAML, or says something that is not understood; with file, key and what is
        wrong of every problem.
    """
    data = _read(_TABLE)
    where = _TABLE
    if own is not None and own.exists():
        data, where = _laid_over(data, _read(own), own), own
    try:
        return Table.model_validate(data)
    except ValidationError as error:
        raise SettingsError("\n".join(_told(error, where))) from error


def _laid_over(base: Mapping[str, Any], over: Mapping[str, Any], where: Path) -> dict[str, Any]:
    unknown = sorted(over.keys() - base.keys())
    if unknown:
        raise SettingsError(f"{where}: {', '.join(unknown)}: expected one of {', '.join(base)}")
    said = over.get("overrule") or {}
    kinds = over.get("kinds") or {}
    if not isinstance(said, Mapping) or not isinstance(kinds, Mapping) or not isinstance(said.get("lines", []), list):
        raise SettingsError(f"{where}: expected kinds and overrule as in {_TABLE.name}")
    lines = [*said.get("lines", []), *base["overrule"]["lines"]]
    overrule = {**base["overrule"], **said, "lines": lines}
    each = {
        name: {**base["kinds"].get(name, {}), **one} if isinstance(one, Mapping) else one for name, one in kinds.items()
    }
    return {**base, **over, "kinds": {**base["kinds"], **each}, "overrule": overrule}


def _read(path: Path) -> dict[str, Any]:
    return plain_yaml.read(path, such_as="kinds and overrule", refuse=SettingsError)


def _told(error: ValidationError, where: Path) -> Iterator[str]:
    for each in error.errors():
        place = ".".join(map(str, each["loc"])) or "file"
        yield f"{where}: {place}: {each['msg']}; found {each['input']!r:.80}"
