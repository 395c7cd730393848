"""ListRecords: the records of a list, a page at a time; what was withdrawn by its header."""

from __future__ import annotations

from storage.oai import envelope, lists
from storage.oai.call import Call, Verb

NAME = "ListRecords"


def _answer(call: Call) -> str:
    found = lists.read(call, NAME, with_payload=True)
    write = (envelope.record(row, found.repository, found.prefix, call.base_url) for row in found.rows)
    return "".join((*write, found.pager))


VERB = Verb(
    answer=_answer,
    required=frozenset({"metadataPrefix"}),
    optional=frozenset({"from", "until", "set"}),
    resumable=True,
)
