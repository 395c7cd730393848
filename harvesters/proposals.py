"""What a unit's pages prove: proposals for its columns, and which of several addresses is meant. Pure.

A page that was read comes in, a ``Proposal`` goes out, with how sure it is and why. Several addresses under one name
are settled at the end: the list with the newest row is proposed, and the others are told beside it as earlier years,
as old addresses that still answer, or as doubtful columns of their own.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from harvesters.candidates import SINGLE_KINDS, Candidate, Rank, folder_of, is_kin, timeless
from harvesters.navigation import kind_of, plain_name, stem, without_year
from harvesters.reading.dates import address_date
from harvesters.reading.facts import Page, Row, Site
from harvesters.reading.links import is_article
from storage.addresses import address_key
from storage.schema import Outcome

DOUBTFUL = 0.6  # below this confidence a proposal needs a person to say yes
SAMPLES = 3  # rows shown of each column
FROZEN_DAYS = 60  # how much older than its namesake's the newest row of an old address is, at least
_ENOUGH_ROWS = 3  # dated ones, for a list under a name that says nothing


@dataclass(frozen=True, kw_only=True)
class Other:
    """Another address under the name of a proposed column, and what it is taken for."""

    url: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One column as it would stand in a city file. ``outcome`` is that of the look at it."""

    name: str
    kind: str
    url: str
    outcome: Outcome
    confidence: float
    why: tuple[str, ...]
    linked_from: str
    id: str = ""
    engine: str | None = None
    rows: tuple[Row, ...] = ()  # the first page's
    total_rows: int | None = None
    total_pages: int | None = None
    newest_on: dt.date | None = None
    feed: str | None = None
    year: int | None = None
    detail: str | None = None
    others: tuple[Other, ...] = ()

    @property
    def is_doubtful(self) -> bool:
        """Whether a person should look before it is taken."""
        return self.confidence < DOUBTFUL


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A link that was looked at, or would have been, and is proposed as nothing."""

    name: str
    url: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Discovery:
    """What a home page led to. ``outcome`` is that of the look at the home page itself."""

    home: str
    outcome: Outcome
    reason: str | None = None
    detail: str | None = None
    site: Site = field(default_factory=Site)
    unit_name: str | None = None
    phone: str | None = None
    email: str | None = None
    platform: str | None = None
    section: str = "/"
    columns: tuple[Proposal, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    requests: int = 0
    budget: int = 0


# ------------------------------------------------------------------ what a page proves


def links_instead_of_rows(page: Page, found: Iterable[Candidate]) -> bool:
    """Whether the rows of a page are links to columns: a hub, and no list of documents."""
    if page.listing is None or not page.listing.rows:
        return False
    columns = {stem(one.url) for one in found if one.rank < Rank.UNKNOWN and not is_article(one.url)}
    return sum(stem(row.url) in columns for row in page.listing.rows) * 2 >= len(page.listing.rows)


def propose(candidate: Candidate, page: Page, *, url: str, feed: str | None = None) -> Proposal | None:
    """What a candidate's page makes of it; None where it is no column: a hub, a page gone, another site's.

    :param url: where the candidate's address led to.
    :param feed: the feed its page names.
    """
    listing = page.listing
    if page.outcome.is_good:
        listed = listing is not None and (bool(listing.rows) or page.outcome is Outcome.OK_EMPTY or listing.ended)
        alone = page.article is not None and candidate.kind in SINGLE_KINDS
        if not listed and not alone:
            return None
    elif page.reason in ("hub", "other_site", "home", "home_page") or page.outcome in (
        Outcome.SOFT404,
        Outcome.REDIRECTED,
    ):
        return None
    says = plain_name(listing.column_name or "") if listing is not None else ""
    by_page = kind_of(says) if candidate.kind is None and says else None
    kind = candidate.kind or (by_page[0] if by_page else "other")
    rows = listing.rows if listing is not None else ()
    dates = [on for row in rows if (on := row.date or address_date(row.url)) is not None]
    if candidate.kind is None and (not page.outcome.is_good or len(dates) < _ENOUGH_ROWS):
        return None  # a name nobody knows needs a list that speaks for itself
    shown = sum(row.date is not None for row in rows)
    confidence, why = _judged(candidate, page, says, len(rows), shown, by_page is not None)
    return Proposal(
        name=candidate.name,
        kind=kind,
        url=url,
        outcome=page.outcome,
        confidence=round(confidence, 2),
        why=tuple(why),
        linked_from=candidate.linked_from,
        engine=page.engine,
        rows=rows,
        total_rows=listing.total_rows if listing is not None else None,
        total_pages=listing.total_pages if listing is not None else None,
        newest_on=max(dates, default=page.article.published_on if page.article else None),
        feed=feed,
        year=candidate.year,
        detail=None if page.outcome.is_good else page.detail,
    )


def _judged(
    candidate: Candidate, page: Page, says: str, rows: int, dated: int, named_by_page: bool
) -> tuple[float, list[str]]:
    """How sure a column is, and what speaks for and against it."""
    if candidate.sure:
        confidence, why = 0.6, [f"linked as {candidate.name}"]
    elif candidate.kind is not None:
        confidence, why = 0.45, [f"linked as {candidate.name}, a name like those of {candidate.kind}"]
    elif named_by_page:
        confidence, why = 0.4, [f"linked as {candidate.name}; the page calls itself {says}"]
    else:
        confidence, why = 0.2, [f"linked as {candidate.name}, which says nothing of its kind"]
    if not page.outcome.is_good:
        return confidence - 0.2, [*why, f"could not be read: {page.outcome.value}"]
    if rows and dated * 2 >= rows:
        confidence, why = confidence + 0.25, [*why, f"a list of {rows} rows, {dated} dated"]
    elif rows:
        confidence, why = confidence + 0.15, [*why, f"a list of {rows} rows, {dated} dated"]
    elif page.article is not None:
        confidence, why = confidence + 0.25, [*why, "the page is the one document"]
    else:
        confidence, why = confidence + 0.15, [*why, "an intact list that is empty"]
    if says and says == candidate.name:
        confidence, why = confidence + 0.1, [*why, "the page calls itself the same"]
    elif says and (other := kind_of(says)) and candidate.kind and other[0] != candidate.kind:
        confidence, why = confidence - 0.1, [*why, f"but the page calls itself {says}"]
    return min(confidence, 0.98), why


# ------------------------------------------------------------------ which of several is meant


def settle(proposals: Sequence[Proposal], earlier: Iterable[Candidate] = ()) -> list[Proposal]:
    """One proposal for each column, in the order they were found, with ids that differ.

    :param earlier: lists of earlier years that were linked and not looked at.
    """
    groups: dict[tuple[str, str], list[Proposal]] = defaultdict(list)
    for one in proposals:
        groups[without_year(one.name), one.kind].append(one)
    left = defaultdict(list)
    for candidate in earlier:
        left[without_year(candidate.name), candidate.kind or "other"].append(candidate)
    settled = []
    for key, group in groups.items():
        first, *rest = _settled(group)
        years = tuple(Other(url=one.url, why=f"the list of {one.year}") for one in left[key] if one.url != first.url)
        settled += [replace(first, others=first.others + years), *rest]
    return _with_ids(_once(settled))


def _settled(group: list[Proposal]) -> list[Proposal]:
    ranked = sorted(
        group,
        key=lambda one: (one.outcome.is_good, one.newest_on or dt.date.min, one.year is None, one.confidence),
        reverse=True,
    )
    first, kept, others = ranked[0], [], []
    for one in ranked[1:]:
        why = _why_not(one, first)
        if why is not None:
            others.append(Other(url=one.url, why=why))
        else:
            said = (*one.why, f"another list of this name is {first.url}")
            kept.append(replace(one, confidence=round(one.confidence - 0.2, 2), why=said))
    name = first.name if first.year is None else without_year(first.name) or first.name
    return [replace(first, name=name, others=tuple(others)), *kept]


def _why_not(one: Proposal, first: Proposal) -> str | None:
    """Why ``one`` is not the column but ``first`` is; None where both may be."""
    mine, its = ({address_key(row.url) for row in rows} for rows in (one.rows, first.rows))
    if mine and len(mine & its) * 2 >= min(len(mine), len(its)):
        return "shows the same rows"
    if not one.outcome.is_good:
        return f"could not be read: {one.outcome.value}"
    if one.newest_on is None or first.newest_on is None:
        return "shows no dated rows" if is_kin(first.url, one.url) or is_kin(one.url, first.url) else None
    seen = f"its newest row is of {one.newest_on}"
    if one.year is not None and (first.year or 9999) > one.year:
        return f"the list of {one.year}; {seen}"
    if (first.newest_on - one.newest_on).days >= FROZEN_DAYS:
        return f"still answers, but {seen}: publishing seems to have moved to the address proposed"
    return None


def _once(proposals: Iterable[Proposal]) -> list[Proposal]:
    """Each address once, under the name that is surest."""
    best: dict[str, Proposal] = {}
    for one in proposals:
        place = stem(one.url)
        if place not in best or one.confidence > best[place].confidence:
            best[place] = one
    return list(best.values())


def _with_ids(proposals: Iterable[Proposal]) -> list[Proposal]:
    taken: set[str] = set()
    found = []
    for one in proposals:
        steps = [
            step for step in timeless(folder_of(one.url)).split("/") if re.fullmatch(r"[A-Za-z][\w.-]{1,30}", step)
        ]
        told = one.kind if urlsplit(one.url).fragment or not steps else steps[-1]
        name, n = told, 1
        while name in taken:
            n += 1
            name = f"{told}-{n}"
        taken.add(name)
        found.append(replace(one, id=name))
    return found


# ------------------------------------------------------------------ as JSON


def as_json(found: Discovery) -> dict[str, Any]:
    """``found`` in the machine-readable form of ``gongkai discover``: absent is null, dates ISO."""
    return {
        "home": found.home,
        "outcome": found.outcome.value,
        "reason": found.reason,
        "detail": found.detail,
        "site": {"name": found.site.name, "domain": found.site.domain, "id_code": found.site.id_code},
        "unit": {"name": found.unit_name, "phone": found.phone, "email": found.email, "section": found.section},
        "platform": found.platform,
        "requests": found.requests,
        "budget": found.budget,
        "columns": [_column_json(one) for one in found.columns],
        "left_out": [{"name": one.name, "url": one.url, "why": one.why} for one in found.left_out],
    }


def _column_json(one: Proposal) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "url": one.url,
        "feed": one.feed,
        "engine": one.engine,
        "outcome": one.outcome.value,
        "detail": one.detail,
        "confidence": one.confidence,
        "doubtful": one.is_doubtful,
        "why": list(one.why),
        "linked_from": one.linked_from,
        "newest_on": one.newest_on.isoformat() if one.newest_on else None,
        "rows": len(one.rows),
        "total_rows": one.total_rows,
        "total_pages": one.total_pages,
        "samples": [
            {"title": row.title, "url": row.url, "date": row.date.isoformat() if row.date else None}
            for row in one.rows[:SAMPLES]
        ],
        "others": [{"url": other.url, "why": other.why} for other in one.others],
    }
