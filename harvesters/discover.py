"""A unit's home page in, proposed columns out: asks for the pages that ``candidates`` names, the most telling first.

Only the unit's own pages are asked for, politely and within a budget of requests; a page that does not answer is told
and the next one is asked. What a page proves and which of several addresses is meant, ``proposals`` decides.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from urllib.parse import urldefrag, urljoin, urlsplit

from harvesters.candidates import DEEPEST, Candidate, Rank, Section, candidates_of, folder_of, section_of, years_of
from harvesters.city_file import same_house
from harvesters.navigation import PLATFORM_NAMES, Links, links_of, plain_name, stem
from harvesters.one_page import Session, with_rows
from harvesters.proposals import Discovery, LeftOut, Proposal, links_instead_of_rows, propose, settle
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Page, Site
from harvesters.reading.links import is_article, joined
from harvesters.reading.page import Profile, read_page
from harvesters.spiders.sites import is_home, same_site
from storage.exceptions import NoAnswer, UnsafeAddress
from storage.schema import Outcome

BUDGET = 60  # requests; a unit has 10 to 40 columns, and half of the systems need two requests for one
_BUDGET = "budget"
_GIVE_UP_AFTER = 5  # requests in a row without an answer: each may take a minute
_ENOUGH_LINKS = 3  # named as columns are, for a home page that is too short to prove itself

_ORGANISER = re.compile(
    r"主办(?:单位|方)?\s*+(?:[:：]\s*+)?([\u4e00-\u9fff（）()]{4,30}?)(?=\s|承办|版权|地址|联系|网站|$|[^\u4e00-\u9fff（）()])"
)
_PHONE = re.compile(r"(?:联系电话|电话|联系方式)\s*+(?:[:：]\s*+)?((?:0\d{2,3}[-—－ ]?)?\d{7,8})(?!\d)")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+")
_SITE_WORDS = re.compile(r"(?:政府)?(?:门户)?网站?(?:群)?$|官网$|门户$")

Tell = Callable[[str], None]


def discover(home: str, session: Session, *, budget: int = BUDGET, tell: Tell | None = None) -> Discovery:
    """The columns of the unit whose home page is ``home``.

    :param budget: requests at most, robots.txt not counted.
    :param tell: called with one line for each page asked.
    :raises UnsafeAddress: the home page's address is not public and the session may not ask private ones.
    """
    return _Explorer(session, budget, tell or (lambda line: None)).explore(home)


class _Explorer:
    def __init__(self, session: Session, budget: int, tell: Tell) -> None:
        self._session = session
        self._budget = budget
        self._tell = tell
        self._answers: dict[str, Document] = {}
        self._queue: list[tuple[int, int, int, Candidate]] = []
        self._order = count()
        self._queued: dict[str, int] = {}  # the best rank under which an address waits
        self._failed = 0  # requests in a row that got no answer
        self._proposals: list[Proposal] = []
        self._earlier: list[Candidate] = []
        self._left_out: list[LeftOut] = []
        self._platform: str | None = None
        self._section = Section(home="")
        self._site = Site()
        self._unit_name: str | None = None
        self._shared_feeds: set[str] = set()

    def explore(self, home: str) -> Discovery:
        try:
            document = self._page(home)
        except NoAnswer as problem:
            return self._unread(home, problem.outcome, problem.reason, str(problem))
        page = read_page(document)
        links = links_of(document)
        if not same_site(home, document.url):
            said = f"{home} now leads to {document.url}; give that address if it is the unit's"
            return self._unread(home, Outcome.REDIRECTED, "other_site", said)
        self._section = Section(home=document.url)
        named = candidates_of(links, self._section, depth=1, page=document.url, unknown=False)
        # a home page is no list and no document: nothing but links is wanted of it
        is_front = document.status == 200 and (
            page.outcome in (Outcome.OK, Outcome.STRUCTURE_CHANGED) or len({one.name for one in named}) >= _ENOUGH_LINKS
        )
        if not is_front:
            return self._unread(home, page.outcome, page.reason, page.detail)
        self._section = section_of(document.url, links, self._portal_links(document.url))
        self._site = page.site
        self._unit_name = unit_name_of(document, page.site)
        self._shared_feeds = set(_feeds_of(document))
        self._queued[stem(document.url)] = Rank.PLATFORM
        self._left_out += _elsewhere(document.url, links)
        self._add(candidates_of(links, self._section, depth=1, page=document.url))
        self._work_off()
        text = document.tree.body.text(separator=" ") if document.tree.body else ""
        phone, email = _PHONE.search(text), _EMAIL.search(text)
        return Discovery(
            home=document.url,
            outcome=Outcome.OK,
            site=self._site,
            unit_name=self._unit_name,
            phone=phone[1] if phone else None,
            email=email[0] if email else None,
            platform=self._platform,
            section=self._section.folder,
            columns=tuple(settle(self._proposals, self._earlier)),
            left_out=tuple(self._left_out),
            requests=self._session.requests,
            budget=self._budget,
        )

    def _unread(self, home: str, outcome: Outcome, reason: str | None, detail: str | None) -> Discovery:
        if outcome.is_good:  # read, but nothing a front door shows
            outcome, reason = Outcome.STRUCTURE_CHANGED, "no_links"
            detail = f"{home}: no links to columns were found on it; look whether it is the unit's home page"
        return Discovery(
            home=home,
            outcome=outcome,
            reason=reason,
            detail=detail,
            requests=self._session.requests,
            budget=self._budget,
        )

    def _portal_links(self, home: str) -> Links | None:
        """The links of the portal's home page, where the unit's is a section of it; None where it is the site's own."""
        root = urljoin(home, "/")
        if is_home(home) or folder_of(home) == "/":
            return None
        try:
            portal = self._page(root)
        except (NoAnswer, UnsafeAddress):
            return []
        leads_home = not same_site(home, portal.url) or folder_of(portal.url) == folder_of(home)
        if leads_home and same_site(home, portal.url):
            return None  # the site has no other home page than the unit's
        return links_of(portal) if portal.status == 200 else []

    # -------------------------------------------------------------- the queue

    def _add(self, found: list[Candidate]) -> None:
        for one in found:
            place = stem(one.url)
            if one.rank < self._queued.get(place, len(Rank)):
                self._queued[place] = one.rank
                heapq.heappush(self._queue, (one.rank, one.depth, next(self._order), one))

    def _work_off(self) -> None:
        looked: set[str] = set()
        while self._queue:
            candidate = heapq.heappop(self._queue)[-1]
            place = stem(candidate.url)
            if place in looked:
                continue  # it waited under two names, and the more telling one came first
            looked.add(place)
            if not self._section.owns(candidate.url):
                self._leave(candidate, "in another unit's section")
            elif self._failed >= _GIVE_UP_AFTER:
                self._leave(candidate, f"not looked at: the site left {self._failed} requests in a row unanswered")
            elif self._session.requests >= self._budget:
                if candidate.rank < Rank.UNKNOWN:
                    self._leave(candidate, _used_up(self._budget))
            else:
                self._look(candidate)

    def _leave(self, candidate: Candidate, why: str) -> None:
        self._left_out.append(LeftOut(name=candidate.name, url=candidate.url, why=why))

    def _look(self, candidate: Candidate, *, again: bool = False) -> None:
        self._tell(f"{self._session.requests + 1}/{self._budget} {candidate.name} {candidate.url}")
        try:
            document = self._page(candidate.url)
        except UnsafeAddress as problem:
            self._leave(candidate, str(problem))
            return
        except NoAnswer as problem:
            self._failed += problem.outcome is Outcome.UNREACHABLE
            outcome, reason = problem.outcome, problem.reason
            page = Page(url=candidate.url, kind="error", outcome=outcome, reason=reason, detail=str(problem))
            self._propose(candidate, page)
            return
        self._failed = 0
        if not self._section.owns(document.url):
            self._leave(candidate, f"leads to {document.url}, which is not the unit's own")
        elif stem(document.url) == stem(self._section.home):
            self._leave(candidate, "leads to the unit's home page")
        else:
            self._read(candidate, document, again=again)

    def _read(self, candidate: Candidate, document: Document, *, again: bool = False) -> None:
        profile = Profile(
            site_code=self._site.id_code, column_name=candidate.name, unit_name=self._unit_name or self._site.name
        )
        expect = "listing" if candidate.kind is not None else None
        page = read_page(document, expect=expect, profile=profile)
        links = links_of(document)
        self._section = self._section.beside(links)
        deeper = candidate.depth + 1
        found = candidates_of(links, self._section, depth=deeper, page=document.url, unknown=candidate.rank <= Rank.HUB)
        is_hub = links_instead_of_rows(page, found)
        leads_on = any(one.rank < Rank.UNKNOWN and stem(one.url) not in self._queued for one in found)
        if candidate.sure and not again and document.status == 200 and _is_open(page) and not leads_on:
            # a list without rows is asked again before anything is concluded: rate limits look like this
            self._answers.pop(urldefrag(candidate.url).url, None)
            self._look(candidate, again=True)
            return
        if document.status == 200 and candidate.depth <= DEEPEST:
            if candidate.is_hub or is_hub or (page.listing is None and page.article is None):
                self._add(found)
            elif "#" not in document.url and folder_of(document.url) != "/":
                self._add([one for one in found if _is_deeper(one, document.url)])
        if document.status == 200 and candidate.year is None and candidate.kind is not None:
            years = years_of(candidate, links, self._section)
            self._add(years[:1])
            self._earlier += years[1:]
        if candidate.rank is Rank.PLATFORM and document.status == 200 and page.outcome is not Outcome.SOFT404:
            self._platform = self._platform or document.url
        if candidate.rank <= Rank.HUB or is_hub:
            return
        if page.reason == "hub" and not leads_on:
            page = replace(page, reason="not_recognised")
        feeds = [url for url in _feeds_of(document) if url not in self._shared_feeds]
        self._propose(candidate, with_rows(page, self._ask), url=document.url, feed=feeds[0] if feeds else None)

    def _propose(self, candidate: Candidate, page: Page, *, url: str | None = None, feed: str | None = None) -> None:
        if page.reason == _BUDGET:
            self._leave(candidate, _used_up(self._budget))
            return
        proposal = propose(candidate, page, url=url or candidate.url, feed=feed)
        if proposal is not None:
            self._proposals.append(proposal)
        elif candidate.kind is not None:
            self._leave(candidate, page.detail or f"no list was found on it ({page.reason or page.kind})")

    # -------------------------------------------------------------- asking

    def _page(self, url: str) -> Document:
        page, fragment = urldefrag(url)
        known = self._answers.get(page)
        if known is None:
            self._check_budget(url)
            known = self._answers[page] = self._session.page(page)
        place = urldefrag(known.url).url
        return Document(known.body, f"{place}#{fragment}" if fragment else place, known.status, known.headers)

    def _ask(self, fetch: Fetch) -> Document:
        self._check_budget(fetch.url)
        return self._session.ask(fetch)

    def _check_budget(self, url: str) -> None:
        if self._session.requests >= self._budget:
            raise NoAnswer(f"{url}: {_used_up(self._budget)}", reason=_BUDGET)


def _used_up(budget: int) -> str:
    return f"not looked at: the budget of {budget} requests is used up"


def _elsewhere(home: str, links: Links) -> list[LeftOut]:
    """Disclosure platforms the home page links on another host of the unit's own domain."""
    why = "stands on another host; gongkai discover it too, and put its columns under the same unit"
    found = {url: name for name, url in links if name in PLATFORM_NAMES and not same_site(home, url)}
    return [LeftOut(name=name, url=url, why=why) for url, name in found.items() if same_house(home, url)]


def _is_open(page: Page) -> bool:
    """Whether a page that should list leaves open whether it does."""
    if page.listing is None:
        return page.article is None and page.outcome in (Outcome.OK, Outcome.STRUCTURE_CHANGED, Outcome.SHELL)
    return not page.listing.rows and page.listing.next is None and not page.listing.ended


def _is_deeper(candidate: Candidate, page: str) -> bool:
    """Whether what a column's own page links is a column below it, as against its documents and what all pages link."""
    path = urlsplit(candidate.url).path
    return candidate.rank < Rank.UNKNOWN and path.startswith(folder_of(page)) and not is_article(candidate.url)


def unit_name_of(document: Document, site: Site) -> str | None:
    """What the unit calls itself: the organiser in the footer, else the site's name without 门户网站."""
    text = document.tree.body.text(separator=" ") if document.tree.body else ""
    found = _ORGANISER.search(text)
    if found:
        return plain_name(found[1])
    return _SITE_WORDS.sub("", site.name) or None if site.name else None


def _feeds_of(document: Document) -> list[str]:
    """The feeds a page says it has."""
    found = []
    for node in document.tree.css("link[rel~=alternate][href]"):
        kind = (node.attributes.get("type") or "").lower()
        if "rss" in kind or "atom" in kind:
            found.append(joined(document, node.attributes.get("href") or ""))
    return [url for url in found if url]
