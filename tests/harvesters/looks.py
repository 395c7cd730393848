"""Looks at addresses in a process of its own, as a crawl makes them: reactors start once a process.

``look_at`` is called by tests; ``python -m tests.harvesters.looks`` is what it starts: a JSON object of ``Asked`` on
standard input, a JSON list of what each look came to on standard output.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def look_at(
    groups: Sequence[Sequence[dict[str, Any]]],
    *,
    folder: Path,
    ports: dict[str, int] | None = None,
    trust: Path | None = None,
) -> list[dict[str, Any]]:
    """Each group's looks side by side, one group after the other; what they came to, in order.

    :param groups: the arguments of each look: ``url``, and those of ``Looker.look``.
    :param ports: what counts as the default ports of http and https.
    :param trust: a certificate authority to trust instead of the machine's.
    """
    asked = {"groups": groups, "folder": str(folder), "ports": ports}
    done = subprocess.run(
        [sys.executable, "-m", "tests.harvesters.looks"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **({"SSL_CERT_FILE": str(trust)} if trust else {})},
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: list[dict[str, Any]] = json.loads(done.stdout)
    return told


def main() -> None:
    """Make the looks."""
    from harvesters.spiders import sites

    asked = json.load(sys.stdin)
    if asked["ports"]:
        sites.DEFAULT_PORTS.update(asked["ports"])
    told = _crawl(asked["groups"], Path(asked["folder"]))
    json.dump(told, sys.stdout)


def _crawl(groups: list[list[dict[str, Any]]], folder: Path) -> list[dict[str, Any]]:
    import scrapy
    from scrapy.crawler import CrawlerProcess

    from harvesters.archive import Archive
    from harvesters.reading.facts import Fetch
    from harvesters.scrapy_settings import crawl_settings
    from harvesters.spiders.fetching import Fetcher
    from harvesters.spiders.looking import Looker, observation
    from harvesters.spiders.readers import Reader
    from storage import settings
    from storage.schema import City, Subject, Supervision, Unit, UnitKind

    limits = dataclasses.replace(settings.load(), download_timeout_s=5.0, retry_wait_s=0.05)
    city = City(
        name="青禾市", code="629900", timezone="Asia/Shanghai", contact="office@qinghe.invalid", delay_s=0.0, units=(),
        allow_private_addresses=True,
    )  # fmt: skip
    unit = Unit(
        id="u", name="青禾市水务局", kind=UnitKind.DEPARTMENT, supervision=Supervision.LOCAL, home="", columns=()
    )
    told: list[dict[str, Any]] = []
    archive = Archive(folder, "gk-looks")

    class Looks(scrapy.Spider):
        name = "looks"

        async def start(self) -> AsyncIterator[Any]:
            fetcher = Fetcher(self.crawler, city, archive, timeout_s=5.0, retry_wait_s=0.05, concurrency=8)
            looker = Looker(fetcher, Reader(), retry_wait_s=0.05)

            async def one(options: dict[str, Any]) -> dict[str, Any]:
                options = {"expect": "listing", **options}
                look = await looker.look(Fetch(url=options.pop("url")), **options)
                kept = observation(look, unit=unit, column=None, subject=Subject.COLUMN, url=look.url)
                rows = look.page.listing.rows if look.page and look.page.listing else ()
                return {
                    "url": look.url,
                    "outcome": kept.outcome.value,
                    "reason": kept.reason,
                    "detail": kept.detail,
                    "facts": dict(kept.facts),
                    "titles": [row.title for row in rows],
                    "encoding": look.page.encoding if look.page else None,
                    "warc": look.evidence.warc if look.evidence else None,
                    "record": look.evidence.record_id if look.evidence else None,
                }

            for group in groups:
                told.extend(await asyncio.gather(*(one(options) for options in group)))
            return
            yield

    process = CrawlerProcess({**crawl_settings(city, limits), "LOG_ENABLED": False})
    process.crawl(Looks)
    process.start()
    archive.close()
    return told


if __name__ == "__main__":
    main()
