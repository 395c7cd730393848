"""The 22 themes of the State Council's documents (主题分类) with their second level; a theme as shown, read as one.

Sites write one or both levels with any sign between them, leave out the signs inside a name or what stands in its
brackets, and put levels of their own before or behind. ``read`` says which theme that is, and only where it is sure:
both levels of one theme next to each other, a theme of the first level, or one of the second that names itself.
``is_known`` asks less, for who would accuse a unit of a theme that is none. The 主题词 of the old vocabulary
(国务院公文主题词表, 1997) are no themes.

The names are the ones gov.cn shows. Codes are ours: a theme's number in the list of the 22 in two digits, and behind
it the place of the second level in its own list ("02-01"); no text that we have read numbers the second level.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_TABLE: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (
        "国务院组织机构",
        (
            *("国务院", "国务院办公厅", "国务院组成部门", "国务院直属特设机构", "国务院直属机构", "国务院办事机构"),
            *("国务院直属事业单位", "国务院部委管理的国家局", "国务院议事协调机构", "其他"),
        ),
    ),
    (
        "综合政务",
        ("政务公开", "政务督查", "应急管理", "电子政务", "文秘工作", "保密工作", "信访", "参事、文史", "其他"),
    ),
    (
        "国民经济管理、国有资产监管",
        ("宏观经济", "经济体制改革", "统计", "物价", "国有资产监管", "重大建设项目", "其他"),
    ),
    (
        "财政、金融、审计",
        ("财政", "税务", "银行", "货币（含外汇）", "证券", "保险", "社会信用体系建设", "审计", "其他"),
    ),
    ("国土资源、能源", ("土地", "矿产", "水资源", "海洋", "煤炭", "石油与天然气", "电力", "其他")),
    ("农业、林业、水利", ("农业、畜牧业、渔业", "林业", "水利", "其他")),
    (
        "工业、交通",
        (
            *("机械制造与重工业", "轻工纺织", "化工", "国防工业", "航天、航空", "信息产业（含电信）", "公路", "水运"),
            *("铁路", "民航", "邮政", "其他"),
        ),
    ),
    ("商贸、海关、旅游", ("对外经贸合作", "国内贸易（含供销）", "海关", "检验、检疫", "旅游", "其他")),
    ("市场监管、安全生产监管", ("工商", "质量监督", "标准", "食品药品监管", "安全生产监管", "其他")),
    (
        "城乡建设、环境保护",
        (
            *("城市规划", "城乡建设（含住房）", "环境监测、保护与治理", "节能与资源综合利用"),
            *("气象、水文、测绘、地震", "其他"),
        ),
    ),
    ("科技、教育", ("科技", "教育", "知识产权", "其他")),
    ("文化、广电、新闻出版", ("文化", "文物", "新闻出版", "广播、电影、电视", "其他")),
    ("卫生、体育", ("卫生", "医药管理", "体育", "其他")),
    ("人口与计划生育、妇女儿童工作", ("人口与计划生育", "妇女儿童", "其他")),
    (
        "劳动、人事、监察",
        ("劳动就业", "社会保障", "人事工作", "军转安置", "监察", "纠正行业不正之风", "其他"),
    ),
    ("公安、安全、司法", ("公安", "国家安全", "司法", "其他")),
    (
        "民政、扶贫、救灾",
        ("减灾救灾", "优抚安置", "社会福利", "行政区划与地名", "社团管理", "扶贫", "其他"),
    ),
    ("民族、宗教", ("民族事务", "宗教事务")),
    ("对外事务", ("外交、外事", "国际条约、国际组织", "其他")),
    ("港澳台侨工作", ("港澳工作", "对台工作", "侨务工作")),
    ("国防", ("国防建设", "国防动员")),
    ("其他", ()),
)


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme: ``second`` None where only the first level is known."""

    code: str
    first: str
    second: str | None = None

    @property
    def name(self) -> str:
        """As gov.cn shows it: 综合政务\\政务公开."""
        return self.first if self.second is None else f"{self.first}\\{self.second}"


def _all() -> Iterator[Theme]:
    for number, (first, seconds) in enumerate(_TABLE, 1):
        yield Theme(f"{number:02}", first)
        for place, second in enumerate(seconds, 1):
            yield Theme(f"{number:02}-{place:02}", first, second)


THEMES: Final = tuple(_all())
_BY_CODE: Final = {theme.code: theme for theme in THEMES}

_LEVELS: Final = re.compile(r"[\\/|｜>＞〉»;；:：,，→·_]+|-{1,2}|—+|\s+(?=\S{3})")
_IN_BRACKETS: Final = re.compile(r"[（(][^（）()]*[)）]")
_SIGNS: Final = re.compile(r"[、.．\s“”\"]+|与|和|及")
_OTHER: Final = "22"  # 其他: with something behind it, it may be anything's other
_LONGEST: Final = 80  # characters shown; more is a text that stands in a theme's place
_VAGUE: Final = frozenset(("安全",))  # a part of one name that says another thing when it stands alone


def by_code(code: str) -> Theme | None:
    """The theme of a code, as ``Theme.code`` has it."""
    return _BY_CODE.get(code)


def codes_below(code: str) -> tuple[str, ...]:
    """The code and those of its second level; none for a code that is not in the table."""
    return tuple(one for one in _BY_CODE if one == code or one.startswith(f"{code}-"))


@lru_cache(maxsize=4096)
def read(shown: str, *, whole: bool = False) -> Theme | None:
    """The theme that a page shows, None where it shows none that we are sure of; of several themes the first.

    :param whole: only both levels, or the full name of a theme that has several words: for a place that may hold other
        things than themes (组配分类).
    """
    text = unicodedata.normalize("NFKC", shown).strip()
    if not text or len(text) > _LONGEST:
        return None
    parts = [part for part in map(_plain, _LEVELS.split(text)) if part]
    # levels of the site's own may stand before a theme; of two themes the first counts, with or without a second level
    place = next((place for place, part in enumerate(parts) if part in _FIRST), len(parts))
    pair = _PAIRS.get("".join(parts[place : place + 2]))
    if pair is not None:
        return pair
    run = _plain("".join(parts))
    named = _PAIRS.get(run) or _FIRST.get(run)
    if named is not None and (not whole or named.second is not None or "、" in named.first):
        return named
    if whole or not parts:
        return None
    if (first := _FIRST.get(parts[0])) is not None:
        return first if first.code != _OTHER or len(set(parts)) == 1 else None
    all_named = [_NAMED.get(part) for part in parts]
    return all_named[0] if all(all_named) else None


@lru_cache(maxsize=4096)
def is_known(shown: str) -> bool:
    """Whether a theme as shown is of the classification; of several levels or themes, whether the first one is."""
    text = unicodedata.normalize("NFKC", shown)
    if _plain(text) in _KNOWN or read(shown) is not None:
        return True
    first = next((part for part in map(_plain, _BETWEEN.split(text)) if part), "")
    return first in _KNOWN


# ------------------------------------------------------------------ names without their signs

_BETWEEN: Final = re.compile(r"[\\/|｜>＞;；:：,，→·＼]+|-{1,2}|—+|\s+(?=\S{3})")


def _plain(text: str) -> str:
    bare = _SIGNS.sub("", _IN_BRACKETS.sub("", text)).replace("其它", "其他").removeprefix("主题分类")
    return bare.removesuffix("类") or bare


def _spellings(name: str) -> set[str]:
    """A name without its signs, without and with what stands in its brackets."""
    return {_plain(name), _plain(name.replace("（含", "").replace("）", ""))}


def _of_level(themes: Sequence[Theme]) -> dict[str, Theme]:
    return {spelt: theme for theme in themes for spelt in _spellings(theme.second or theme.first)}


def _named() -> dict[str, Theme]:
    """Second levels by name, and themes by what a part of their name says, where only one is meant."""
    full = _of_level([theme for theme in THEMES if theme.second not in (None, "其他")])
    parts: dict[str, set[Theme]] = {}
    for theme in THEMES:
        for part in (theme.second or theme.first).split("、"):
            parts.setdefault(_plain(part), set()).add(theme)
    for part, themes in parts.items():
        firsts = {_BY_CODE[theme.code[:2]] for theme in themes}
        if part not in full and part not in _VAGUE and len(firsts) == 1 and part != "其他":
            full[part] = next(iter(themes)) if len(themes) == 1 else next(iter(firsts))
    return full


_FIRST: Final = _of_level([theme for theme in THEMES if theme.second is None])
_PAIRS: Final = {
    first + second: theme
    for theme in THEMES
    if theme.second is not None
    for first in _spellings(theme.first)
    for second in (*_spellings(theme.second), *_spellings(theme.second.removeprefix("国务院") or theme.second))
}
_NAMED: Final = _named()
_KNOWN: Final = frozenset(
    {
        *_FIRST,
        *_PAIRS,
        *(
            spelt
            for theme in THEMES
            for name in (theme.second or theme.first,)
            for spelt in (*_spellings(name), *map(_plain, name.split("、")))
        ),
        *(first + "其他" for first in _FIRST),
    }
)
