"""The document's full title as the page shows it, and where it stands.

A layout, the meta tags and the ``<title>`` come in; one ``Headline`` goes out. Headings, elements named as titles,
and lines that spell what ``ArticleTitle`` or ``<title>`` say are weighed against each other. The name of the column
or of the site is never the title, though it often stands in ``<title>`` and in the largest letters. A title broken over
several lines is put together again; one cut off with an ellipsis is taken whole from the meta tag.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from harvesters.reading.document import Document
from harvesters.reading.layout import Layout, clean, is_aside
from harvesters.reading.metadata import MetaTags, Said, begins_with_label, label_field
from harvesters.reading.numbers import own_number

_TITLED = re.compile(
    r"(?:^|[\s_-])(?:\w{0,40}?(?:title|headline|biaoti)|(?:xl|con|wz|art|xx|news|m-txt|content|arti|page)[_-]?ti?t|tit|bt|wzbt|xilan_tit)(?=$|[\s_-])"
)
_NOT_TITLED = re.compile(r"sub-?_?tit|common_tit|share|nav|menu|submenu|more|tab|fu-?title|lanmu|mtit")
_INFO = re.compile(
    r"(?:时间|日期|来源|浏览|点击|阅读|字体|字号|作者|编辑|文号)\s*[:：]|"
    r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}(?:\s?[-/.月]\s?\d{1,2}|\s?月?$)"
)
_MARKUP = re.compile(r"<[^<>]{1,40}>")
_DROPPED = re.compile(r"[\s\u200b\ufeff\"'“”‘’《》<>()\[\]【】〔〕「」,.:;!?、。·\-_—–|/…]+")
_HEAD_PART = re.compile(r"\s{0,9}[-_|–—>»]+\s*")
_ELLIPSIS = re.compile(r"(?:…|\.{3})$")
_TAG_SCORE = {"ucaptitle": 6.0, "h1": 4.0, "h2": 3.0, "h3": 2.0, "h4": 2.0, "h5": 2.0, "h6": 1.5}
_LONGEST = 200  # characters; titles of notices that name a list of documents come near it
_MARKED = 2.0  # what a heading or an element named as title is worth at least
# the heading of a part of a document, and no "一、二级建造师" that counts grades
_OF_A_PART = re.compile(
    r"[一二三四五六七八九十]{1,3}、(?![一二三四五六七八九十])|[（(][一二三四五六七八九十]{1,3}[)）]"
)
_BODY_NAME = re.compile(r"^(?!.*关于)[一-鿿]{2,24}(?:人民政府|委员会|管委会|办公室|[局厅委院])$")
_TELLING = 10  # characters of a title; names of columns and parts are shorter
_LINES = 6  # that one title is broken over
_MENU = 3  # lines of links, one below the other
_SWITCH = 4  # characters of a font switch or a print button that stands between title and text
_ENOUGH = 3.0  # a lone heading of any rank without a hint reaches it only right above the line with the date


@dataclass(frozen=True, kw_only=True)
class Headline:
    """The title, the lines it stands in (``first`` up to before ``last``), and where it comes from."""

    text: str
    first: int
    last: int
    origin: str  # structure, beside_title (the line above the date), label, meta
    confidence: float
    titled: bool = False  # <title> or one of its parts says the same


def plain(text: str) -> str:
    """``text`` for comparison: width, case, white space and punctuation do not count."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text).lower())


def find_headline(
    doc: Document, layout: Layout, meta: MetaTags, statements: Sequence[Said], start: int, end: int, footer: int
) -> Headline | None:
    """The headline of the page whose document stands in lines ``start`` up to before ``end``."""
    named = next((one.value for one in statements if one.field == "title" and one.label != "主题"), None)
    heads = _html_titles(doc)
    hints = _Hints(
        meta=plain(meta.title or ""),
        label=plain(named or ""),
        heads=tuple(filter(None, map(plain, heads))),
        never=frozenset(filter(None, (plain(meta.column_name or ""), plain(meta.site.name or "")))) - {""},
    )
    found = None
    reached = _ENOUGH
    candidates = list(_candidates(layout, hints, start, footer))
    for first, last, base in candidates:
        text = _joined([line.text for line in layout.lines[first:last]])
        score = base + _score(layout, text, first, last, hints, start, end)
        if score > reached or (
            found
            and score > _ENOUGH
            and base >= _MARKED
            and _is_above_menu(layout, found, first, hints)
            and _has_facts_under(layout, last)
        ):
            found, reached = (text, first, last), score
    if found:
        text, first, last = found
        if _BODY_NAME.search(text):
            # <title> names the body alone, and its name is the first line of a title that was broken after it
            last = max((end for begin, end, base in candidates if begin == first and base >= _MARKED), default=last)
            text = _joined([line.text for line in layout.lines[first:last]])
        whole = meta.title if meta.title and _ELLIPSIS.search(text) else None
        if whole is None:
            text = _as_spelled(
                text, [meta.title, named, *heads, *(part for one in heads for part in _HEAD_PART.split(one))]
            )
        return Headline(
            text=whole or text,
            first=first,
            last=last,
            origin="meta" if whole else "structure",
            confidence=min(0.99, 0.6 + reached / 30),
            titled=any(plain(text) in map(plain, (head, *_HEAD_PART.split(head))) for head in heads),
        )
    if named:
        return Headline(text=named, first=start, last=start, origin="label", confidence=0.9)
    above = _above_info(layout, hints, start)
    if meta.title:
        first = above[1] if above else start
        return Headline(text=meta.title, first=first, last=first, origin="meta", confidence=0.7)
    if above:
        text, first = above
        return Headline(text=text, first=first, last=first + 1, origin="beside_title", confidence=0.5)
    return None


def _joined(parts: list[str]) -> str:
    """Lines of one title as one: a break between two Chinese characters is the layout's and no space."""
    text = parts[0]
    for part in parts[1:]:
        text += part if text[-1] > "\u2e7f" and part[0] > "\u2e7f" else f" {part}"
    return text


def _as_spelled(text: str, elsewhere: Iterable[str | None]) -> str:
    """``text`` as the first of its other spellings has it that differs at most in spaces: a title broken into lines
    where its layout needs it does not tell which breaks are spaces."""
    squeezed = _squeezed(text)
    return next((clean(one) for one in elsewhere if one and _squeezed(one) == squeezed), text)


def _squeezed(text: str) -> str:
    return clean(text).replace(" ", "")


@dataclass(frozen=True, kw_only=True)
class _Hints:
    """What the title may be, from elsewhere; ``never`` are names of column and site."""

    meta: str
    label: str
    heads: tuple[str, ...]
    never: frozenset[str]

    def weigh(self, text: str) -> float:
        """How well ``text`` (plain) agrees with what is said elsewhere."""
        score = 0.0
        for whole, weight in ((self.meta, 8.0), (self.label, 6.0)):
            if whole and text == whole:
                score += weight
            elif whole and len(text) >= 6 and (text in whole or whole in text):
                score += weight * 0.5 * min(len(text), len(whole)) / max(len(text), len(whole))
        best = 0.0
        for head in self.heads:
            if text == head or (len(text) >= 4 and head.startswith(text)):
                best = max(best, 5.0)
            elif len(text) >= 6 and text in head:
                best = max(best, 3.5)
            elif len(head) >= 8 and head in text:
                best = max(best, 3.0)
        score += best
        if text in self.never and text != self.meta:
            score -= 8
        return score

    def spells(self, layout: Layout, first: int, last: int) -> bool:
        """Whether the lines together are just what is said elsewhere."""
        text = plain("".join(line.text for line in layout.lines[first:last]))
        return text in (self.meta, self.label, *self.heads)


@lru_cache(maxsize=8192)
def _is_titled(names: str) -> bool:
    return _TITLED.search(names) is not None and _NOT_TITLED.search(names) is None


def _html_titles(doc: Document) -> list[str]:
    """The texts of ``<title>``; a picture's own title is none."""
    nodes = doc.tree.css("title")
    texts = [node.text() for node in nodes if node.parent is None or node.parent.tag in ("head", "html", "body")]
    return [text for text in (clean(_MARKUP.sub(" ", one)) for one in texts) if text]


def _candidates(layout: Layout, hints: _Hints, start: int, footer: int) -> Iterator[tuple[int, int, float]]:
    """Runs of lines that may be the title, each with what its mark-up is worth."""
    for element in layout.elements:
        base = _TAG_SCORE.get(element.tag, 0.0)
        if element.names and _is_titled(element.names):
            base += 2.5
        size = element.last - element.first
        if not base or element.frame or not 0 < size <= 12 or element.first >= footer:
            continue
        base -= 5 if element.hidden else 0
        last = _end(layout, element.first, element.last)
        if last - element.first <= _LINES:
            yield element.first, last, base
        if last < element.last and size <= _LINES and hints.spells(layout, element.first, element.last):
            yield element.first, element.last, base
    wholes = [whole for whole in (hints.meta, hints.label, *hints.heads) if len(whole) >= 6]
    for line in layout.lines[: min(footer, start + 12)]:
        if line.hidden or line.links * 2 > len(line.text) or len(line.text) < 4:
            continue
        text = plain(line.text)
        if line.frame and text != hints.meta:
            continue  # a headline may stand in an element called "header", but then only under its own name
        for whole in wholes:
            if text and whole.startswith(text):
                last = line.index + 1
                while len(text) < len(whole) and last < min(line.index + 6, len(layout.lines)):
                    longer = text + plain(layout.lines[last].text)
                    if not whole.startswith(longer):
                        break
                    text, last = longer, last + 1
                if text == whole or len(text) >= 6:
                    yield line.index, last, 0.5


def _end(layout: Layout, first: int, last: int) -> int:
    """The line before which a headline's own words end: facts may follow in the same element."""
    for line in layout.lines[first + 1 : last]:
        if is_aside(line.text) or own_number(line.text):
            return line.index
    return last


def _score(layout: Layout, text: str, first: int, last: int, hints: _Hints, start: int, end: int) -> float:
    """What speaks for lines ``first`` to ``last`` beside their mark-up."""
    if len(text) > _LONGEST or label_field(text) is not None or _OF_A_PART.match(text):
        return -99
    lines = layout.lines[first:last]
    flat = plain(text)
    score = hints.weigh(flat)
    if len(flat) < 5:
        score -= 3
    if sum(line.links for line in lines) * 2 > len(text):
        score -= 3
    if _INFO.search(text) and len(flat) < 40:
        score -= 4
    if first > start + 6 or first >= max(end, start + 1):
        score -= 6  # inside the document: a heading of a part; or under it
    elif first > start:
        score -= 0.25 * (first - start)
    else:
        score -= 0.1 * min(start - last, 30)
    if any(_INFO.search(line.text) for line in layout.lines[last : last + 4]):
        score += 2
    elif len(flat) >= _TELLING and (
        _right_above(layout, last, start) or (first == start and _under_labels(layout, first))
    ):
        score += 1  # right above the text, with the facts in a block of labels over it
    return score


def _has_facts_under(layout: Layout, last: int) -> bool:
    """Whether the line ``last``, or the next, says a date, a source or the like; rows of a list say it of others."""
    under = layout.lines[last : last + 2]
    first = next((place for place, line in enumerate(under) if _INFO.search(line.text)), None)
    return first is not None and not any(line.links for line in under[: first + 1])


def _is_above_menu(layout: Layout, found: tuple[str, int, int], first: int, hints: _Hints) -> bool:
    """Whether what was ``found`` is but the name of site or column: a menu parts it from line ``first``, and there is
    no fact under it."""
    text, _, last = found
    links = sum(line.links * 2 > len(line.text) for line in layout.lines[last:first] if not line.hidden)
    return links >= _MENU and plain(text) not in (hints.meta, hints.label) and not _has_facts_under(layout, last)


def _right_above(layout: Layout, last: int, start: int) -> bool:
    """Whether nothing but a switch or two of a few signs stands between line ``last`` and the text at ``start``."""
    between = [line for line in layout.lines[last:start] if not line.hidden]
    return last <= start and len(between) <= 2 and all(len(plain(line.text)) <= _SWITCH for line in between)


def _above_info(layout: Layout, hints: _Hints, start: int) -> tuple[str, int] | None:
    """The line right above the one with date or source, where nothing is marked up as a title."""
    for line in layout.lines[:start]:
        if line.hidden or line.frame or not _INFO.search(line.text) or line.links * 2 > len(line.text):
            continue
        for above in reversed(layout.lines[max(0, line.index - 3) : line.index]):
            flat = plain(above.text)
            if above.hidden or above.links or begins_with_label(above.text) or _is_value(layout, above.index):
                continue  # a label's value is never the title
            if 6 <= len(flat) <= 120 and flat not in hints.never:
                return above.text, above.index
    return None


def _is_value(layout: Layout, index: int) -> bool:
    """Whether line ``index`` stands right after a label that says nothing on its own line."""
    before = layout.lines[index - 1].text if index else ""
    return begins_with_label(before) and (before[-1] in ":：】" or label_field(before) is not None)


def _under_labels(layout: Layout, index: int) -> bool:
    """Whether line ``index`` stands right under a block of labels: after a label with its value, or after a value."""
    return index > 0 and (begins_with_label(layout.lines[index - 1].text) or _is_value(layout, index - 1))
