"""A query in, a document of the feed out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from storage import pulling
from storage.database import Database
from storage.exceptions import UnknownTarget
from storage.feeds import atom, json_feed, telling, windows
from storage.feeds.telling import Telling
from storage.formats.iri import segment
from storage.pulling import Wanted

VERSION: Final = 1  # of what is written for the same items; another makes every tag another
ENDINGS: Final[Mapping[str, tuple[str, Callable[[Telling], bytes]]]] = {
    "atom": (atom.MEDIA_TYPE, atom.write),
    "json": (json_feed.MEDIA_TYPE, json_feed.write),
}
_KNOWN: Final = (*("unit", "column", "category", "statutory"), "archive")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A document, and what lets a client keep it; ``body`` None: the client has it already."""

    etag: str
    last_modified: dt.datetime | None
    body: bytes | None


def asked_of(given: Mapping[str, Sequence[str]]) -> tuple[Wanted, int | None]:
    """The part of the catalogue and the archive that a query asks for.

    :raises BadQuery: something of it is not understood.
    """
    plain = pulling.single(given, _KNOWN)
    return pulling.wanted_of(plain), pulling.number_of(plain, "archive")


def answer(
    db: Database,
    wanted: Wanted,
    archive: int | None,
    ending: str,
    base: str,
    known: Callable[[str, dt.datetime | None], bool],
) -> Answer:
    """The current document, or an archive.

    :param base: the installation's address with a slash at its end.
    :param known: whether the client has what has this tag and date.
    :raises UnknownTarget: there is no such archive yet.
    :raises DatabaseError: the database failed.
    """
    pulling.settle(db)
    document, query = f"{base}feeds/changes.{ending}", list(wanted.query())
    with db.read() as session:
        state = pulling.state_of(session)
        date = pulling.last_modified(state)
        if archive is None:
            window = windows.current(session, wanted, state.head)
        else:
            found = windows.archived(session, wanted, state.head, archive)
            if found is None:
                raise UnknownTarget(f"there is no archive {archive} yet: its changes are in the current document")
            window = found
        registry = None if state.registry_at is None else state.registry_at.isoformat()
        beside = (window.archive, window.previous, window.following)
        tag = pulling.etag_of(VERSION, ending, base, query, registry, window.seqs, beside)
        if known(tag, date):
            return Answer(etag=tag, last_modified=date, body=None)
        told = Telling(
            base=base,
            address=_address(document, query, window.archive),
            current=_address(document, query, None),
            alternate=base if wanted.unit is None else f"{base}units/{segment(wanted.unit)}",
            previous=None if window.previous is None else _address(document, query, window.previous),
            following=None if window.following is None else _address(document, query, window.following),
            window=window,
            state=state,
            wanted=wanted,
            subject=telling.subject_of(session, wanted, state),
            entries=list(pulling.entries(session, window.seqs))[::-1],
        )
    return Answer(etag=tag, last_modified=date, body=ENDINGS[ending][1](told))


def _address(document: str, query: Sequence[tuple[str, str]], archive: int | None) -> str:
    place = [] if archive is None else [("archive", str(archive))]
    told = urlencode([*query, *place])
    return f"{document}?{told}" if told else document
