"""A column's list, walked page by page to its proven end: what it shows, and how sure that is.

In comes a column and what is remembered of its pages; out comes a ``Walked``: the rows, whether every page was
asked and the end proven, and the outcome of the whole. A quick pass asks conditionally and recalls some deep pages of a
long column without asking; a full pass asks for everything. It never stops at rows it knows: late documents with early
dates land deep in the list. A walk that breaks off keeps its rows and says so in its outcome.

Two kinds of failing page say nothing against a column whose first pages were read well: the edge of the window of
pages a site publishes, whatever its pager counts, and an address that was only guessed. The walk is good then and never
complete, so that rows beyond are not taken for gone.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from harvesters.engines import guessed, hanweb, static
from harvesters.reading import column_notes
from harvesters.reading.dates import CHINA
from harvesters.reading.facts import Fetch, Listing, Row
from harvesters.reading.furniture import furniture_of
from harvesters.reading.outcome import GONE
from harvesters.reading.page import Profile
from harvesters.spiders import memory
from harvesters.spiders.looking import Known, Look, Looker
from harvesters.spiders.memory import Step, request_key
from storage.addresses import address_key
from storage.list_pages import ListPage
from storage.schema import Column, Evidence, Outcome

_WINDOWED = frozenset((static.NAME, guessed.NAME, hanweb.NAME))  # engines whose sites publish a window of pages only
_ORDERED_PAIRS = 20  # dated rows, one after the other, that show an order
_ORDERED_SHARE = 0.95  # of them in that order: pinned rows and corrections stand out of it
_STUB = 600  # bytes; beyond the window TRS answers with a stub of 300 to 400, Hanweb's proxy with 54
MAX_PAGES = 20_000  # a list of 300,000 rows at 15 a page; more is a pager that never ends
_SHORTEST_TITLE = 4  # characters; documents with shorter ones are so rare that many are a reader gone blind
_MAX_EVIDENCE = 5  # list pages named in an observation: the first ones, where the newest rows stand


@dataclass
class Walked:
    """One walk. ``steps`` are the pages in order; ``look`` is what the column came to."""

    column: Column
    full: bool
    look: Look
    steps: list[Step] = field(default_factory=list)
    complete: bool = False  # the end was reached and proven, and every page was asked in this pass
    ended: bool = False  # the end was reached and proven, recalled pages counted
    document: Look | None = None  # the column's address is itself the one document: the look that read it
    page: Mapping[str, Any] | None = None  # what its first page carries beside the list, where it was read in this pass
    extra: tuple[Row, ...] = ()  # rows that only the column's feed shows

    @property
    def all_asked(self) -> bool:
        """Whether no page was recalled without asking."""
        return all(step.asked for step in self.steps)

    def rows(self, *, asked_only: bool = False) -> Iterator[tuple[Row, Step]]:
        """Each row once, in list order, with the page it stands on."""
        seen: set[int] = set()
        for step in self.steps:
            if asked_only and not step.asked:
                continue
            for row in step.rows:
                key = hash(address_key(row.url))
                if key not in seen:
                    seen.add(key)
                    yield row, step
        for row in self.extra:
            if hash(address_key(row.url)) not in seen:
                yield row, self.steps[0]


async def walk(
    looker: Looker,
    column: Column,
    *,
    profile: Profile,
    remembered: Mapping[str, ListPage],
    full: bool,
    had_rows: bool,
    known_keys: Container[str],
) -> Walked:
    """Walk one column.

    :param full: ask for every page, unconditionally.
    :param had_rows: whether the column ever showed rows, so that none is doubted.
    :param known_keys: address keys of the rows already known, to account for what the site says it holds.
    """
    first = Fetch(url=column.url)
    ask = None if full else memory.pages_to_ask(remembered, first)
    walker = _Walker(looker, column, profile, remembered, full=full, had_rows=had_rows)
    walked = await walker.run(first, ask)
    if ask is not None and walked.look.outcome.is_good and _is_unexplained(walked, remembered, known_keys):
        walked = await walker.run(first, None)
    return walked


class _Walker:
    def __init__(
        self,
        looker: Looker,
        column: Column,
        profile: Profile,
        remembered: Mapping[str, ListPage],
        *,
        full: bool,
        had_rows: bool,
    ) -> None:
        self._looker = looker
        self._column = column
        self._profile = profile
        self._remembered = remembered
        self._full = full
        self._had_rows = had_rows
        self._shown = False  # whether a page asked in this pass showed rows
        self._page: Mapping[str, Any] | None = None
        self._done: dict[str, tuple[Step, Look]] = {}  # pages asked in this pass, should it walk again

    async def run(self, first: Fetch, ask: frozenset[str] | None) -> Walked:
        """Walk from the first page; ``ask`` names the remembered pages to ask for, None every page."""
        began = time.monotonic()
        walked = Walked(column=self._column, full=self._full, look=Look(url=first.url, outcome=Outcome.OK))
        fetch: Fetch | None = first
        head: Look | None = None
        trail = _Trail()
        while fetch is not None:
            step, look = await self._step(fetch, ask, is_first=not walked.steps)
            head = head or look or walked.look
            if step is None:
                walked.look = _left_off(fetch, look or head, head, walked) or _broken(
                    look or head, walked, self._column
                )
                break
            if step.is_article:
                walked.document = look
            repeated = trail.add(step)
            if repeated:
                walked.ended = trail.is_past_end
                if not walked.ended:
                    stuck = _window(walked) if len(trail.pages) > 1 else _PAGER_STUCK
                    walked.look = replace(head, outcome=Outcome.OK, **stuck)
                break
            walked.steps.append(step)
            walked.ended = step.next is None and trail.ends_with(step)
            fetch = step.next
            if len(walked.steps) >= MAX_PAGES:
                walked.look = replace(head, outcome=Outcome.OK, **_TOO_MANY_PAGES)
                break
        else:
            walked.look = _whole(head or walked.look, walked)
        walked.complete = walked.ended and walked.all_asked and walked.look.outcome.is_good
        walked.page = self._page
        walked.look = replace(walked.look, seconds=time.monotonic() - began)
        return walked

    async def _step(
        self, fetch: Fetch, ask: frozenset[str] | None, *, is_first: bool
    ) -> tuple[Step | None, Look | None]:
        """One page: recalled (no look), or asked (with its look); no step where the look brought no list."""
        key = request_key(fetch)
        if key in self._done:
            return self._done[key]
        page = self._remembered.get(key)
        if page is not None and ask is not None and key not in ask:
            return memory.recall(page, fetch), None
        known = None
        if page is not None and not self._full and not self._column.render:
            known = Known(etag=page.etag, last_modified=page.last_modified, sha256=page.sha256)
        look = await self._looker.look(
            fetch,
            expect="listing",
            profile=self._profile,
            known=known,
            expects_rows=self._had_rows,
            watched=self._column.url if self._had_rows and not self._shown else None,
            paged=not is_first,
            once=fetch.is_guess and fetch.state["engine"] == guessed.NAME,
            render=self._column.render,
        )
        step: Step | None = None
        if page is not None and look.is_unchanged:
            step = memory.confirmed(memory.recall(page, fetch), look.at, look.etag, look.last_modified)
        elif look.outcome.is_good and look.page is not None:
            step = _step_of(look, fetch, self._column)
            if step is not None and not self._shown:  # up to the first page with rows: there a notice stands
                step = replace(step, notes=_notes(look, step, memory.notes_of(page) if page is not None else {}))
        if step is None:
            return None, look
        if is_first and look.document is not None:
            self._page = furniture_of(look.document, footer=False)
        if not step.is_article:
            # the parsed page is let go: a long list has thousands of them
            look = replace(look, page=None, document=None)
        self._shown = self._shown or bool(step.rows)
        self._done[key] = step, look
        return step, look


@dataclass
class _Trail:
    """The pages walked so far, to know a pager that goes in circles and a list that has shown all it holds."""

    pages: set[int] = field(default_factory=set)  # hashes, here and below: of the page's rows together
    names: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    rows: set[int] = field(default_factory=set)  # of each row
    total_rows: int | None = None
    total_pages: int | None = None
    is_past_end: bool = False

    def add(self, step: Step) -> bool:
        """Take a page in; True where it is one already walked, by its request, its engine's name for it or its rows."""
        rows = frozenset(hash(address_key(row.url)) for row in step.rows)
        page = hash(rows)
        name = f"{step.engine} {step.page_key}" if step.page_key else ""
        same_rows = bool(rows) and page in self.pages
        if step.key in self.keys or (name and name in self.names) or same_rows:
            # past the end many sites show the first or the last page again; page 2 the same as page 1 proves nothing,
            # and nor does any page where the site counts more of them
            at_last = self.total_pages is None or len(self.pages) >= self.total_pages
            self.is_past_end = self.has_all or (same_rows and len(self.pages) > 1 and at_last)
            return True
        self.keys.add(step.key)
        self.names.add(name)
        if rows:
            self.pages.add(page)
        self.rows |= rows
        self.total_rows = step.total_rows if step.total_rows is not None else self.total_rows
        self.total_pages = step.total_pages if step.total_pages is not None else self.total_pages
        return False

    def ends_with(self, step: Step) -> bool:
        """Whether this last page proves the list's end: an empty one does not where the site says there is more."""
        if not step.rows and self.total_rows is not None:
            return self.has_all
        return step.ended or self.has_all

    @property
    def has_all(self) -> bool:
        """Whether as many rows were shown as the site says there are."""
        return self.total_rows is not None and len(self.rows) >= self.total_rows


_PAGER_STUCK: dict[str, Any] = {
    "reason": "page_repeats",
    "detail": "the second page of the list is the first one again; what lies deeper cannot be reached",
}
_TOO_MANY_PAGES: dict[str, Any] = {
    "reason": "too_many_pages",
    "detail": f"the list goes on after {MAX_PAGES} pages; its pager may never end",
}


_PAGER_UNREAD: dict[str, Any] = {
    "reason": "pager_unread",
    "detail": "the list may have more pages, but a script draws its pager and none of the usual addresses of a second "
    "page leads to one; name the address of page 2 to those who maintain the harvester",
}
_NOT_THERE = frozenset((Outcome.SOFT404, Outcome.SHELL, Outcome.STRUCTURE_CHANGED))
_UNSURE = frozenset(("script_only", "app_shell", "empty_body"))  # so a challenge may look


def _step_of(look: Look, fetch: Fetch, column: Column) -> Step | None:
    page = look.page
    assert page is not None
    listing, is_article = page.listing, False
    if listing is None and page.article is not None and not fetch.state:
        listing, is_article = _lone_document(fetch.url, column.name, look), True
    if listing is None:
        return None
    return memory.step_of(
        listing,
        fetch,
        is_article=is_article,
        sha256=look.sha256,
        etag=look.etag,
        last_modified=look.last_modified,
        evidence=look.evidence,
        seen_at=look.at,
    )


def _notes(look: Look, step: Step, before: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a page says of its column; a note that stood there before has stood there since."""
    page, document, day = look.page, look.document, look.at.astimezone(CHINA).date()
    if page is None or document is None or document.text.lstrip()[:1] != "<":
        return {}
    if step.is_article:
        told = column_notes.read_text(page.article.body_text if page.article else None, day)
    else:
        told = column_notes.read_notes(document, day)
    found = column_notes.as_json(told, day)
    known = before.get("note")
    if known and "note" in found and known.get("text") == found["note"]["text"]:
        found["note"] = known
    return found


def _lone_document(url: str, name: str, look: Look) -> Listing:
    """A column that is itself one document, as a list of one row; without a title it has the column's name."""
    page = look.page
    assert page is not None
    assert page.article is not None
    row = Row(
        url=url,
        title=page.article.title or name,
        date=page.article.published_on,
        published_at=page.article.published_at,
    )
    return Listing(engine=page.engine or "article", column_name=None, rows=(row,), ended=True, total_rows=1)


def _whole(head: Look, walked: Walked) -> Look:
    """What a walk that reached the last page came to."""
    asked = [step for step in walked.steps if step.asked]
    if any(step.rows for step in walked.steps):
        unchanged = bool(asked) and all(step.unchanged for step in asked)
        look = replace(head, outcome=Outcome.NOT_MODIFIED if unchanged else Outcome.OK)
    elif walked.ended:
        return replace(head, outcome=Outcome.OK_EMPTY)
    else:
        return replace(head, outcome=Outcome.STRUCTURE_CHANGED, reason="no_rows", detail=_no_list(walked.column.url))
    if not walked.ended:
        unproven = "the end of the list could not be proven"
        look = replace(look, reason=look.reason or "end_unproven", detail=look.detail or unproven)
    return look


def _left_off(fetch: Fetch, look: Look, head: Look, walked: Walked) -> Look | None:
    """What a walk came to that left off at a page nobody promised, or that the site no longer publishes; else None."""
    shown = [step for step in walked.steps if step.rows]
    if fetch.is_guess and shown:
        return replace(_whole(head, walked), **_PAGER_UNREAD)
    if len(shown) < 2 or shown[-1].engine not in _WINDOWED or look.outcome not in _NOT_THERE:
        return None
    stub = look.document is not None and len(look.document.body) < _STUB and look.reason not in _UNSURE
    if look.status not in GONE and not stub and shown[-1].engine != guessed.NAME:
        return None
    return replace(_whole(head, walked), **_window(walked))


def _window(walked: Walked) -> dict[str, Any]:
    shown = sum(bool(step.rows) for step in walked.steps)
    counted = next((step.total_pages for step in walked.steps if step.total_pages is not None), None)
    of = f"of the {counted} pages its pager counts " if counted else ""
    return {
        "reason": "window",
        "detail": f"{walked.column.url}: {of}only the first {shown} can be read; the site publishes no more of them, "
        "and what lies deeper is neither seen nor taken for gone",
    }


def _no_list(url: str) -> str:
    return f"{url}: the page was read but no list was found on it; look whether it was redesigned"


def _broken(look: Look, walked: Walked, column: Column) -> Look:
    """What a walk that broke off came to: the outcome of the page it broke off at; its rows stay."""
    outcome = look.outcome
    reason, detail = look.reason, look.detail
    if outcome.is_good:
        outcome = Outcome.STRUCTURE_CHANGED
        reason = reason or "no_list"
        detail = detail or _no_list(look.url)
    if walked.steps:
        detail = f"page {len(walked.steps) + 1} of {column.url} could not be read: {detail}"
    return replace(look, outcome=outcome, reason=reason, detail=detail)


def _is_unexplained(walked: Walked, remembered: Mapping[str, ListPage], known_keys: Container[str]) -> bool:
    """Whether the site says it holds other than what was known and what is new on the pages asked.

    Then something came or went on a page that was only recalled, and the whole list is walked.
    """
    if walked.all_asked:
        return False
    first = next((step for step in walked.steps if step.total_rows is not None or step.total_pages is not None), None)
    if first is None or not first.asked:
        return False
    before = remembered.get(first.key)
    if before is None:
        return True
    new = sum(address_key(row.url) not in known_keys for row, _ in walked.rows(asked_only=True))
    if first.total_rows is not None and before.total_rows is not None:
        return first.total_rows != before.total_rows + new
    return first.total_pages != before.total_pages and new == 0


def facts_of(walked: Walked) -> dict[str, Any]:
    """The facts of a column's observation."""
    rows = undated = untitled = dated_pairs = falling = 0
    newest: dt.date | None = None
    before: dt.date | None = None
    for row, _ in walked.rows():
        rows += 1
        untitled += len(row.title) < _SHORTEST_TITLE
        date = row.date or (row.published_at.date() if row.published_at else None)
        if date is None:
            undated += 1
            continue
        if newest is None or date > newest:
            newest = date
        if before is not None:
            dated_pairs += 1
            falling += date <= before
        before = date
    steps = walked.steps
    return {
        "engine": steps[-1].engine if steps else None,
        "pages": len(steps),
        "pages_asked": sum(step.asked for step in steps),
        "rows": rows,
        "undated_rows": undated,
        "untitled_rows": untitled,
        "newest_on": newest.isoformat() if newest else None,
        # what lies beyond a window is older, where what lies in it stands newest first
        "newest_first": dated_pairs >= _ORDERED_PAIRS and falling >= dated_pairs * _ORDERED_SHARE,
        "total_rows": next((step.total_rows for step in steps if step.total_rows is not None), None),
        "total_pages": next((step.total_pages for step in steps if step.total_pages is not None), None),
        "complete": walked.complete,
        "column_name": next((step.column_name for step in steps if step.column_name), None),
        "full": walked.complete or walked.full,
        **({"page": walked.page} if walked.page is not None else {}),
        **next((step.notes for step in steps if step.notes), {}),
    }


def evidence_of(walked: Walked) -> tuple[Evidence, ...]:
    """The captured pages that prove the walk: the first ones, and the one it broke off at."""
    kept = [step.evidence for step in walked.steps[:_MAX_EVIDENCE] if step.evidence is not None]
    if walked.look.evidence is not None and walked.look.evidence not in kept:
        kept.append(walked.look.evidence)
    return tuple(kept)
