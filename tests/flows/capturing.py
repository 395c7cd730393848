"""Captured pages and findings that rest on them, for the tests of what is handed over and of what is sealed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from typer.testing import CliRunner, Result

from flows.cli import app
from harvesters.archive import Archive, Exchange
from storage import findings, registry, seals
from storage.database import open_database
from storage.schema import Evidence
from tests.storage import build

PAGE = (
    "<html><head><title>通知公告</title><script>var no = 1;</script></head><body><h1>通知公告</h1>"
    "<ul><li><a href='/1.html'>关于开展消防检查的通知</a> 2025-08-01</li></ul></body></html>"
)
HTML = "text/html; charset=utf-8"


def captured(archived: Archive, url: str, body: bytes, **facts: Any) -> Evidence:
    """One page in the archive; ``facts`` are an exchange's, and ``kind`` its content type."""
    known: dict[str, Any] = {
        "method": "GET",
        "request_headers": [("Host", "www.qinghe.invalid")],
        "request_body": b"",
        "protocol": "HTTP/1.1",
        "status": 200,
        "headers": [("Content-Type", facts.pop("kind", HTML))],
        "received": body,
        "captured_at": build.NOON,
    }
    return archived.write(Exchange(url=url, body=body, **{**known, **facts}))


def finding(pages: Sequence[Evidence], **facts: Any) -> str:
    """The id of a finding that rests on ``pages``; ``facts`` are its verdict's."""
    verdict = build.verdict(evidence=tuple(pages), **facts)
    with closing(open_database()) as database:
        registry.apply(database, build.city(build.unit()))
        findings.settle(database, [verdict], at=build.NOON)
        [found] = [one for one in findings.iter_findings(database) if one.rule == verdict.rule]
    return found.id


def close(archived: Archive, at: dt.datetime = build.NOON) -> seals.Seal:
    """Closes an archive file and seals it."""
    chain = archived.close()
    assert chain is not None
    with closing(open_database()) as database:
        return seals.seal(database, archived.name, records=chain.records, size=chain.size, head=chain.head, at=at)


def run(*arguments: str) -> Result:
    """What ``gongkai`` does."""
    return CliRunner().invoke(app, list(arguments))
