"""Whether a page is by itself the one document of its column: the guide, the rules, the duties, the leaders.

What was read of a page comes in, with the column or unit it should belong to; out goes the reading of the document,
titled, or None where the page does not prove to be one. Such columns show no list: their address is the article. Most
have no date, many no heading but the column's name, and a platform page holds the lists of its other tabs beside the
text. The proof is the page's own word (heading, tags, breadcrumb, ``<title>``) that this is the column, the unit's
frame around it, and text enough; a page that fetches rows needs text that says of itself what it is, for otherwise a
few lines may be what a redesign has left beside a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from harvesters.reading.article import ArticleReading
from harvesters.reading.document import Document
from harvesters.reading.facts import Listing, Site
from harvesters.reading.headline import plain
from harvesters.reading.layout import Layout
from harvesters.reading.metadata import MetaTags
from storage.schema import Provenance

# columns that are one page: who leads and does what, how to ask for information, by which rules
SINGLE = re.compile(r"领导|职能|职责|职权|机构|简介|概况|介绍|指南|制度|规定|办法|须知|章程|联系|依申请")
# of them those whose text names itself, as "编制本指南" does
_SELF_NAMED = re.compile(r"指南|制度|规定|办法|须知|章程")
_GUIDE = "指南"
_OF_A_GUIDE = ("公开", "申请")  # what the guide of 条例 第十二条 speaks of, and a guide to a service does not
_SHORT_TEXT = 60  # characters
_LONG_TEXT = 300  # characters: what nothing but the document itself comes to
_NAME = 12  # characters of the longest name of such a column
_TITLE = 40  # characters of a title that stands as the first line of the text
HUB_LINKS = 15  # links of eight characters and more: a home page or hub has them, an error page does not
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5"))
_TITLED = re.compile(r"(?:^|[\s_-])\w{0,40}(?:tit(?:le)?|bt|biaoti)(?=$|[\s_-])")
_STEPS = re.compile(r"\s{0,9}(?:>>|>|》|»|›|＞|→|/|::)\s*")
_PARTS = re.compile(r"[-_|–—>»]+")
_EDITION = re.compile(r"[（(【〔][^（）()]{0,20}[）)】〕]$")
_NUMBERED = re.compile(r"[（(第]?[一二三四五六七八九十\d]+[、.．)）章节条]")
# ways in which a script on the page gets and writes the rows
FETCHES = re.compile(
    r"\bajax\b|\bfetch\(|XMLHttpRequest|\$\.(?:get|post|getJSON)\b|\baxios\b|\.load\("
    r"|new Vue\b|createApp\(|\.jpage\(|<iframe",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What is known of the column or unit a page should belong to."""

    site_code: str | None = None
    column_name: str | None = None
    unit_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A page as its readers left it; ``site`` is what it says of its site."""

    doc: Document
    meta: MetaTags
    layout: Layout
    site: Site


def whole_text(
    seen: Seen, reading: ArticleReading, profile: Profile, listing: Listing | None, *, expected: bool
) -> ArticleReading | None:
    """The guide or the rules that a page is by its own word, long enough to be nothing else; None if it is not.

    :param listing: what else was taken for a list on it. Rows that nobody is shown are another tab's; a guide's page
        may show other lists, but none of guides.
    :param expected: a column is known to stand here, so that the page must be the unit's.
    """
    text = reading.article.body_text or ""
    if len(text) < _LONG_TEXT:
        return None
    name = plain(profile.column_name or "") or next(
        (one for one in _own_names(seen) if len(one) <= _NAME and _SELF_NAMED.search(one)), ""
    )
    nouns = _SELF_NAMED.findall(name)
    if not nouns or not all(word in text for word in (nouns[-1], *(_OF_A_GUIDE if nouns[-1] == _GUIDE else ()))):
        return None
    if listing is not None and not _is_another_tabs(listing, seen.layout, nouns[-1]):
        return None
    if expected and not is_own_frame(seen, profile):
        return None
    told = _name_told(seen, name, nouns[-1])
    if told is None and nouns[-1] not in (reading.article.title or ""):
        return None
    return titled(seen, reading, told or profile.column_name or name)


def single_page(seen: Seen, reading: ArticleReading, profile: Profile, *, is_refused: bool) -> ArticleReading | None:
    """The article that a column of leaders, duties, rules or the guide is by itself, dated or not; None if it is not.

    The page must be the unit's, its heading must be the column's name, there must be text, and nothing on it may
    fetch rows.
    """
    name = profile.column_name or ""
    text = reading.article.body_text or ""
    if not SINGLE.search(name) or len(text) < _SHORT_TEXT or FETCHES.search(seen.doc.text) or is_refused:
        return None
    heading = heading_named(seen.layout, plain(name))
    if heading is None or not is_own_frame(seen, profile):
        return None
    return _titled_by(reading, heading)


def profile_page(seen: Seen, reading: ArticleReading, *, is_refused: bool) -> ArticleReading | None:
    """The article that a page is by itself whose one ``h1`` is the name of a column that is one page (机构简介), where
    nobody says what should stand there; None if it is not.

    Such a name alone is too short for a headline. There must be much text under it, and the page neither a hub, nor
    one that fetches rows, nor one that says something else of itself.
    """
    layout = seen.layout
    headings = [element for element in layout.elements if element.tag == "h1" and not element.hidden]
    if len(headings) != 1 or headings[0].last - headings[0].first != 1:
        return None
    heading = layout.lines[headings[0].first].text
    if not SINGLE.search(heading) or len(heading) > _NAME or len(reading.article.body_text or "") < _LONG_TEXT:
        return None
    if links(layout) >= HUB_LINKS or FETCHES.search(seen.doc.text) or is_refused:
        return None
    return _titled_by(reading, heading)


def titled(seen: Seen, reading: ArticleReading, name: str | None) -> ArticleReading:
    """``reading`` with a title: its own, the first line of the text where that is one, else ``name``."""
    if reading.article.title:
        return reading
    first, _, rest = (reading.article.body_text or "").partition("\n")
    bare = _EDITION.sub("", first.strip())
    if rest and len(first) <= _TITLE and _SELF_NAMED.search(bare[-2:]) and not _NUMBERED.match(bare):
        article = replace(reading.article, body_text=rest)
        return _titled_by(replace(reading, article=article), first.strip())
    return _titled_by(reading, name) if name else reading


def is_own_frame(seen: Seen, profile: Profile) -> bool:
    """Whether the page is the unit's: by the site's code where both have one, else by the unit's name on it."""
    code = seen.site.id_code
    if code is not None and profile.site_code is not None:
        return code.lower() == profile.site_code.lower()
    unit = plain(profile.unit_name or "")
    return bool(unit) and unit in plain(f"{head_title(seen.doc)}\n{shown(seen.layout)}")


def says_column(doc: Document, layout: Layout, name: str) -> bool:
    """Whether two of breadcrumb, heading and ``<title>`` give the page the column's name (plain)."""
    in_title = name in map(plain, _PARTS.split(head_title(doc)))
    return in_title + (name in _crumbs(layout)) + (heading_named(layout, name) is not None) >= 2


def heading_named(layout: Layout, name: str) -> str | None:
    """The text of a visible heading of the page that says ``name`` (plain) and nothing else."""
    return next((heading for heading in _headings(layout) if plain(heading) == name), None)


def head_title(doc: Document) -> str:
    """The page's ``<title>``."""
    node = doc.tree.css_first("title")
    return node.text().strip() if node else ""


def links(layout: Layout) -> int:
    """Lines of the page that are links with enough words for a title."""
    return sum(line.links >= 8 for line in layout.lines)


def shown(layout: Layout) -> str:
    """The text of the page that a reader sees."""
    return "\n".join(line.text for line in layout.lines if not line.hidden)


def _is_another_tabs(listing: Listing, layout: Layout, noun: str) -> bool:
    if noun == _GUIDE and not any(_GUIDE in row.title for row in listing.rows):
        return True
    hidden = plain("\n".join(line.text for line in layout.lines if line.links and line.hidden))
    return bool(listing.rows) and all(plain(row.title) in hidden for row in listing.rows)


def _name_told(seen: Seen, name: str, noun: str) -> str | None:
    """What the page calls its column, where that is ``name`` (plain) in other words: 公开指南 for 政府信息公开指南."""
    for told in (*_headings(seen.layout), *_own_names(seen)):
        spoken = plain(told)
        if spoken.endswith(noun) and (spoken.endswith(name) or name.endswith(spoken) or "公开" in spoken):
            return told
    return None


def _own_names(seen: Seen) -> Iterator[str]:
    """The names that tags, breadcrumb and ``<title>`` give the page's column (plain)."""
    if seen.meta.column_name:
        yield plain(seen.meta.column_name)
    yield from _crumbs(seen.layout)
    yield from filter(None, map(plain, _PARTS.split(head_title(seen.doc))))


def _crumbs(layout: Layout) -> list[str]:
    """The last steps of what may be breadcrumbs (plain)."""
    steps = (_STEPS.split(line.text) for line in layout.lines if line.links)
    return [plain(parts[-1]) for parts in steps if len(parts) > 1 and parts[-1]]


def _headings(layout: Layout) -> Iterator[str]:
    for element in layout.elements:
        if element.hidden or element.frame or element.last - element.first != 1:
            continue
        if element.tag in _HEADINGS or _TITLED.search(element.names):
            yield layout.lines[element.first].text


def _titled_by(reading: ArticleReading, title: str) -> ArticleReading:
    """``reading`` with the page's heading, the name of its column, for a title."""
    told = Provenance(origin="structure", raw=title, confidence=0.8)
    return replace(
        reading,
        article=replace(reading.article, title=title),
        provenance={**reading.provenance, "title": told},
    )
