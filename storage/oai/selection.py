"""A page of a list: one query along the numbers of changes, each item at its latest, in bounded memory.

Datestamps never run backwards as numbers grow, so ``from`` and ``until`` are bounds of numbers, found in an index, and
the order of numbers is the order of datestamps. An item that changes while a list is read gets the next number and
comes again further on, where the list still reaches there; none is skipped and none is handed out twice unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.oai import sets, tokens
from storage.oai.arguments import TOKEN, span_of
from storage.oai.errors import BAD_ARGUMENT, NO_RECORDS_MATCH, Problem, Refused
from storage.oai.formats import problem_with

PAGE: Final = 500  # records
# signs of JSON after which a page ends early: readers that use libxml2 as it comes take no more than 10 MB in one piece
WEIGHT: Final = 4_000_000
_FETCHED: Final = 50  # rows held of a page before they are weighed

_ITEM: Final = tables.items.c
_REVISION: Final = tables.item_revisions.c
_HEADER: Final = (
    _ITEM.id,
    _ITEM.seq,
    _ITEM.unit,
    _ITEM.category,
    _ITEM.statutory,
    _REVISION.action,
    _REVISION.datestamp,
)


def wanted_of(verb: str, arguments: Mapping[str, str], secret: bytes) -> tokens.Wanted:
    """What list the arguments ask for, from its beginning or from where a token says.

    :raises Refused: an argument is not of its form, the format is not served, the token is not ours.
    """
    if TOKEN in arguments:
        return tokens.read(arguments[TOKEN], verb, secret)
    problems: list[Problem] = []
    span = None
    prefix, spec = arguments["metadataPrefix"], arguments.get("set")
    if found := problem_with(prefix):
        problems.append(found)
    if spec is not None and not sets.is_spec(spec):
        problems.append(Problem(BAD_ARGUMENT, f"{spec!r} is not of the form of a setSpec"))
    try:
        span = span_of(arguments)
    except Refused as refused:
        problems += refused.problems
    if problems or span is None:
        raise Refused(*problems)
    return tokens.Wanted(prefix=prefix, set=spec, span=span)


def page(
    session: Session, wanted: tokens.Wanted, *, with_payload: bool
) -> tuple[list[Any], tokens.Wanted | None, int | None]:
    """The rows of the next page, where the list goes on after it (None: this is its end), and how long it is.

    A page that goes on with a list may be empty, where all that was left of it changed meanwhile and left its span.

    :raises Refused: the list is empty.
    """
    columns = (*_HEADER, _REVISION.payload) if with_payload else _HEADER
    query = (
        sa.select(*columns)
        .join(tables.item_revisions, _REVISION.seq == _ITEM.seq)
        .where(*_conditions(wanted, _ITEM.seq, _REVISION.seq))
        .order_by(_ITEM.seq)
        .limit(PAGE + 1)
    )
    rows: list[Any] = []
    weight, more = 0, False
    result = session.execute(query, execution_options={"yield_per": _FETCHED})
    for row in result:
        if len(rows) == PAGE or weight > WEIGHT:
            more = True
            break
        rows.append(row)
        weight += len(row.payload) if with_payload else 0
    result.close()
    handed_out = wanted.handed_out + len(rows)
    if not handed_out:
        raise Refused(Problem(NO_RECORDS_MATCH, "nothing in the catalogue is in this set and this span of time"))
    size = wanted.size
    if size is None and more:
        size = _count(session, wanted)
    if size is not None:  # counted when the list began; what changed since has made it longer
        size = max(size, handed_out + more)
    following = replace(wanted, after=rows[-1].seq, handed_out=handed_out, size=size) if more else None
    return rows, following, size


def one(session: Session, name: str) -> Any | None:
    """The row of an item by its id, payload included."""
    query = sa.select(*_HEADER, _REVISION.payload).join(tables.item_revisions, _REVISION.seq == _ITEM.seq)
    return session.execute(query.where(_ITEM.id == name)).one_or_none()


def _count(session: Session, wanted: tokens.Wanted) -> int:
    query = sa.select(sa.func.count()).select_from(tables.items).where(*_conditions(wanted, _ITEM.seq))
    return int(session.execute(query).scalar_one())


def _conditions(wanted: tokens.Wanted, *numbers: sa.Column[Any]) -> list[sa.ColumnElement[bool]]:
    """What the list holds. The bounds are told of each of ``numbers``: PostgreSQL, joining two tables by their numbers,
    would not carry the bound of one over to the other, and read it from its beginning for every page."""
    found: list[sa.ColumnElement[bool]] = []
    for number in numbers:
        if wanted.after:
            found.append(number > wanted.after)
        elif wanted.span.since is not None:
            first = sa.select(_REVISION.seq).where(_REVISION.datestamp >= wanted.span.since)
            found.append(number >= _edge(first, _REVISION.datestamp, _REVISION.seq))
        if wanted.span.before is not None:
            last = sa.select(_REVISION.seq).where(_REVISION.datestamp < wanted.span.before)
            found.append(number <= _edge(last, _REVISION.datestamp.desc(), _REVISION.seq.desc()))
    if wanted.set is not None:
        found.append(sets.condition(wanted.set))
    return found


def _edge(query: sa.Select[tuple[int]], *order: Any) -> sa.ScalarSelect[int]:
    """The first number of ``query`` in an order; where there is none, nothing compares with it."""
    return query.order_by(*order).limit(1).correlate(None).scalar_subquery()
