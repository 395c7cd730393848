"""Yearly reports as they are kept: each with where it came from, what was read of it and what its checks say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from storage.schema import Evidence


class Outcome(StrEnum):
    """What became of reading a report."""

    READ = "read"
    NOT_FETCHED = "not_fetched"  # the page names a file that we do not have
    SCANNED = "scanned"  # pictures of pages, without text
    LOCKED = "locked"  # with a password
    REFUSED = "refused"  # beyond a bound of size, time or memory
    UNREADABLE = "unreadable"  # damaged, or of a format that is not read
    NO_REPORT = "no_report"  # read, and it is no such report


@dataclass(frozen=True, kw_only=True)
class HeldReport:
    """One report. ``report`` is ``report.as_data`` of it, ``checks`` are ``rollup.Check`` as data; both None unread.

    ``sha256`` is that of the bytes read: the page's, or the file's. Moments in UTC, ``published_on`` as displayed.
    """

    id: str
    unit: str
    year: int | None
    source: str  # published, mail
    name: str
    format: str
    sha256: str
    outcome: Outcome
    reader: str
    read_at: dt.datetime
    url: str | None = None
    column: str | None = None
    item: str | None = None
    detail: str | None = None
    form: str | None = None
    published_on: dt.date | None = None
    first_seen: dt.datetime | None = None
    received_at: dt.datetime | None = None
    received_by: str | None = None
    note: str | None = None
    evidence: Evidence | None = None
    report: Mapping[str, Any] | None = None
    checks: Sequence[Mapping[str, Any]] | None = None
    replaced_at: dt.datetime | None = None
