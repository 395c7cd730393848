"""One response, read: what kind of page it is, whether the look was good, and everything it says.

A ``Document`` comes in, a ``Page`` goes out. The rule: a page is taken for content only on positive proof (rows, an
article, the skeleton of an answer that says zero), and proof beats every suspicion; without proof it is asked what
else it is: challenge, error, notice of a move, shell. What is left, a page of the right site with nothing
recognisable on it, has changed its structure; that says nothing about the unit.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from harvesters.engines import ajax, frame, listing_of
from harvesters.engines.pager import pager_of
from harvesters.engines.static import is_tagged_article
from harvesters.reading import lone_page
from harvesters.reading.article import ArticleReading, read_article
from harvesters.reading.document import Document
from harvesters.reading.facts import Article, Fetch, Listing, Page, Site
from harvesters.reading.feed import is_feed, read_feed
from harvesters.reading.headline import plain
from harvesters.reading.layout import Layout, lay_out
from harvesters.reading.links import is_article
from harvesters.reading.listing import capture_date
from harvesters.reading.lone_page import (
    FETCHES,
    HUB_LINKS,
    Profile,
    Seen,
    head_title,
    links,
    says_column,
    shown,
)
from harvesters.reading.metadata import MetaTags, read_meta
from harvesters.reading.outcome import (
    GONE,
    Refusal,
    cut_off,
    is_challenge,
    is_folder,
    is_titled_missing,
    is_titled_refusal,
    refusal_by_body,
    refusal_by_json,
    refusal_by_status,
)
from harvesters.reading.tags import tags_of
from storage.schema import Outcome, Provenance

__all__ = ["Profile", "as_json", "read_page"]

_MISPUT = frozenset((400, 405, 415, 500))  # so an interface answers a request put in a way it does not know
_XML = re.compile(r"\s*(?:<\?xml|<datastore)", re.IGNORECASE)
_SITE_CODE = re.compile(r"(?:网站)?标识码\s*+(?:[:：]\s*+)?(bm\d{8}|\d{10})(?!\d)", re.IGNORECASE)
_ANNUAL = re.compile(
    r"(?:信息|政务)公开.{0,8}(?:年度.{0,6}(?:报告|报表)|年报)(?:[（(].{0,12}[)）])?\s*$|"
    r"(?:19|20)\d\d\s*年?度?.{0,30}(?:信息|政务)公开.{0,6}报告\s*$"
)
_PLATFORM = ("公开指南", "公开制度", "法定主动公开", "公开年报", "年度报告", "依申请公开", "公开目录", "基层政务公开")
_HOME = re.compile(r"(?:网站|门户)?首页|主页|home|index", re.IGNORECASE)
_LEADING = frozenset((frame.NAME, ajax.NAME))  # engines of pages that only lead to what may be their list
_SIGNS = {
    "meta": 3.0,
    "labels": 2.0,
    "text": 1.5,
    "headline": 1.0,
    "titled": 1.0,
    "date": 1.0,
    "source": 1.0,
    "container": 1.0,
    "files": 0.5,
    "numbered": 0.5,
}
_VOUCHED = frozenset({"meta", "labels", "source", "numbered"})  # what no block has, which may show the time
_DOCUMENTED = frozenset(_SIGNS) - {"text", "headline", "titled"}  # what no error page has
_ARTICLE_ENOUGH = 3.5  # a headline, a known container and text; or a headline with date, source and text
_ARTICLE_SURE = 6.0  # no list is looked for where an article is expected, by address and tags too, and so much is shown
_AT_ARTICLE = 1.0  # an address of an article stands for one of the signs


def read_page(
    doc: Document, *, expect: str | None = None, fetch: Fetch | None = None, profile: Profile | None = None
) -> Page:
    """Everything ``doc`` says. ``expect`` is "listing" or "article" where the caller knows what should be there;
    ``fetch`` is the engine's request that ``doc`` answers; ``profile`` what the page must agree with. Never raises for
    what a page contains.
    """
    if doc.file is not None:
        return _page(doc, "other", Outcome.OK, reason="file", detail="The address is a file, not a page.")
    if doc.status != 200:
        # past the end some interfaces answer 404: whether that is the end, or a page that was guessed and is not
        # there, only the engine that asked can tell
        asks = fetch is not None and (doc.status in GONE or (fetch.is_guess and doc.status in _MISPUT))
        answered = listing_of(doc, fetch) if asks else None
        if answered is not None and (answered.ended or answered.next is not None):
            return _page(doc, "endpoint", Outcome.OK, engine=answered.engine, listing=answered)
        refused = refusal_by_status(doc, own_page=_is_own_page(doc))
        if refused:
            return _refused(doc, refused)
    cut = cut_off(doc)
    if cut:
        return _refused(doc, cut)
    if is_feed(doc):
        return _feed(doc)
    if (
        doc.json is not None
        or _XML.match(doc.text[:200])
        or (fetch is not None and "<html" not in doc.text[:2000].lower())
    ):
        return _answer(doc, fetch)
    page = replace(_html(doc, expect, fetch, profile or Profile()), tags=tags_of(doc))
    # the site's own frame around a refusal is a refusal still, and one around an empty list may be
    refused = None if page.outcome is Outcome.OK else refusal_by_status(doc, own_page=False)
    return _refused(doc, refused, page.site) if refused else page


def as_json(page: Page) -> dict[str, Any]:
    """``page`` in the machine-readable form of ``gongkai read``: absent is null, dates ISO, addresses absolute."""
    return {
        "url": page.url,
        "kind": page.kind,
        "outcome": page.outcome.value,
        "reason": page.reason,
        "detail": page.detail,
        "engine": page.engine,
        "encoding": page.encoding,
        "site": {"name": page.site.name, "domain": page.site.domain, "id_code": page.site.id_code},
        "listing": _listing_json(page.listing),
        "article": _article_json(page.article),
        "provenance": {field: _provenance_json(one) for field, one in page.provenance.items()},
    }


# ------------------------------------------------------------------ feeds


def _feed(doc: Document) -> Page:
    """A feed and its entries; it shows the latest only, so that its last entry is never proven the list's end."""
    feed = read_feed(doc.body, doc.url, doc.headers)
    listing = Listing(engine="feed", column_name=feed.title, rows=feed.entries)
    if feed.problems and not feed.entries:
        outcome, reason = Outcome.STRUCTURE_CHANGED, "no_feed"
    else:
        outcome, reason = Outcome.OK if feed.entries else Outcome.OK_EMPTY, None
    detail = "; ".join(feed.problems) or None
    return _page(doc, "feed", outcome, reason=reason, detail=detail, engine="feed", listing=listing)


# ------------------------------------------------------------------ answers of list interfaces


def _answer(doc: Document, fetch: Fetch | None) -> Page:
    """An answer of a list interface: its skeleton is the proof, and a skeleton that says zero is truly empty."""
    listing = listing_of(doc, fetch)
    # without rows but with a next request, the engine knows another way to ask for the same list; a page after the
    # last one has no rows and says nothing of the list's being empty
    if listing is not None and (listing.rows or listing.next is not None or listing.ended or listing.total_rows == 0):
        shows_none = not listing.rows and listing.next is None
        failed = refusal_by_json(doc) if shows_none else None
        if failed is not None:  # its skeleton is empty because it failed
            return _refused(doc, failed)
        outcome = Outcome.OK_EMPTY if shows_none and listing.total_rows == 0 else Outcome.OK
        return _page(doc, "endpoint", outcome, engine=listing.engine, listing=listing)
    refused = refusal_by_json(doc) if doc.json is not None else refusal_by_body(doc, shown(lay_out(doc.tree)))
    if refused and refused.outcome is not Outcome.SHELL:
        return _refused(doc, refused)
    return _page(
        doc,
        "endpoint",
        Outcome.STRUCTURE_CHANGED,
        reason="no_rows",
        detail="The list interface answers, but with no rows and without saying zero; it may limit how deep one reads.",
        engine=listing.engine if listing else None,
        listing=listing,
    )


# ------------------------------------------------------------------ pages


def _html(doc: Document, expect: str | None, fetch: Fetch | None, profile: Profile) -> Page:
    reference = capture_date(doc)
    meta = read_meta(doc, reference=reference)
    if meta.title and not is_tagged_article(doc):
        meta = replace(meta, title=None)
    if expect is not None and fetch is None and _is_home(doc, meta):
        return _page(
            doc,
            "error",
            Outcome.SOFT404,
            reason="home_page",
            detail="The address answers with the site's home page, as sites do for pages they no longer have.",
            site=_site(doc, meta, None),
        )
    at_article = _stands_at_article(doc)
    article_first = fetch is None and (expect == "article" or (expect is None and at_article and bool(meta.title)))
    if article_first:
        layout = lay_out(doc.tree)
        reading = read_article(doc, layout, meta, reference=reference)
        if reading is not None and _strength(reading) >= _ARTICLE_SURE:
            return _judged_article(doc, reading, meta, layout, profile)
    listing = listing_of(doc, fetch)
    if listing is not None and fetch is not None and (listing.rows or listing.next is not None):
        return _judged_listing(doc, listing, meta, None, profile)
    if listing is not None and fetch is None and is_folder(doc):
        listing = None
    if listing is not None and listing.engine in _LEADING and not _may_lead(listing, expect):
        listing = None
    if not article_first:
        layout = lay_out(doc.tree)
        reading = read_article(doc, layout, meta, reference=reference)
    enough = _ARTICLE_ENOUGH - (_AT_ARTICLE if at_article else 0)
    strength = _strength(reading)
    if listing is None and (strength < enough or (reading and reading.article.body_text is None)):
        # nothing found: perhaps it stands in what was taken for a menu or for frame
        layout = lay_out(doc.tree, whole=True)
        again = read_article(doc, layout, meta, reference=reference)
        if _strength(again) > strength:
            reading, strength = again, _strength(again)
    seen = Seen(doc=doc, meta=meta, layout=layout, site=_site(doc, meta, layout))
    if reading is not None and fetch is None and expect != "article" and not is_titled_missing(doc):
        whole = lone_page.whole_text(seen, reading, profile, listing, expected=expect is not None)
        if whole is not None:
            return _judged_article(doc, whole, meta, layout, profile)
    as_article = strength + _place_weight(doc, reading, meta) + (1.5 if expect == "article" else 0)
    as_listing = _listing_weight(listing, meta) + (1.5 if expect == "listing" and listing else 0)
    if reading is not None and not reading.signs & _DOCUMENTED and is_titled_missing(doc):
        reading = None  # an error page with much advice under its heading
    if reading is not None and not reading.signs & _VOUCHED and is_titled_refusal(doc, reading.article.title):
        reading = None  # a block
    if listing is None and _is_dated_in_short(reading, layout, expect):
        enough = strength
    if reading is not None and strength >= enough and (listing is None or as_article > as_listing):
        return _judged_article(doc, lone_page.titled(seen, reading, profile.column_name), meta, layout, profile)
    if listing is not None and listing.engine in _LEADING and is_challenge(doc, shown(layout)):
        listing = None
    if listing is not None and (listing.rows or listing.next is not None or listing.total_rows == 0):
        return _judged_listing(doc, listing, meta, layout, profile)
    if listing is not None and _is_empty_column(doc, listing, meta, layout, profile, expect):
        return _judged_listing(doc, listing, meta, layout, profile)
    documented = _is_documented(reading)
    if reading is not None and not (listing and listing.rows):
        is_refused = refusal_by_body(doc, shown(layout), documented=documented) is not None
        if expect == "listing":
            reading = lone_page.single_page(seen, reading, profile, is_refused=is_refused)
        elif not _is_article_in_short(doc, reading, layout, expect):
            reading = lone_page.profile_page(seen, reading, is_refused=is_refused) if expect is None else None
        if reading is not None:
            return _judged_article(doc, reading, meta, layout, profile)
    return _without_proof(doc, meta, layout, expect, listing, documented=documented)


def _may_lead(listing: Listing, expect: str | None) -> bool:
    """Whether a frame or a script's request may hold the page's list: only where a column is known to stand here."""
    return expect == "listing" or (expect is None and listing.column_name is not None)


def _is_empty_column(
    doc: Document, listing: Listing, meta: MetaTags, layout: Layout, profile: Profile, expect: str | None
) -> bool:
    """Whether an empty list element without a word about it is the whole list.

    The page must be the very site's and column's, the pager drawn with it must count one page or none, and no script
    on it may fetch rows: otherwise the element may be what a redesign or a script has left of a list. The column is
    told by the tags, or by two of breadcrumb, heading and ``<title>``; where nobody says which is expected, the
    page must only be of one mind.
    """
    if expect == "article" or not listing.ended or FETCHES.search(doc.text):
        return False
    pager = pager_of(doc)
    if not (pager.found and pager.total_pages in (0, 1)):
        return False
    if expect is None:
        name = listing.column_name
        return bool(name) and says_column(doc, layout, plain(name or ""))
    name = plain(profile.column_name or "")
    same = plain(meta.column_name) == name if meta.column_name else says_column(doc, layout, name)
    seen = Seen(doc=doc, meta=meta, layout=layout, site=_site(doc, meta, layout))
    return bool(name) and same and lone_page.is_own_frame(seen, profile)


def _is_dated_in_short(reading: ArticleReading | None, layout: Layout, expect: str | None) -> bool:
    """Whether a headline that is the page's ``<title>`` too, with its date and a line of text, is all of a page."""
    if reading is None or expect == "listing" or not reading.article.body_text:
        return False
    return {"headline", "titled", "date"} <= reading.signs and links(layout) < HUB_LINKS


def _is_article_in_short(doc: Document, reading: ArticleReading, layout: Layout, expect: str | None) -> bool:
    """Whether a headline shown and some text make an article of a page that proves no more: a brief undated notice.

    It must be one by its address or by whoever asks, and neither a hub nor a page that says something else of itself.
    """
    if "headline" not in reading.signs or not reading.article.body_text:
        return False
    at_article = _stands_at_article(doc)
    if not (at_article or (expect == "article" and links(layout) < HUB_LINKS)):
        return False
    return refusal_by_body(doc, shown(layout), documented=_is_documented(reading)) is None


def _is_documented(reading: ArticleReading | None) -> bool:
    """Whether the page shows a headline and the date of what stands under it."""
    return reading is not None and {"headline", "date"} <= reading.signs


def _stands_at_article(doc: Document) -> bool:
    """Whether the address is one of an article."""
    path = doc.url.partition("://")[2].partition("/")[2]
    return bool(path) and is_article("/" + path)


def _strength(reading: ArticleReading | None) -> float:
    """How much of an article the page shows."""
    if reading is None:
        return 0.0
    long = len(reading.article.body_text or "") >= 300
    return sum(_SIGNS[sign] for sign in reading.signs) + 1.0 * long


def _place_weight(doc: Document, reading: ArticleReading | None, meta: MetaTags) -> float:
    """What address and meta tags add to an article, or take from it, where a list stands against it."""
    weight = 0.0
    path = doc.url.partition("://")[2].partition("/")[2]
    if not doc.host or (not path and doc.host.endswith(".invalid")):
        pass  # a saved page whose address nobody knows
    elif is_article("/" + path):
        weight += 1.5
    elif not path or path.endswith("/") or re.search(r"(?:^|/)(?:index|list|default)[\w-]*\.\w+$", path):
        weight -= 1.5
    if meta.column_name and not meta.title and not (reading and "labels" in reading.signs):
        weight -= 1.5
    return weight


def _listing_weight(listing: Listing | None, meta: MetaTags) -> float:
    """How much speaks for a list."""
    if listing is None or listing.engine in _LEADING:
        return 0.0  # what stands on the page itself comes before what it leads to
    rows = len(listing.rows)
    dated = sum(row.date is not None for row in listing.rows)
    weight = 2.0 * (rows >= 3) + 1.0 * (rows >= 8) + 2.0 * (dated * 2 >= rows > 1)
    if listing.next_page is not None or (listing.total_pages or 0) > 1:
        weight += 2.0
    elif rows < 6 and not listing.total_rows:
        weight *= 0.6  # a few links without a pager stand under many an article
    if listing.total_rows == 0 and not rows:
        weight += 2.0
    if meta.column_name and not meta.title:
        weight += 1.5
    return weight


def _judged_article(doc: Document, reading: ArticleReading, meta: MetaTags, layout: Layout, profile: Profile) -> Page:
    article = reading.article
    kind = "annual_report" if article.title and _ANNUAL.search(article.title) else "article"
    site = _site(doc, meta, layout)
    other = _other_site(site, profile)
    if other:
        return _page(doc, kind, Outcome.STRUCTURE_CHANGED, reason="other_site", detail=other, site=site)
    return _page(doc, kind, Outcome.OK, article=article, provenance=dict(reading.provenance), site=site)


def _judged_listing(doc: Document, listing: Listing, meta: MetaTags, layout: Layout | None, profile: Profile) -> Page:
    site = _site(doc, meta, layout)
    other = _other_site(site, profile)
    if other:
        return _page(
            doc,
            "listing",
            Outcome.STRUCTURE_CHANGED,
            reason="other_site",
            detail=other,
            engine=listing.engine,
            site=site,
        )
    outcome = Outcome.OK if listing.rows or listing.next is not None else Outcome.OK_EMPTY
    return _page(doc, "listing", outcome, engine=listing.engine, listing=listing, site=site)


def _without_proof(
    doc: Document,
    meta: MetaTags,
    layout: Layout,
    expect: str | None,
    listing: Listing | None,
    *,
    documented: bool,
) -> Page:
    """A page that showed neither rows nor an article."""
    site = _site(doc, meta, layout)
    refused = refusal_by_body(doc, shown(layout), documented=documented)
    # an empty list with its pager is a page, however little is shown beside it: menus may be written by scripts
    drawn = listing is not None and listing.ended and pager_of(doc).found
    if refused and not (drawn and refused.outcome is Outcome.SHELL):
        return _refused(doc, refused, site)
    linked = links(layout)
    text = "".join(line.text for line in layout.lines if line.links)
    platform = sum(word in text for word in _PLATFORM) >= 4
    if expect is None and (linked >= HUB_LINKS or platform):
        return _page(doc, "platform" if platform else "listing", Outcome.OK, reason="hub", site=site)
    if expect is None and (site.id_code or site.name) and linked:
        return _page(doc, "other", Outcome.OK, reason="no_list", site=site)
    wanted = {"listing": "a list", "article": "an article"}.get(expect or "", "a list or an article")
    return _page(
        doc,
        "other",
        Outcome.STRUCTURE_CHANGED,
        reason="hub" if linked >= HUB_LINKS else "not_recognised",
        detail=f"The page is not recognised as {wanted}; open it, and correct the column's address if it has changed.",
        engine=listing.engine if listing else None,
        site=site,
    )


# ------------------------------------------------------------------ shared


def _is_own_page(doc: Document) -> bool:
    """Whether an answer with an error status is all the same a page of the site: it carries the site's code."""
    return "siteidcode" in doc.meta


def _is_home(doc: Document, meta: MetaTags) -> bool:
    """Whether a page that stands at an inner address is the site's home page by its own words."""
    inner = re.sub(r"(?:index|default|home)(?:\.\w+)?$", "", urlsplit(doc.url).path).strip("/")
    if not inner or meta.title:
        return False
    if meta.column_name:
        return _HOME.fullmatch(meta.column_name) is not None
    title = plain(head_title(doc))
    name = plain(meta.site.name or "")
    return bool(name) and title.replace(name, "", 1) in ("", "首页", "门户网站", "网站", "欢迎您")


def _other_site(site: Site, profile: Profile) -> str | None:
    if profile.site_code and site.id_code and site.id_code.lower() != profile.site_code.lower():
        return (
            f"The page carries the code of another site ({site.id_code}, expected {profile.site_code}); "
            "correct the column's address or the unit's site code."
        )
    return None


def _site(doc: Document, meta: MetaTags, layout: Layout | None) -> Site:
    """The site by its meta tags; its code else from the footer, its domain else from the address."""
    code = meta.site.id_code
    if code is None and layout is not None:
        for line in reversed(layout.lines):
            match = _SITE_CODE.search(line.text)
            if match:
                code = match[1].lower()
                break
    return Site(name=meta.site.name, domain=meta.site.domain or doc.host or None, id_code=code)


def _refused(doc: Document, refused: Refusal, site: Site | None = None) -> Page:
    return _page(doc, refused.kind, refused.outcome, reason=refused.reason, detail=refused.detail, site=site)


def _page(
    doc: Document,
    kind: str,
    outcome: Outcome,
    *,
    reason: str | None = None,
    detail: str | None = None,
    engine: str | None = None,
    site: Site | None = None,
    listing: Listing | None = None,
    article: Article | None = None,
    provenance: dict[str, Provenance] | None = None,
) -> Page:
    return Page(
        url=doc.url,
        kind=kind,
        outcome=outcome,
        reason=reason,
        detail=detail,
        engine=engine,
        encoding=None if reason == "file" else doc.encoding,
        site=site or Site(domain=doc.host or None),
        listing=listing,
        article=article,
        provenance=provenance or {},
    )


def _listing_json(listing: Listing | None) -> dict[str, Any] | None:
    if listing is None:
        return None
    return {
        "column_name": listing.column_name,
        "items": [
            {"title": row.title, "url": row.url, "date": row.date.isoformat() if row.date else None}
            for row in listing.rows
        ],
        "next_page": listing.next_page,
        "total_pages": listing.total_pages,
    }


def _article_json(article: Article | None) -> dict[str, Any] | None:
    if article is None:
        return None
    return {
        "title": article.title,
        "published_on": article.published_on.isoformat() if article.published_on else None,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "source": article.source,
        "issuing_body": article.issuing_body,
        "document_number": article.document_number,
        "index_number": article.index_number,
        "formed_on": article.formed_on.isoformat() if article.formed_on else None,
        "subject": article.subject,
        "attachments": [{"name": file.name, "url": file.url} for file in article.attachments],
        "body_text": article.body_text,
    }


def _provenance_json(one: Provenance) -> dict[str, Any]:
    told = {"from": one.origin, "raw": one.raw, "confidence": round(one.confidence, 2)}
    return told if one.conflict is None else {**told, "conflict": one.conflict}
