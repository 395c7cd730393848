"""One response, parsed at most once and shared by everything that reads it.

The bytes are kept; text, tree, meta tags and JSON are made on first use. One fast whole-page parse (lexbor)
serves all readers; BeautifulSoup is for fragments only, where its repair and navigation pay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from harvesters.reading.encoding import decode

# The parser's work on an element grows with the number of elements around it, and on an attribute with the number of
# those before it. No genuine page comes near either (browsers stop at a depth of 512); what is beyond is not read.
DEEPEST = 1000
MOST_ATTRIBUTES = 2000
_NESTING = re.compile(
    r"<(/?+)(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|a|p|li|d[dt]|t[dhr]|option)\b)[a-z]",
    re.IGNORECASE,
)
# files that stand where a page could: how they begin, and the ending of such a file
_FILES = {
    b"%PDF": "pdf",
    b"PK\x03\x04": "zip",
    b"\xd0\xcf\x11\xe0": "doc",
    b"\x89PNG": "png",
    b"\xff\xd8\xff": "jpg",
    b"GIF8": "gif",
    b"Rar!": "rar",
    b"7z\xbc\xaf": "7z",
}
LONGEST_TAG = 4 * MOST_ATTRIBUTES  # characters: an attribute has four or more
_LONG_TAG = re.compile(rf"<[a-z][\w:-]*\s[^<>]{{{LONGEST_TAG},}}", re.IGNORECASE)


def parse(markup: str) -> LexborHTMLParser:
    """The tree of ``markup``, up to where it is nested deeper than any page is; tags as long as none are left out."""
    if len(markup) > LONGEST_TAG and max(map(len, markup.split("<"))) > LONGEST_TAG:
        markup = _LONG_TAG.sub(lambda tag: "<i" if len(tag[0].split()) > MOST_ATTRIBUTES else tag[0], markup)
    if markup.count("<") - markup.count("</") > DEEPEST:  # so many are opened
        depth = 0
        for position, closes in enumerate(_NESTING.findall(markup)):
            if not closes:
                depth += 1
                if depth > DEEPEST:
                    beyond = next(islice(_NESTING.finditer(markup), position, None))
                    return LexborHTMLParser(markup[: beyond.start()])
            elif depth:
                depth -= 1
    return LexborHTMLParser(markup)


def is_address(url: str) -> bool:
    """Whether ``url`` can be taken apart."""
    try:
        urlsplit(url)
    except ValueError:
        return False
    return True


class Document:
    """A response as received: ``body`` bytes (content-encoding undone), final ``url``, ``status``, ``headers``.

    Header names are lower-case. ``url`` is the address the bytes came from, after redirects: relative
    links are resolved against it, or against ``<base href>`` where the page has one. One that is no address at
    all ("http://[::1") says nothing, and counts as unknown: "".
    """

    def __init__(self, body: bytes, url: str, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        self.body = body
        self.url = url if is_address(url) else ""
        self.status = status
        self.headers = {name.lower(): value for name, value in (headers or {}).items()}

    @property
    def file(self) -> str | None:
        """The ending of the file that the body is ("pdf"; "zip" for all that is packed so), None for anything else."""
        return _FILES.get(self.body[:4]) or _FILES.get(self.body[:3])

    @cached_property
    def _decoded(self) -> tuple[str, str]:
        return decode(self.body, self.headers.get("content-type"))

    @property
    def text(self) -> str:
        """The body as text, decoded as ``encoding`` says; never raises."""
        return self._decoded[0]

    @cached_property
    def lowered(self) -> str:
        """The text in lower case, for marks that pages write as they like."""
        return self.text.lower()

    @property
    def encoding(self) -> str:
        """The encoding the bytes really are in."""
        return self._decoded[1]

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """The one whole-page parse."""
        return parse(self.text)

    @cached_property
    def json(self) -> Any:
        """The body as JSON, or None where it is not JSON."""
        head = self.text.lstrip("\ufeff \t\r\n")[:1]
        if head not in ("{", "["):
            return None
        try:
            return json.loads(self.text.lstrip("\ufeff"))
        except (ValueError, RecursionError):  # nested deeper than any answer
            return None

    @cached_property
    def metas(self) -> tuple[tuple[str, str], ...]:
        """Every named meta tag in its order: the name in lower case, the content stripped, "" where it has none."""
        found = []
        for node in self.tree.css("meta[name]"):
            attributes = node.attributes
            name = (attributes.get("name") or "").strip().lower()
            if name:
                found.append((name, (attributes.get("content") or "").strip()))
        return tuple(found)

    @cached_property
    def meta(self) -> Mapping[str, str]:
        """Meta tags by lower-cased name (first non-empty one wins), contents stripped."""
        found: dict[str, str] = {}
        for name, content in self.metas:
            if content:
                found.setdefault(name, content)
        return found

    @property
    def host(self) -> str:
        """Host (and port) of the address, lower-case."""
        return urlsplit(self.url).netloc.lower()

    @cached_property
    def base(self) -> str:
        """The address relative links are resolved against."""
        node = self.tree.css_first("base[href]")
        try:
            base = urljoin(self.url, (node.attributes.get("href") or "") if node else "")
            _ = urlsplit(base).port
        except ValueError:  # an address that is none ("http://[", "http://host:port/")
            return self.url
        return base

    def absolute(self, href: str) -> str:
        """``href`` as an absolute address; ValueError where it is none ("http://[", "//a]")."""
        url = urljoin(self.base, href.strip())
        if not self.base:
            urlsplit(url)  # what is joined to nothing has not been taken apart yet
        return url
