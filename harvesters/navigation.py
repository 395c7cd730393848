"""What a page links, by name, and which kind of column a name stands for: pure, for front doors and discovery.

A ``Document`` comes in, (name, absolute address) pairs go out. A link goes by its text, by the text of its picture
(``alt``), or by its title; one that only says 更多 goes by the heading of the block it stands in. Scripts that name an
address count as links; so do the nodes of a gkmlpt catalogue tree, which the page carries as data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from selectolax.lexbor import LexborNode

from harvesters.engines import gkmlpt
from harvesters.reading.document import Document
from harvesters.reading.links import address_of
from storage.addresses import address_key

Links = list[tuple[str, str]]

PLATFORM_NAMES = ("政府信息公开", "信息公开", "政务公开")
_HUBS = "hubs"
LONGEST_NAME = 40  # characters; what is longer is the title of a document
_LONGEST_HEADING = 14
_NOISE = re.compile(r"[\s\u3000\u200b\ufeff·•>»《》【】\[\]()（）|]+")
_MORE = re.compile(r"(?:查看|了解)?(?:更多|more)\+*$", re.IGNORECASE)
_HEADINGS = "h1,h2,h3,h4,h5,[class*=tit i],[class*=head i],[class*=name i]"
_YEAR = re.compile(r"(?:19|20)\d\d\s*年?度?")
_FRAME_WORDS = re.compile(
    r"^(?:本[级市县区旗镇乡局委办站]|[市县区旗镇乡]级|我[市县区旗镇乡局委])+|(?:专栏|栏目|专题|列表|平台|信息公开|公开)$"
)
# whose documents a name says they are, where it is somebody else's: 国务院文件, 省政府文件, 部门年报
_OTHERS = re.compile(r"^(?:国务院|中央|中国|国家|全国|省|自治区|上级|各地|外地|兄弟|[^市县区]{2,3}省)")
_SHORTEST_TAIL = 4  # characters; shorter names (公告, 要闻) end names of every sort


@cache
def _table() -> Mapping[str, list[str]]:
    table: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "column_names.yml").read_text("utf-8"))
    return table


@cache
def kinds_by_name() -> Mapping[str, str]:
    """Column kind by link name, as ``column_names.yml`` lists them."""
    found: dict[str, str] = {}
    for kind, names in _table().items():
        if kind != _HUBS:
            for name in names:
                found.setdefault(plain_name(name), kind)
    return found


@cache
def hub_names() -> frozenset[str]:
    """The names of pages that link columns, as ``column_names.yml`` lists them."""
    return frozenset(map(plain_name, _table()[_HUBS]))


@lru_cache(maxsize=4096)  # every page of a unit links the same names
def kind_of(name: str) -> tuple[str, bool] | None:
    """The kind of column a link name stands for, and whether the table has the very name.

    Else the name is tried without year, level and frame words (2026年工作动态, 县级政策文件, 财政预决算专栏), then by
    its tail (云溪县政府采购), unless it names whose documents these are instead (国务院文件).
    """
    kinds = kinds_by_name()
    plain = plain_name(name)
    if plain in kinds:
        return kinds[plain], True
    core = _FRAME_WORDS.sub("", _YEAR.sub("", plain))
    if core in kinds:
        return kinds[core], False
    if len(core) > _LONGEST_HEADING or _OTHERS.match(core):
        return None
    tails = (core[start:] for start in range(1, len(core) - _SHORTEST_TAIL + 1))
    return next(((kinds[tail], False) for tail in tails if tail in kinds), None)


def plain_name(text: str) -> str:
    """A link's text as it is compared: without spaces, brackets and arrows."""
    return _MORE.sub("", _NOISE.sub("", text))


def without_year(name: str) -> str:
    """The name all years of a column share: 2026年工作动态 and 工作动态 are one."""
    return _YEAR.sub("", plain_name(name))


def stem(url: str) -> str:
    """An address as a link may name it: with or without its index page and its last slash."""
    return re.sub(r"(?:/|/index\.s?html?)$", "", address_key(url))


def links_of(document: Document) -> Links:
    """(name, absolute address) of every link on the page, in order."""
    found: Links = []
    for node in document.tree.css("a[href],a[onclick],area[href]"):
        url = address_of(node, document)
        if url is None or not url.startswith(("http://", "https://")) or not _has_host(url):
            continue
        name = _name_of(node)
        if name and len(name) <= LONGEST_NAME:
            found.append((name, url))
    found += [(plain_name(name), url) for name, url in gkmlpt.columns_of(document)]
    return found


def _has_host(url: str) -> bool:
    """Whether an address can be taken apart: a port out of range is somebody's typing, not a place."""
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _name_of(node: LexborNode) -> str:
    if name := plain_name(node.text() or ""):
        return name
    for shown in (*node.css("img"), node):  # a node's own css() finds what is below it
        for attribute in ("alt", "title"):
            if name := plain_name(shown.attributes.get(attribute) or ""):
                return name
    return _heading_of(node) if _NOISE.sub("", node.text() or "") else ""


def _heading_of(node: LexborNode) -> str:
    """The heading of the block a link stands in: the first heading of what holds it, or the words beside it."""
    holder = node.parent
    for _ in range(3):
        if holder is None or holder.tag in ("body", "html"):
            return ""
        for heading in (*holder.css(_HEADINGS), holder):
            said = plain_name(heading.text() or "")
            if 1 < len(said) <= _LONGEST_HEADING:
                return said
        holder = holder.parent
    return ""
