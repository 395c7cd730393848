"""Scrapy's own settings for one crawl: what is switched on, and why; nothing else reads or changes them.

Scrapy carries the bytes: connections, TLS, cookies, decompression, one slot with its delay per host. Robots,
redirects and retries are the fetcher's, because each of their outcomes becomes a fact about the look, and Scrapy's
own middlewares keep those to themselves. AutoThrottle is off: it would slow every healthy site to its latency; the
fetcher slows down when a site answers 429 or 503 or its robots.txt asks for a delay.
"""

from __future__ import annotations

from typing import Any, cast

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult

from harvesters.spiders.fetching import user_agent
from storage.schema import City
from storage.settings import Settings

# With no delay asked for (an intranet, the demo) eight requests at a time keep one core busy; with one, two at most
# are under way, so that a slow answer does not stretch the pace.
CONCURRENCY_WITHOUT_DELAY = 8
CONCURRENCY_WITH_DELAY = 2


class Quiet(LogFormatter):
    """Says nothing for each page: observations do, and composing the line costs a tenth of a fetch."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult:
        """Nothing to log; Scrapy takes None for that, though its type does not say so."""
        return cast("LogFormatterResult", None)


def concurrency(city: City) -> int:
    """Requests under way at the same time to one host."""
    return CONCURRENCY_WITH_DELAY if city.delay_s > 0 else CONCURRENCY_WITHOUT_DELAY


def crawl_settings(city: City, settings: Settings) -> dict[str, Any]:
    """The settings of one crawl of ``city``."""
    return {
        "ALLOW_PRIVATE_ADDRESSES": city.allow_private_addresses,
        "TWISTED_DNS_RESOLVER": "harvesters.spiders.resolver.GuardedResolver",
        "DNS_TIMEOUT": min(20.0, settings.download_timeout_s),
        "USER_AGENT": user_agent(city),
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "zh-CN,zh;q=0.9",
        },
        "DOWNLOAD_DELAY": city.delay_s,
        "CONCURRENT_REQUESTS": 256,  # the fetcher bounds each host
        "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency(city),
        "DOWNLOAD_TIMEOUT": settings.download_timeout_s,
        "DOWNLOAD_MAXSIZE": settings.max_body_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        # certificates are verified there, and what is allowed to a host where that fails
        "DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https"), "harvesters.spiders.tls.DownloadHandler"),
        "DOWNLOADER_STATS": False,
        # only what carries bytes; the numbers are Scrapy's places for them
        "DOWNLOADER_MIDDLEWARES_BASE": {
            "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
            "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
            "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": 590,
            "harvesters.spiders.middlewares.MendEncoding": 593,
            "harvesters.spiders.middlewares.KeepReceived": 595,
            "harvesters.spiders.middlewares.HostCookies": 700,
        },
        "SPIDER_MIDDLEWARES_BASE": {},
        "EXTENSIONS_BASE": {},
        "ITEM_PIPELINES": {},
        "TELNETCONSOLE_ENABLED": False,
        "STATS_DUMP": False,
        "LOG_INSTALL_ROOT_HANDLER": False,  # crawl.py sets the log of the child up
        "LOG_LEVEL": "WARNING",
        "LOG_FORMATTER": "harvesters.scrapy_settings.Quiet",
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "REACTOR_THREADPOOL_MAXSIZE": 8,
    }
