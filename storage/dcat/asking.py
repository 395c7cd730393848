"""Which page is asked for, and the addresses of the pages around it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from storage import pulling
from storage.exceptions import BadQuery
from storage.pulling import Wanted

LAST: Final = "last"
_KNOWN: Final = ("unit", "column", "category", "statutory", "modified_since", "after", "before", "page", "format")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A page of a part of the catalogue; without a place it is the first one."""

    wanted: Wanted
    since: dt.datetime | None = None
    after: int | None = None
    before: int | None = None
    last: bool = False

    @property
    def is_first(self) -> bool:
        """Whether the list begins here, by its address."""
        return self.after is None and self.before is None and not self.last

    def address(self, document: str, **place: str | int) -> str:
        """The address of another page of the same list."""
        since = () if self.since is None else (("modified_since", self.since.isoformat().replace("+00:00", "Z")),)
        query = urlencode([*self.wanted.query(), *since, *place.items()])
        return f"{document}?{query}" if query else document


def asked_of(given: Mapping[str, Sequence[str]]) -> Asked:
    """What a query asks for; ``format`` is read elsewhere.

    :raises BadQuery: something of it is not understood.
    """
    plain = pulling.single(given, _KNOWN)
    places = [name for name in ("after", "before", "page") if name in plain]
    if len(places) > 1:
        raise BadQuery(f"{' and '.join(places)} are two places: give one")
    if plain.get("page", LAST) != LAST:
        raise BadQuery(f"page={plain['page']!r}: pages have no numbers, for what changes moves on; follow the links")
    return Asked(
        wanted=pulling.wanted_of(plain),
        since=pulling.moment_of(plain, "modified_since"),
        after=pulling.number_of(plain, "after"),
        before=pulling.number_of(plain, "before"),
        last="page" in plain,
    )
