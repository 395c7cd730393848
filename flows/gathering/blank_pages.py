"""Pages of columns that list nothing, read again from the archive: whether they say why they are blank.

The latest good look may have found its page unchanged, and captured no page; so the looks before it are tried, as far
back as a whole walk may lie. Only asked for columns where it decides something, which are few.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from flows.compliance.facts import BlankPage, ColumnFacts
from flows.compliance.nothing import is_bare, note_in
from flows.gathering.run import Run
from harvesters import archive
from harvesters.reading.document import Document
from harvesters.reading.layout import lay_out
from storage import observations
from storage.exceptions import ArchiveError
from storage.schema import Evidence, Subject

_LOOKS: Final = 20  # good looks tried, the latest first
_UNREAD: Final = BlankPage(read=False)


def blank_pages(run: Run, columns: Iterable[ColumnFacts]) -> dict[str, BlankPage]:
    """The page of each of these columns that lists nothing and never did, by column id; all of one unit."""
    bare = [column for column in columns if is_bare(column)]
    if not bare:
        return {}
    unit = bare[0].unit.id
    looks = observations.recent_good(run.database, Subject.COLUMN, unit, [each.column.id for each in bare], _LOOKS)
    since = run.case.as_of - dt.timedelta(days=run.case.law.look.whole_within_days)
    found = {}
    for column in bare:
        pages = (look.evidence[0] for look in looks[column.column.id] if look.evidence and run.day(look.at) >= since)
        found[column.column.id] = next((page for each in pages if (page := _page(run, each)).read), _UNREAD)
    return found


def _page(run: Run, evidence: Evidence) -> BlankPage:
    if run.archive is None or evidence.warc is None or evidence.record_id is None:
        return _UNREAD
    try:
        captured = archive.read_response(run.archive, evidence.warc, evidence.record_id)
    except ArchiveError:
        return _UNREAD
    document = Document(captured.body, evidence.url, captured.status, dict(captured.headers))
    if captured.status != 200 or "<" not in document.text[:4000]:
        return _UNREAD
    lines = (line.text for line in lay_out(document.tree, whole=True).lines if not line.hidden)
    return BlankPage(read=True, note=note_in(lines))
