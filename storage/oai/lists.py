"""What ListRecords and ListIdentifiers share: arguments in, the rows of a page and its pager out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from storage.oai import envelope, selection, tokens
from storage.oai.call import Call, city_facts, repository_of


@dataclass(frozen=True, kw_only=True)
class Page:
    """Rows of ``selection``, and what is written behind them."""

    rows: list[Any]
    pager: str
    prefix: str
    repository: str


def read(call: Call, verb: str, *, with_payload: bool) -> Page:
    """The page that the call asks for.

    :raises Refused: an argument is wrong, or nothing fits.
    """
    secret = tokens.key(call.db)
    wanted = selection.wanted_of(verb, call.arguments, secret)
    with call.db.read() as session:
        repository = repository_of(city_facts(session))
        rows, following, size = selection.page(session, wanted, with_payload=with_payload)
    pager = envelope.pager(verb, wanted, following, size, secret)
    return Page(rows=rows, pager=pager, prefix=wanted.prefix, repository=repository)
