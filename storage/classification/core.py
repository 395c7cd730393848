"""The core metadata of the national catalogue (政府信息公开目录 核心元数据), and which field of an item carries each.

《政府信息公开目录系统实施指引（试行）》 names fourteen elements: six mandatory, three conditional, five optional. That
count, 索引号, 名称 and 内容概述 were read in its text; the names of the others are from memory, and which of them is
mandatory is our reading that the count bears out (``source``). 条例 第十二条, which is certain, names
索引, 名称, 内容概述 and 生成日期 (``law``). 公开方式 is no element of the national list; many cities' rules ask for it.

Nothing is filled here: a value is what the item holds, with the item's provenance. The format is that of the address,
which we fetched; everything else was stated, or is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from storage.classification import genres
from storage.schema import Category


class Need(StrEnum):
    """Whether an element must be there."""

    MANDATORY = "mandatory"  # 必选
    CONDITIONAL = "conditional"  # 条件必选
    OPTIONAL = "optional"  # 可选
    LOCAL = "local"  # 地方要求: outside the national list


NEEDS: Final[Mapping[Need, str]] = {
    Need.MANDATORY: "必选",
    Need.CONDITIONAL: "条件必选",
    Need.OPTIONAL: "可选",
    Need.LOCAL: "地方要求",
}

Values = Mapping[str, Any]  # fields of an item under their own names: its JSON, or a row of the catalogue


def _always(_: Values) -> bool:
    return True


def _has_number(item: Values) -> bool:
    return item.get("category") == Category.POLICIES.value and item.get("genre") in _NUMBERED


def _is_regulation(item: Values) -> bool:
    return item.get("genre") == genres.ORDER or bool(_NORMATIVE.search(item.get("document_number") or ""))


def _is_over(item: Values) -> bool:
    return item.get("validity") in ("废止", "失效")


_NUMBERED: Final = frozenset(("决定", "命令", "意见", "通知", "批复", "函", genres.ORDER))
_NORMATIVE: Final = re.compile(r"规(?:字|发)?〔")


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element. ``field`` is the Item field that carries it, None for the format; ``source`` V, or K-low.

    Where ``field`` is empty, ``instead`` carries it: a page that names one body names it as 发文机关 or as 发布机构.
    """

    chinese: str
    field: str | None
    instead: str | None = None
    need: Need
    source: str
    when: str | None = None  # in words, of a conditional one
    law: str | None = None
    due: Callable[[Values], bool] = _always

    @property
    def key(self) -> str:
        """Its name in reports."""
        return self.field or "format"

    def value(self, item: Values) -> str | None:
        """The item's value as text; several are joined. None where it states none."""
        if self.field is None:
            return format_of(item["url"])
        found = item.get(self.field) or (item.get(self.instead) if self.instead else None)
        if isinstance(found, list | tuple):
            return "；".join(map(str, found)) or None
        return str(found) if found else None


_ARTICLE_12: Final = "《政府信息公开条例》第十二条"

ELEMENTS: Final = (
    Element(chinese="索引号", field="index_number", need=Need.MANDATORY, source="V", law=_ARTICLE_12),
    Element(chinese="名称", field="title", need=Need.MANDATORY, source="V", law=_ARTICLE_12),
    Element(chinese="内容概述", field="summary", need=Need.OPTIONAL, source="V", law=_ARTICLE_12),
    Element(chinese="生成日期", field="formed_on", need=Need.MANDATORY, source="K-low", law=_ARTICLE_12),
    Element(chinese="发布机构", field="publisher", instead="issuer", need=Need.MANDATORY, source="K-low"),
    Element(chinese="主题分类", field="theme", need=Need.MANDATORY, source="K-low"),
    Element(chinese="体裁分类", field="genre", need=Need.OPTIONAL, source="K-low"),
    Element(
        chinese="文号",
        field="document_number",
        need=Need.CONDITIONAL,
        source="K-low",
        when="体裁为编号公文（决定、命令、意见、通知、批复、函、政府令）的政策法规",
        due=_has_number,
    ),
    Element(
        chinese="生效日期",
        field="effective_on",
        need=Need.CONDITIONAL,
        source="K-low",
        when="政府令和“规”字编号的行政规范性文件",
        due=_is_regulation,
    ),
    Element(
        chinese="废止日期",
        field="repealed_on",
        need=Need.CONDITIONAL,
        source="K-low",
        when="有效性为废止或失效",
        due=_is_over,
    ),
    Element(chinese="关键词", field="keywords", need=Need.OPTIONAL, source="K-low"),
    Element(chinese="公开方式", field="form", need=Need.LOCAL, source="K-low"),
    Element(chinese="信息格式", field=None, need=Need.OPTIONAL, source="K-low"),
    Element(chinese="语种", field="language", need=Need.OPTIONAL, source="K-low"),
    Element(chinese="在线链接地址", field="url", need=Need.MANDATORY, source="K-low"),
)

_ENDING: Final = re.compile(r"\.([A-Za-z0-9]{2,5})$")
_PAGES: Final = frozenset(("htm", "html", "shtml", "xhtml", "jsp", "jspx", "asp", "aspx", "php", "do", "action", "cgi"))
_FILES: Final = frozenset(
    (
        *("pdf", "doc", "docx", "wps", "xls", "xlsx", "et", "ppt", "pptx", "ofd", "txt", "csv", "zip", "rar"),
        *("jpg", "jpeg", "png", "gif", "mp3", "mp4", "7z", "ceb", "xml", "json"),
    )
)


def format_of(url: str) -> str:
    """信息格式: the ending of a file's address, HTML for a page's."""
    found = _ENDING.search(urlsplit(url).path)
    ending = found[1].lower() if found else ""
    return ending.upper() if ending in _FILES else "HTML"


def entries(item: Values) -> Iterator[tuple[Element, str | None]]:
    """Every element in the order of the catalogue, with the item's value."""
    for element in ELEMENTS:
        yield element, element.value(item)


def missing(item: Values) -> tuple[str, ...]:
    """The keys of the elements that an item owes and does not state: mandatory ones, and conditional ones where due.

    None of an item whose page was not read: what it states is not known.
    """
    if not item.get("page_read", True):
        return ()
    owed = (one for one in ELEMENTS if one.need in (Need.MANDATORY, Need.CONDITIONAL) and one.due(item))
    return tuple(one.key for one in owed if one.value(item) is None)
