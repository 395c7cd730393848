"""Bare Scrapy: fetches every page of the measured column as Scrapy does it by default, and does nothing with it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response

from tests.bench.server import ROWS, path_of


class BareSpider(scrapy.Spider):
    """Asks for all list pages and documents."""

    name = "bare"

    def __init__(self, base: str, documents: int) -> None:
        super().__init__()
        self._base = base
        self._documents = documents

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Every address of the column."""
        for page in range(-(-self._documents // ROWS)):
            yield scrapy.Request(f"{self._base}index_{page}.html" if page else self._base)
        for number in range(self._documents):
            yield scrapy.Request(self._base + path_of(number)[2:])

    def parse(self, response: Response) -> None:
        """Nothing: fetching is what is measured."""


def main(base: str, documents: int, concurrency: int) -> None:
    """Fetch everything once."""
    process = CrawlerProcess(
        {
            "LOG_LEVEL": "WARNING",
            "TELNETCONSOLE_ENABLED": False,
            "CONCURRENT_REQUESTS": concurrency,
            "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency,
            "DOWNLOAD_DELAY": 0,
        }
    )
    process.crawl(BareSpider, base=base, documents=documents)
    process.start()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
