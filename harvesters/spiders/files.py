"""The files that a column's items name: those that are due are fetched, kept in the archive, and noted.

A file is taken for one by its bytes: a page answered in its place (not found, sign in, a challenge) is a failure with
its reason and never a file. What lies on a host that no unit of the city has is left alone, and told.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from http import HTTPStatus

from harvesters.reading.attachments import kind_of
from harvesters.reading.facts import Fetch
from harvesters.reading.files import kind_of_bytes
from harvesters.reading.files.promised import ending_of, name_given, why_no_file
from harvesters.spiders.fetching import Fetcher, Got
from harvesters.spiders.policy import Failure
from harvesters.spiders.sites import host_of
from storage.files import Due, Fetched
from storage.schema import Outcome


@dataclass(frozen=True, kw_only=True)
class Came:
    """How asking for a file went: the file, noted as evidence; why it could not be had; None where it is as it was.

    ``size``: bytes that were loaded for it, or may have been.
    """

    file: Fetched | Failure | None
    size: int = 0


def is_ours(url: str, hosts: Collection[str]) -> bool:
    """Whether a file lies with one of the city's units: on one of these hosts, or on one below the same domain.

    >>> is_ours("https://file.qinghe.gov.cn/a.pdf", {"www.qinghe.gov.cn"}), is_ours("https://qq.com/a", {"a.gov.cn"})
    (True, False)
    """
    host = host_of(url)
    name = host.rpartition(":")[0] or host
    return any(host == one or (_domain(one) is not None and _domain(one) == _domain(name)) for one in hosts)


def _domain(host: str) -> str | None:
    """The domain below which a public body's hosts lie; None for an address of numbers."""
    parts = host.partition(":")[0].split(".")
    if len(parts) < 2 or parts[-1].isdecimal():
        return None
    return ".".join(parts[-3:]) if parts[-2] in ("gov", "com", "edu", "org") else ".".join(parts[-2:])


async def fetch_file(fetcher: Fetcher, one: Due, *, most: int) -> Came:
    """Asks for the file, on its own site alone.

    :param most: its bytes at most.
    """
    got = await fetcher.get(
        Fetch(url=one.url, headers={"Referer": one.page}),
        etag=one.etag,
        last_modified=one.last_modified,
        most=most,
    )
    if isinstance(got, Failure):
        if got.reason == "other_site":
            words = f"{one.url} leads to another site; the unit should keep its attachments on its own"
            got = replace(got, reason="off_site", detail=words)
        return Came(file=got, size=most if got.reason == "too_large" else 0)
    if got.status == HTTPStatus.NOT_MODIFIED:
        return Came(file=None)
    return Came(file=_file(one, got), size=0 if got.document is None else len(got.document.body))


def _file(one: Due, got: Got) -> Fetched | Failure:
    if got.status != HTTPStatus.OK or got.document is None or got.evidence is None:
        words = f"{one.url} answers {got.status}; tell the unit that its attachment cannot be downloaded"
        return Failure(outcome=Outcome.SOFT404, reason=f"http_{got.status}", detail=words, status=got.status)
    body, headers = got.document.body, got.document.headers
    name = name_given(headers.get("content-disposition", ""))
    promised = {kind_of(one.url), ending_of(name), ending_of(one.name)} - {None}
    came = why_no_file(
        body,
        kind_of_bytes(body),
        promised=[ending for ending in promised if ending is not None],
        says=headers.get("content-type", ""),
    )
    if came is not None:
        words = f"{one.url} answers with {came} where a file should be; tell the unit that it cannot be downloaded"
        return Failure(outcome=Outcome.SOFT404, reason="no_file", detail=words, status=got.status)
    return Fetched(
        url=one.url,
        sha256=got.evidence.sha256,
        status=got.status,
        evidence=got.evidence,
        name=name,
        etag=got.etag,
        last_modified=got.last_modified,
    )


def is_due(files: str, kind: str) -> bool:
    """Whether the city has the files of a column of this kind fetched."""
    return files == "all" or (files == "annual_reports" and kind == "annual_reports")
