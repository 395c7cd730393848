"""A captured page made safe to look at: bytes in, markup that can do nothing out, what the finding rests on marked.

Two sieves, one behind the other. nh3 (ammonia, a browser's own parser) takes out everything that is not structure or
text; what it leaves is read tag by tag and written anew from a list of tags without any address, style, event or name
of their own, all text escaped. No tag of the list changes how a browser reads what follows, so the second sieve holds
whatever the first would let through. Pictures become words, links their text with the address beside the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urldefrag, urljoin

import nh3
from bs4.dammit import UnicodeDammit

MOST_SIGNS: Final = 1_000_000  # of a page's markup; the longest page of the corpus has 0.6 million
MOST_LINKS: Final = 500
_MOST_DATA: Final = 10
_LONGEST_DATA: Final = 20_000  # signs
_DEEPEST: Final = 1000  # browsers stop at 512; the parser's work grows with the depth
_BREAKS: Final = frozenset({"br", "hr"})
TAGS: Final = _BREAKS | {
    *("p", "div", "section", "article", "header", "footer", "nav", "main", "aside", "blockquote", "pre", "center"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd"),
    *("table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"),
    *("b", "strong", "i", "em", "u", "s", "small", "sub", "sup", "span", "font"),
}
_SPANS: Final = ("colspan", "rowspan")
_FILES: Final = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc")
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,30})", re.IGNORECASE)
_PAGE: Final = re.compile(r"<!doctype\s+html|<(?:html|head|body|div|table|ul|ol|p)\b", re.IGNORECASE)
_DATA: Final = re.compile(r"\s*(?:<(?:\?xml|rss|feed|datastore)\b|[\[{])", re.IGNORECASE)
_LONG_TAG: Final = re.compile(r"<[a-z][\w:-]*\s[^<>]{8000,}", re.IGNORECASE)
_NESTING: Final = re.compile(
    r"<(/?)(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|wbr|p|li|d[dt]|t[dhr]|option)\b)[a-z]",
    re.IGNORECASE,
)
_SCRIPT: Final = re.compile(r"<(/?)script\b[^<>]{0,500}>?", re.IGNORECASE)
_DAMAGED: Final = 0.02  # share of signs that cannot be read up to which bytes still are UTF-8
# facts that are ours and stand on no page
_OURS: Final = frozenset(
    {
        *("due_on", "judged_on", "deadline", "count_start", "count_end", "first_seen_on", "not_before", "looked_at"),
        *("confidence", "window", "count_of", "skipped", "engine", "note"),
    }
)
_DAY: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A captured page as it is shown. ``kind`` is page, text or file; a file has no ``markup``.

    ``markup`` is safe HTML; ``links`` are texts and addresses; ``data`` is what scripts hold of the finding's facts, as
    safe text, for some sites keep their lists there; ``marks`` counts what was found of the finding's facts.
    """

    kind: str
    markup: str = ""
    links: tuple[tuple[str, str], ...] = ()
    marks: int = 0
    data: tuple[str, ...] = ()
    is_cut: bool = False


def show(body: bytes, content_type: str | None, url: str, sought: Iterable[str]) -> Shown:
    """The page, text or file that ``body`` is.

    :param sought: texts, days (ISO) and addresses to mark.
    """
    if body.startswith(_FILES) or body[:4096].count(0) * 3 > len(body[:4096]):
        return Shown(kind="file")
    text = text_of(body, content_type)
    is_cut = len(text) > MOST_SIGNS
    text = text[:MOST_SIGNS].replace("\x00", "")
    wanted = list(sought)
    finder = _finder(wanted)
    if _DATA.match(text) or not _PAGE.search(text[:20_000]):
        markup, marks = _marked(text, finder)
        return Shown(kind="text", markup=f"<pre>{markup}</pre>", marks=marks, is_cut=is_cut)
    whole = _LONG_TAG.sub("<i", text)
    flat = _shallow(whole)
    writer = _Writer(url, finder, {urldefrag(one)[0] for one in wanted if one.startswith("http")})
    writer.feed(_sieved(flat))
    writer.close()
    data = [_marked(script[:_LONGEST_DATA], finder) for script in _scripts(whole) if finder and finder.search(script)]
    return Shown(
        kind="page",
        markup="".join(writer.out),
        links=tuple(writer.links),
        marks=writer.marks + sum(marks for _, marks in data),
        data=tuple(markup for markup, _ in data[:_MOST_DATA]),
        is_cut=is_cut or len(flat) < len(whole),
    )


def text_of(body: bytes, content_type: str | None) -> str:
    """The text of a page: UTF-8 where the bytes are, else as the header says, else GB18030, else as bs4 guesses."""
    text = body.decode("utf-8-sig", "replace")
    if text.count("\ufffd") <= _DAMAGED * sum(sign > "\x7f" for sign in text):
        return text
    named = _CHARSET.search(content_type or "")
    header = [named[1].lower()] if named and named[1].lower() not in ("utf-8", "iso-8859-1", "ascii", "latin-1") else []
    header = ["gb18030" if name in ("gb2312", "gbk") else name for name in header]
    found = UnicodeDammit(body, known_definite_encodings=[*header, "gb18030"], is_html=True)
    if (
        found.unicode_markup is None
        or found.contains_replacement_characters
        or found.original_encoding
        in (
            "windows-1252",
            "iso-8859-2",
        )
    ):
        return body.decode("gb18030", "replace")
    return str(found.unicode_markup)


def sought_in(facts: Mapping[str, Any], *more: str | None) -> list[str]:
    """What of a finding's facts may stand on a page: titles, quotations, days, addresses."""
    return list(dict.fromkeys([*_texts(facts), *(one for one in more if one)]))[:60]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if len(value) >= 4:
            yield value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            if name not in _OURS:
                yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _finder(sought: Iterable[str]) -> re.Pattern[str] | None:
    patterns = []
    for one in sought:
        if one.startswith("http"):
            continue
        if day := _DAY.fullmatch(one):
            year, month, date = day.groups()
            patterns.append(rf"{year}\s*[-./年]\s*0?{int(month)}\s*[-./月]\s*0?{int(date)}(?!\d)日?")
        else:
            patterns.append(r"\s*".join(map(re.escape, "".join(one.split())[:120])))
    return re.compile("|".join(sorted(patterns, key=len, reverse=True))) if patterns else None


def _marked(text: str, finder: re.Pattern[str] | None) -> tuple[str, int]:
    """Escaped text with marks, and how many."""
    if finder is None:
        return escape(text), 0
    out, at, count = [], 0, 0
    for found in finder.finditer(text):
        if found.end() > found.start():
            out += [escape(text[at : found.start()]), "<mark>", escape(found[0]), "</mark>"]
            at, count = found.end(), count + 1
    return "".join([*out, escape(text[at:])]), count


def _scripts(text: str) -> Iterator[str]:
    """What stands between the tags of scripts."""
    begun: int | None = None
    for tag in _SCRIPT.finditer(text):
        if not tag[1] and begun is None:
            begun = tag.end()
        elif tag[1] and begun is not None:
            yield text[begun : tag.start()]
            begun = None


def _shallow(text: str) -> str:
    """The markup up to where it is nested deeper than any page is."""
    depth = 0
    for tag in _NESTING.finditer(text):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > _DEEPEST:
            return text[: tag.start()]
    return text


def _sieved(text: str) -> str:
    return nh3.clean(
        text,
        tags=set(TAGS | {"a", "img"}),
        attributes={"a": {"href"}, "img": {"alt"}, "td": set(_SPANS), "th": set(_SPANS)},
        clean_content_tags={"script", "style", "iframe", "object", "title"},
        url_schemes={"http", "https"},
        strip_comments=True,
        link_rel=None,
    )


class _Writer(HTMLParser):
    """Writes what the first sieve left, tag by tag, from the list alone."""

    def __init__(self, url: str, finder: re.Pattern[str] | None, sought: set[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.marks = 0
        self._url, self._finder, self._sought = url, finder, sought
        self._open: list[str] = []  # what was written and not ended; "" for what was left out
        self._link: str | None = None
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "img":
            alt = (known.get("alt") or "").strip()
            self.out.append(f"<span>[图 image{escape(f': {alt}' if alt else '')}]</span>")
        elif tag in _BREAKS:
            self.out.append(f"<{tag}>")
        elif tag == "a":
            self._link, self._words = self._absolute(known.get("href")), []
            is_sought = self._link is not None and urldefrag(self._link)[0] in self._sought
            self._begin("mark" if is_sought else "u")
            self.marks += is_sought
        else:
            spans = [f' {name}="{known[name]}"' for name in _SPANS if re.fullmatch(r"\d{1,3}", known.get(name) or "")]
            self._begin(tag, "".join(spans))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BREAKS or tag == "img" or not self._open:
            return
        if tag == "a" and self._link is not None and len(self.links) < MOST_LINKS:
            self.links.append((" ".join("".join(self._words).split())[:200], self._link))
        if tag == "a":
            self._link = None
        if written := self._open.pop():
            self.out.append(f"</{written}>")

    def handle_data(self, data: str) -> None:
        if self._link is not None:
            self._words.append(data)
        markup, marks = _marked(data, self._finder)
        self.out.append(markup)
        self.marks += marks

    def close(self) -> None:
        super().close()
        while self._open:
            if written := self._open.pop():
                self.out.append(f"</{written}>")

    def _begin(self, tag: str, attributes: str = "") -> None:
        is_written = (tag in TAGS or tag == "mark") and len(self._open) < _DEEPEST
        self._open.append(tag if is_written else "")
        if is_written:
            self.out.append(f"<{tag}{attributes}>")

    def _absolute(self, href: str | None) -> str | None:
        try:
            return urljoin(self._url, href) if href else None
        except ValueError:
            return None
