"""Connections to hosts whose TLS is old or whose certificate nobody vouches for: per host, and only after an error.

Every host is first asked in the standard way, its certificate verified. What failed then is allowed to that host alone
for the rest of the crawl: many modern sites hang under the permissive context, so it is never the first. An
untrusted certificate (expired, self-signed, of another host; common on county sites) is read all the same, because
nothing secret is sent and the same bytes over plain http, as most of these sites serve them, would be vouched for by
nobody either; refusing would only turn a fault of the server into "not seen". But what was captured over such a
connection proves less, so each look says so (``tls: untrusted`` or ``tls: legacy``), and evidence can be weighed by it.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from OpenSSL import SSL
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.web.client import BrowserLikePolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_OP_LEGACY_SERVER_CONNECT = 0x4  # OpenSSL's number; pyOpenSSL does not name it


class Tls(StrEnum):
    """How a host's TLS is taken where the standard way failed."""

    UNTRUSTED = "untrusted"  # the certificate is not verified
    LEGACY = "legacy"  # nor are old versions, ciphers, keys and renegotiation refused


class HostPolicy(BrowserLikePolicyForHTTPS):
    """The standard, verifying policy of Twisted, but for the hosts in ``lenient``."""

    lenient: dict[tuple[str, int], Tls] = {}  # noqa: RUF012  # one policy a process, filled in by the fetcher

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802
        """Called by Twisted for each new connection."""
        tls = self.lenient.get((hostname.decode("ascii").lower(), port))
        return super().creatorForNetloc(hostname, port) if tls is None else _Unverified(hostname, _context(tls))


@implementer(IOpenSSLClientConnectionCreator)
class _Unverified:
    """Makes connections that take whatever certificate is shown."""

    def __init__(self, hostname: bytes, context: SSL.Context) -> None:
        self._hostname = hostname
        self._context = context

    def clientConnectionForTLS(self, tls_protocol: object) -> SSL.Connection:  # noqa: N802
        """Called by Twisted for each new connection."""
        connection = SSL.Connection(self._context)
        name = self._hostname.decode("ascii")
        if not (isIPAddress(name) or isIPv6Address(name)):  # RFC 6066 allows no literal address
            connection.set_tlsext_host_name(self._hostname)
        return connection


@cache
def _context(tls: Tls) -> SSL.Context:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_verify(SSL.VERIFY_NONE)
    if tls is Tls.LEGACY:
        # level 0, because OpenSSL 3 signs nothing that TLS 1.0 and 1.1 can use at level 1
        context.set_cipher_list(b"ALL:@SECLEVEL=0")
        context.set_min_proto_version(SSL.TLS1_VERSION)
        context.set_options(_OP_LEGACY_SERVER_CONNECT)
    else:
        context.set_min_proto_version(SSL.TLS1_2_VERSION)
    return context


class DownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler of http and https, with the policy above.

    A handler, because Scrapy deprecates the setting that named a context factory and its own settings hold for all
    hosts at once.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._contextFactory: Any = HostPolicy()  # type: ignore[no-untyped-call]
