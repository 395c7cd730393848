"""Where on its site a unit publishes what a row of its directory promises: by names that are alike, and why. Pure.

A duty and the unit's columns in, a ``DutyMapping`` out. The deepest name of the row decides: a column of that name, one
whose name holds it or is held in it, the one column of the kind that the name stands for (``column_names.yml``,
``duty_names.yml``). Else its words are looked for in titles; at last its first level is tried for a column so called.
Where several columns could be meant nobody is guessed at: the row stays unmapped until a person says which.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import yaml

from harvesters.navigation import kinds_by_name, plain_name, without_year
from storage.schema import Column, Duty, DutyMapping, Unit

SHORTEST: Final = 4  # characters of a name that may be a part of another, or a word to look for in titles
_ADDED = re.compile(
    r"(?:政策及?实施情况|公开|公示|公告|信息|情况|事项|内容|目录|清单|结果|相关|有关|工作|方面|文件|数据|专栏|栏目|专题|及其|以及|等|类|的|和|及|与)$"
)
_BEFORE = re.compile(
    r"^(?:本级|本部门|本单位|本机关|本地区|本行政区域|辖区内?|相关|有关|各类|政府信息公开|政府(?=信息|公开))"
)
_PARTS = re.compile(r"[、,/;]|(?<=.{3})[和及与](?=.{3})")
_VAGUE = re.compile(
    r"^其[他它]|^(?:法律法规|规章制度|工作制度|文件通知|政策法规|公开内容|基本信息|综合信息|公示公告|通知公告)$"
)
_SHORTEST_CORE: Final = 3  # characters; 政策, 依据 and 信息 are left of names of every sort
# titles under such names are of every sort, so that a title that has the name proves nothing
_VAGUE_KINDS: Final = frozenset(("news", "activity", "notices", "policies", "interpretation", "catalogue", "request"))


def mappings(duties: Iterable[Duty], unit: Unit) -> Iterator[DutyMapping]:
    """Where each duty is to be found, in their order."""
    for duty in duties:
        yield mapping_of(duty, unit)


def mapping_of(duty: Duty, unit: Unit) -> DutyMapping:
    """Where the duty is to be found; unmapped, with the reason, where names do not say."""
    words = keywords_of(duty)
    found = _by_name(duty.name, unit.columns)
    if found is not None and len(found.columns) == 1:
        # a title elsewhere that has the words speaks for the unit, too
        return DutyMapping(how=found.how, columns=(found.columns[0].id,), keywords=words, why=found.told)
    if found is not None and (found.how != "kind" or not words):
        return DutyMapping(how="unmapped", why=f"several columns could be meant: {found.told}")
    if words:
        told = "、".join(words)
        return DutyMapping(
            how="keywords", keywords=words, why=f"no one column is called so; titles with “{told}” count"
        )
    above = [column for column in unit.columns if duty.level1 and _is_alike(duty.level1, column.name)]
    if duty.level1 != duty.name and len(above) == 1:
        why = f"“{duty.level1}” is the name of {above[0].id} {above[0].name}"
        return DutyMapping(how="name", columns=(above[0].id,), why=why)
    return DutyMapping(how="unmapped", why=f"no column is called “{duty.name}”, and no words of it tell titles apart")


class _Found(NamedTuple):
    """The columns that a name may stand for; one of them, or nobody is sure."""

    how: str
    columns: tuple[Column, ...]
    why: str

    @property
    def told(self) -> str:
        """Why, with the columns."""
        return f"{self.why} {', '.join(f'{column.id} {column.name}' for column in self.columns)}"


def _by_name(name: str, columns: Sequence[Column]) -> _Found | None:
    """What the name of a duty, or each of its parts, says; None where it says nothing."""
    same = tuple(column for column in columns if _is_alike(name, column.name))
    if same:
        return _Found("name", same, f"“{name}” is the name of")
    parts = _parts(name)
    if len(parts) < 2:
        return _one_name(name, columns)
    told = [one for part in parts if (one := _one_name(part, columns)) is not None]
    places = {column.id: column for one in told for column in one.columns}
    if len(told) == len(parts) and len(places) == 1:
        return told[0]
    return _Found("parts", tuple(places.values()), f"the parts of “{name}” may stand in") if told else None


def _one_name(name: str, columns: Sequence[Column]) -> _Found | None:
    same = tuple(column for column in columns if _is_alike(name, column.name))
    if same:
        return _Found("name", same, f"“{name}” is the name of")
    held = tuple(column for column in columns if _is_held(name, column.name))
    if held:
        return _Found("contained", held, f"“{name}” shares its words with")
    kind = _kind_of(name)
    of_kind = tuple(column for column in columns if column.kind.value == kind)
    return _Found("kind", of_kind, f"“{name}” is what {kind} columns hold:") if of_kind else None


def _is_alike(name: str, other: str) -> bool:
    one, two = _plain(name), _plain(other)
    return bool(one) and (one == two or (_core(one) == _core(two) and len(_core(one)) >= _SHORTEST_CORE))


def _is_held(name: str, other: str) -> bool:
    one, two = _core(_plain(name)), _core(_plain(other))
    short, long = sorted((one, two), key=len)
    return len(short) >= SHORTEST and short in long and not _VAGUE.match(short)


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    return without_year(plain_name(unicodedata.normalize("NFKC", name)))


@lru_cache(maxsize=4096)
def _core(plain: str) -> str:
    """A name without the words that every name may have before and behind it."""
    return _shortened(_BEFORE.sub("", plain) or plain)


def _shortened(plain: str) -> str:
    while (shorter := _ADDED.sub("", plain)) != plain and len(shorter) > 1:
        plain = shorter
    return plain


def _parts(name: str) -> list[str]:
    return [part for part in _PARTS.split(unicodedata.normalize("NFKC", name)) if part]


@cache
def _kinds() -> Mapping[str, str]:
    """Column kind by name; what the names share with others of another kind when shortened says nothing."""
    table: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "duty_names.yml").read_text("utf-8"))
    known = dict(kinds_by_name())
    for kind, names in table.items():
        for name in names:
            known.setdefault(_plain(name), kind)
    cores: dict[str, set[str]] = {}
    for name, kind in known.items():
        cores.setdefault(_core(name), set()).add(kind)
    told = {core: min(kinds) for core, kinds in cores.items() if len(kinds) == 1 and len(core) >= _SHORTEST_CORE}
    return told | known


def _kind_of(name: str) -> str | None:
    plain = _plain(name)
    kinds = _kinds()
    return kinds.get(plain) or kinds.get(_core(plain))


def keywords_of(duty: Duty) -> tuple[str, ...]:
    """Words that tell the titles of a duty's documents from others; none where its name is of every sort.

    Words to be compared with a title by ``title_words``.
    """
    if not (duty.level1 or duty.level2 or duty.level3):
        return ()  # named by its content, which is a sentence
    parts = _parts(duty.name)
    found = []
    for part in parts:
        core = _shortened(_plain(part))
        if len(core) >= SHORTEST and not _VAGUE.match(core) and _kind_of(part) not in _VAGUE_KINDS:
            found.append(core)
    return tuple(dict.fromkeys(found)) if len(found) == len(parts) else ()


def title_words(title: str) -> str:
    """A title as keywords are looked for in it."""
    return plain_name(unicodedata.normalize("NFKC", title))
