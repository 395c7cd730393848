"""A question in, a page of documents out: the best first, the newest first among equals, each found exactly.

The index answers with what has all the tokens, a class after the other: all words side by side in the title, all in the
title, all in title and numbers, all side by side anywhere, one in the title, the rest. Within a class the newest come
first. Where tokens only make candidates (phrases of three signs and more), the text of each is compared, a bounded
number of them to a page. A page ends with the place to go on from, class and number; what comes meanwhile stands above
it and moves nothing.

Where few have the tokens, all of them are read and put into their classes here, for each class asked of the index takes
as long as the longest list that its tokens have. The order is the same.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database
from storage.exceptions import UnknownTarget
from storage.search import asking, documents, engine, indexing, words
from storage.search.asking import Query, Term
from storage.search.documents import whole_form

COUNTED: Final = 1000  # documents are counted up to here; a reader of pages needs no more
COMPARED: Final = 400  # texts compared for one page, and as many for its count
FEW: Final = 200
_CHUNK: Final = 50
_SURE: Final = 20_000  # signs of a body that are indexed in any case
_ABOVE: Final = 1 << 62  # any number
_CURSOR: Final = re.compile(r"(\d{1,9})\.(\d)\.(\d{1,18})", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a document must be. ``withdrawn`` None: either.

    Units and columns are those where it stands, at its first publisher and as a copy; a number is its beginning, to a
    sign or a whole word, in any brackets; ``since`` and ``until`` are days of publication, both included, and leave out
    what has none.
    """

    unit: str | None = None
    column: str | None = None
    category: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    document_number: str | None = None
    index_number: str | None = None
    validity: str | None = None
    theme: str | None = None
    statutory: str | None = None
    withdrawn: bool | None = False


@dataclass(frozen=True, kw_only=True)
class Match:
    """One document found. ``data`` is the item as JSON, as it is indexed; ``rank`` 0 is the best class."""

    rank: int
    number: int
    data: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Total:
    """How many there are; at least so many where not ``is_exact``."""

    count: int
    is_exact: bool


@dataclass(frozen=True, kw_only=True)
class Found:
    """A page. ``total`` is told on the first one only. ``after``: go on from there; None at the end.

    A page may have fewer than asked for, or none, and yet an ``after``: so many texts were compared, and no more fit.
    """

    query: Query
    matches: tuple[Match, ...]
    total: Total | None
    after: str | None
    standing: indexing.Standing


def search(
    db: Database, text: str | None = None, filters: Filters | None = None, *, after: str | None = None, limit: int = 20
) -> Found:
    """A page of what fits ``text`` and ``filters``, as far as the index is; all that fits the filters without a text.

    :raises UnknownTarget: ``after`` is no place that a page ended with.
    """
    query = asking.read(text)
    filters = filters or Filters()
    with db.read() as session:
        stands = indexing.standing_in(session)
        place = _place(after, stands.generation)
        if query.is_empty or stands.seq == 0:
            return Found(query=query, matches=(), total=Total(count=0, is_exact=True), after=None, standing=stands)
        asked = _Asked(session, query, filters)
        places, on = asked.page(place, limit)
        matches = asked.matches(places)
        total = asked.total() if after is None else None
    end = None if on is None else f"{stands.generation}.{on[0]}.{on[1]}"
    return Found(query=query, matches=matches, total=total, after=end, standing=stands)


def _place(after: str | None, generation: int) -> tuple[int, int]:
    """Class and number to go on from. Of an index that was made anew since, the day is gone through again."""
    if after is None:
        return 0, _ABOVE
    match = _CURSOR.fullmatch(after)
    if match is None:
        raise UnknownTarget(f"after={after[:80]!r} is not a cursor of a search: take it from the page before")
    begun, rank, number = map(int, match.groups())
    if begun != generation:
        number = (number // engine.PER_DAY + 1) * engine.PER_DAY
    return rank, number


class _Asked:
    """One question put to the index within one transaction."""

    def __init__(self, session: Session, query: Query, filters: Filters) -> None:
        self.session, self.query = session, query
        self.syntax = engine.Syntax(session.get_bind().dialect.name)
        self.least = 0 if filters.since is None else filters.since.toordinal() * engine.PER_DAY
        self.below = _ABOVE if filters.until is None else (filters.until.toordinal() + 1) * engine.PER_DAY
        # number → class, where few are found, or 0; None where the text does not fit. Texts are not held: some are long
        self.fits: dict[int, int | None] = {}
        must, must_not = _facets(filters)
        self._must = [self.syntax.token(one) for one in must]
        self._must_not = [self.syntax.token(one) for one in must_not]
        self._must_not += [self._term(term, "") for term in query.unwanted if term.is_exact]
        wanted = [self._group(group, ("",)) for group in query.wanted]
        self.anywhere = self.syntax.every(wanted or [self.syntax.token(documents.EVERY)])
        self.classes = self._classes()
        self.few: list[int] | None = None
        # what begins with one sign is thousands of lists to bring together, which the titles mostly make needless
        if query.wanted and not any(term.is_prefix for group in query.wanted for term in group):
            whole = self._class([self.anywhere])
            self.few = engine.if_few(session, whole, least=self.least, below=self.below, few=FEW)

    def _classes(self) -> list[str]:
        """An expression for each class, what is of a better one left out; together they are all that fits.

        What is left out is said as shortly as can be: FTS5 reads through each list that an expression names.
        """
        query, every, any_ = self.query, self.syntax.every, self.syntax.any
        if not query.wanted:
            return [self._class([self.anywhere])]
        title = every(self._group(group, ("t:",)) for group in query.wanted)
        title_or_number = every(self._group(group, ("t:", "n:")) for group in query.wanted)
        if len(query.wanted) == 1:
            classes = [([title], []), ([title_or_number], [title]), ([self.anywhere], [title_or_number])]
        else:
            some = any_(self._group(group, ("t:",)) for group in query.wanted)
            classes = [
                ([title], []),
                ([title_or_number], [title]),
                ([self.anywhere, some], [title_or_number]),
                ([self.anywhere], [title_or_number, some]),
            ]
            if query.together is not None:
                in_title, together = (self._term(query.together, mark) for mark in ("t:", ""))
                classes = [
                    ([in_title], []),
                    ([title], [in_title]),
                    classes[1],
                    ([together], [title_or_number]),
                    *(([*these], [*others, together]) for these, others in classes[2:]),
                ]
        return [self._class(these, others) for these, others in classes]

    def _class(self, these: Sequence[str], others: Sequence[str] = ()) -> str:
        return self.syntax.without(self.syntax.every([*these, *self._must]), [*others, *self._must_not])

    def _group(self, group: Sequence[Term], marks: Sequence[str]) -> str:
        return self.syntax.any(self._term(term, mark) for term in group for mark in marks)

    def _term(self, term: Term, mark: str) -> str:
        return self.syntax.every(self.syntax.token(mark + one, is_prefix=term.is_prefix) for one in term.tokens)

    def page(self, place: tuple[int, int], limit: int) -> tuple[list[tuple[int, int]], tuple[int, int] | None]:
        """What fits from a place (class, number) on, as places, and where the page after them begins."""
        if self.few is not None:
            begins = (place[0], -place[1])
            fit = sorted((rank, -number) for number, rank in self._read(self.few).items() if rank is not None)
            rest = [(rank, -below) for rank, below in fit if (rank, below) > begins]
            return rest[:limit], rest[limit - 1] if len(rest) > limit else None
        found: list[tuple[int, int]] = []
        rank, below = place
        compared = 0
        while rank < len(self.classes):
            wanted = limit + 1 - len(found)
            if self.query.must_be_compared:
                wanted = max(wanted, _CHUNK)
            numbers = self._numbers(self.classes[rank], below, wanted)
            fits = self._read(numbers)
            for number in numbers:
                if fits.get(number) is not None:
                    if len(found) == limit:
                        return found, found[-1]
                    found.append((rank, number))
                below = number
            compared += len(numbers)
            if len(numbers) < wanted:
                rank, below = rank + 1, _ABOVE
            elif self.query.must_be_compared and compared >= COMPARED:
                return found, (rank, below)
        return found, None

    def matches(self, places: Sequence[tuple[int, int]]) -> tuple[Match, ...]:
        """The documents at ``places``."""
        data = dict(_payloads(self.session, [number for _, number in places]))
        return tuple(Match(rank=rank, number=number, data=data[number]) for rank, number in places if number in data)

    def _rank(self, data: Mapping[str, Any]) -> int:
        """The first class of :meth:`_classes` that an item is of, which has the tokens of the last one."""
        wanted, together = self.query.wanted, self.query.together
        title, number = documents.title_tokens(data), documents.number_tokens(data)

        def all_in(*held: set[str]) -> bool:
            return all(any(term.is_within(one) for term in group for one in held) for group in wanted)

        is_of = [all_in(title), all_in(title, number)]
        if together is not None:
            is_of = [together.is_within(title), *is_of, together.is_within(words.tokens(whole_form(data)))]
        if len(wanted) > 1:
            is_of.append(any(term.is_within(title) for group in wanted for term in group))
        return next((rank for rank, is_it in enumerate(is_of) if is_it), len(is_of))

    def total(self) -> Total:
        """How many there are, counted so far as it takes no time."""
        if self.few is not None:
            return Total(count=sum(one is not None for one in self._read(self.few).values()), is_exact=True)
        whole = self._class([self.anywhere])
        if not self.query.must_be_compared:
            # in titles alone there often are enough, and those of one sign are far fewer to bring together
            for expression in (self.classes[0], whole):
                count = engine.count(self.session, expression, least=self.least, below=self.below, most=COUNTED + 1)
                if count > COUNTED:
                    return Total(count=COUNTED, is_exact=False)
            return Total(count=count, is_exact=True)
        numbers = self._numbers(whole, _ABOVE, COMPARED + 1)
        is_all = len(numbers) <= COMPARED
        count = sum(one is not None for one in self._read(numbers[:COMPARED]).values())
        return Total(count=count, is_exact=is_all)

    def _numbers(self, expression: str, below: int, limit: int) -> list[int]:
        return engine.numbers(self.session, expression, least=self.least, below=min(below, self.below), limit=limit)

    def _read(self, numbers: Sequence[int]) -> dict[int, int | None]:
        """What is known of ``numbers``, see ``fits``; texts are read where they must be."""
        if self.few is None and not self.query.must_be_compared:
            return dict.fromkeys(numbers, 0)
        missing = [number for number in numbers if number not in self.fits]
        for start in range(0, len(missing), _CHUNK):
            for number, data in _payloads(self.session, missing[start : start + _CHUNK]):
                rank = 0 if self.few is None else self._rank(data)
                self.fits[number] = rank if self._fits(data) else None
        return {number: self.fits[number] for number in numbers if number in self.fits}

    def _fits(self, data: Mapping[str, Any]) -> bool:
        query = self.query
        if not query.must_be_compared:
            return True
        if not query.unwanted and len(query.wanted) == 1:
            # the phrase as it was typed, which is how it nearly always stands there: no normal form need be made
            title, body = data["title"], data.get("body_text") or ""
            if any(term.is_plain and (term.form in title or term.form in body[:_SURE]) for term in query.wanted[0]):
                return True
        return query.fits(whole_form(data))


def _payloads(session: Session, numbers: Sequence[int]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    doc, revision = tables.search_docs.c, tables.item_revisions.c
    query = (
        sa.select(doc.number, revision.payload)
        .join(tables.item_revisions, revision.seq == doc.seq)
        .where(doc.number.in_(numbers))
    )
    found = [(number, json.loads(payload)) for number, payload in session.execute(query)]
    documents.with_texts(session, [data for _, data in found])
    yield from found


def _facets(filters: Filters) -> tuple[list[str], list[str]]:
    """Tokens a document must have, and must not have."""
    must: list[str] = []
    must_not: list[str] = []
    facets = {"unit": "u", "column": "c", "category": "k", "validity": "v", "theme": "h", "statutory": "s"}
    for name, mark in facets.items():
        if (value := getattr(filters, name)) is not None:
            must.append(words.marked(mark, value))
    for number, mark in ((filters.document_number, "d"), (filters.index_number, "i")):
        if number is not None:
            must.append(words.marked(mark, words.normal(number)))
    if filters.withdrawn is not None:
        (must if filters.withdrawn else must_not).append(documents.WITHDRAWN)
    if filters.since is not None or filters.until is not None:
        must_not.append(documents.UNDATED)
    return must, must_not
