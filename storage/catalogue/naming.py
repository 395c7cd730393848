"""Titles and names of bodies as sites really write them, in the form in which they are compared across units.

A title loses what a repost adds or leaves out: a mark of reposting, the number or the site's name at its end; the
body that issued it, before 关于, is kept apart. A body loses the name of its website and the words every government
has. What stays in doubt is another title, another body: nothing is joined by a guess.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from storage.catalogue.identity import title_key

_MARK: Final = re.compile(
    r"^[ 　]*+(?:[【\[（(〔]\s*+(?:转载|转|图文|组图|图|视频|最新|置顶|热点)\s*+[】\])）〕]|转载(?=[:：]))[:： 　]*+"
)
_SITE: Final = re.compile(r"\s*[_|｜]\s*[^_|｜]{2,24}(?:网|网站|政府|平台)$|\s+-+\s+[^-]{2,24}(?:网|网站|政府|平台)$")
_NUMBER_AT_END: Final = re.compile(
    r"[（(【\[]\s*[\u4e00-\u9fff]{2,16}[〔\[(（【﹝](?:19|20)\d{2}[〕\])）】﹞]\s*第?\s*\d{1,5}\s*号\s*[)）】\]]$"
)
_TAIL: Final = re.compile(r"[（(【\[](?:全文|附图|附件|附表|附全文|转载|图文|转)[)）】\]]$")
_ISSUED: Final = re.compile(r"^([\u4e00-\u9fff（）()、 　]{2,60}?)关于(.{4,})$", re.DOTALL)
_BODY_END: Final = re.compile(
    r"(?:政府|办公室|办公厅|办|局|委员会|委|厅|部|院|会|署|中心|处|科|队|站|公司|学校|大学|厂|所|馆|社|组|指挥部|街道|镇|乡)$"
)
_ANOTHER: Final = ("转发", "批转", "印发", "解读", "图解", "读懂", "《", "贯彻", "落实")
_GENERIC_WORDS: Final = (
    "通知公告 通知 公告 通告 公示 公示公告 公告公示 公告栏 信息公开 政府信息公开 工作动态 政务动态 "
    "政务要闻 要闻 新闻 动态 简讯 简报 图片新闻 政策文件 政策法规 政策解读 规范性文件 附件 文件 "
    "名单 公示名单 批复 决定 意见 函 会议纪要 任免通知 人事任免 干部任免 任前公示 行政处罚 "
    "行政处罚决定书 行政处罚公示 行政处罚决定公示 行政处罚信息公示 行政许可 行政许可公示 "
    "行政许可决定公示 双公示 采购公告 招标公告 中标公告 成交公告 更正公告 招聘公告 招聘启事 放假通知 "
    "停电通知 停水通知"
)
_GENERIC: Final = frozenset(_GENERIC_WORDS.split())
_SHORTEST: Final = 6  # signs of a title that can name one document

_BETWEEN: Final = re.compile(r"[,，、;；/|]+|\s+")
_LABEL: Final = re.compile(r"^(?:信息|文章)?(?:来源|发布机构|发文机关)[:：]\s*")
_WEBSITE: Final = re.compile(
    r"(?:门户网站|官方网站|政府网站|网站|政务网|官网|网|官方微信|微信公众号|公众号|微信|微博|客户端)$"
)
_OFFICE: Final = re.compile(r"(?<=政府)(?:办公室|办公厅|办)$")
_PART: Final = re.compile(r"^市(?=[\u4e00-\u9fff]{1,6}(?:区|县|镇|乡|街道))")
_SHORTEST_BODY: Final = 3
_NOBODY_WORDS: Final = (
    "本站 本网 本站原创 原创 互联网 网络 网络转载 转载 其他 其它 未知 综合 本单位 本部门 "
    "本局 内部 管理员 办公室 政府 admin"
)
_NOBODY: Final = frozenset(_NOBODY_WORDS.split())


@dataclass(frozen=True)
class Title:
    """A title to compare: what it names, and the body before 关于 ("" where it names none)."""

    core: str
    body: str

    @property
    def is_generic(self) -> bool:
        """Whether many documents have it."""
        return len(self.core) < _SHORTEST or self.core in _GENERIC

    def is_same(self, other: Title) -> bool:
        """Whether both may stand over one document: one may leave out who issued it, or a part of that name."""
        if self.core != other.core:
            return False
        return self.body.endswith(other.body) or other.body.endswith(self.body)

    def is_alike(self, other: Title) -> bool:
        """Whether a person might take them for one: most pairs of signs shared, every digit the same."""
        if _digits(self.core) != _digits(other.core):
            return False
        one, two = _pairs(self.core), _pairs(other.core)
        whole = len(one | two)
        return bool(whole) and len(one & two) / whole >= 0.6


@lru_cache(maxsize=4096)
def title_of(text: str) -> Title:
    """The title in its compared form."""
    text = _MARK.sub("", unicodedata.normalize("NFKC", text).strip())
    text = _TAIL.sub("", _NUMBER_AT_END.sub("", _TAIL.sub("", _SITE.sub("", text)).strip()))
    found = _ISSUED.match(text)
    if found is not None and _BODY_END.search(found[1].strip()) and not any(word in found[1] for word in _ANOTHER):
        return Title(core=title_key(f"关于{found[2]}"), body=title_key(found[1]))
    return Title(core=title_key(text), body="")


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def _pairs(text: str) -> set[str]:
    return {text[place : place + 2] for place in range(len(text) - 1)}


class Bodies:
    """The units of a city by their names, to tell whom a source or an issuer names."""

    def __init__(self, city: str, names: dict[str, str]) -> None:
        self._city = city
        self.keys = {unit: self.key(name) for unit, name in names.items()}
        self._units: dict[str, tuple[str, ...]] = {}

    def key(self, name: str) -> str:
        """A body's name as it is compared; "" for what names none."""
        return _body_key(name, self._city)

    def named_in(self, text: str | None) -> frozenset[str]:
        """The bodies that a source or an issuer names, by their keys."""
        return frozenset(self._in(text)) if text else frozenset()

    def is_unit(self, key: str, unit: str) -> bool:
        """Whether the body of ``key`` is the unit."""
        own = self.keys.get(unit, "")
        return bool(own) and (key == own or _abbreviates(key, own) or _abbreviates(own, key))

    def units_of(self, key: str) -> tuple[str, ...]:
        """The units that the body of ``key`` is."""
        if key not in self._units:
            self._units[key] = tuple(unit for unit in self.keys if self.is_unit(key, unit))
        return self._units[key]

    def _in(self, text: str) -> Iterator[str]:
        for part in _BETWEEN.split(_LABEL.sub("", unicodedata.normalize("NFKC", text).strip())):
            key = self.key(part)
            if key:
                yield key


@lru_cache(maxsize=8192)
def _body_key(name: str, city: str) -> str:
    whole = title_key(name) if name.strip() else ""
    text = _WEBSITE.sub("", whole)
    text = whole if len(text) < _SHORTEST_BODY else text  # 人民网 is a body and not the site of one
    text = text.replace("人民政府", "政府").replace("委员会", "委").replace("街道办事处", "街道")
    text = _OFFICE.sub("", text)
    if city and text.startswith(city) and len(text) > len(city):
        text = f"市{text[len(city) :]}"
    elif city.endswith("市") and len(city) > 2 and text.startswith(city[:-1]) and len(text) > len(city):
        text = f"市{text[len(city) - 1 :]}"
    text = _PART.sub("", text)
    return "" if len(text) < _SHORTEST_BODY or (text in _NOBODY) else text


def _abbreviates(short: str, long: str) -> bool:
    """市发改委 for 市发展和改革委: the same beginning and end, and the rest in order."""
    head = 2 if short.startswith("市") else 1
    if not 3 <= len(short) < len(long) or short[:head] != long[:head] or short[-1] != long[-1]:
        return False
    rest = iter(long)
    return all(sign in rest for sign in short)
