"""One response, parsed at most once and shared by everything that reads it.

The bytes are kept; text, tree, meta tags and JSON are made on first use. One fast whole-page parse (lexbor)
serves all readers; BeautifulSoup is for fragments only, where its repair and navigation pay.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from harvesters.reading.encoding import decode


class Document:
    """A response as received: ``body`` bytes (content-encoding undone), final ``url``, ``status``, ``headers``.

    Header names are lower-case. ``url`` is the address the bytes came from, after redirects: relative
    links are resolved against it, or against ``<base href>`` where the page has one.
    """

    def __init__(self, body: bytes, url: str, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        self.body = body
        self.url = url
        self.status = status
        self.headers = {name.lower(): value for name, value in (headers or {}).items()}

    @cached_property
    def _decoded(self) -> tuple[str, str]:
        return decode(self.body, self.headers.get("content-type"))

    @property
    def text(self) -> str:
        """The body as text, decoded as ``encoding`` says; never raises."""
        return self._decoded[0]

    @property
    def encoding(self) -> str:
        """The encoding the bytes really are in."""
        return self._decoded[1]

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """The one whole-page parse."""
        return LexborHTMLParser(self.text)

    @cached_property
    def json(self) -> Any:
        """The body as JSON, or None where it is not JSON."""
        head = self.text.lstrip("\ufeff \t\r\n")[:1]
        if head not in ("{", "["):
            return None
        try:
            return json.loads(self.text.lstrip("\ufeff"))
        except ValueError:
            return None

    @cached_property
    def meta(self) -> Mapping[str, str]:
        """Meta tags by lower-cased name (first non-empty one wins), contents stripped."""
        found: dict[str, str] = {}
        for node in self.tree.css("meta[name]"):
            attributes = node.attributes
            name = (attributes.get("name") or "").strip().lower()
            content = (attributes.get("content") or "").strip()
            if name and content:
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
        return urljoin(self.url, (node.attributes.get("href") or "") if node else "")

    def absolute(self, href: str) -> str:
        """``href`` as an absolute address."""
        return urljoin(self.base, href.strip())
