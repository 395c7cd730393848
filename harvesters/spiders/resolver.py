"""Names resolved for Scrapy's connections, private addresses refused unless the city file allows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from scrapy.resolver import CachingThreadedResolver
from twisted.internet import defer
from twisted.internet.error import DNSLookupError

from harvesters.addresses_guard import is_private

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred


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
