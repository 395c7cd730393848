"""ListIdentifiers: the headers of a list, a page at a time."""

from __future__ import annotations

from storage.oai import envelope, lists
from storage.oai.call import Call, Verb

NAME = "ListIdentifiers"


def _answer(call: Call) -> str:
    found = lists.read(call, NAME, with_payload=False)
    return "".join((*(envelope.header(row, found.repository) for row in found.rows), found.pager))


VERB = Verb(
    answer=_answer,
    required=frozenset({"metadataPrefix"}),
    optional=frozenset({"from", "until", "set"}),
    resumable=True,
)
