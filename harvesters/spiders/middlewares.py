"""What stands between Scrapy's download and the fetcher: bytes kept as they came, encodings mended, cookies."""

from __future__ import annotations

import re

from scrapy import Request
from scrapy.http import Response
from scrapy.http.cookies import CookieJar

_GZIP = b"\x1f\x8b\x08"
_TEXT = re.compile(rb"text/|json|xml|javascript", re.IGNORECASE)


class KeepReceived:
    """Leaves the response as it came in ``request.meta``, before anything is undone or mended: the archive's."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Called by Scrapy for each response."""
        request.meta["received"] = response
        return response.copy()  # of which the headers may be changed


class MendEncoding:
    """Makes ``Content-Encoding`` say what the body is, so that it can be undone.

    Some servers and the caches before them send gzip without saying so, or say so over a plain body.
    """

    def process_response(self, request: Request, response: Response) -> Response:
        """Called by Scrapy for each response, before content-encoding is undone."""
        said = (response.headers.get("Content-Encoding") or b"").strip().lower()
        is_gzip = response.body.startswith(_GZIP)
        # a gzip file is told by its own content type and is handed on as the file that it is
        if is_gzip and not said and _TEXT.search(response.headers.get("Content-Type") or b"text/html"):
            response.headers["Content-Encoding"] = b"gzip"
        elif said in (b"gzip", b"x-gzip") and response.body and not is_gzip:
            del response.headers["Content-Encoding"]
        return response


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
