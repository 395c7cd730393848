"""Where a unit's columns may be found: the links of its own pages, the most telling first. Pure.

Links come in, ``Candidate``s go out: the disclosure platform, hubs, columns by the names of ``column_names.yml``, at
last short names nobody knows. What lies outside the unit's own section of a site, and what is an article, is nobody's
candidate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import IntEnum
from urllib.parse import urlsplit

from harvesters.navigation import PLATFORM_NAMES, Links, hub_names, kind_of, plain_name, stem
from harvesters.reading.links import is_article
from harvesters.spiders.sites import is_file, same_site

DEEPEST = 3  # steps from the home page whose links are followed: platform, hub, hub below it

# what may be a single page, an article's address even
SINGLE_KINDS = frozenset(("guide", "rules", "leaders", "functions", "request", "annual_reports"))
_OF_THE_PLATFORM = frozenset(("guide", "rules", "catalogue", "annual_reports", "request"))
_UNKNOWN = re.compile(r"[\u4e00-\u9fff]{2,8}")
_FRAME = re.compile(
    r"首页|主页|上一页|下一页|尾页|末页|登录|注册|搜索|检索|地图|关于我们|联系我们|联系方式|无障碍|长者|关怀|繁体|简体|手机版"
    r"|客户端|微信|微博|收藏|设为|找错|纠错|声明|隐私|版权|备案|打印|关闭|分享|返回|办事|服务|信箱|投诉|举报|入口|直播|视频"
    r"|English|友情|链接|网站群|欢迎|旧版|调查|下载"
)
_BODY = re.compile(r"(?:局|委|委员会|人民政府|政府办|办公室|镇|乡|街道|办事处|管委会|总站|监测站|支队|法院|检察院)$")
_YEAR_NAME = re.compile(r"((?:19|20)\d\d)年?度?")
_YEAR_PART = re.compile(r"(?:19|20)\d\d(?:n(?=/)|nian|year|年)?|_\d{1,4}(?=[/.]|$)")
_INDEX = re.compile(r"(?:index|default|home|main)(?:\.\w+)?$", re.IGNORECASE)


class Rank(IntEnum):
    """In which order candidates are looked at."""

    PLATFORM = 0
    HUB = 1
    STATUTORY = 2  # what the platform must show
    KNOWN = 3
    LIKELY = 4
    UNKNOWN = 5


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A link that may lead to a column, or to a page that links columns."""

    name: str
    url: str
    rank: Rank
    depth: int
    linked_from: str
    kind: str | None = None
    sure: bool = False  # the table has the very name
    year: int | None = None

    @property
    def is_hub(self) -> bool:
        """Whether its links are followed whatever the page shows."""
        return self.rank <= Rank.HUB or self.name in hub_names()


@dataclass(frozen=True, kw_only=True)
class Section:
    """What of a site is the unit's own: all of it, or a folder of a shared portal and what its navigation adds."""

    home: str
    folder: str = "/"
    granted: frozenset[str] = frozenset()
    neighbours: frozenset[str] = frozenset()  # folders of other units

    def owns(self, url: str) -> bool:
        """Whether an address lies in the unit's section."""
        if not same_site(self.home, url):
            return False
        path = urlsplit(url).path or "/"
        if stem(url) in self.granted:
            return True
        return path.startswith(self.folder) and not any(path.startswith(folder) for folder in self.neighbours)

    def beside(self, links: Links) -> Section:
        """The section, with the folders of the other bodies that ``links`` name left out."""
        found = {folder_of(url) for name, url in links if _is_other_body(name, url) and same_site(self.home, url)}
        more = {folder for folder in found if folder != "/" and not self.folder.startswith(folder)}
        return replace(self, neighbours=self.neighbours | more) if more else self


def folder_of(url: str) -> str:
    """The folder an address stands for: its path without the index page (``/bm/mzj/index.html`` → ``/bm/mzj/``)."""
    path = urlsplit(url).path or "/"
    folder, _, name = path.rpartition("/")
    return f"{folder}/" if "." in name or not name or _INDEX.fullmatch(name) else f"{path}/"


def _is_other_body(name: str, url: str) -> bool:
    name = plain_name(name)
    names_folder = folder_of(url).rstrip("/") == re.sub(r"/[^/]*\.\w+$", "", urlsplit(url).path).rstrip("/")
    is_front = not is_article(url) and names_folder and (url.endswith("/") or bool(_INDEX.search(url)))
    return is_front and 3 <= len(name) <= 20 and kind_of(name) is None and _BODY.search(name) is not None


def section_of(home: str, links: Links, portal: Links | None) -> Section:
    """The unit's section, from its home page's links and, where it is not the site's own home, the portal's.

    Outside its folder a section has what its home page links by a column's name and the portal does not: that is its
    own navigation. What the portal's home page links is the portal's with all below it, unless the section's name
    stands in the address (``/xxgk/mzj/``); folders beside its own (``/bm/jyj/`` beside ``/bm/mzj/``) are other units'.
    """
    folder = "/" if portal is None else folder_of(home)
    section = Section(home=home, folder=folder).beside([*links, *(portal or ())])
    if portal is None:
        return section
    parent, _, slug = folder.rstrip("/").rpartition("/")
    shared = tuple({folder_of(url) for _, url in portal if same_site(home, url)} - {"/", f"{parent}/"})

    def is_own(url: str) -> bool:
        path = urlsplit(url).path
        if path.startswith((f"{parent}/" if parent else folder, *section.neighbours)):
            return False
        return f"/{slug}/" in path or not (f"{path}/".startswith(shared) or path == "/")

    granted = {
        stem(url)
        for name, url in links
        if same_site(home, url) and (kind_of(name) or plain_name(name) in PLATFORM_NAMES) and is_own(url)
    }
    return replace(section, granted=frozenset(granted))


def candidates_of(links: Links, section: Section, *, depth: int, page: str, unknown: bool = True) -> list[Candidate]:
    """What the links of ``page`` may lead to, within the section.

    :param unknown: whether names that say nothing are candidates too.
    """
    found = []
    for name, url in links:
        if not section.owns(url) or stem(url) == stem(section.home) or is_file(url):
            continue
        one = _candidate(plain_name(name), url, depth, page)
        if one is not None and (unknown or one.rank < Rank.UNKNOWN):
            found.append(one)
    return found


def _candidate(name: str, url: str, depth: int, page: str) -> Candidate | None:
    known = kind_of(name)
    kind, sure = known or (None, False)
    if is_article(url) and not (sure and kind in SINGLE_KINDS):
        return None
    if name in PLATFORM_NAMES:
        rank = Rank.PLATFORM
    elif name in hub_names() and kind is None:
        rank = Rank.HUB
    elif kind is not None:
        rank = (Rank.STATUTORY if kind in _OF_THE_PLATFORM else Rank.KNOWN) if sure else Rank.LIKELY
    elif _UNKNOWN.fullmatch(name) and not _FRAME.search(name) and not _BODY.search(name):
        rank = Rank.UNKNOWN
    else:
        return None
    year = _YEAR_NAME.match(name)
    return Candidate(
        name=name,
        url=url,
        rank=rank,
        depth=depth,
        linked_from=page,
        kind=kind,
        sure=sure,
        year=int(year[1]) if year else None,
    )


def years_of(candidate: Candidate, links: Links, section: Section) -> list[Candidate]:
    """The yearly lists a column's page links (2026年, 2025年), newest first."""
    found: dict[int, str] = {}
    for name, url in links:
        year = _YEAR_NAME.fullmatch(plain_name(name))
        if year and section.owns(url) and not is_article(url) and not is_file(url) and is_kin(candidate.url, url):
            found.setdefault(int(year[1]), url)
    return [
        replace(candidate, url=found[year], year=year, depth=candidate.depth + 1, linked_from=candidate.url)
        for year in sorted(found, reverse=True)
    ]


def is_kin(one: str, other: str) -> bool:
    """Whether two addresses are one column's: one lies below the other, or only years and numbers set them apart."""
    here, there = folder_of(one), folder_of(other)
    return there.startswith(here) or timeless(here) == timeless(there)


def timeless(path: str) -> str:
    """The path without the years and numbers that a new list of an old column gets (``/2025n/``, ``_184``)."""
    return _YEAR_PART.sub("", path).replace("//", "/")
