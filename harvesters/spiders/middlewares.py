"""What stands between Scrapy's download and the fetcher: bytes kept as they came, encodings mended, cookies."""

from __future__ import annotations

import re
import zlib

from scrapy import Request
from scrapy.http import Response
from scrapy.http.cookies import CookieJar

_GZIP = b"\x1f\x8b\x08"
_GZIPS = frozenset((b"gzip", b"x-gzip"))
_KNOWN = _GZIPS | {b"deflate", b"br", b"zstd"}  # what may be undone; "identity", "none" and "utf-8" were seen, too
_TEXT = re.compile(rb"text/|json|xml|javascript", re.IGNORECASE)
# the start of a text that is not packed, long enough not to be one of raw deflate or brotli by chance
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<(?:!doctype|html|head|meta|script|\?xml|rss|feed)\b|\[?\s*\{\s*\"[\w-]+\"\s*:)",
    re.IGNORECASE,
)


class KeepReceived:
    """Leaves the response as it came in ``request.meta``, before anything is undone or mended: the archive's."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Called by Scrapy for each response."""
        request.meta["received"] = response
        return response.copy()  # of which the headers may be changed


class MendEncoding:
    """Makes ``Content-Encoding`` say what the body is, so that it can be undone.

    Some servers and the caches before them send gzip without saying so, say so twice, or say of a plain body that it
    is packed.
    """

    def process_response(self, request: Request, response: Response) -> Response:
        """Called by Scrapy for each response, before content-encoding is undone."""
        lines = response.headers.getlist("Content-Encoding")
        said = [word for line in lines for part in line.split(b",") if (word := part.strip().lower())]
        is_text = _TEXT.search(response.headers.get("Content-Type") or b"text/html") is not None
        real = _packings(response.body, said, is_text=is_text)
        if real:
            response.headers["Content-Encoding"] = b", ".join(real)
        elif lines:
            del response.headers["Content-Encoding"]
        return response


def _packings(body: bytes, said: list[bytes], *, is_text: bool) -> list[bytes]:
    """How ``body`` is packed, in the order in which it was, going by its first bytes."""
    if body.startswith(_GZIP):
        # a gzip file is told by its own content type and is handed on as the file that it is
        layers = _gzip_layers(body) if is_text else min(1, len(said))
        return [b"gzip"] * layers
    if not body or _MARKUP.match(body):
        return []
    if said and all(word in _GZIPS for word in said):
        is_zlib = body[0] == 0x78 and int.from_bytes(body[:2], "big") % 31 == 0  # RFC 1950
        return [b"deflate"] if is_zlib else []
    return [word for word in said if word in _KNOWN]


def _gzip_layers(body: bytes) -> int:
    """How often the body was packed with gzip, two at most: once more by a cache that did not see that it was."""
    try:
        inner = zlib.decompressobj(31).decompress(body, 64)
    except zlib.error:
        return 1
    return 2 if inner.startswith(_GZIP) else 1


class HostCookies:
    """One jar a host, so that a site that checks its own cookie back can be read.

    In place of Scrapy's, which asks raw.githubusercontent.com for the list of public suffixes when a cookie names a
    domain: an intranet has no way there, and a harvester tells nobody which sites it visits. With a jar a host, no
    cookie can reach another site.
    """

    def __init__(self) -> None:
        self._jars: dict[str, CookieJar] = {}

    def process_request(self, request: Request) -> None:
        """Called by Scrapy before each request."""
        jar = self._jars.get(request.meta["download_slot"])
        if jar is not None:
            jar.add_cookie_header(request)

    def process_response(self, request: Request, response: Response) -> Response:
        """Called by Scrapy for each response."""
        if b"Set-Cookie" in response.headers:
            jar = self._jars.setdefault(request.meta["download_slot"], CookieJar())
            jar.extract_cookies(response, request)
        return response
