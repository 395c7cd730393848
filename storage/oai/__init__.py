"""OAI-PMH 2.0: the feed from which the central catalogue, or any harvester, pulls every item and every change.

A request's arguments come in, a response as XML goes out; no web framework is known here. One module a verb, each
naming the arguments it takes. Items are records, withdrawn ones deleted records that stay for ever; the datestamp is
that of an item's latest revision, and the metadata are what was delivered with it.

A client that next asks ``from`` the responseDate of the last page it read misses nothing: responseDate is not just our
clock but a moment before which no change that this response could not show will ever be dated
(``catalogue.revisions.clock``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from storage.catalogue import revisions
from storage.database import Database
from storage.oai import (
    arguments,
    envelope,
    get_record,
    identify,
    list_identifiers,
    list_metadata_formats,
    list_records,
    list_sets,
)
from storage.oai.call import Call, Verb
from storage.oai.errors import Refused

VERBS: Final[Mapping[str, Verb]] = {
    "Identify": identify.VERB,
    "ListMetadataFormats": list_metadata_formats.VERB,
    "ListSets": list_sets.VERB,
    "ListIdentifiers": list_identifiers.VERB,
    "ListRecords": list_records.VERB,
    "GetRecord": get_record.VERB,
}
# of a catalogue to which nothing was ever committed while its first change is under way
_BEFORE_ALL: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def respond(db: Database, given: Mapping[str, Sequence[str]], base_url: str) -> bytes:
    """The response, UTF-8, to a request: each argument with all its values (``arguments.parse``).

    :param base_url: the address at which the feed was asked.
    :raises DatabaseError: the database failed; everything else that is wrong is told in the response.
    """
    # before anything is read: what is committed while we read may be missing here, and is dated later
    moment = revisions.clock(db) or _BEFORE_ALL
    asked: dict[str, str] = {}
    try:
        name = arguments.verb_of(given, VERBS)
        plain = arguments.check(name, VERBS[name], given)
        asked = {"verb": name, **plain}
        body = VERBS[name].answer(Call(db=db, base_url=base_url, moment=moment, arguments=plain))
    except Refused as refused:
        return envelope.refusal(moment, base_url, asked, refused.problems)
    return envelope.response(moment, base_url, asked, f"<{name}>{body}</{name}>")
