"""No address reaches into the office's own network unless the city file says so.

Addresses come from city files, from links on pages and from redirects, so any of them may name a machine that
only the harvester can see. Literal addresses are judged before a request is made; names are judged when they are
resolved for the connection itself, so that a name which answers differently the second time gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.resolver import CachingThreadedResolver
from twisted.internet import defer
from twisted.internet.error import DNSLookupError

from storage.exceptions import UnsafeAddress

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


def is_private(address: str) -> bool:
    """Whether an IP address is anything but a public unicast one; IPv6 forms of IPv4 count as what they hold."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        ip = inner or ip
    return not ip.is_global or ip.is_multicast


def check_address(url: str, *, allow_private: bool) -> None:
    """Refuse what may not be fetched, as far as the address itself shows it; names are judged by ``GuardedResolver``.

    :raises UnsafeAddress: not http or https, no host, or a literal private address without permission.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError as error:
        raise UnsafeAddress(f"{url}: not an address ({error})") from error
    if parts.scheme not in ("http", "https") or not host:
        raise UnsafeAddress(f"{url}: only http and https addresses with a host are fetched")
    if not allow_private and _is_private_host(host):
        raise UnsafeAddress(
            f"{url}: {host} is a private address; if it is meant, set allow_private_addresses: true in the city file"
        )


def check_resolved(url: str, *, allow_private: bool) -> None:
    """The same, with the name looked up: for one address a user entered, before it is kept.

    :raises UnsafeAddress: as ``check_address``, or the name leads to a private address.
    """
    check_address(url, allow_private=allow_private)
    host = urlsplit(url).hostname or ""
    if allow_private:
        return
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return  # a name that leads nowhere leads nowhere private; the fetch reports it
    for entry in found:
        if is_private(str(entry[4][0])):
            raise UnsafeAddress(
                f"{url}: {host} leads to the private address {entry[4][0]}; if it is meant, "
                "set allow_private_addresses: true in the city file"
            )


def _is_private_host(host: str) -> bool:
    try:
        return is_private(host)
    except ValueError:
        pass
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        # the short, octal and hexadecimal forms that a resolver takes for addresses: 127.1, 0x7f000001, 2130706433
        return is_private(socket.inet_ntoa(socket.inet_aton(host)))
    except OSError:
        return False


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's caching resolver, which answers no private address unless allowed.

    ``refused`` holds the names it refused, so that the failure can be told from a name that does not exist.
    """

    refused: set[str] = set()  # noqa: RUF012  # one resolver a process, asked after by the fetcher
    allow_private = False

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> GuardedResolver:
        """Built by Scrapy; ``ALLOW_PRIVATE_ADDRESSES`` is the city's word."""
        resolver = super().from_crawler(crawler, reactor)
        resolver.allow_private = crawler.settings.getbool("ALLOW_PRIVATE_ADDRESSES")
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802
        """The IPv4 address of a name; a DNSLookupError for one that may not be fetched."""
        answer: Deferred[str] = super().getHostByName(name, timeout)
        return answer if self.allow_private else answer.addCallback(self._judge, name)

    def _judge(self, address: str, name: str) -> Any:
        if is_private(address):
            self.refused.add(name)
            return defer.fail(DNSLookupError(f"{name} leads to the private address {address}"))
        return address
